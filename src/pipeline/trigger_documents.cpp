// Documents (rule 9): each starts one run of its key, when the rest of the trigger holds and there is room. Until then
// it stands as a row; nothing that was taken is lost. They start oldest first, each as its own run.
#include <fmt/format.h>

#include "base/limits.hpp"
#include "json/text.hpp"
#include "pipeline/document_key.hpp"
#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {

using api::ErrorCode;

namespace {

constexpr int kLookedAt = 64;  // of those that wait for a run of their own key, before the rest must wait too

}  // namespace

bool TriggerEngine::Work::lets_documents(const PipelineRow& pipeline, std::int64_t window) const {
  const auto* trigger = tables_.find_trigger(pipeline.id);
  if (trigger == nullptr || trigger->spec.op != Operator::AND || !takes_documents(trigger->spec)) return true;
  const auto& spec = trigger->spec;
  if (spec.schedule) {
    const auto* whole = tables_.find_occurrence(pipeline.id, key_of(pipeline, window_of(pipeline, window), 0));
    if (whole == nullptr || !whole->scheduled) return false;
  }
  const auto& judge = engine_.judge_;
  return !spec.executions || judge.judge(judge.view_of_key(pipeline.id, window), window).holds;
}

void TriggerEngine::Work::arm_documents(const PipelineRow& pipeline, std::int64_t window) {
  const auto& index = tables_.waiting_documents.index<by_key_of_document>();
  // Of a window that is looked at as a whole: all its keys.
  const bool whole = is_keyed(pipeline) && parts_of(pipeline, window).values == 0;
  const auto last = whole ? key_of(pipeline, window_of(pipeline, window) + 1, 0) - 1 : window;
  std::vector<std::shared_ptr<const WaitingDocumentRow>> rows;
  for (auto at = index.lower_bound(std::make_tuple(pipeline.id, window));
       at != index.end() && (*at)->pipeline == pipeline.id && (*at)->window <= last; ++at)
    if (!(*at)->armed) rows.push_back(*at);
  std::optional<std::int64_t> judged;
  bool lets = false;
  for (const auto& row : rows) {
    if (judged != row->window) {
      judged = row->window;
      lets = lets_documents(pipeline, row->window);
      ++judgements_;
    }
    if (!lets) continue;
    WaitingDocumentRow armed = *row;
    armed.armed = true;
    tx_.put(tables_.waiting_documents, std::move(armed));
    look_at_line(pipeline.id);
  }
}

bool TriggerEngine::Work::advance_documents(const PipelineRow& pipeline) {
  const auto& index = tables_.waiting_documents.index<by_turn>();
  const auto first = index.lower_bound(std::make_tuple(pipeline.id, true));
  if (first == index.end() || (*first)->pipeline != pipeline.id || tables_.find_pause(pipeline) != nullptr)
    return false;
  const auto* trigger = tables_.find_trigger(pipeline.id);
  const int at_once = trigger != nullptr ? std::max(1, trigger->spec.max_parallel) : 1;
  const auto& judge = engine_.judge_;
  std::int64_t after = 0;
  for (int looked = 0; looked < kLookedAt;) {
    const auto at = index.lower_bound(std::make_tuple(pipeline.id, true, after));
    if (at == index.end() || (*at)->pipeline != pipeline.id) return false;
    const auto row = tables_.waiting_documents.share(std::make_tuple(pipeline.id, (*at)->document));
    after = row->document + 1;
    const auto pending = pending_.find(pipeline.id);
    const auto decided = pending == pending_.end() ? 0 : static_cast<int>(pending->second.size());
    if (starts_ + decided >= engine_.options_.starts_per_command) return true;
    if (!room_for(pipeline) || (row->backlog && busy(pipeline.id) >= at_once)) return false;
    if (judge.active(pipeline.id, row->window) || judge.waits(pipeline.id, row->window)) {
      ++looked;
      continue;
    }
    ++judgements_;
    if (!lets_documents(pipeline, row->window)) {
      // Judged again at its turn: it waits for its condition once more.
      WaitingDocumentRow waits = *row;
      waits.armed = false;
      tx_.put(tables_.waiting_documents, std::move(waits));
      continue;
    }
    tx_.erase(tables_.waiting_documents, *row);
    Start start;
    if (!is_calendar(pipeline.grain)) start.run = window_of(pipeline, row->window);
    start.pipeline = pipeline.id;
    start.window = row->window;
    start.cause = RunCause::event;
    start.why = row->words;
    start.parameters = row->parameters;
    start.logical_date = row->logical_date;
    start.document = row->document;
    enqueue(std::move(start));
  }
  return false;
}

