#include <gtest/gtest.h>

#include "cli/render.hpp"

namespace weir::cli {
namespace {

Look look() { return {200, false, *instant_from_text("2026-01-03T04:00:00Z")}; }

api::PoolInfo warehouse() {
  api::PoolInfo out;
  out.pool = "warehouse";
  out.account = AccountId{"111111111111"};
  out.slots = 1;
  out.in_use = 1;
  out.waiting = 2;
  out.pipelines = {"listings", "searches"};
  out.who = "ada";
  out.reason = "one connection";
  out.changed = *instant_from_text("2026-01-02T12:00:00Z");
  return out;
}

TEST(RenderPool, one_with_its_holders_and_its_line) {
  auto pool = warehouse();
  const auto since = *instant_from_text("2026-01-03T03:00:00Z");
  pool.runs = {{17, "searches", "2026-01-02", "schedule", 0, since, ""}};
  pool.line = {{18, "listings", "2026-01-02", "condition", 10, since,
                "a slot of pool warehouse: 1 of 1 in use by searches 2026-01-02 (run 17); 1st in its line"}};
  EXPECT_EQ(
      render_pool(pool, look()),
      "pool 111111111111/warehouse: 1 of 1 slots in use, 2 waiting\n"
      "  pipelines listings, searches\n"
      "  set       2026-01-02 12:00 by ada: one connection\n"
      "\n"
      "IN USE\n"
      "RUN  PIPELINE  WINDOW      CAUSE     STARTED\n"
      "17   searches  2026-01-02  schedule  2026-01-03 03:00\n"
      "\n"
      "WAITING, the next first\n"
      "RUN  PIPELINE  WINDOW      CAUSE      PRIORITY  SINCE             WAITS FOR\n"
      "18   listings  2026-01-02  condition  10        2026-01-03 03:00  a slot of pool warehouse: 1 of 1 in use by "
      "searches 2026-01-02 (run 17); 1st in its line\n"
      "and 1 more\n");
}

TEST(RenderPool, one_that_nobody_names) {
  auto pool = warehouse();
  pool.pipelines.clear();
  pool.reason.clear();
  pool.in_use = pool.waiting = 0;
  EXPECT_EQ(render_pool(pool, look()),
            "pool 111111111111/warehouse: 0 of 1 slots in use, 0 waiting\n"
            "  pipelines none names it\n"
            "  set       2026-01-02 12:00 by ada\n");
}

TEST(RenderPool, all_of_them) {
  EXPECT_EQ(render_pools({}, look()), "no pools; weir pool set NAME --slots N makes one\n");
  EXPECT_EQ(render_pools({{warehouse()}}, look()),
            "ACCOUNT       POOL       SLOTS  IN USE  WAITING  PIPELINES           REASON\n"
            "111111111111  warehouse  1      1       2        listings, searches  one connection\n");
}

}  // namespace
}  // namespace weir::cli
