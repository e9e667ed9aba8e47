// People at random among schedules, conditions and deadlines: two engines play the same history, one of them is
// restarted after every event, and stay the same; what is paused or skipped starts nothing by itself. WEIR_SEED plays
// one history.
#include <fmt/format.h>

#include <cstdlib>
#include <random>

#include "tests/pipeline/people_world.hpp"

namespace weir::pipeline {
namespace {

constexpr const char* kNames[] = {"a", "b", "c", "d", "e"};

void deploy_all(PeopleWorld& w) {
  w.deploy("name: a\ntrigger: {schedule: {hour: 3}}");
  w.deploy("name: b\ntrigger: {maxParallel: 2, operator: OR, schedule: {hour: 5}, executions: {allOf: [{name: a}]}}");
  w.deploy(
      "name: c\ntrigger: {onUpstreamRerun: ask, expect: {startBy: \"07:00\", onMiss: fail}, "
      "executions: {allOf: [{name: a}]}}");
  w.deploy(
      "name: d\nconcurrency: {maxRuns: 1}\ntrigger: {catchup: last, expect: {startBy: \"08:00\", finishBy: \"+1d "
      "02:00\", onMiss: run}, executions: {allOf: [{name: b}, {name: c}]}}");
  w.deploy("name: e\ntrigger: {executions: {allOf: [{name: d, status: [SUCCEEDED, FAILED]}]}}");
}

// Everything that decides, without ids.
std::string dump(const PeopleWorld& w) {
  std::string out;
  const auto& t = w.bench.tables;
  const auto name = [&](std::int64_t pipeline) { return t.pipelines.find(pipeline)->name; };
  for (const auto& f : t.facts.index<by_occurrence>()) {
    out += fmt::format("{} {} #{} {} {} {}", name(f->pipeline), f->window, f->number, name_of(f->status),
                       name_of(f->cause), f->complete);
    for (const auto& u : f->used) out += fmt::format(" {}/{}#{}", name(u.upstream), u.window, u.number);
    for (const auto& a : f->accepted) out += fmt::format(" accepted {}/{}#{}", name(a.upstream), a.window, a.number);
    out += "\n";
  }
  for (const auto& r : t.active.rows())
    out += fmt::format("{} {} {}\n", name(r->pipeline), r->window, name_of(r->status));
  for (const auto& r : t.releases.rows()) out += fmt::format("released {} {}\n", name(r->pipeline), r->window);
  for (const auto& r : t.missed.rows()) out += fmt::format("missed {} {}\n", name(r->pipeline), r->window);
  for (const auto& r : t.approvals.rows()) out += fmt::format("asked {} {}\n", name(r->pipeline), r->window);
  for (const auto& r : t.alerts.rows())
    out += fmt::format("late {} {} {}\n", name(r->pipeline), r->window, name_of(r->kind));
  return out;
}

class Player {
 public:
  explicit Player(std::uint64_t seed) : dice_(seed) {}

