// A history of the reference model (tests/model) as a test file: the deploys, what happened, and at the end the runs
// that the model has. Played, it fails where Weir has others.
//
// Each pipeline lives in an account of its own ("of-B"), so that a grant from one pipeline to another is one from an
// account to another.
#pragma once

#include <fmt/format.h>

#include "scenario/moment.hpp"
#include "scenario/write.hpp"
#include "tests/model/reference.hpp"

namespace weir::scenario {

class HistoryAsTest {
 public:
  static ReadFile file_of(const model::Model& model, const std::string& name) {
    return HistoryAsTest(model).file(name);
  }

 private:
  explicit HistoryAsTest(const model::Model& model) : model_(model), names_(model::names_in(model.history())) {}

  ReadFile file(const std::string& name) {
    ReadFile out;
    out.file.sharing = Sharing::granted;
    Test test;
    test.name = name;
    test.at = text_of(model_.history().front().at != Instant{} ? model_.history().front().at : begin(), Zone{});
    for (const auto& name : names_) test.given[ref(name)].runs.push_back({pipeline::RunStatus::RUNNING, {}, {}});
    for (std::size_t i = 0; i < model_.history().size(); ++i) {
      const auto& event = model_.history()[i];
      // What a person asks for in vain is a test of its own in the agreement of model and engine; here it would end
      // the test.
      if (!asks_in_vain(event, i)) add(out, test, event);
      now_ = std::max(now_, event.at);
    }
    Entry end;
    for (const auto& [occurrence, runs] : by_occurrence()) end.expect[key(occurrence)] = expectation(runs);
    test.timeline.push_back(std::move(end));
    out.file.tests.push_back(std::move(test));
    return out;
  }

  bool asks_in_vain(const model::Event& event, std::size_t index) const {
    using enum model::Event::Kind;
    const bool decision = event.kind == mark || event.kind == skip || event.kind == accept || event.kind == approve;
    return decision && model_.refused().contains(index);
  }
  Instant begin() const {
    for (const auto& event : model_.history())
      if (event.at != Instant{}) return event.at;
    return {};
  }
  static std::string account(const std::string& name) { return "of-" + name; }
  static std::string ref(const std::string& name) { return account(name) + "/" + name; }
  const std::string& name(int pipeline) const { return names_[static_cast<std::size_t>(pipeline)]; }
  std::string key(const model::Occurrence& o) const { return ref(name(o.pipeline)) + " " + label(o.window); }

  void add(ReadFile& file, Test& test, const model::Event& event) {
    Entry entry;
    const auto at_key = [&](const model::Occurrence& o) { return KeyRef{ref(name(o.pipeline)), label(o.window)}; };
    switch (event.kind) {
      case model::Event::deploy: {
        for (const auto up : upstreams(*event.decl))
          if (known_.insert({up, event.decl->name}).second && name(up) != event.decl->name) {
            Entry grant;
            grant.grant.push_back({ref(name(up)), account(event.decl->name)});
            test.timeline.push_back(std::move(grant));
          }
        entry.deploy.push_back(add_block(file, yaml_of(*event.decl)));
        break;
      }
      case model::Event::tick:
        entry.at = text_of(event.at, Zone{});
        break;
      case model::Event::run_ended: {
        if (event.run.n < 0) return;  // an ad hoc run: it has ended by itself
        const auto k = at_key(event.run.occurrence);
        entry.end.push_back({k.pipeline, k.window, static_cast<pipeline::RunStatus>(event.status)});
        break;
      }
      case model::Event::stop:
        if (event.run.n < 0) return;
        entry.stop.push_back(at_key(event.run.occurrence));
        break;
      case model::Event::rerun:
      case model::Event::adhoc: {
        StartAction start;
        start.pipeline = ref(name(event.occurrence.pipeline));
        start.window = label(event.occurrence.window);
        start.adhoc = event.kind == model::Event::adhoc;
        if (start.adhoc) start.status = pipeline::RunStatus::SUCCEEDED;
        entry.run.push_back(std::move(start));
        break;
      }
      case model::Event::mark: {
        const auto k = at_key(event.occurrence);
        entry.mark.push_back({k.pipeline, k.window, static_cast<pipeline::RunStatus>(event.status)});
        break;
      }
      case model::Event::outage:
        entry.outage = event.at - now_;
        break;
      case model::Event::crash:
      case model::Event::told_again:
        return;  // nothing that a test file could say, or see
      case model::Event::skip:
        entry.skip.push_back(at_key(event.occurrence));
        break;
      case model::Event::accept:
        entry.accept.push_back(at_key(event.occurrence));
        break;
      case model::Event::approve:
        entry.approve.push_back(at_key(event.occurrence));
        break;
      case model::Event::run_now: {
        StartAction start;
        start.pipeline = ref(name(event.occurrence.pipeline));
        start.window = label(event.occurrence.window);
        start.now = true;
        entry.run.push_back(std::move(start));
        break;
      }
      case model::Event::pause:
      case model::Event::resume:
        for (std::size_t p = 0; p < names_.size(); ++p)
          if (event.occurrence.pipeline == model::kAll || static_cast<std::size_t>(event.occurrence.pipeline) == p)
            (event.kind == model::Event::pause ? entry.pause : entry.resume)
                .push_back({event.occurrence.pipeline == model::kAll ? account(names_[p]) + "/*" : ref(names_[p]), {}});
        break;
      case model::Event::grant_withdrawn:
      case model::Event::grant_given: {
        if (event.upstream == event.occurrence.pipeline) return;
        GrantAction grant{ref(name(event.upstream)), account(name(event.occurrence.pipeline))};
        (event.kind == model::Event::grant_given ? entry.grant : entry.withdraw).push_back(std::move(grant));
        break;
      }
    }
    test.timeline.push_back(std::move(entry));
  }