// What a run sees: its own document, else that of the key's run before it.
std::int64_t TriggerEngine::Work::document_of(const PipelineRow& pipeline, const Start& start) const {
  if (start.document != 0 || tables_.document_sources.find(pipeline.id) == nullptr) return start.document;
  const auto* occurrence = tables_.find_occurrence(pipeline.id, start.window);
  if (occurrence == nullptr || occurrence->current == 0) return 0;
  const auto before = tx_.read(tables_.runs, {occurrence->current});
  return before ? before->document : 0;
}

int TriggerEngine::waiting_documents(std::int64_t pipeline) const {
  const auto [first, last] = tables_.waiting_documents.rows().equal_range(std::make_tuple(pipeline));
  return static_cast<int>(std::distance(first, last));
}

api::Reply<TriggerEngine::Taken> TriggerEngine::Work::take(const PipelineRow& pipeline, const Arrival& arrival) {
  const auto& judge = engine_.judge_;
  auto choice = window_of_date(pipeline, arrival.date.empty() ? to_text(arrival.time) : arrival.date);
  if (!choice) return api::refuse({choice.error()});
  const auto values = choose_key(tables_, pipeline, std::nullopt, arrival.parameters);
  if (!values) return api::refuse({values.error()});
  Taken out;
  const bool calendar = is_calendar(pipeline.grain);
  if (calendar && choice->window < pipeline.since) {
    out.window = label({pipeline.grain, choice->window});
    out.ignored = fmt::format("{} lies before {}, since when {} starts by itself", out.window,
                              label({pipeline.grain, pipeline.since}), pipeline.name);
    return out;
  }
  const auto number = intern(tx_, tables_, values->values);
  if (!number) return api::refuse(ErrorCode::LimitExceeded, number.error().text());

  DocumentRow document;
  document.id = tx_.new_id();
  document.pipeline = pipeline.id;
  document.source = arrival.source;
  document.event = arrival.event;
  document.time = arrival.time;
  document.came = tx_.now();
  document.document = arrival.document;
  WaitingDocumentRow waits;
  waits.pipeline = pipeline.id;
  waits.document = document.id;
  waits.window = key_of(pipeline, calendar ? choice->window : tx_.new_id(), *number);
  waits.logical_date = choice->logical_date;
  waits.words = fmt::format("{} event {} of {}", arrival.source, arrival.event, to_text(arrival.time));
  waits.parameters = arrival.parameters;
  out.window = judge.label_of(pipeline, waits.window);
  if (judge.skipped(pipeline.id, waits.window)) {
    out.ignored = fmt::format("{} is skipped: a person says that it is not needed", out.window);
    return out;
  }
  ++judgements_;
  waits.armed = lets_documents(pipeline, waits.window);
  const auto [first, last] = tables_.waiting_documents.index<by_turn>().equal_range(std::make_tuple(pipeline.id, true));
  waits.backlog = tables_.find_pause(pipeline) != nullptr || (first != last && (*first)->backlog);
  tx_.put(tables_.documents, std::move(document));
  tx_.put(tables_.waiting_documents, std::move(waits));
  look_at_line(pipeline.id);
  return out;
}

std::vector<api::Reply<TriggerEngine::Taken>> TriggerEngine::take(core::Transaction& tx, const PipelineRow& pipeline,
                                                                  const std::vector<Arrival>& arrivals) {
  std::vector<api::Reply<Taken>> out;
  int waiting = waiting_documents(pipeline.id);
  Scope work(*this, tx);
  for (const auto& arrival : arrivals) {
    if (waiting >= limits::kDocumentsWaiting) {
      out.emplace_back(
          api::refuse(ErrorCode::Throttled, fmt::format("{} documents of {} wait for their runs; send it again later",
                                                        limits::kDocumentsWaiting, pipeline.name)));
      continue;
    }
    out.push_back(work->take(pipeline, arrival));
    waiting += out.back() && out.back()->ignored.empty();
  }
  work.settle();
  return out;
}

}  // namespace weir::pipeline
