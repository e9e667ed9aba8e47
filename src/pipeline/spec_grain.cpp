#include "pipeline/spec_grain.hpp"

#include <fmt/format.h>

namespace weir::pipeline {
namespace {

// Does `a` say more than `b` about the key? Coarser calendars first, then run, then none.
bool stronger(Grain a, Grain b) {
  if (is_calendar(a) != is_calendar(b)) return is_calendar(a);
  return is_calendar(a) ? coarser(a, b) : a == Grain::run && b == Grain::none;
}

}  // namespace

GrainDecision decide_grain(const PipelineSpec& spec, const Zone& zone,
                           const std::function<std::optional<Grain>(const ClauseSpec&)>& grain_of) {
  if (spec.window) return {*spec.window, "'window' in the file"};
  if (!spec.trigger) return {Grain::run, "no trigger"};
  if (spec.trigger->schedule) return {grain_of_schedule(schedule_of(*spec.trigger->schedule), zone), "the schedule"};
  std::optional<GrainDecision> best;
  if (spec.trigger->executions)
    for (const auto* list : {&spec.trigger->executions->all_of, &spec.trigger->executions->any_of})
      for (const auto& clause : *list) {
        if (clause.match == Match::newest || is_on_itself(spec, clause)) continue;
        const auto grain = grain_of(clause);
        if (grain && (!best || stronger(*grain, best->grain)))
          best = GrainDecision{*grain, fmt::format("the coarsest of its upstreams, {}", clause.name)};
      }
  return best.value_or(GrainDecision{Grain::run, "neither schedule nor upstream has a calendar"});
}

namespace {

std::optional<Problem> check_on_limit(OnLimit on_limit, Grain grain) {
  if (on_limit == OnLimit::queue || grain == Grain::run) return std::nullopt;
  const auto word = name_of(on_limit);
  if (grain == Grain::none)
    return Problem{
        fmt::format("with the grain none what arrives while a run works is used together by the next one, so "
                    "there is nothing that '{}' could drop",
                    word),
        "concurrency.onLimit", "remove it"};
  return Problem{fmt::format("'{}' would lose dates: a {} whose start finds the limit reached would never run", word,
                             name_of(grain)),
                 "concurrency.onLimit",
                 "remove it: starts wait for their turn, oldest first; where only the newest run counts and no date is "
                 "needed write 'window: run'"};
}

}  // namespace

std::optional<Problem> check_grain(const PipelineSpec& spec, Grain grain, const Zone& zone) {
  if (auto wrong = check_on_limit(spec.concurrency.on_limit, grain)) return wrong;
  if (spec.trigger && spec.trigger->expect && (!is_calendar(grain) || grain == Grain::hour))
    return Problem{
        fmt::format("deadlines are counted from the first day of a window, and the grain is {}", name_of(grain)),
        "trigger.expect", "set 'window: day' or coarser, or remove expect"};
  if (spec.trigger && takes_documents(*spec.trigger)) {
    if (grain == Grain::none)
      return Problem{"a document is for a key, and with the grain none there is none", "window",
                     "write 'window: run' for a key of its own, or 'window: day'"};
    if (grain == Grain::run && spec.trigger->op == Operator::AND)
      return Problem{"documents are joined with the rest of the trigger by a window, and the grain is run", "window",
                     "write 'window: day', or 'operator: OR'"};
  }
  if (!is_calendar(grain) || !spec.trigger || !spec.trigger->schedule) return std::nullopt;
  const Schedule schedule = schedule_of(*spec.trigger->schedule);
  const Grain times = grain_of_schedule(schedule, zone);
  if (is_calendar(times) && !coarser(grain, times)) return std::nullopt;
  return Problem{
      fmt::format("the schedule ({}) has several times in one {}", schedule.text(), name_of(grain)), "trigger.schedule",
      is_calendar(times) ? fmt::format("set 'window: {}', or schedule once a {}", name_of(times), name_of(grain))
                         : fmt::format("set 'window: run', or schedule once a {}", name_of(grain))};
}

}  // namespace weir::pipeline
