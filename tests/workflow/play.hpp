// Plays executions through step() without a cell: tasks answer as the test says, time is virtual.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>

#include "json/text.hpp"
#include "workflow/step.hpp"

namespace weir::workflow {

inline std::shared_ptr<const Machine> compiled(const std::string& definition) {
  auto out = compile(definition);
  if (!out) {
    for (const auto& p : out.error()) ADD_FAILURE() << p.text();
    return nullptr;
  }
  return *out;
}

// All that a step depends on later, as text.
inline std::string dump(const Execution& x) {
  std::string out =
      std::string(name_of(x.status)) + " next " + std::to_string(x.next_event) + "/" + std::to_string(x.next_frame);
  const auto text = [](const DataPtr& d) { return d ? d->text : std::string("-"); };
  for (const auto& [id, f] : x.frames) {
    out += "\n" + std::to_string(id) + " <" + std::to_string(f->parent) + " " + std::to_string(f->branch) + ":" +
           std::to_string(f->state) + " " + std::string(name_of(f->phase)) + " item " + std::to_string(f->item) + " i" +
           std::to_string(f->index) + " e" + std::to_string(f->last_event) + " " + std::to_string(f->started) + "/" +
           std::to_string(f->open) + " due " + (f->due ? to_text(*f->due) : "-") + " g" +
           std::to_string(f->generation) + " " + text(f->input) + " " + text(f->items) + " " + text(f->given);
    for (const int n : f->retries) out += " r" + std::to_string(n);
  }
  return out + "\n" + text(x.output) + x.error + x.cause;
}

class Play {
 public:
  explicit Play(const std::string& definition, const std::string& input = "{}", const std::string& start = {})
      : machine(compiled(definition)) {
    execution = std::make_shared<Execution>();
    auto fresh = std::make_shared<Execution>();
    fresh->id = 1;
    fresh->account = "000000000001";
    fresh->machine = "m";
    fresh->name = "x";
    fresh->started_at = now;
    fresh->input = data_of(*json::parse(input));
    execution = fresh;
    if (machine) apply(Started{start});
  }

  void apply(const Trigger& trigger) {
    bool more = one(trigger);
    while (more) more = one(Continued{});
  }
  // Lets time pass to the next due and on, as often as there is one within `span`.
  void pass(Millis span) {
    const auto end = now + span;
    for (auto due = execution->due(); running() && due && *due <= end; due = execution->due()) {
      now = std::max(now, *due);
      apply(Continued{});
    }
    now = end;
  }
  const ScheduleTask& task(std::size_t i = 0) const { return open.at(i).first; }
  void succeed(const std::string& result = "{}", std::size_t i = 0) {
    const auto [t, item] = take(i);
    apply(TaskSucceeded{t.frame, item, *json::parse(result)});
  }
  void fail(const std::string& error, std::size_t i = 0, bool silent = false) {
    const auto [t, item] = take(i);
    apply(TaskFailed{t.frame, item, error, "because", silent});
  }
  bool running() const { return execution->status == api::ExecutionStatus::RUNNING; }
  std::string status() const { return std::string(name_of(execution->status)); }
  std::string output() const { return execution->output ? execution->output->text : ""; }
  std::string types() const {
    std::string out;
    for (const auto& e : events) out += (out.empty() ? "" : " ") + e.type;
    return out;
  }
  int count(const std::string& type) const {
    return static_cast<int>(std::ranges::count_if(events, [&](const Event& e) { return e.type == type; }));
  }

  Instant now = instant_of_ms(1'000'000'000);
  std::shared_ptr<const Machine> machine;
  std::shared_ptr<const Execution> execution;
  std::vector<Event> events;
  std::vector<StepNote> notes;
  std::vector<std::int64_t> stopped;
  std::vector<std::pair<ScheduleTask, std::int64_t>> open;  // tasks, with their items
  int steps = 0;
  int most_open = 0;

 private:
  std::pair<ScheduleTask, std::int64_t> take(std::size_t i) {
    auto out = open.at(i);
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(i));
    return out;
  }
  bool one(const Trigger& trigger) {
    auto out = step(*machine, *execution, trigger, now, 12345);
    ++steps;
    for (auto& t : out.schedule) {
      auto frame = std::make_shared<Frame>(*out.execution->frames.at(t.frame));
      frame->item = ++items_;
      out.execution->frames[t.frame] = frame;
      open.emplace_back(t, frame->item);
    }
    for (const auto& s : out.stop) {
      stopped.push_back(s.item);
      std::erase_if(open, [&](const auto& o) { return o.second == s.item; });
    }
    most_open = std::max(most_open, static_cast<int>(open.size()));
    for (auto& e : out.events) {
      EXPECT_EQ(e.id, static_cast<std::int64_t>(events.size()) + 1) << "event ids have a gap";
      EXPECT_LT(e.previous, e.id);
      events.push_back(std::move(e));
    }
    notes.insert(notes.end(), out.notes.begin(), out.notes.end());
    execution = out.execution;
    return out.more;
  }
  std::int64_t items_ = 100;
};

}  // namespace weir::workflow
