// The tables of plans (rule 14).
//
// A plan is a narrow row. What it holds is one row a pipeline (PlanPartRow), written when it is made, accepted and
// over; what has become of a key is a row of its own (PlanKeyRow), so that a step rewrites nothing that grows. A key
// without a row waits.
#pragma once

#include <boost/multi_index/ranked_index.hpp>

#include <optional>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "core/table.hpp"

namespace weir::core {
class Registry;
}

namespace weir::pipeline {

namespace mi = boost::multi_index;
using core::by_key;
using core::field;
using core::fields;

enum class PlanKind { rerun, backfill };
BOOST_DESCRIBE_ENUM(PlanKind, rerun, backfill)

enum class PlanStatus { PROPOSED, ACCEPTED, PAUSED, DONE, CANCELLED };
BOOST_DESCRIBE_ENUM(PlanStatus, PROPOSED, ACCEPTED, PAUSED, DONE, CANCELLED)

// Which keys of those looked at are run.
enum class Redo { missing, failed, all };
BOOST_DESCRIBE_ENUM(Redo, missing, failed, all)

struct PlanRow {
  std::int64_t id = 0;
  AccountId account;
  PlanKind kind = PlanKind::rerun;
  PlanStatus status = PlanStatus::PROPOSED;
  std::int64_t pipeline = 0;  // that was named
  std::string from, to;       // labels
  bool quiet = false;         // its runs start nothing and make nothing out of date
  Redo redo = Redo::missing;
  int parallel = 1;
  int keys = 0;
  int elsewhere = 0;  // of them in other accounts
  std::string who;
  std::string reason;
  Instant created{};
  std::optional<Instant> accepted, ended;
  std::vector<std::string> left_out;
};
BOOST_DESCRIBE_STRUCT(PlanRow, (),
                      (id, account, kind, status, pipeline, from, to, quiet, redo, parallel, keys, elsewhere, who,
                       reason, created, accepted, ended, left_out))
extern const store::TableInfo kPlanTable;
struct by_plan_status {};
using PlanTable = core::LiveTable<
    PlanRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, field<&PlanRow::id>>,
                   mi::ordered_unique<mi::tag<by_plan_status>, fields<PlanRow, &PlanRow::status, &PlanRow::id>>>>;

// The keys of one pipeline.
struct PlanPartRow {
  std::int64_t plan = 0;
  std::int64_t pipeline = 0;
  int place = 0;                      // among the plan's pipelines, upstream first
  bool open = false;                  // accepted, and not all of its keys are over: they count as RUNNING
  bool chosen = false;                // a person named the pipeline: its keys need no condition
  bool linked = false;                // a clause looks at a pipeline of the plan
  std::vector<std::int64_t> windows;  // ascending
  std::vector<std::int64_t> left;     // looked at and left alone when the plan was made; ascending
};
BOOST_DESCRIBE_STRUCT(PlanPartRow, (), (plan, pipeline, place, open, chosen, linked, windows, left))
extern const store::TableInfo kPlanPartTable;
struct by_plan_pipeline {};
struct by_place {};
using PlanPartTable = core::LiveTable<
    PlanPartRow,
    mi::indexed_by<
        mi::ordered_unique<mi::tag<by_key>, fields<PlanPartRow, &PlanPartRow::plan, &PlanPartRow::pipeline>>,
        mi::ordered_unique<mi::tag<by_plan_pipeline>,
                           fields<PlanPartRow, &PlanPartRow::pipeline, &PlanPartRow::open, &PlanPartRow::plan>>,
        mi::ordered_unique<mi::tag<by_place>, fields<PlanPartRow, &PlanPartRow::plan, &PlanPartRow::place>>>>;

enum class PlanKeyState { READY, STARTED, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, LEFT_ALONE, NOT_RUN };
BOOST_DESCRIBE_ENUM(PlanKeyState, READY, STARTED, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, LEFT_ALONE, NOT_RUN)

struct PlanKeyRow {
  std::int64_t plan = 0;
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
  PlanKeyState state = PlanKeyState::READY;
  bool over = false;
  Instant date{};  // the logical date, and
  int place = 0;   // the pipeline's: the order in which READY keys start
  std::int64_t run = 0;
  std::string why;
};
BOOST_DESCRIBE_STRUCT(PlanKeyRow, (), (plan, pipeline, window, state, over, date, place, run, why))
extern const store::TableInfo kPlanKeyTable;
struct by_state {};
struct by_over {};
using PlanKeyTable = core::LiveTable<
    PlanKeyRow,
    mi::indexed_by<mi::ordered_unique<mi::tag<by_key>, fields<PlanKeyRow, &PlanKeyRow::plan, &PlanKeyRow::pipeline,
                                                              &PlanKeyRow::window>>,
                   mi::ranked_unique<mi::tag<by_state>,
                                     fields<PlanKeyRow, &PlanKeyRow::plan, &PlanKeyRow::state, &PlanKeyRow::date,
                                            &PlanKeyRow::place, &PlanKeyRow::pipeline, &PlanKeyRow::window>>,
                   mi::ranked_unique<mi::tag<by_over>, fields<PlanKeyRow, &PlanKeyRow::plan, &PlanKeyRow::over,
                                                              &PlanKeyRow::pipeline, &PlanKeyRow::window>>>>;

// What a quiet run would have started.
struct PlanHeldRow {
  std::int64_t plan = 0;
  std::int64_t pipeline = 0;
  std::int64_t window = 0;
};
BOOST_DESCRIBE_STRUCT(PlanHeldRow, (), (plan, pipeline, window))
extern const store::TableInfo kPlanHeldTable;
using PlanHeldTable = core::LiveTable<
    PlanHeldRow,
    mi::indexed_by<mi::ordered_unique<
        mi::tag<by_key>, fields<PlanHeldRow, &PlanHeldRow::plan, &PlanHeldRow::pipeline, &PlanHeldRow::window>>>>;

struct PlanTables {
  PlanTable plans{kPlanTable};
  PlanPartTable parts{kPlanPartTable};
  PlanKeyTable keys{kPlanKeyTable};
  PlanHeldTable held{kPlanHeldTable};

  void install(core::Registry& registry);
  // The accepted plan in which a start of this key waits; 0: none.
  std::int64_t holder(std::int64_t pipeline, std::int64_t window) const;
  const PlanKeyRow* key(std::int64_t plan, std::int64_t pipeline, std::int64_t window) const;
  bool over(std::int64_t plan, std::int64_t pipeline, std::int64_t window) const;
  int count(std::int64_t plan, PlanKeyState state) const;
  int count_over(std::int64_t plan) const;
  int count_over(std::int64_t plan, std::int64_t pipeline) const;
  // Upstream first.
  std::vector<std::shared_ptr<const PlanPartRow>> parts_of(std::int64_t plan) const;
  // Accepted plans that have not finished this pipeline's keys.
  std::vector<std::int64_t> open_plans(std::int64_t pipeline) const;
};

}  // namespace weir::pipeline
