#include "workflow/workflow_service.hpp"

namespace weir::workflow {

WorkflowService::WorkflowService(core::Registry& registry) {
  registry.table(machines_);
  registry.table(revisions_);
  registry.table(executions_);
  registry.table(inputs_);
  registry.table(frames_);
  registry.table(frame_data_);
  registry.table(history_);
  registry.table(records_);
  registry.table(names_);
  registry.on<api::CreateStateMachine>([this](Tx& tx, const auto& r) { return create(tx, r); });
  registry.on<api::UpdateStateMachine>([this](Tx& tx, const auto& r) { return update(tx, r); });
  registry.on<api::PutMachine>([this](Tx& tx, const auto& r) { return put_machine(tx, r.name, r.definition); });
  registry.on<api::DeleteStateMachine>([this](Tx& tx, const auto& r) { return erase_machine(tx, r); });
  registry.on<api::DescribeStateMachine>([this](Tx& tx, const auto& r) { return describe_machine(tx, r); });
  registry.on<api::StartExecution>([this](Tx& tx, const auto& r) { return start(tx, r); });
  registry.on<api::StopExecution>([this](Tx& tx, const auto& r) { return stop(tx, r); });
  registry.on<api::DescribeExecution>([this](Tx& tx, const auto& r) { return describe(tx, r); });
  registry.on_delivery<TaskAnswer>([this](Tx& tx, const AccountId&, const TaskAnswer& a) { return answered(tx, a); });
  registry.on_delivery<StopTasks>(
      [this](Tx& tx, const AccountId& account, const StopTasks& s) { return stop_tasks(tx, account, s); });
  registry.on_delivery<SweepFrames>(
      [this](Tx& tx, const AccountId& account, const SweepFrames& s) { return sweep(tx, account, s); });
  registry.observe<api::WorkStarted>([this](Tx& tx, const api::WorkStarted& e) {
    if (e.owner.kind == "workflow") advance(tx, e.owner.id, TaskStarted{e.owner.part, e.item, e.worker});
  });
  // What a worker was told is recorded stands in the same commit; what nobody was told is delivered, as many items may
  // be lost at once, and one is stopped inside a step of its execution.
  registry.observe<api::WorkEnded>([this](Tx& tx, const api::WorkEnded& e) {
    if (e.owner.kind != "workflow" || !executions_.find(e.owner.id)) return;
    const bool told = e.outcome == api::WorkOutcome::SUCCEEDED || e.outcome == api::WorkOutcome::FAILED;
    TaskAnswer answer{e.owner.id, e.owner.part, e.item, e.outcome, e.result, e.error, e.cause, e.skipped};
    if (!told || !answered(tx, answer)) tx.deliver(e.account, std::move(answer));
  });
  registry.on<api::WorkWanted>([this](Tx& tx, const api::WorkWanted& r) -> api::Reply<api::WorkWantedReply> {
    return api::WorkWantedReply{r.owner.kind != "workflow" || wants(tx, r.owner.id, r.owner.part, r.item)};
  });
  registry.timer({"executions", [this] { return next_due(); }, [this](Tx& tx) { fire(tx); }});
  registry.on_loaded([this] {
    compiled_.clear();
    held_.clear();
  });
}

}  // namespace weir::workflow
