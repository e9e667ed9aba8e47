// The service with accounts and a workflow engine that only remembers what it was asked: for what people see.
#pragma once

#include <gtest/gtest.h>

#include "account/account_service.hpp"
#include "api/decisions.hpp"
#include "api/lineage.hpp"
#include "api/workflow.hpp"
#include "pipeline/pipeline_service.hpp"
#include "tests/core/drive.hpp"

namespace weir::pipeline {

// Lets a test end an execution.
struct EndOfExecution {
  using Reply = api::EmptyReply;
  api::ExecutionStatusChanged event;
};
BOOST_DESCRIBE_STRUCT(EndOfExecution, (), (event))

class ServiceWorld : public testing::Test {
 protected:
  ServiceWorld() {
    accounts_.install(cell_.registry());
    service.install(cell_.registry());
    auto& registry = cell_.registry();
    registry.on<api::PutMachine>([](core::Transaction&, const api::PutMachine&) -> api::Reply<api::MachineReply> {
      return api::MachineReply{1, 1, ""};
    });
    registry.on<api::StartExecution>(
        [this](core::Transaction& tx, const api::StartExecution& r) -> api::Reply<api::StartExecutionReply> {
          inputs[r.owner] = r.input.text;
          return api::StartExecutionReply{tx.new_id(), r.name, api::ExecutionStatus::RUNNING, tx.now()};
        });
    registry.on<api::StopExecution>(
        [](core::Transaction&, const api::StopExecution&) -> api::Reply<api::StopExecutionReply> {
          return api::StopExecutionReply{true, api::ExecutionStatus::ABORTED};
        });
    registry.on<EndOfExecution>([](core::Transaction& tx, const EndOfExecution& r) -> api::Reply<api::EmptyReply> {
      tx.emit(r.event);
      return api::EmptyReply{};
    });
    drive.perform = [this](const core::EffectRow& effect) {
      told.push_back(effect.payload.text);
      return core::EffectDone{effect.id, true, {}, {}};
    };
    drive.now = *instant_from_text("2026-01-01T00:00:00Z");
    drive.open();
    (void)ask(api::PutAccount{AccountId{kA}, "Account_A_ID", "core", {}}, kA);
    (void)ask(api::PutAccount{AccountId{kB}, "Account_B_ID", "search", {}}, kB);
  }

  template <class R>
  api::Reply<typename R::Reply> ask(R request, const std::string& account = kA) {
    auto reply = drive.ask(std::move(request), account);
    EXPECT_TRUE(reply) << "no answer";
    return *reply;
  }
  void deploy(const std::string& yaml, const std::string& account = kA) {
    api::DeployPipeline request;
    request.yaml = yaml + "\nsteps: [{run: echo}]\n";
    request.allow_missing = true;
    const auto reply = ask(request, account);
    ASSERT_TRUE(reply) << reply.error().message;
  }
  void until(const std::string& time) { drive.pass(*instant_from_text(time + ":00Z") - drive.now); }
  // The newest run of the pipeline ends; its id.
  std::int64_t end(const std::string& name, const std::string& account = kA,
                   api::ExecutionStatus status = api::ExecutionStatus::SUCCEEDED) {
    const auto info = ask(api::DescribePipeline{name, {}}, account);
    EXPECT_TRUE(info && info->last_run);
    api::ExecutionStatusChanged event;
    event.owner = "run/" + std::to_string(info->last_run->run);
    event.status = status;
    (void)ask(EndOfExecution{event}, account);
    return info->last_run->run;
  }

  static inline const std::string kA = "111111111111", kB = "222222222222";
  store::MemoryStore store_;
  core::Cell cell_;
  account::AccountService accounts_;

 public:
  PipelineService service;
  core::Drive drive{cell_, store_};
  std::map<std::string, std::string> inputs;  // of executions, by owner
  std::vector<std::string> told;              // payloads of effects
};

}  // namespace weir::pipeline
