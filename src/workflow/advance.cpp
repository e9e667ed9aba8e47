// One step of an execution, stored: frames, history, work items, the end.
#include <fmt/format.h>

#include <algorithm>

#include "json/print.hpp"
#include "json/text.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::workflow {
namespace {

constexpr std::size_t kSweep = 64;  // frames erased in one command

JsonText text_of(const DataPtr& data) { return data ? JsonText{data->text} : JsonText{}; }

DataPtr parsed(const JsonText& text) {
  if (text.text.empty()) return nullptr;
  auto value = json::parse(text.text);
  return std::make_shared<const Data>(Data{value ? std::move(*value) : json::Value(), text.text});
}

FrameRow row_of(std::int64_t execution, const Frame& f) {
  return {execution,    f.id,     f.parent,     f.generation,    f.of_generation, f.index, f.branch,
          f.state,      f.phase,  f.last_event, f.entered_event, f.entered_at,    f.due,   f.item,
          f.heartbeats, f.worker, f.retries,    f.started,       f.open};
}

}  // namespace

std::shared_ptr<const Execution> WorkflowService::rebuild(std::int64_t id) const {
  const auto* row = executions_.find(id);
  const auto* input = inputs_.find(id);
  if (!row || !input) return nullptr;
  auto out = std::make_shared<Execution>();
  out->id = id;
  out->account = row->account.str();
  out->machine = row->machine_name;
  out->name = row->name;
  out->started_at = row->started_at;
  out->deadline = row->deadline;
  out->input = parsed(input->input);
  out->next_event = row->next_event;
  out->next_frame = row->next_frame;
  for (auto at = frames_.rows().lower_bound(std::make_tuple(id)); at != frames_.rows().end() && (*at)->execution == id;
       ++at) {
    const auto& r = **at;
    // Frames that still wait to be swept; a parent's id is smaller, so it is there already.
    if (r.parent) {
      const auto parent = out->frames.find(r.parent);
      if (parent == out->frames.end() || parent->second->generation != r.of_generation) continue;
    }
    Frame f;
    f.id = r.id, f.parent = r.parent, f.generation = r.generation, f.of_generation = r.of_generation;
    f.index = r.index, f.branch = r.branch, f.state = r.state, f.phase = r.phase;
    f.last_event = r.last_event, f.entered_event = r.entered_event, f.entered_at = r.entered_at;
    f.due = r.due, f.item = r.item, f.heartbeats = r.heartbeats, f.worker = r.worker, f.retries = r.retries;
    f.started = r.started, f.open = r.open;
    if (const auto* data = frame_data_.find(std::make_tuple(id, r.id))) {
      f.input = parsed(data->input);
      f.items = parsed(data->items);
      f.given = parsed(data->given);
    }
    if (f.phase == Phase::READY) out->ready.insert(f.id);
    if (f.due) out->deadlines.insert({*f.due, f.id});
    out->frames[f.id] = std::make_shared<Frame>(std::move(f));
  }
  return out;
}

std::shared_ptr<const Execution> WorkflowService::held(std::int64_t id) const {
  const auto* row = executions_.find(id);
  const auto found = held_.find(id);
  return row && found != held_.end() && found->second.version == row->version ? found->second.execution : nullptr;
}

std::shared_ptr<const Execution> WorkflowService::current(const ExecutionRow& row) {
  if (auto have = held(row.id)) return have;
  auto out = rebuild(row.id);
  held_[row.id] = {row.version, out};
  return out;
}

void WorkflowService::advance(Tx& tx, std::int64_t execution, const Trigger& trigger) {
  const auto* row = executions_.find(execution);
  if (!row) return;
  const auto before = current(*row);
  if (before) advance(tx, *row, *before, trigger, false);
}

