#include "pipeline/trigger_judge.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/key.hpp"
#include "pipeline/trigger_plan.hpp"

namespace weir::pipeline {

Zone zone_of(const PipelineRow& pipeline) {
  // The deploy has checked the name.
  const auto zone = find_zone(pipeline.timezone.empty() ? "UTC" : pipeline.timezone);
  return zone ? *zone : Zone{};
}

RunState state_of(RunStatus status) {
  switch (status) {
    case RunStatus::RUNNING:
      return RunState::RUNNING;
    case RunStatus::SUCCEEDED:
      return RunState::SUCCEEDED;
    case RunStatus::FAILED:
      return RunState::FAILED;
    case RunStatus::TIMED_OUT:
      return RunState::TIMED_OUT;
    case RunStatus::ABORTED:
      break;
  }
  return RunState::ABORTED;
}

bool listed(const ClauseSpec& clause, const RunFactRow& run) {
  return !run.superseded && (lists(clause, RunStatus::RUNNING) || lists(clause, run.status));
}

bool same_clause(const ClauseRow& a, const ClauseRow& b) {
  return a.upstream == b.upstream && a.spec.status == b.spec.status && a.spec.each == b.spec.each &&
         a.spec.offset == b.spec.offset && a.spec.match == b.spec.match && a.spec.max_age == b.spec.max_age &&
         a.spec.follow == b.spec.follow && a.spec.where == b.spec.where && a.spec.join_on == b.spec.join_on &&
         a.spec.standing == b.spec.standing;
}

// ---- what stands in the tables

TriggerView TriggerJudge::view_in_force(const PipelineRow& pipeline) const {
  return {&pipeline, tables_.find_trigger(pipeline.id, pipeline.version),
          tables_.clauses_of(pipeline.id, pipeline.version)};
}

TriggerView TriggerJudge::view_of_key(std::int64_t pipeline, std::int64_t window) const {
  const auto* row = tables_.pipelines.find(pipeline);
  if (row == nullptr) return {};
  const auto* occurrence = tables_.find_occurrence(pipeline, window);
  const auto version =
      occurrence != nullptr && occurrence->condition_version != 0 ? occurrence->condition_version : row->version;
  return {row, tables_.find_trigger(pipeline, version), tables_.clauses_of(pipeline, version)};
}

const RunFactRow* TriggerJudge::current(std::int64_t pipeline, std::int64_t window) const {
  const auto* occurrence = tables_.find_occurrence(pipeline, window);
  return occurrence == nullptr || occurrence->runs == 0 ? nullptr : tables_.facts.find(occurrence->current);
}

bool TriggerJudge::active(std::int64_t pipeline, std::int64_t window) const {
  const auto* run = current(pipeline, window);
  return run != nullptr && run->status == RunStatus::RUNNING;
}

bool TriggerJudge::waits(std::int64_t pipeline, std::int64_t window) const {
  return queued(pipeline, window) || tables_.plans.holder(pipeline, window) != 0;
}

bool TriggerJudge::queued(std::int64_t pipeline, std::int64_t window) const {
  if (also_waiting_ != nullptr && also_waiting_->contains({pipeline, window})) return true;
  const auto [first, last] = tables_.active.index<by_window>().equal_range(std::make_tuple(pipeline, window));
  return std::any_of(first, last, [](const auto& row) { return row->status == RunState::QUEUED; });
}

std::vector<std::int64_t> TriggerJudge::happened(std::int64_t pipeline, std::int64_t from, std::int64_t to) const {
  std::vector<std::int64_t> out;
  const auto* row = tables_.pipelines.find(pipeline);
  if (row == nullptr || to < from) return out;
  const KeyRange range = keys_of_windows(*row, from, to);
  const auto& index = tables_.occurrences.index<by_window>();
  const auto first = index.lower_bound(std::make_tuple(pipeline, range.first));
  auto at = index.upper_bound(std::make_tuple(pipeline, range.last));
  while (at != first && (is_calendar(row->grain) || out.size() < kChainsLooked)) {
    --at;
    if ((*at)->runs > 0 || (*at)->skipped) out.push_back((*at)->window);
  }
  std::ranges::reverse(out);
  return out;
}

// The occurrence of a clause's upstream in the same chain; of one with other values of the key any.
const OccurrenceRow* TriggerJudge::source_of_chain(const PipelineRow& pipeline, const ClauseRow& clause,
                                                   std::int64_t key) const {
  const auto* upstream = tables_.pipelines.find(clause.upstream);
  if (upstream == nullptr || is_calendar(upstream->grain)) return nullptr;
  const auto chain = window_of(pipeline, key);
  const KeyRange range = keys_of_windows(*upstream, chain, chain);
  const auto& index = tables_.occurrences.index<by_window>();
  const auto found = index.lower_bound(std::make_tuple(upstream->id, range.first));
  return found != index.end() && (*found)->pipeline == upstream->id && (*found)->window <= range.last ? found->get()
                                                                                                      : nullptr;
}

Instant TriggerJudge::logical_date(const PipelineRow& pipeline, std::int64_t window) const {
  if (is_calendar(pipeline.grain))
    return first_moment({pipeline.grain, window_of(pipeline, window)}, zone_of(pipeline));
  if (const auto* own = tables_.find_occurrence(pipeline.id, window)) return own->logical_date;
  // A chain carries the date of its start.
  for (const auto& clause : tables_.clauses_of(pipeline.id, pipeline.version))
    if (const auto* source = source_of_chain(pipeline, *clause, window)) return source->logical_date;
  return {};
}

std::string TriggerJudge::label_of(const PipelineRow& pipeline, std::int64_t window) const {
  if (pipeline.grain == Grain::none && window == kOpenKey) return "next";
  const auto [own, values] = parts_of(pipeline, window);
  auto out = is_calendar(pipeline.grain) ? label({pipeline.grain, own}) : fmt::format("run-{}", own);
  if (const auto* row = values == 0 ? nullptr : tables_.key_values.find(values)) out += " " + row->text;
  return out;
}

bool TriggerJudge::plans(std::int64_t pipeline, std::int64_t window) const {
  return TriggerPlan(tables_).plans(pipeline, window);
}

// ---- rule 1: a run is out of date; an occurrence meets a clause

// Every use along followed clauses: visit(clause, used, number up to which newer runs are accepted), until it says yes.
template <class Visit>
bool TriggerJudge::walk_uses(const RunFactRow& run, const Accepted& accepted, std::set<std::int64_t>& seen,
                             Visit& visit) const {
  // What a person accepted of this run holds for all below it, but only on the way through it.
  if (!run.accepted.empty()) {
    Accepted more = accepted;
    bool new_to_us = false;
    for (const auto& a : run.accepted) {
      auto& number = more[{a.upstream, a.window}];
      new_to_us = new_to_us || a.number > number;
      number = std::max(number, a.number);
    }
    if (new_to_us) {
      std::set<std::int64_t> seen_so;
      return walk_uses(run, more, seen_so, visit);
    }
  }
  if (!seen.insert(run.run).second) return false;
  for (const UsedRun& used : run.used) {
    const auto* clause = tables_.clauses.find(std::make_tuple(run.pipeline, run.version, used.clause));
    if (clause == nullptr || !clause->followed) continue;
    const auto known = accepted.find({used.upstream, used.window});
    if (visit(*clause, used, std::max(used.number, known == accepted.end() ? 0 : known->second))) return true;
    if (const auto* source = tables_.facts.find(used.run);
        source != nullptr && walk_uses(*source, accepted, seen, visit))
      return true;
  }
  return false;
}

bool TriggerJudge::out_of_date(const RunFactRow& run) const {
  std::set<std::int64_t> seen;
  const auto visit = [&](const ClauseRow& clause, const UsedRun& used, int number) {
    const auto& index = tables_.facts.index<by_occurrence>();
    auto newer = index.upper_bound(std::make_tuple(used.upstream, used.window, number));
    for (; newer != index.end() && (*newer)->pipeline == used.upstream && (*newer)->window == used.window; ++newer)
      if ((*newer)->quiet == 0 && listed(clause.spec, **newer)) return true;
    return false;
  };
  return walk_uses(run, {}, seen, visit);
}

std::vector<AcceptedRuns> TriggerJudge::newer_than_used(const RunFactRow& run) const {
  Accepted newest;
  std::set<std::int64_t> seen;
  const auto visit = [&](const ClauseRow& clause, const UsedRun& used, int number) {
    const auto& index = tables_.facts.index<by_occurrence>();
    auto newer = index.upper_bound(std::make_tuple(used.upstream, used.window, number));
    for (; newer != index.end() && (*newer)->pipeline == used.upstream && (*newer)->window == used.window; ++newer)
      if (listed(clause.spec, **newer)) newest[{used.upstream, used.window}] = (*newer)->number;
    return false;
  };
  walk_uses(run, {}, seen, visit);
  std::vector<AcceptedRuns> out;
  for (const auto& [occurrence, number] : newest) out.push_back({occurrence.first, occurrence.second, number});
  return out;
}

bool TriggerJudge::skipped(std::int64_t pipeline, std::int64_t window) const {
  const auto* occurrence = tables_.find_occurrence(pipeline, window);
  return occurrence != nullptr && occurrence->skipped;
}

TriggerJudge::Meeting TriggerJudge::meets(std::int64_t pipeline, std::int64_t window, const ClauseSpec& clause) const {
  const auto* run = current(pipeline, window);
  if (options_.latch && run != nullptr) {
    const auto [first, last] = tables_.facts.index<by_occurrence>().equal_range(std::make_tuple(pipeline, window));
    for (auto at = last; at != first;)
      if (listed(clause, **--at)) return {at->get(), Reason::met, {}};
  }
  if (waits(pipeline, window)) return {nullptr, Reason::queued, {}};
  if (skipped(pipeline, window)) return {nullptr, Reason::skipped, {}};
  if (run == nullptr) return {nullptr, Reason::no_run, {}};
  if (!listed(clause, *run)) return {nullptr, Reason::other_status, {}};
  if (!options_.accept_old_legs && out_of_date(*run)) return {nullptr, Reason::out_of_date, {}};
  if (clause.standing) {
    const auto* occurrence = tables_.find_occurrence(pipeline, window);
    const Instant since = lists(clause, RunStatus::RUNNING) ? occurrence->started : occurrence->ended;
    if (now_ - since < *clause.standing) return {nullptr, Reason::not_yet_so_long, since + *clause.standing};
  }
  return {run, Reason::met, {}};
}

// ---- rules 1, 5, 10, 11: a clause is met

namespace {

void use(ClauseJudgement& out, const RunFactRow& run) {
  out.runs.push_back({out.clause->index, run.pipeline, run.window, run.run, run.number});
}

void wait_for(std::optional<Instant>& first, const std::optional<Instant>& at) {
  if (at && (!first || *at < *first)) first = at;
}

}  // namespace

void TriggerJudge::judge_newest(const TriggerView& view, Instant wanted_at, Window wanted, const PipelineRow& upstream,
                                const KeyFilter& filter, ClauseJudgement& out) const {
  const Zone zone = zone_of(*view.pipeline);
  const bool by_calendar = is_calendar(wanted.grain) && is_calendar(upstream.grain);
  std::int64_t last = std::numeric_limits<std::int64_t>::max();
  Instant end = wanted_at;
  if (by_calendar) {
    last = coarser(wanted.grain, upstream.grain) ? members(upstream.grain, wanted, zone).last.index
                                                 : container(upstream.grain, zone_of(upstream), wanted).index;
  } else if (is_calendar(wanted.grain)) {
    end = end_moment(wanted, zone) - Millis{1};
  } else if (is_calendar(upstream.grain)) {
    last = window_at(upstream.grain, wanted_at, zone_of(upstream)).index;
  }
  const auto windows = happened(upstream.id, std::numeric_limits<std::int64_t>::min(), last);
  out.reason = Reason::none_found;
  for (auto w = windows.rbegin(); w != windows.rend(); ++w) {
    if (!filter.lets(*w)) continue;
    const Instant at = is_calendar(upstream.grain) ? first_moment({upstream.grain, window_of(upstream, *w)}, zone)
                                                   : logical_date(upstream, *w);
    if (!is_calendar(upstream.grain) && at > end) continue;
    if (out.clause->spec.max_age && wanted_at - at > *out.clause->spec.max_age) break;
    const Meeting found = meets(upstream.id, *w, out.clause->spec);
    wait_for(out.stands_at, found.stands_at);
    if (found.run == nullptr) continue;
    out.met = true;
    out.reason = Reason::met;
    use(out, *found.run);
    return;
  }
}

void TriggerJudge::judge_several(const std::set<std::int64_t>& planned, const std::vector<std::int64_t>& happened,
                                 ClauseJudgement& out) const {
  const ClauseSpec& spec = out.clause->spec;
  const Each each = each_of(spec);
  std::set<std::int64_t> judged = planned;
  if (each != Each::last) judged.insert(happened.begin(), happened.end());
  const bool any = !judged.empty();
  std::erase_if(judged, [&](std::int64_t w) {
    if (!skipped(out.clause->upstream, w) || waits(out.clause->upstream, w)) return false;
    out.skip = std::max(out.skip, tables_.find_occurrence(out.clause->upstream, w)->skip);
    return true;
  });
  if (any && judged.empty()) {
    out.met = true;
    out.reason = Reason::skipped;
    return;
  }
  if (each == Each::last && !judged.empty()) judged = {*judged.rbegin()};
  if (judged.empty()) {
    out.reason = Reason::nothing_planned;
    return;
  }
  for (const auto w : judged) {
    const Meeting found = meets(out.clause->upstream, w, spec);
    wait_for(out.stands_at, found.stands_at);
    if (found.run != nullptr)
      use(out, *found.run);
    else
      out.missing.push_back(w);
  }
  out.met = each == Each::any ? !out.runs.empty() : out.missing.empty();
  out.reason = out.met ? Reason::met : each == Each::any ? Reason::none_found : Reason::some_missing;
}

// Rule 6: of the runs that started since the last firing one is enough, and all that meet it are used together.
void TriggerJudge::judge_since(const PipelineRow& upstream, const KeyFilter& filter, ClauseJudgement& out) const {
  const auto* row = tables_.arrivals.find(std::make_tuple(out.clause->pipeline, upstream.id));
  std::vector<std::int64_t> windows = row == nullptr ? std::vector<std::int64_t>{} : row->windows;
  const auto each = out.clause->spec.each.value_or(Each::any);
  std::erase_if(windows, [&](std::int64_t w) { return !filter.lets(w); });
  if (each == Each::last && !windows.empty()) windows = {windows.back()};
  std::ranges::sort(windows);
  for (const auto w : windows) {
    const Meeting found = meets(upstream.id, w, out.clause->spec);
    wait_for(out.stands_at, found.stands_at);
    if (found.run != nullptr)
      use(out, *found.run);
    else
      out.missing.push_back(w);
  }
  out.met = !out.runs.empty() && (each != Each::all || out.missing.empty());
  out.reason = out.met ? Reason::met : out.runs.empty() ? Reason::none_since : Reason::some_missing;
}

ClauseJudgement TriggerJudge::verdict(const TriggerView& view, std::int64_t window,
                                      const std::shared_ptr<const ClauseRow>& clause) const {
  ClauseJudgement out;
  out.clause = clause;
  const PipelineRow& down = *view.pipeline;
  const ClauseSpec& spec = clause->spec;
  const auto no = [&](Reason reason) {
    out.reason = reason;
    return out;
  };
  if (clause->blocked) return no(Reason::blocked);
  const auto [own, own_values] = parts_of(down, window);
  const Window wanted{down.grain, is_calendar(down.grain) ? own + spec.offset : own};
  if (spec.offset != 0 && is_calendar(down.grain) && wanted.index < down.since) {
    out.met = true;
    return no(Reason::before_since);
  }
  const auto* upstream = tables_.find_pipeline(clause->upstream);
  if (upstream == nullptr) return no(Reason::no_upstream);
  const KeyFilter filter(tables_, down, own_values, *upstream, spec);
  if (down.grain == Grain::none && spec.match == Match::window) {
    judge_since(*upstream, filter, out);
    return out;
  }
  const Zone zone = zone_of(down);
  const Instant wanted_at =
      down.grain == Grain::none ? now_ : logical_date(down, key_of(down, wanted.index, own_values));

  if (spec.match == Match::newest) {
    judge_newest(view, wanted_at, wanted, *upstream, filter, out);
    return out;
  }
  const bool down_dated = is_calendar(down.grain);
  const bool up_dated = is_calendar(upstream->grain);
  const auto let_through = [&](std::int64_t first, std::int64_t last) {
    auto keys = happened(upstream->id, first, last);
    std::erase_if(keys, [&](std::int64_t key) { return !filter.lets(key); });
    return keys;
  };
  if (down_dated && !up_dated) {
    std::vector<std::int64_t> in_it;
    const Instant end = end_moment(wanted, zone);
    for (const auto w : let_through(std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max()))
      if (const Instant at = logical_date(*upstream, w); wanted_at <= at && at < end) in_it.push_back(w);
    judge_several(each_of(spec) == Each::last && !in_it.empty() ? std::set{in_it.back()} : std::set<std::int64_t>{},
                  in_it, out);
    return out;
  }
  if (down_dated && coarser(wanted.grain, upstream->grain)) {
    const WindowRange range = members(upstream->grain, wanted, zone);
    TriggerPlan plan(tables_);
    std::set<std::int64_t> planned;
    // A plan knows windows; which values there are in them only the runs say.
    if (const auto values = filter.only())
      for (auto w = range.first.index; w <= range.last.index; ++w)
        if (plan.plans(upstream->id, w)) planned.insert(key_of(*upstream, w, *values));
    auto keys = let_through(range.first.index, range.last.index);
    if (!filter.only() && each_of(spec) == Each::last && !keys.empty()) planned = {keys.back()};
    judge_several(planned, keys, out);
    return out;
  }
  std::int64_t of = wanted.index;  // the same chain
  if (down_dated)
    of = container(upstream->grain, zone_of(*upstream), wanted).index;
  else if (up_dated)
    of = window_at(upstream->grain, wanted_at, zone_of(*upstream)).index + spec.offset;
  if (!filter.only()) {
    // Each value is an occurrence of the window.
    const auto keys = let_through(of, of);
    judge_several(each_of(spec) == Each::last && !keys.empty() ? std::set{keys.back()} : std::set<std::int64_t>{}, keys,
                  out);
    return out;
  }
  const auto key = key_of(*upstream, of, *filter.only());
  const Meeting found = meets(upstream->id, key, spec);
  out.reason = found.reason;
  out.stands_at = found.stands_at;
  out.met = found.run != nullptr || found.reason == Reason::skipped;
  if (found.reason == Reason::skipped) out.skip = tables_.find_occurrence(upstream->id, key)->skip;
  if (found.run != nullptr) use(out, *found.run);
  if (!out.met) out.missing.push_back(key);
  return out;
}

// ---- rules 2, 3, 7: a condition holds; a key fires

// Does the evidence lead, along followed clauses, to at most one run of each occurrence?
bool TriggerJudge::agree(const TriggerView& view, const std::vector<UsedRun>& used) const {
  std::map<std::pair<std::int64_t, std::int64_t>, int> numbers;
  const auto one = [&](const auto& self, const UsedRun& u, const Accepted& accepted) -> bool {
    // What a person accepted is as good as the newest.
    if (const auto known = accepted.find({u.upstream, u.window}); known != accepted.end() && u.number <= known->second)
      return true;
    const auto [it, added] = numbers.try_emplace({u.upstream, u.window}, u.number);
    if (it->second != u.number) return false;
    const auto* run = added ? tables_.facts.find(u.run) : nullptr;
    if (run == nullptr) return true;
    Accepted more = accepted;
    for (const auto& a : run->accepted) more[{a.upstream, a.window}] = a.number;
    return std::ranges::all_of(run->used, [&](const UsedRun& deeper) {
      const auto* clause = tables_.clauses.find(std::make_tuple(run->pipeline, run->version, deeper.clause));
      return clause == nullptr || !clause->followed || self(self, deeper, more);
    });
  };
  return std::ranges::all_of(used, [&](const UsedRun& u) {
    const auto& clause = view.clauses[static_cast<std::size_t>(u.clause)];
    return !clause->followed || one(one, u, {});
  });
}

Judgement TriggerJudge::judge(const TriggerView& view, std::int64_t window) const {
  Judgement out;
  out.version = view.trigger != nullptr ? view.trigger->version : view.pipeline->version;
  out.has_condition = view.has_condition();
  if (!out.has_condition) {
    out.holds = true;
    return out;
  }
  std::array<int, 2> size{}, met{};
  for (const auto& clause : view.clauses) {
    out.clauses.push_back(verdict(view, window, clause));
    wait_for(out.look_again, out.clauses.back().stands_at);
    const auto block = static_cast<std::size_t>(clause->block);
    ++size[block];
    met[block] += out.clauses.back().met;
  }
  const auto collect = [&](bool with_all, bool with_any) {
    out.used.clear();
    out.met.clear();
    for (const auto& c : out.clauses) {
      if (!c.met || !(c.clause->block == Block::allOf ? with_all : with_any)) continue;
      out.met.push_back(c.clause->index);
      out.used.insert(out.used.end(), c.runs.begin(), c.runs.end());
    }
  };
  const bool all_hold = size[0] > 0 && met[0] == size[0];
  const int at_least = view.trigger->spec.executions ? view.trigger->spec.executions->at_least : 1;
  const bool any_hold = size[1] > 0 && met[1] >= at_least;
  const bool blocks_or = view.trigger->spec.executions && view.trigger->spec.executions->op == Operator::OR;
  const bool either = blocks_or || size[0] == 0 || size[1] == 0;
  const bool true_now = either ? all_hold || any_hold : all_hold && any_hold;
  collect(!either || all_hold, true);
  // A condition that only newest clauses hold starts nothing by itself.
  const bool by_itself = view.trigger->spec.op == Operator::AND || std::ranges::any_of(out.met, [&](std::int64_t i) {
                           return view.clauses[static_cast<std::size_t>(i)]->spec.match != Match::newest;
                         });
  out.mixed = true_now && !options_.accept_old_legs && !agree(view, out.used);
  out.holds = true_now && by_itself && !out.mixed;
  if (!out.holds) collect(true, true);
  return out;
}

const RunFactRow* TriggerJudge::last_firing(std::int64_t pipeline, std::int64_t window) const {
  const auto* trigger = tables_.find_trigger(pipeline);
  const bool late_ignored = trigger != nullptr && trigger->spec.on_late == OnLate::ignore;
  const auto [first, last] = tables_.facts.index<by_occurrence>().equal_range(std::make_tuple(pipeline, window));
  for (auto at = last; at != first;) {
    const RunFactRow& run = **--at;
    if (run.complete || (late_ignored && (run.cause == RunCause::schedule || run.cause == RunCause::event)))
      return &run;
  }
  return nullptr;
}

bool TriggerJudge::fires(const PipelineRow& pipeline, const TriggerSpec* in_force, std::int64_t window,
                         const Judgement& found, std::int64_t* quiet) const {
  if (!found.has_condition || !found.holds) return false;
  if (is_calendar(pipeline.grain) && window_of(pipeline, window) < pipeline.since) return false;
  if (const auto* own = tables_.find_occurrence(pipeline.id, window); own != nullptr && own->skipped) return false;
  // A scheduled time is one for all values of the key.
  const auto* occurrence = tables_.find_occurrence(
      pipeline.id, pipeline.grain == Grain::none ? kOpenKey : key_of(pipeline, window_of(pipeline, window), 0));
  const bool needs_schedule = in_force != nullptr && in_force->op == Operator::AND && in_force->schedule;
  if (needs_schedule && (occurrence == nullptr || !occurrence->scheduled)) return false;
  const auto* last = last_firing(pipeline.id, window);
  // Rule 9: the first run of the key is a document's.
  if (in_force != nullptr && in_force->op == Operator::AND && takes_documents(*in_force) && last == nullptr)
    return false;
  // What was left out is closed as if it had fired.
  const auto* missed = tables_.missed.find(std::make_tuple(pipeline.id, window));
  if (last == nullptr && missed == nullptr) {
    const auto plan = made_true(found, occurrence, needs_schedule).plan;
    if (quiet != nullptr) *quiet = plan;
    return plan == 0;
  }
  if (in_force != nullptr && in_force->on_upstream_rerun == OnUpstreamRerun::ignore) return false;
  const bool twice = options_.double_trigger && occurrence != nullptr && occurrence->fired == 1;
  const auto version = missed != nullptr ? missed->version : last->version;
  const auto& used_before = missed != nullptr ? missed->used : last->used;
  for (const auto& now : found.clauses) {
    if (!now.met || !now.clause->followed || std::ranges::find(found.met, now.clause->index) == found.met.end())
      continue;
    for (const UsedRun& before : used_before) {
      const auto* clause = tables_.clauses.find(std::make_tuple(pipeline.id, version, before.clause));
      if (clause == nullptr || !same_clause(*clause, *now.clause)) continue;
      int known = before.number;
      if (missed == nullptr)
        for (const auto& a : last->accepted)
          if (a.upstream == before.upstream && a.window == before.window) known = std::max(known, a.number);
      for (const UsedRun& used : now.runs) {
        if (used.upstream != before.upstream || used.window != before.window) continue;
        const auto* run = tables_.facts.find(used.run);
        const bool at_rest = run == nullptr || run->status != RunStatus::RUNNING;
        if (!at_rest || (used.number <= known && !(twice && used.number == before.number))) continue;
        const auto plan = newer_only_quietly(used, known, now.clause->spec);
        if (plan == 0) return true;
        if (quiet != nullptr) *quiet = plan;
      }
    }
  }
  return false;
}

}  // namespace weir::pipeline
