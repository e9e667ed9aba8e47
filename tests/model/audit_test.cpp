#include "tests/model/audit.hpp"

#include <gtest/gtest.h>

#include "tests/model/world.hpp"

namespace weir::model {
namespace {

// A -> B, (A, B) -> D, fixed once, and at rest.
struct Fixed : World {
  int a = deploy(scheduled("A", "0 3 * * *"));
  int b = deploy(on("B", all_of({{.upstream = a}})));
  int d = deploy(on("D", all_of({{.upstream = a}, {.upstream = b}})));
  std::vector<Run> runs;
  Fixed() {
    until("2026-01-01 03:00");
    for (int p : {a, b, d}) end(p, "2026-01-01");
    rerun(a, "2026-01-01");
    for (int p : {a, b, d}) end(p, "2026-01-01");
    runs = model.runs();
  }
};

TEST(Audit, finds_nothing_where_the_rules_were_kept) {
  Fixed w;
  const Counts counts = audit(w.model.history(), w.runs);
  EXPECT_TRUE(counts.clean());
  EXPECT_EQ(counts.runs, 6);
}

TEST(Audit, finds_a_run_on_two_runs_of_one_occurrence) {
  Fixed w;
  w.runs.back().evidence[1].runs[0].n = 1;  // D#2 on A#2 and the B of A#1
  EXPECT_EQ(audit(w.model.history(), w.runs).mixed, 1);
}

TEST(Audit, finds_a_second_firing_on_the_same_evidence) {
  Fixed w;
  w.runs.push_back(w.runs.back());
  ++w.runs.back().id.n;
  EXPECT_EQ(audit(w.model.history(), w.runs).doubled, 1);
}

TEST(Audit, finds_a_correction_that_was_not_followed) {
  Fixed w;
  w.runs.pop_back();
  const Counts counts = audit(w.model.history(), w.runs);
  EXPECT_EQ(counts.missing_at_rest, 1);
  EXPECT_EQ(counts.unfollowed, 1);
}

TEST(Audit, finds_a_key_that_never_fired) {
  Fixed w;
  std::erase_if(w.runs, [&](const model::Run& r) { return r.id.occurrence.pipeline == w.d; });
  const Counts counts = audit(w.model.history(), w.runs);
  EXPECT_EQ(counts.missing_at_rest, 1);
  EXPECT_EQ(counts.unfollowed, 0);
}

TEST(Audit, calls_nothing_missing_while_something_is_active) {
  Fixed w;
  w.runs.back().status = Status::RUNNING;
  w.runs.erase(w.runs.begin() + 1);
  EXPECT_EQ(audit(w.model.history(), w.runs).missing_at_rest, 0);
}

}  // namespace
}  // namespace weir::model