api::ExecutionStatus WorkflowService::advance(Tx& tx, ExecutionRow row, const Execution& before, const Trigger& trigger,
                                              bool fresh) {
  const auto machine = compiled(row.machine, row.revision);
  if (!machine) return api::ExecutionStatus::RUNNING;
  auto out = step(*machine, before, trigger, tx.now(), tx.random());
  if (out.changed.empty() && out.events.empty()) return before.status;
  const auto& after = *out.execution;
  const bool running = after.status == api::ExecutionStatus::RUNNING;
  schedule(tx, row, out);
  store_history(tx, row, out);
  store_frames(tx, row, before, out);
  if (running) {
    row.deadline = after.deadline;
    row.next_event = after.next_event;
    row.next_frame = after.next_frame;
    // A millisecond later, so that whatever else is due now has its turn.
    const auto due = out.more ? std::optional(tx.now() + Millis{1}) : after.due();
    row.timed = due.has_value();
    row.due = due.value_or(Instant{});
    row.version = tx.new_id();
    if (fresh) {
      tx.put(inputs_, ExecutionInputRow{row.id, {after.input->text}});
      RecordRow record{row.id,
                       row.account,
                       row.machine_name,
                       row.revision,
                       row.name,
                       row.owner,
                       after.status,
                       row.started_at,
                       std::nullopt,
                       {},
                       {},
                       {},
                       {}};
      tx.put(records_, std::move(record));
    }
    held_[row.id] = {row.version, out.execution};
    tx.put(executions_, row);
  } else {
    store_end(tx, row, after, fresh);
  }
  if (!out.stop.empty()) {
    StopTasks stop;
    for (const auto& task : out.stop) stop.items.push_back(task.item);
    tx.deliver(row.account, std::move(stop));
  }
  api::ExecutionStatusChanged changed{
      row.id, row.account, row.machine_name, row.name, row.owner, api::ExecutionStatus::RUNNING, {}, {}, {}};
  if (fresh) tx.emit(changed);
  emit_steps(tx, row, out);
  if (!running) {
    changed.status = after.status;
    changed.output = text_of(after.output);
    changed.error = after.error;
    changed.cause = after.cause;
    tx.emit(changed);
  }
  return after.status;
}

void WorkflowService::schedule(Tx& tx, const ExecutionRow& row, StepOutput& out) {
  const api::Principal house{row.account, "workflow", true};
  for (auto& task : out.schedule) {
    api::EnqueueWork request;
    request.queue = task.queue;
    request.kind = "task";
    request.name = row.machine_name + "/" + task.state;
    request.payload = text_of(task.payload);
    request.owner = {"workflow", row.id, task.frame};
    request.attempt = task.attempt;
    request.timeout_ms = task.timeout;
    request.heartbeat_s = task.heartbeat_s;
    tx.call<api::EnqueueWork>(
        std::move(request),
        [&](Tx& inner, api::Reply<api::EnqueueWorkReply> reply) {
          auto frame = std::make_shared<Frame>(*out.execution->frames.at(task.frame));
          if (reply)
            frame->item = reply->id;
          else
            inner.deliver(
                row.account,
                TaskAnswer{
                    row.id, task.frame, 0, api::WorkOutcome::FAILED, {}, "States.Runtime", reply.error().message, ""});
          StepNote note;
          note.state = task.state;
          note.attempt = task.attempt;
          note.status = api::StepStatus::QUEUED;
          note.item = frame->item;
          out.notes.push_back(std::move(note));
          out.execution->frames[task.frame] = std::move(frame);
        },
        &house);
  }
}

void WorkflowService::store_history(Tx& tx, ExecutionRow& row, const StepOutput& out) {
  if (out.events.empty()) return;
  HistoryRow chunk;
  chunk.id = tx.new_id();
  chunk.execution = row.id;
  chunk.account = row.account;
  chunk.at = tx.now();
  chunk.previous = row.last_chunk;
  auto& text = chunk.events.text;
  for (const auto& event : out.events) {
    fmt::format_to(std::back_inserter(text),
                   "{}{{\"id\":{},\"previous\":{},\"type\":\"{}\",\"details\":", text.empty() ? "[" : ",", event.id,
                   event.previous, event.type);
    text += event.details;
    text += '}';
  }
  text += ']';
  row.last_chunk = chunk.id;
  tx.append(history_, std::move(chunk));
}

void WorkflowService::store_frames(Tx& tx, const ExecutionRow& row, const Execution& before, const StepOutput& out) {
  SweepFrames gone{row.id, {}};
  for (const auto id : out.changed) {
    const auto was = before.frames.find(id);
    const auto is = out.execution->frames.find(id);
    if (is == out.execution->frames.end()) {
      if (was != before.frames.end()) gone.frames.push_back(id);
      continue;
    }
    const auto& frame = *is->second;
    tx.put(frames_, row_of(row.id, frame));
    if (was == before.frames.end() || was->second->input != frame.input || was->second->items != frame.items ||
        was->second->given != frame.given)
      tx.put(frame_data_, FrameDataRow{row.id, id, text_of(frame.input), text_of(frame.items), text_of(frame.given)});
  }
  if (!gone.frames.empty()) (void)sweep(tx, row.account, gone);
}

