#include <fmt/format.h>

#include <algorithm>

#include "json/text.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::workflow {
namespace {

// FNV-1a: tells whether a second start has the input of the first.
std::int64_t hash_of(std::string_view text) {
  std::uint64_t h = 14695981039346656037ull;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 1099511628211ull;
  return static_cast<std::int64_t>(h);
}

std::unexpected<api::ApiError> no_execution(std::int64_t id) {
  return api::refuse(api::ErrorCode::NotFound, fmt::format("no execution {} in this account", id));
}

}  // namespace

api::Reply<api::StartExecutionReply> WorkflowService::start(Tx& tx, const api::StartExecution& request) {
  if (!tx.principal().internal && (!request.owner.empty() || request.revision || !request.start_at.empty()))
    return api::refuse(api::ErrorCode::InvalidInput, "owner, revision and start_at are given by the house only");
  const auto* machine = find_machine(tx.account(), request.machine);
  if (!machine)
    return api::refuse(api::ErrorCode::NotFound, fmt::format("no state machine '{}' in this account", request.machine));
  if (request.name.size() > 80)
    return api::refuse(api::ErrorCode::InvalidInput, "name: at most 80 characters are allowed");
  const std::string_view text = request.input.text.empty() ? std::string_view("{}") : request.input.text;
  if (text.size() > limits::kPayloadBytes)
    return api::refuse(api::ErrorCode::InvalidInput,
                       fmt::format("input: {} bytes, at most {} are carried; leave a reference instead", text.size(),
                                   limits::kPayloadBytes));
  auto input = json::parse(text);
  if (!input) return api::refuse(api::ErrorCode::InvalidInput, "input: not JSON: " + input.error().text());
  const auto hash = hash_of(text);
  if (!request.name.empty()) {
    if (const auto there = tx.read(names_, {machine->id, request.name})) {
      if (there->input_hash != hash)
        return api::refuse(api::ErrorCode::AlreadyExists,
                           fmt::format("execution '{}' of '{}' was started with another input; choose another name",
                                       request.name, machine->name));
      if (const auto* running = executions_.find(there->execution))
        return api::StartExecutionReply{running->id, running->name, api::ExecutionStatus::RUNNING, running->started_at};
      if (const auto closed = tx.read(records_, {there->execution}))
        return api::StartExecutionReply{closed->id, closed->name, closed->status, closed->started_at};
    }
  }
  ExecutionRow row;
  row.id = tx.new_id();
  row.account = tx.account();
  row.machine = machine->id;
  row.revision = request.revision.value_or(machine->revision);
  row.machine_name = machine->name;
  row.name = request.name.empty() ? std::to_string(row.id) : request.name;
  row.owner = request.owner;
  row.started_at = tx.now();
  if (!revisions_.find(std::make_tuple(row.machine, row.revision)))
    return api::refuse(api::ErrorCode::NotFound,
                       fmt::format("state machine '{}' has no revision {} any more", machine->name, row.revision));
  if (!request.start_at.empty()) {
    const auto made = compiled(row.machine, row.revision);
    if (!made ||
        std::ranges::none_of(made->branches[0].states, [&](const State& s) { return s.name == request.start_at; }))
      return api::refuse(api::ErrorCode::InvalidInput, fmt::format("state machine '{}' has no state '{}' to start at",
                                                                   machine->name, request.start_at));
  }
  if (!request.name.empty()) tx.put(names_, NameRow{row.machine, row.name, row.id, hash});

  Execution fresh;
  fresh.id = row.id;
  fresh.account = row.account.str();
  fresh.machine = row.machine_name;
  fresh.name = row.name;
  fresh.started_at = row.started_at;
  // The input's own text: it is not printed anew.
  fresh.input = std::make_shared<const Data>(Data{std::move(*input), std::string(text)});
  api::StartExecutionReply reply{row.id, row.name, api::ExecutionStatus::RUNNING, row.started_at};
  reply.status = advance(tx, std::move(row), fresh, Started{request.start_at}, true);
  return reply;
}

api::Reply<api::StopExecutionReply> WorkflowService::stop(Tx& tx, const api::StopExecution& request) {
  if (request.error.size() > limits::kErrorBytes || request.cause.size() > limits::kCauseBytes)
    return api::refuse(api::ErrorCode::InvalidInput, fmt::format("error has at most {} bytes, cause at most {}",
                                                                 limits::kErrorBytes, limits::kCauseBytes));
  const auto* row = executions_.find(request.id);
  if (row && row->account != tx.account()) return no_execution(request.id);
  if (!row) {
    const auto closed = tx.read(records_, {request.id});
    if (!closed || closed->account != tx.account()) return no_execution(request.id);
    return api::StopExecutionReply{false, closed->status};
  }
  advance(tx, request.id, Stopped{request.error, request.cause});
  return api::StopExecutionReply{true, api::ExecutionStatus::ABORTED};
}

api::Reply<api::ExecutionInfo> WorkflowService::describe(Tx& tx, const api::DescribeExecution& request) {
  api::ExecutionInfo out;
  out.id = request.id;
  if (const auto* row = executions_.find(request.id)) {
    if (row->account != tx.account()) return no_execution(request.id);
    out.name = row->name;
    out.machine = row->machine_name;
    out.revision = row->revision;
    out.started_at = row->started_at;
    if (const auto* input = inputs_.find(request.id)) out.input = input->input;
    return out;
  }
  const auto row = tx.read(records_, {request.id});
  if (!row || row->account != tx.account()) return no_execution(request.id);
  return api::ExecutionInfo{row->id,       row->name,  row->machine, row->revision, row->status, row->started_at,
                            row->ended_at, row->input, row->output,  row->error,    row->cause};
}

}  // namespace weir::workflow
