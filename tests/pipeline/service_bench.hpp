// The pipeline service on a cell of its own beside the account service, with the workflow engine replaced by one that
// only remembers what it was asked. Three accounts, two of them with an alias.
#pragma once

#include <gtest/gtest.h>

#include "account/account_service.hpp"
#include "api/workflow.hpp"
#include "pipeline/pipeline_service.hpp"
#include "tests/core/drive.hpp"

namespace weir::pipeline {

// Lets a test say how an execution ended.
struct EndExecution {
  using Reply = api::EmptyReply;
  api::ExecutionStatusChanged event;
};
BOOST_DESCRIBE_STRUCT(EndExecution, (), (event))

inline const std::string A = "111111111111", B = "222222222222", C = "333333333333";

struct ServiceBench : testing::Test {
  template <class R>
  api::Reply<typename R::Reply> ask(R request, const std::string& account) {
    auto reply = drive.ask(std::move(request), account);
    EXPECT_TRUE(reply) << "no answer";
    return *reply;
  }
  explicit ServiceBench(Sharing sharing = Sharing::open) : service({sharing, {}}) {
    accounts.install(cell.registry());
    service.install(cell.registry());
    cell.registry().on<api::PutMachine>(
        [this](core::Transaction&, const api::PutMachine& r) -> api::Reply<api::MachineReply> {
          machines.push_back(r.name);
          return api::MachineReply{1, 1, ""};
        });
    cell.registry().on<api::StartExecution>(
        [this](core::Transaction& tx, const api::StartExecution& r) -> api::Reply<api::StartExecutionReply> {
          started.push_back(r);
          return api::StartExecutionReply{tx.new_id(), r.name, api::ExecutionStatus::RUNNING, tx.now()};
        });
    cell.registry().on<api::StopExecution>(
        [](core::Transaction&, const api::StopExecution&) -> api::Reply<api::StopExecutionReply> {
          return api::StopExecutionReply{true, api::ExecutionStatus::ABORTED};
        });
    cell.registry().on<EndExecution>([](core::Transaction& tx, const EndExecution& r) -> api::Reply<api::EmptyReply> {
      tx.emit(r.event);
      return api::EmptyReply{};
    });
    drive.now = *instant_from_text("2026-11-20T12:00:00Z");
    drive.open();
    ask(api::PutAccount{AccountId{A}, "Account_A_ID", "core", {}}, A);
    ask(api::PutAccount{AccountId{B}, "Account_B_ID", "search", {}}, B);
  }
  // The steps of the run that started as the n-th end.
  void end(std::size_t execution, const std::string& output = "{}",
           api::ExecutionStatus status = api::ExecutionStatus::SUCCEEDED) {
    ASSERT_LT(execution, started.size()) << "so many runs have not started";
    api::ExecutionStatusChanged event;
    event.owner = started.at(execution).owner;
    event.status = status;
    event.output.text = output;
    ask(EndExecution{event}, A);
  }
  auto deploy(const std::string& yaml, const std::string& account, bool confirm = true) {
    api::DeployPipeline request;
    request.file = "pipeline.yaml";
    request.yaml = yaml;
    request.confirm = confirm;
    return ask(request, account);
  }
  store::MemoryStore store;
  core::Cell cell;
  account::AccountService accounts;
  PipelineService service;
  core::Drive drive{cell, store};
  std::vector<std::string> machines;
  std::vector<api::StartExecution> started;
};

}  // namespace weir::pipeline