  // One event to both, which refuse it alike; the text of it.
  std::string play(PeopleWorld& one, PeopleWorld& other) {
    const std::string name = kNames[dice_() % 5];
    const int day = 1 + static_cast<int>(dice_() % 6);
    const std::string window = "2026-01-0" + std::to_string(day);
    const auto both = [&](auto&& act) { EXPECT_EQ(act(one), act(other)); };
    const auto kind = dice_() % 20;
    if (kind < 5) {
      now_ += std::chrono::hours{1 + dice_() % 9};
      for (auto* w : {&one, &other}) w->bench.until(now_);
      return "until " + to_text(now_);
    }
    if (kind < 12) {
      const auto& active = one.bench.tables.active.rows();
      std::vector<std::size_t> running;
      std::size_t at = 0;
      for (const auto& r : active) {
        if (r->status == RunState::RUNNING) running.push_back(at);
        ++at;
      }
      if (running.empty()) return "nothing works";
      const auto chosen = running[dice_() % running.size()];
      const auto status = dice_() % 5 == 0 ? RunStatus::FAILED : RunStatus::SUCCEEDED;
      for (auto* w : {&one, &other})
        w->bench.end((*std::next(w->bench.tables.active.rows().begin(), static_cast<std::ptrdiff_t>(chosen)))->run,
                     status);
      return fmt::format("the {}. run {}", chosen, name_of(status));
    }
    switch (kind) {
      case 12:
        both([&](PeopleWorld& w) { return w.start(name, window).run.status; });
        return "run " + name + " " + window;
      case 13:
        both([&](PeopleWorld& w) { return w.skip(name, window).empty(); });
        return "skip " + name + " " + window;
      case 14:
        both([&](PeopleWorld& w) { return w.accept(name, window).empty(); });
        return "accept " + name + " " + window;
      case 15:
        both([&](PeopleWorld& w) { return w.approve("c", window).empty(); });
        return "approve c " + window;
      case 16:
        both([&](PeopleWorld& w) { return w.run_now(name, window).empty(); });
        return "now " + name + " " + window;
      case 17:
        both([&](PeopleWorld& w) { return w.pause(name).empty(); });
        return "pause " + name;
      default:
        both([&](PeopleWorld& w) { return w.resume(name).empty(); });
        for (auto* w : {&one, &other}) w->bench.drive.settle();
        return "resume " + name;
    }
  }

 private:
  std::mt19937_64 dice_;
  Instant now_ = *instant_from_text("2026-01-01T00:00:00Z");
};

int started_by_rule(const PeopleWorld& w, bool paused_only) {
  int out = 0;
  for (const auto& f : w.bench.tables.facts.rows()) {
    const bool by_rule =
        f->cause == RunCause::condition || f->cause == RunCause::schedule || f->cause == RunCause::deadline;
    const auto* row = w.bench.tables.pipelines.find(f->pipeline);
    if (by_rule && (!paused_only || w.bench.tables.find_pause(*row) != nullptr)) ++out;
  }
  return out;
}

TEST(PeopleAtRandom, a_restart_after_every_event_changes_nothing) {
  const char* only = std::getenv("WEIR_SEED");
  const std::uint64_t first = only != nullptr ? std::strtoull(only, nullptr, 10) : 1;
  const std::uint64_t last = only != nullptr ? first : 60;
  int starts = 0, late = 0, left_out = 0;
  for (auto seed = first; seed <= last; ++seed) {
    PeopleWorld one, other;
    deploy_all(one);
    deploy_all(other);
    Player player(seed);
    std::string history;
    for (int i = 0; i < 80; ++i) {
      const int paused_before = started_by_rule(one, true);
      std::set<std::int64_t> were_paused;
      for (const auto& p : one.bench.tables.pauses.rows()) were_paused.insert(p->pipeline);
      const auto event = player.play(one, other);
      other.bench.restart();
      history += event + "\n";
      ASSERT_EQ(dump(one), dump(other)) << history << "replay: WEIR_SEED=" << seed
                                        << " test_pipeline --gtest_filter=PeopleAtRandom.*";
      std::set<std::int64_t> are_paused;
      for (const auto& p : one.bench.tables.pauses.rows()) are_paused.insert(p->pipeline);
      // An approval is a person's start by the condition.
      if (were_paused == are_paused && !event.starts_with("approve"))
        ASSERT_EQ(started_by_rule(one, true), paused_before) << history << "WEIR_SEED=" << seed;
    }
    starts += started_by_rule(one, false);
    late += static_cast<int>(one.bench.tables.alerts.size());
    left_out += static_cast<int>(one.bench.tables.missed.size());
  }
  if (only == nullptr) {
    EXPECT_GT(starts, 100) << "the histories say something";
    EXPECT_GT(late, 0);
    EXPECT_GT(left_out, 0);
  }
}

}  // namespace
}  // namespace weir::pipeline