  static std::vector<int> upstreams(const model::PipelineDecl& decl) {
    std::vector<int> out;
    if (decl.condition)
      for (const auto* block : {&decl.condition->all_of, &decl.condition->any_of})
        for (const auto& clause : *block) out.push_back(clause.upstream);
    return out;
  }

  std::string clauses(const std::vector<model::Clause>& list) const {
    std::string out;
    for (const auto& c : list) {
      std::string statuses;
      for (const auto s : {model::Status::RUNNING, model::Status::SUCCEEDED, model::Status::FAILED,
                           model::Status::TIMED_OUT, model::Status::ABORTED})
        if (c.statuses.has(s)) statuses += (statuses.empty() ? "" : ", ") + model::to_text(s);
      out += fmt::format("{}{{name: {}, account: {}, status: [{}]", out.empty() ? "" : ", ", name(c.upstream),
                         account(name(c.upstream)), statuses);
      if (c.offset != 0) out += fmt::format(", offset: {}", c.offset);
      if (c.each)
        out += fmt::format(", each: {}", *c.each == model::Each::all   ? "all"
                                         : *c.each == model::Each::any ? "any"
                                                                       : "last");
      if (c.newest) out += ", match: newest";
      if (c.max_age) out += fmt::format(", maxAge: {}", to_text(*c.max_age));
      if (c.standing > Millis{0}) out += fmt::format(", for: {}", to_text(c.standing));
      if (c.follow) out += fmt::format(", follow: {}", *c.follow);
      out += "}";
    }
    return "[" + out + "]";
  }

  std::string yaml_of(const model::PipelineDecl& d) const {
    std::string trigger;
    const auto add = [&](const std::string& text) { trigger += (trigger.empty() ? "" : ", ") + text; };
    if (d.trigger_operator) add(*d.trigger_operator == model::Operator::AND ? "operator: AND" : "operator: OR");
    if (d.schedule)
      add(fmt::format("schedule: {{cron: \"{}\"{}}}", d.schedule->text(),
                      d.covers_previous ? ", covers: previous" : ""));
    if (d.condition) {
      std::string blocks = d.condition->blocks_or ? "operator: OR, " : "";
      if (!d.condition->all_of.empty()) blocks += "allOf: " + clauses(d.condition->all_of);
      if (!d.condition->any_of.empty())
        blocks += (d.condition->all_of.empty() ? "anyOf: " : ", anyOf: ") + clauses(d.condition->any_of);
      add("executions: {" + blocks + "}");
    }
    if (d.on_rerun == model::OnRerun::supersede) add("onUpstreamRerun: supersede");
    if (d.on_rerun == model::OnRerun::ignore) add("onUpstreamRerun: ignore");
    if (d.on_rerun == model::OnRerun::ask) add("onUpstreamRerun: ask");
    constexpr const char* kCatchup[] = {"all", "last", "none"};
    if (d.catchup) add(fmt::format("catchup: {}", kCatchup[static_cast<int>(*d.catchup)]));
    if (d.max_parallel > 1) add(fmt::format("maxParallel: {}", d.max_parallel));
    const bool either = d.schedule && d.condition && d.trigger_operator == model::Operator::OR;
    if (either && d.on_late == model::OnLate::ignore) add("onLate: ignore");
    std::string out =
        fmt::format("{{name: {}, account: {}, window: {}", d.name, account(d.name), weir::name_of(d.grain));
    if (d.zone.name() != "UTC") out += fmt::format(", timezone: {}", d.zone.name());
    if (d.max_runs > 0) out += fmt::format(", concurrency: {{maxRuns: {}}}", d.max_runs);
    if (!trigger.empty()) out += ", trigger: {" + trigger + "}";
    return out + "}";
  }

  std::map<model::Occurrence, std::vector<const model::Run*>> by_occurrence() const {
    std::map<model::Occurrence, std::vector<const model::Run*>> out;
    for (const auto& run : model_.runs())
      if (run.counts()) out[run.id.occurrence].push_back(&run);
    return out;
  }
  Expectation expectation(const std::vector<const model::Run*>& runs) const {
    Expectation out;
    out.runs = static_cast<int>(runs.size());
    const auto* newest = runs.front();
    for (const auto* run : runs)
      if (run->id.n > newest->id.n) newest = run;
    out.status = model::to_text(newest->status);
    std::set<model::RunId> used;
    for (const auto& met : newest->evidence) used.insert(met.runs.begin(), met.runs.end());
    out.used.emplace();
    for (const auto& id : used)
      out.used->push_back(fmt::format("{} {}#{}", name(id.occurrence.pipeline), label(id.occurrence.window), id.n));
    return out;
  }

  const model::Model& model_;
  std::vector<std::string> names_;
  std::set<std::pair<int, std::string>> known_;
  Instant now_{};
};

}  // namespace weir::scenario
