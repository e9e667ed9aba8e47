// A judgement said to people: the clauses with what met them, or what is missing.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "pipeline/trigger_engine.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kMissingNamed = 100;

std::string clause_words(const ClauseRow& clause) {
  std::string out = clause.upstream_name.empty() ? clause.spec.name : clause.upstream_name;
  if (!clause.spec.account.empty())
    out += fmt::format(" ({})", clause.spec.account);
  else if (!clause.upstream_account.empty())
    out += fmt::format(" ({})", clause.upstream_account.value);
  const char* between = " ";
  for (const auto status : clause.spec.status) {
    out += between + std::string(name_of(status));
    between = " or ";
  }
  if (clause.spec.standing) out += fmt::format(" for {}", to_text(*clause.spec.standing));
  if (clause.spec.offset != 0) out += fmt::format(", offset {}", clause.spec.offset);
  if (clause.spec.match == Match::newest) out += ", newest";
  for (const auto& [name, value] : clause.spec.where) out += fmt::format(", {}={}", name, value);
  if (!clause.spec.join_on.empty()) out += fmt::format(", same {}", fmt::join(clause.spec.join_on, " and "));
  return out;
}

}  // namespace

std::vector<api::ClauseState> TriggerEngine::states(const Judgement& judgement) const {
  std::vector<api::ClauseState> out;
  for (const auto& c : judgement.clauses) {
    api::ClauseState state;
    state.clause = clause_words(*c.clause);
    state.block = std::string(name_of(c.clause->block));
    state.met = c.met;
    const auto* upstream = tables_.pipelines.find(c.clause->upstream);
    const auto label_of = [&](std::int64_t w) {
      return upstream != nullptr ? judge_.label_of(*upstream, w) : std::string("?");
    };
    for (const auto& used : c.runs) state.runs.push_back(used.run);
    for (const auto w : c.missing) {
      if (state.missing.size() == kMissingNamed) break;
      state.missing.push_back(fmt::format("{} {}", c.clause->upstream_name, label_of(w)));
    }
    const std::string of = c.missing.empty() ? std::string() : " of " + label_of(c.missing.front());
    switch (c.reason) {
      case Reason::met:
        if (c.runs.size() == 1) {
          const auto& used = c.runs.front();
          const auto* fact = tables_.facts.find(used.run);
          const auto status = fact != nullptr ? fact->status : RunStatus::SUCCEEDED;
          state.why = fmt::format("run {} of {}: {}", used.run, label_of(used.window), name_of(status));
        } else {
          state.why = fmt::format("{} runs, {} to {}", c.runs.size(), label_of(c.runs.front().window),
                                  label_of(c.runs.back().window));
        }
        break;
      case Reason::before_since:
        state.why = "the window lies before 'since', so it counts as satisfied";
        break;
      case Reason::skipped:
        state.why = "skipped: a person said that it is not needed";
        break;
      case Reason::blocked:
        state.why = "blocked: its owner does not share it with this account";
        break;
      case Reason::no_upstream:
        state.why = tables_.was_deleted(c.clause->upstream_account, c.clause->upstream_name)
                        ? "blocked: the pipeline was deleted; the clause waits for a new one of its name"
                        : "there is no such pipeline yet";
        break;
      case Reason::no_run:
        state.why = fmt::format("no run{} yet", of);
        break;
      case Reason::queued:
        state.why = fmt::format("a run{} waits to start", of);
        if (!c.missing.empty())
          if (const auto plan = tables_.plans.holder(c.clause->upstream, c.missing.front()); plan != 0)
            state.why += fmt::format(" in plan {}", plan);
        break;
      case Reason::other_status: {
        const auto* run = c.missing.empty() ? nullptr : judge_.current(c.clause->upstream, c.missing.front());
        state.why =
            run == nullptr ? "another status" : fmt::format("run {}{} is {}", run->run, of, name_of(run->status));
        break;
      }
      case Reason::not_yet_so_long:
        state.why = fmt::format("the status{} has not stood long enough, not before {}", of,
                                c.stands_at ? to_text(*c.stands_at) : std::string("then"));
        break;
      case Reason::none_since:
        state.why = c.missing.empty()
                        ? "nothing of it has started since the last firing"
                        : fmt::format("none of {} that started since the last firing meets it yet", c.missing.size());
        break;
      case Reason::out_of_date:
        state.why = fmt::format("the run{} is out of date: what it used has been replaced since", of);
        break;
      case Reason::some_missing:
        state.why = fmt::format("{} of {} are missing", c.missing.size(), c.missing.size() + c.runs.size());
        break;
      case Reason::nothing_planned:
        state.why = "nothing is planned in this window, and nothing has run in it";
        break;
      case Reason::none_found:
        state.why = c.stands_at ? fmt::format("none has stood long enough, not before {}", to_text(*c.stands_at))
                                : std::string("none meets it yet");
        break;
    }
    out.push_back(std::move(state));
  }
  return out;
}

}  // namespace weir::pipeline
