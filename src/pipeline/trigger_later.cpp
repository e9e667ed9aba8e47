// What waits for nothing but time, and what has arrived since a pipeline of the grain none last fired.
#include <algorithm>

#include "base/limits.hpp"
#include "core/turns.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {

// A key has one row: judged at the earliest of its moments, it asks anew for the next.
void TriggerEngine::Work::look_later(std::int64_t pipeline, std::int64_t window, Instant due) {
  const auto* known = tables_.look_later.find(std::make_tuple(pipeline, window));
  if (known != nullptr && known->due <= due) return;
  const auto* row = tables_.pipelines.find(pipeline);
  tx_.put(tables_.look_later, LookLaterRow{pipeline, window, due, row != nullptr ? row->account : AccountId{}});
}

void TriggerEngine::look_later_due(core::Transaction& tx) {
  Scope work(*this, tx);
  const auto& due = tables_.look_later.index<by_due>();
  for (int i = 0; i < limits::kTimersPerCommand && !due.empty() && (*due.begin())->due <= tx.now(); ++i) {
    auto row = core::next_in_turn(tx, "pipeline-look-later", tables_.look_later.index<by_account>(),
                                  [](const LookLaterRow& later) { return std::optional(later.due); });
    if (!row) row = *due.begin();
    tx.erase(tables_.look_later, *row);
    work->look_at(row->pipeline, row->window);
  }
  work.settle();
}

// ---- rule 6

void TriggerEngine::Work::note_arrival(const PipelineRow& upstream, std::int64_t window) {
  const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(upstream.id));
  std::set<std::int64_t> downstreams;
  for (auto at = first; at != last; ++at) {
    const auto* down = tables_.find_pipeline((*at)->pipeline);
    if (down != nullptr && down->grain == Grain::none && down->version == (*at)->version) downstreams.insert(down->id);
  }
  for (const auto down : downstreams) {
    const auto* known = tables_.arrivals.find(std::make_tuple(down, upstream.id));
    ArrivalsRow row = known != nullptr ? *known : ArrivalsRow{down, upstream.id, {}};
    std::erase(row.windows, window);
    row.windows.push_back(window);
    if (row.windows.size() > kArrivalsKept) row.windows.erase(row.windows.begin());
    tx_.put(tables_.arrivals, std::move(row));
  }
}

// It has fired: from now on what starts counts. A scheduled time that it waited for is used too.
void TriggerEngine::Work::forget_arrivals(const PipelineRow& downstream) {
  const auto [first, last] = tables_.arrivals.rows().equal_range(std::make_tuple(downstream.id));
  const std::vector<std::shared_ptr<const ArrivalsRow>> rows(first, last);
  for (const auto& row : rows) tx_.erase(tables_.arrivals, *row);
  const auto* open = tables_.find_occurrence(downstream.id, kOpenKey);
  if (open == nullptr || !open->scheduled) return;
  OccurrenceRow used = *open;
  used.scheduled = false;
  tx_.put(tables_.occurrences, std::move(used));
}

}  // namespace weir::pipeline
