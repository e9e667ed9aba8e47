#include <fmt/format.h>

#include "json/text.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::workflow {
namespace {

constexpr std::size_t kCompiledKept =
    8'192;  // the others are compiled again when they are needed, which takes some 10 us
constexpr std::string_view kForbidden = " ?*<>{}[]\"#%\\^|~`$&,;:/";

std::optional<std::string> wrong_name(const std::string& name) {
  if (name.empty() || name.size() > 80) return fmt::format("name: has {} characters, 1 to 80 are allowed", name.size());
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f || kForbidden.find(c) != std::string_view::npos)
      return fmt::format("name: '{}' holds a character that names cannot have: {}", name, kForbidden);
  return std::nullopt;
}

api::MachineReply reply_of(const MachineRow& row) {
  return {row.id, row.revision, fmt::format("arn:weir:states::{}:stateMachine:{}", row.account.str(), row.name)};
}

std::unexpected<api::ApiError> no_machine(const std::string& name) {
  return api::refuse(api::ErrorCode::NotFound, fmt::format("no state machine '{}' in this account", name));
}

}  // namespace

const MachineRow* WorkflowService::find_machine(const AccountId& account, const std::string& machine) const {
  const auto prefix = fmt::format("arn:weir:states::{}:stateMachine:", account.str());
  const auto name = machine.starts_with(prefix) ? machine.substr(prefix.size()) : machine;
  const auto& index = machines_.index<by_name>();
  const auto found = index.find(std::make_tuple(account, name));
  return found == index.end() ? nullptr : found->get();
}

std::shared_ptr<const Machine> WorkflowService::compiled(std::int64_t machine, int revision) {
  auto row = revisions_.share(std::make_tuple(machine, revision));
  if (!row) return nullptr;
  const auto known = compiled_.find({machine, revision});
  if (known != compiled_.end() && known->second.row == row) return known->second.machine;
  auto made = compile(row->definition.text);
  if (!made) return nullptr;
  return keep_compiled(std::move(row), std::move(*made));
}

std::shared_ptr<const Machine> WorkflowService::keep_compiled(std::shared_ptr<const RevisionRow> row,
                                                              std::shared_ptr<const Machine> machine) {
  if (compiled_.size() >= kCompiledKept) compiled_.clear();
  const std::pair key{row->machine, row->revision};
  compiled_.insert_or_assign(key, Compiled{std::move(row), machine});
  return machine;
}

void WorkflowService::drop_revision_if_unused(Tx& tx, std::int64_t machine, int revision) {
  const auto* newest = machines_.find(machine);
  if (newest && newest->revision == revision) return;
  const auto& index = executions_.index<by_machine>();
  const auto used = index.lower_bound(std::make_tuple(machine, revision));
  if (used != index.end() && (*used)->machine == machine && (*used)->revision == revision) return;
  if (const auto row = revisions_.share(std::make_tuple(machine, revision))) tx.erase(revisions_, *row);
  compiled_.erase({machine, revision});
}

api::Reply<api::MachineReply> WorkflowService::create(Tx& tx, const api::CreateStateMachine& request) {
  if (const auto* there = find_machine(tx.account(), request.name)) {
    const auto* revision = revisions_.find(std::make_tuple(there->id, there->revision));
    if (revision && revision->definition == request.definition) return reply_of(*there);
    return api::refuse(api::ErrorCode::AlreadyExists,
                       fmt::format("a state machine '{}' with another definition is there; update it", request.name));
  }
  return put_machine(tx, request.name, request.definition);
}

api::Reply<api::MachineReply> WorkflowService::update(Tx& tx, const api::UpdateStateMachine& request) {
  if (!find_machine(tx.account(), request.name)) return no_machine(request.name);
  return put_machine(tx, request.name, request.definition);
}

api::Reply<api::MachineReply> WorkflowService::put_machine(Tx& tx, const std::string& name,
                                                           const JsonText& definition) {
  if (auto wrong = wrong_name(name)) return api::refuse(api::ErrorCode::InvalidInput, std::move(*wrong));
  const auto* there = find_machine(tx.account(), name);
  if (there) {
    const auto* newest = revisions_.find(std::make_tuple(there->id, there->revision));
    if (newest && newest->definition == definition) return reply_of(*there);
  }
  auto made = compile(definition.text);
  if (!made) return api::refuse(std::move(made.error()));
  MachineRow row = there ? *there : MachineRow{tx.new_id(), tx.account(), name, 0, {}};
  const int before = row.revision++;
  row.updated_at = tx.now();
  tx.put(revisions_, RevisionRow{row.id, row.revision, definition});
  keep_compiled(revisions_.share(std::make_tuple(row.id, row.revision)), std::move(*made));
  tx.put(machines_, row);
  if (before) drop_revision_if_unused(tx, row.id, before);
  return reply_of(row);
}

api::Reply<api::DeleteMachineReply> WorkflowService::erase_machine(Tx& tx, const api::DeleteStateMachine& request) {
  const auto* there = find_machine(tx.account(), request.name);
  if (!there) return api::DeleteMachineReply{false};
  const auto row = *there;
  tx.erase(machines_, row);
  drop_revision_if_unused(tx, row.id, row.revision);
  return api::DeleteMachineReply{true};
}

api::Reply<api::MachineInfo> WorkflowService::describe_machine(Tx& tx, const api::DescribeStateMachine& request) {
  const auto* row = find_machine(tx.account(), request.name);
  if (!row) return no_machine(request.name);
  const auto* revision = revisions_.find(std::make_tuple(row->id, row->revision));
  return api::MachineInfo{row->id,       row->name,       reply_of(*row).arn,
                          row->revision, row->updated_at, revision ? revision->definition : JsonText{}};
}

}  // namespace weir::workflow
