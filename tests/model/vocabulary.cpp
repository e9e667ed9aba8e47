#include "tests/model/vocabulary.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace weir::model {
namespace {

constexpr const char* kStatus[] = {"RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"};
constexpr const char* kCause[] = {"schedule", "condition", "person", "mark", "adhoc"};
constexpr const char* kEach[] = {"all", "any", "last"};
constexpr const char* kRerun[] = {"run", "ignore", "supersede", "ask"};

std::string name_of(int pipeline, const std::vector<std::string>& names) {
  return pipeline < static_cast<int>(names.size()) ? names[pipeline] : fmt::format("p{}", pipeline);
}

std::string to_text(const Occurrence& o, const std::vector<std::string>& names) {
  return name_of(o.pipeline, names) + "/" + label(o.window);
}

std::string to_text(const Clause& c, const std::vector<std::string>& names) {
  std::string statuses;
  for (int s = 0; s < 5; ++s)
    if (c.statuses.has(static_cast<Status>(s))) statuses += (statuses.empty() ? "" : "|") + std::string(kStatus[s]);
  std::string out = fmt::format("{}:{}", name_of(c.upstream, names), statuses);
  if (c.offset != 0) out += fmt::format(" offset {}", c.offset);
  if (c.each) out += fmt::format(" each {}", kEach[static_cast<int>(*c.each)]);
  if (c.newest) out += " newest";
  if (c.max_age) out += " maxAge " + weir::to_text(*c.max_age);
  if (c.standing > Millis{0}) out += " for " + weir::to_text(c.standing);
  if (c.follow) out += *c.follow ? " follow" : " nofollow";
  return out;
}

std::string block(const char* name, const std::vector<Clause>& clauses, const std::vector<std::string>& names) {
  if (clauses.empty()) return {};
  std::string out;
  for (const Clause& c : clauses) out += (out.empty() ? "" : ", ") + to_text(c, names);
  return fmt::format(" {}[{}]", name, out);
}

}  // namespace

std::string to_text(Status status) { return kStatus[static_cast<int>(status)]; }

std::string to_text(const RunId& id, const std::vector<std::string>& names) {
  return fmt::format("{}#{}", to_text(id.occurrence, names), id.n);
}

std::string to_text(const Run& run, const std::vector<std::string>& names) {
  std::string out =
      fmt::format("{} {} by {}", to_text(run.id, names), to_text(run.status), kCause[static_cast<int>(run.cause)]);
  if (run.firing > 0) out += fmt::format(" firing {}", run.firing);
  for (const Met& met : run.evidence) {
    out += fmt::format(" {}[{}]:", met.in_any_of ? "anyOf" : "allOf", met.index);
    for (const RunId& id : met.runs) out += " " + to_text(id, names);
  }
  return out;
}

std::string to_text(const PipelineDecl& d, const std::vector<std::string>& names) {
  constexpr const char* kGrain[] = {"hour", "day", "week", "month", "run", "none"};
  std::string out =
      fmt::format("{} {} {} since {}", d.name, kGrain[static_cast<int>(d.grain)], d.zone.name(), label(d.since));
  if (d.schedule) out += fmt::format(" '{}'", d.schedule->text());
  if (d.covers_previous) out += " covers previous";
  if (d.trigger_operator) out += *d.trigger_operator == Operator::AND ? " AND" : " OR";
  if (d.condition) {
    out += block("allOf", d.condition->all_of, names);
    if (d.condition->blocks_or) out += " or";
    out += block("anyOf", d.condition->any_of, names);
  }
  if (d.on_rerun != OnRerun::run) out += fmt::format(" onUpstreamRerun {}", kRerun[static_cast<int>(d.on_rerun)]);
  if (d.on_late != OnLate::run) out += " onLate ignore";
  if (d.max_runs > 0) out += fmt::format(" maxRuns {}", d.max_runs);
  constexpr const char* kCatchup[] = {"all", "last", "none"};
  if (d.catchup) out += fmt::format(" catchup {}", kCatchup[static_cast<int>(*d.catchup)]);
  if (d.max_parallel > 1) out += fmt::format(" maxParallel {}", d.max_parallel);
  return out;
}

std::string to_text(const Event& e, const std::vector<std::string>& names) {
  const std::string at = weir::to_text(e.at).substr(0, 16) + " ";
  switch (e.kind) {
    case Event::deploy:
      return at + "deploy " + to_text(*e.decl, names);
    case Event::tick:
      return at + "tick";
    case Event::run_ended:
      return at + to_text(e.run, names) + " " + to_text(e.status);
    case Event::rerun:
      return at + "rerun " + to_text(e.occurrence, names);
    case Event::adhoc:
      return at + "adhoc " + to_text(e.occurrence, names);
    case Event::mark:
      return at + "mark " + to_text(e.occurrence, names) + " " + to_text(e.status);
    case Event::stop:
      return at + "stop " + to_text(e.run, names);
    case Event::grant_withdrawn:
    case Event::grant_given:
      return at + fmt::format("grant of {} to {} {}", name_of(e.upstream, names), name_of(e.occurrence.pipeline, names),
                              e.kind == Event::grant_given ? "given" : "withdrawn");
    case Event::outage:
      return at + "outage until then";
    case Event::crash:
      return at + fmt::format("crash {} commits later", e.commits);
    case Event::told_again:
      return at + "told again: " + to_text(e.run, names) + " " + to_text(e.status);
    case Event::skip:
      return at + "skip " + to_text(e.occurrence, names);
    case Event::accept:
      return at + "accept " + to_text(e.occurrence, names);
    case Event::approve:
      return at + "approve " + to_text(e.occurrence, names);
    case Event::run_now:
      return at + "run now " + to_text(e.occurrence, names);
    case Event::pause:
    case Event::resume:
      return at + (e.kind == Event::pause ? "pause " : "resume ") +
             (e.occurrence.pipeline < 0 ? "all" : name_of(e.occurrence.pipeline, names));
  }
  return {};
}

std::vector<std::string> names_in(const History& history) {
  std::vector<std::string> out;
  for (const Event& e : history)
    if (e.kind == Event::deploy && std::ranges::find(out, e.decl->name) == out.end()) out.push_back(e.decl->name);
  return out;
}

}  // namespace weir::model
