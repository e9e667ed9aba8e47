#include "tests/pipeline/trigger_bench.hpp"

namespace weir::pipeline {

TriggerBench::TriggerBench(TriggerOptions options)
    : engine(
          tables,
          [this](core::Transaction&, const RunRow& row) -> Result<std::string> {
            launched.push_back(row.run);
            if (launch_fails) return fail("no such machine");
            return "execution-" + std::to_string(row.run);
          },
          [this](core::Transaction&, const ActiveRunRow& row) { halted.push_back(row.run); }, options) {
  tables.install(cell_.registry());
  engine.install(cell_.registry());
  cell_.registry().on<TestStep>([this](core::Transaction& tx, const TestStep&) -> api::Reply<api::EmptyReply> {
    step_(tx);
    return api::EmptyReply{};
  });
  drive.now = *instant_from_text("2026-01-01T00:00:00Z");
  drive.open();
}

void TriggerBench::act(const std::function<void(core::Transaction&)>& step) {
  // A command may run again from its start when it missed a row; launches of the first try do not count.
  const auto before = launched.size();
  step_ = [&](core::Transaction& tx) {
    launched.resize(before);
    step(tx);
  };
  const auto reply = drive.ask(TestStep{});
  ASSERT_TRUE(reply && *reply) << (reply ? (*reply).error().message : "no answer");
}

void TriggerBench::restart() { drive.load(); }

std::int64_t TriggerBench::deploy(PipelineRow row, const std::optional<TriggerSpec>& trigger) {
  act([&](core::Transaction& tx) {
    const auto* known = tables.find_pipeline(row.account, row.name);
    row.id = known != nullptr ? known->id : tx.new_id();
    row.version = known != nullptr ? known->version + 1 : 1;
    row.deployed = tx.now();
    row.first_deployed = known != nullptr ? known->first_deployed : tx.now();
    tx.put(tables.pipelines, row);
    if (trigger) {
      tx.put(tables.triggers, TriggerRow{row.id, row.version, *trigger});
      std::int64_t index = 0;
      const auto add = [&](const std::vector<ClauseSpec>& clauses, Block block) {
        for (const auto& spec : clauses) {
          ClauseRow clause;
          clause.pipeline = row.id;
          clause.version = row.version;
          clause.index = index++;
          clause.block = block;
          clause.upstream_account = spec.account.empty() ? row.account : AccountId{spec.account};
          clause.upstream_name = spec.name;
          const auto* up = tables.find_pipeline(clause.upstream_account, spec.name);
          clause.upstream = up != nullptr ? up->id : 0;
          clause.spec = spec;
          PipelineSpec owner;
          owner.name = row.name;
          clause.followed = is_followed(owner, spec);
          clause.blocked = withdrawn_.contains({clause.upstream, row.id});
          tx.put(tables.clauses, std::move(clause));
        }
      };
      if (trigger->executions) add(trigger->executions->all_of, Block::allOf);
      if (trigger->executions) add(trigger->executions->any_of, Block::anyOf);
    }
    engine.deployed(tx, row.id);
    engine.upstream_appeared(tx, row.id);
  });
  return row.id;
}

void TriggerBench::set_grant(std::int64_t upstream, std::int64_t downstream, bool given) {
  if (given)
    withdrawn_.erase({upstream, downstream});
  else
    withdrawn_.insert({upstream, downstream});
  act([&](core::Transaction& tx) { engine.grant_changed(tx, upstream, downstream, given); });
}

void TriggerBench::end(std::int64_t run, RunStatus status) {
  act([&](core::Transaction& tx) { engine.run_ended(tx, run, status, {}, {}, {}); });
}

}  // namespace weir::pipeline
