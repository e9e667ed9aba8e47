// Rules 13 and 15 in the reference model: outages, pauses, and what people decide.
#include <gtest/gtest.h>

#include "tests/model/world.hpp"

namespace weir::model {
namespace {

constexpr const char* kDay1 = "2026-01-01";
constexpr const char* kDay2 = "2026-01-02";

struct Decisions : World {
  int a = deploy(scheduled("A", "0 3 * * *"));
  int b = deploy(scheduled("B", "0 4 * * *"));
  int d = deploy(on("D", all_of({{.upstream = a}, {.upstream = b}})));
  bool decide(Event::Kind kind, int pipeline, const char* window = kDay1) {
    const Event event{.kind = kind, .at = now, .occurrence = key(pipeline, window)};
    const bool refused = model.refuses(event);
    model.apply(event);
    return !refused;
  }
};

TEST(Rule15, a_skipped_window_satisfies_without_a_run) {
  Decisions w;
  w.until("2026-01-01 03:00");
  w.end(w.a, kDay1);
  EXPECT_TRUE(w.decide(Event::skip, w.b));
  EXPECT_EQ(w.used(w.d, kDay1), "A/2026-01-01#1");
  w.until("2026-01-01 04:00");
  EXPECT_EQ(w.runs(w.b), 0);
  EXPECT_FALSE(w.decide(Event::skip, w.a)) << "it has succeeded";
}

TEST(Rule15, run_now_is_the_firing) {
  Decisions w;
  w.until("2026-01-01 04:00");
  w.end(w.a, kDay1);
  w.decide(Event::run_now, w.d);
  w.end(w.d, kDay1);
  w.end(w.b, kDay1);
  EXPECT_EQ(w.runs(w.d), 1);
  w.rerun(w.a, kDay1);
  w.end(w.a, kDay1);
  EXPECT_EQ(w.runs(w.d), 2) << "what it used was corrected";
}

TEST(Rule15, an_accepted_run_is_good_until_something_changes_again) {
  Decisions w;
  PipelineDecl ignores = on("C", all_of({{.upstream = w.a}}));
  ignores.on_rerun = OnRerun::ignore;
  const int c = w.deploy(ignores);
  const int e = w.deploy(on("E", all_of({{.upstream = w.a}, {.upstream = c}})));
  w.until("2026-01-01 03:00");
  for (int p : {w.a, c, e}) w.end(p, kDay1);
  EXPECT_FALSE(w.decide(Event::accept, c)) << "it misses nothing";
  w.rerun(w.a, kDay1);
  w.end(w.a, kDay1);
  EXPECT_EQ(w.runs(e), 1);
  EXPECT_TRUE(w.decide(Event::accept, c));
  EXPECT_EQ(w.used(e, kDay1), "A/2026-01-01#2 C/2026-01-01#1");
  w.end(e, kDay1);
  w.rerun(w.a, kDay1);
  w.end(w.a, kDay1);
  EXPECT_TRUE(w.model.facts().out_of_date(*w.model.facts().current(w.key(c, kDay1))));
}

TEST(Rule3, a_correction_that_asks_runs_when_it_is_approved) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  PipelineDecl asks = on("D", all_of({{.upstream = a}}));
  asks.on_rerun = OnRerun::ask;
  const int d = w.deploy(asks);
  w.until("2026-01-01 03:00");
  w.end(a, kDay1);
  w.end(d, kDay1);
  for (int i = 0; i < 2; ++i) {
    w.rerun(a, kDay1);
    w.end(a, kDay1);
  }
  EXPECT_EQ(w.model.asking(), std::vector{w.key(d, kDay1)});
  EXPECT_EQ(w.runs(d), 1);
  w.model.apply({.kind = Event::approve, .at = w.now, .occurrence = w.key(d, kDay1)});
  EXPECT_EQ(w.used(d, kDay1), "A/2026-01-01#3");
}

TEST(Rule13, three_days_down_run_oldest_first_one_at_a_time) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  w.model.apply({.kind = Event::outage, .at = *instant_from_text("2026-01-03T12:00:00Z")});
  w.now = w.model.facts().now();
  EXPECT_EQ(w.runs(a), 1);
  w.end(a, kDay1);
  w.end(a, kDay2);
  EXPECT_EQ(w.runs(a, "2026-01-03"), 1);
}

TEST(Rule13, of_missed_hours_the_last_runs) {
  World w;
  const int a = w.deploy(scheduled("A", "15 * * * *", Grain::hour));
  w.model.apply({.kind = Event::outage, .at = *instant_from_text("2026-01-01T06:00:00Z")});
  EXPECT_EQ(w.runs(a), 1);
  EXPECT_EQ(w.runs(a, "2026-01-01T05Z"), 1);
}

TEST(Rule13, a_pause_holds_back_and_a_resumption_releases) {
  World w;
  const int a = w.deploy(scheduled("A", "0 3 * * *"));
  w.model.apply({.kind = Event::pause, .at = w.now, .occurrence = {a, {}}});
  w.until("2026-01-02 12:00");
  w.rerun(a, "2026-01-04");
  EXPECT_EQ(w.runs(a), 1) << "a person's run goes";
  w.end(a, "2026-01-04");
  w.model.apply({.kind = Event::resume, .at = w.now, .occurrence = {a, {}}});
  EXPECT_EQ(w.runs(a, kDay1), 1);
  EXPECT_EQ(w.runs(a, kDay2), 0) << "one at a time";
}

}  // namespace
}  // namespace weir::model
