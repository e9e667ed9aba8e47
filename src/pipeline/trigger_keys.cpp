#include "pipeline/trigger_keys.hpp"

#include <algorithm>
#include <limits>

#include "pipeline/key_filter.hpp"

namespace weir::pipeline {
namespace {

constexpr std::int64_t kFar = 1'000'000'000'000'000;  // windows beyond are not shifted

std::int64_t moved(std::int64_t window, std::int64_t by) {
  return window <= -kFar || window >= kFar ? window : window + by;
}

}  // namespace

std::set<std::int64_t> candidate_windows(const Tables& tables, const TriggerJudge& judge, const TriggerView& view,
                                         std::int64_t from, std::int64_t to) {
  const PipelineRow& down = *view.pipeline;
  const Zone zone = zone_of(down);
  std::set<std::int64_t> out;
  const auto add_key = [&](std::int64_t key) {
    const auto w = window_of(down, key);
    if (from <= w && w <= to) out.insert(key);
  };
  const auto add = [&](std::int64_t w, std::int64_t values) {
    if (from <= w && w <= to) out.insert(key_of(down, w, values));
  };
  if (down.grain == Grain::none) {
    if (view.has_condition()) add_key(kOpenKey);
    return out;
  }
  const auto& index = tables.occurrences.index<by_window>();
  const KeyRange own = keys_of_windows(down, from, to);
  const auto first = index.lower_bound(std::make_tuple(down.id, own.first));
  auto at = index.upper_bound(std::make_tuple(down.id, own.last));
  while (at != first && (is_calendar(down.grain) || out.size() < kChainsLooked)) {
    const auto key = (*--at)->window;
    if (!is_keyed(down) || parts_of(down, key).values != 0) add_key(key);
  }

  for (const auto& clause : view.clauses) {
    if (clause->spec.offset != 0 && is_calendar(down.grain) && !is_keyed(down)) add_key(down.since);
    const auto* up = tables.find_pipeline(clause->upstream);
    if (up == nullptr || clause->spec.match == Match::newest || coarser(up->grain, down.grain)) continue;
    if (!opens_keys(down, clause->spec)) continue;
    const auto open = [&](std::int64_t mine, std::int64_t up_key) {
      if (const auto values = opened_values(tables, down, *up, up_key, clause->spec)) add(mine, *values);
    };
    if (!is_calendar(down.grain)) {
      if (!is_calendar(up->grain))
        for (const auto w : judge.happened(up->id, from, to)) open(window_of(*up, w), w);
      continue;
    }
    // A day more on either side covers every zone.
    std::int64_t first_up = kFirstWindow, last_up = kLastWindow;
    if (is_calendar(up->grain)) {
      const auto bound = [&](std::int64_t w, bool low) {
        if (w <= -kFar || w >= kFar) return w;
        const Window wanted{down.grain, w + clause->spec.offset};
        if (wanted.grain == up->grain) return wanted.index;
        const WindowRange range = members(up->grain, wanted, zone);
        return low ? range.first.index : range.last.index;
      };
      first_up = bound(from, true);
      last_up = bound(to, false);
    }
    for (const auto w : judge.happened(up->id, first_up, last_up)) {
      const auto mine = is_calendar(up->grain) ? container(down.grain, zone, {up->grain, window_of(*up, w)}).index
                                               : window_at(down.grain, judge.logical_date(*up, w), zone).index;
      open(mine - clause->spec.offset, w);
    }
  }
  return out;
}

namespace {

// The keys of one clause; a coarser upstream and `newest` open none, so there the candidates are asked.
std::set<std::int64_t> keys_of_clause(const Tables& tables, const TriggerJudge& judge, const TriggerView& view,
                                      const ClauseRow& clause, const PipelineRow& up, std::int64_t key) {
  const PipelineRow& down = *view.pipeline;
  const auto window = window_of(up, key);
  const bool opens = opens_keys(down, clause.spec);
  // The keys of the windows that have values already, for a clause that does not say which there are.
  const auto known = [&](std::int64_t from, std::int64_t to) {
    return candidate_windows(tables, judge, view, from, to);
  };
  const auto opened = [&](std::int64_t w) -> std::set<std::int64_t> {
    const auto values = opened_values(tables, down, up, key, clause.spec);
    return values ? std::set{key_of(down, w, *values)} : std::set<std::int64_t>{};
  };
  const Zone zone = zone_of(down);
  const auto back = -static_cast<std::int64_t>(clause.spec.offset);
  const bool newest = clause.spec.match == Match::newest;
  if (down.grain == Grain::none) return {kOpenKey};
  if (!is_calendar(down.grain)) {
    if (!is_calendar(up.grain) && !newest) return opens ? opened(window) : known(window, window);
    return known(kFirstWindow, kLastWindow);
  }
  std::int64_t first = 0, last = 0;
  if (!is_calendar(up.grain)) {
    first = last = window_at(down.grain, judge.logical_date(up, key), zone).index;
  } else if (coarser(up.grain, down.grain)) {
    const WindowRange range = members(down.grain, {up.grain, window}, zone_of(up));
    first = range.first.index;
    last = range.last.index;
  } else {
    first = last = container(down.grain, zone, {up.grain, window}).index;
  }
  first = moved(first, back);
  last = moved(last, back);
  if (newest) return known(first - 1, kLastWindow);
  if (coarser(up.grain, down.grain) || !opens) return known(first, last);
  return opened(first);
}

}  // namespace

std::set<KeyName> affected_keys(const Tables& tables, const TriggerJudge& judge, std::int64_t pipeline,
                                std::int64_t window) {
  std::set<KeyName> out;
  const auto* up = tables.pipelines.find(pipeline);
  if (up == nullptr) return out;
  const auto [first, last] = tables.clauses.index<by_upstream>().equal_range(std::make_tuple(pipeline));
  for (auto at = first; at != last; ++at) {
    const ClauseRow& clause = **at;
    const auto* down = tables.find_pipeline(clause.pipeline);
    if (down == nullptr) continue;
    for (const auto w : keys_of_clause(tables, judge, judge.view_in_force(*down), clause, *up, window)) {
      // An older version's clause matters only to keys that fired with that version.
      if (clause.version != down->version) {
        const auto* key = tables.find_occurrence(down->id, w);
        if (key == nullptr || key->condition_version != clause.version) continue;
      }
      out.insert({down->id, w});
    }
  }
  return out;
}

std::set<std::int64_t> downstream_closure(const Tables& tables, std::int64_t pipeline) {
  std::set<std::int64_t> out{pipeline};
  std::vector<std::int64_t> open{pipeline};
  while (!open.empty()) {
    const auto next = open.back();
    open.pop_back();
    const auto [first, last] = tables.clauses.index<by_upstream>().equal_range(std::make_tuple(next));
    for (auto at = first; at != last; ++at) {
      const auto* down = tables.find_pipeline((*at)->pipeline);
      if (down != nullptr && down->version == (*at)->version && out.insert(down->id).second) open.push_back(down->id);
    }
  }
  return out;
}

std::map<std::int64_t, int> upstreams_first(const Tables& tables) {
  std::map<std::int64_t, int> out;
  std::set<std::int64_t> seen;
  // Explicit stack: a chain of pipelines may be long.
  struct Frame {
    std::int64_t pipeline;
    std::vector<std::int64_t> upstreams;
    std::size_t next = 0;
  };
  const auto frame_of = [&](const PipelineRow& row) {
    Frame frame{row.id, {}, 0};
    for (const auto& clause : tables.clauses_of(row.id, row.version))
      if (clause->spec.offset == 0 && clause->upstream != 0) frame.upstreams.push_back(clause->upstream);
    return frame;
  };
  for (const auto& row : tables.pipelines.rows()) {
    if (!seen.insert(row->id).second) continue;
    std::vector<Frame> stack{frame_of(*row)};
    while (!stack.empty()) {
      Frame& top = stack.back();
      if (top.next == top.upstreams.size()) {
        out.emplace(top.pipeline, static_cast<int>(out.size()));
        stack.pop_back();
        continue;
      }
      const auto* up = tables.pipelines.find(top.upstreams[top.next++]);
      if (up != nullptr && seen.insert(up->id).second) stack.push_back(frame_of(*up));
    }
  }
  return out;
}

}  // namespace weir::pipeline