Result<void> WorkflowService::sweep(Tx& tx, const AccountId& account, const SweepFrames& request) {
  const auto now = std::min(kSweep, request.frames.size());
  for (std::size_t i = 0; i < now; ++i) {
    const auto key = std::make_tuple(request.execution, request.frames[i]);
    if (const auto row = frames_.share(key)) tx.erase(frames_, *row);
    if (const auto row = frame_data_.share(key)) tx.erase(frame_data_, *row);
  }
  if (now < request.frames.size())
    tx.deliver(account, SweepFrames{request.execution,
                                    {request.frames.begin() + static_cast<std::ptrdiff_t>(now), request.frames.end()}});
  return {};
}

Result<void> WorkflowService::stop_tasks(Tx& tx, const AccountId& account, const StopTasks& request) {
  const auto now = std::min(kSweep, request.items.size());
  const api::Principal house{account, "workflow", true};
  for (std::size_t i = 0; i < now; ++i)
    tx.call<api::StopWork>({request.items[i]}, [](Tx&, api::Reply<api::EndWorkReply>) {}, &house);
  if (now < request.items.size())
    tx.deliver(account, StopTasks{{request.items.begin() + static_cast<std::ptrdiff_t>(now), request.items.end()}});
  return {};
}

void WorkflowService::store_end(Tx& tx, const ExecutionRow& row, const Execution& after, bool fresh) {
  tx.put(records_, RecordRow{row.id,
                             row.account,
                             row.machine_name,
                             row.revision,
                             row.name,
                             row.owner,
                             after.status,
                             row.started_at,
                             tx.now(),
                             {after.input->text},
                             text_of(after.output),
                             after.error,
                             after.cause});
  held_.erase(row.id);
  if (fresh) return;
  if (const auto keep = executions_.share(row.id)) tx.erase(executions_, *keep);
  if (const auto keep = inputs_.share(row.id)) tx.erase(inputs_, *keep);
  drop_revision_if_unused(tx, row.machine, row.revision);
}

void WorkflowService::emit_steps(Tx& tx, const ExecutionRow& row, const StepOutput& out) {
  for (const auto& note : out.notes)
    tx.emit(api::StepChanged{row.id,
                             row.account,
                             row.owner,
                             note.state,
                             note.attempt,
                             note.status,
                             note.item,
                             note.worker,
                             note.error,
                             note.cause,
                             note.will_retry,
                             tx.now(),
                             note.skipped,
                             {note.result}});
}

Result<void> WorkflowService::answered(Tx& tx, const TaskAnswer& answer) {
  if (answer.outcome == api::WorkOutcome::SUCCEEDED) {
    auto value = json::parse(answer.result.text);
    if (!value) return fail("the result of work item " + std::to_string(answer.item) + " is not JSON");
    advance(tx, answer.execution, TaskSucceeded{answer.frame, answer.item, std::move(*value), answer.skipped});
    return {};
  }
  const bool stopped = answer.outcome == api::WorkOutcome::STOPPED;
  advance(tx, answer.execution,
          TaskFailed{answer.frame, answer.item, stopped ? "Weir.Stopped" : answer.error, answer.cause,
                     answer.outcome == api::WorkOutcome::LOST});
  return {};
}

bool WorkflowService::wants(const Tx& tx, std::int64_t execution, std::int64_t frame, std::int64_t item) const {
  const auto* row = executions_.find(execution);
  // One whose time is over ends with the next step, whatever that brings.
  if (!row || (row->deadline && *row->deadline <= tx.now())) return false;
  const auto* at = frames_.find(std::make_tuple(execution, frame));
  if (!at || at->phase != Phase::TASK || at->item != item) return false;
  // Rows of frames that were dropped stand until they are swept.
  while (at->parent != 0) {
    const auto* parent = frames_.find(std::make_tuple(execution, at->parent));
    if (!parent || parent->generation != at->of_generation) return false;
    at = parent;
  }
  return true;
}

std::optional<Instant> WorkflowService::next_due() const {
  const auto& index = executions_.index<by_due>();
  const auto first = index.lower_bound(std::make_tuple(true));
  if (first == index.end()) return std::nullopt;
  return (*first)->due;
}

void WorkflowService::fire(Tx& tx) {
  // One execution a command: a step may write hundreds of rows.
  const auto& index = executions_.index<by_due>();
  const auto first = index.lower_bound(std::make_tuple(true));
  if (first == index.end() || (*first)->due > tx.now()) return;
  advance(tx, (*first)->id, Continued{});
}

}  // namespace weir::workflow
