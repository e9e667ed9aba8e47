#include "scenario/world.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/account.hpp"
#include "api/alerts.hpp"
#include "api/workflow.hpp"
#include "base/folded.hpp"
#include "json/described.hpp"
#include "json/text.hpp"
#include "scenario/pretend.hpp"

namespace weir::scenario {
namespace {

using pipeline::RunStatus;

// The end of a run's steps, as the workflow engine would tell it.
struct StepsEnded {
  using Reply = api::EmptyReply;
  api::ExecutionStatusChanged event;
};
BOOST_DESCRIBE_STRUCT(StepsEnded, (), (event))

pipeline::PipelineOptions options_of(Sharing sharing) {
  pipeline::PipelineOptions out;
  out.sharing = sharing == Sharing::granted ? pipeline::Sharing::granted : pipeline::Sharing::open;
  return out;
}

std::int64_t run_of(std::string_view owner) {
  std::int64_t run = 0;
  if (owner.starts_with("run/")) std::from_chars(owner.data() + 4, owner.data() + owner.size(), run);
  return run;
}

template <class R>
std::vector<std::shared_ptr<const R>> rows_of(store::Store& store, const store::TableInfo& table,
                                              std::int64_t pipeline) {
  std::vector<std::shared_ptr<const R>> out;
  const auto loaded = store.load(table, [&](store::Row row) {
    auto typed = std::static_pointer_cast<const R>(std::move(row));
    if (typed->pipeline == pipeline) out.push_back(std::move(typed));
  });
  return loaded ? out : std::vector<std::shared_ptr<const R>>{};
}

}  // namespace

World::World(Sharing sharing, Instant begin, EndOf end_of, bool whole)
    : end_of_(std::move(end_of)),
      now_(begin),
      whole_(whole ? std::make_unique<Whole>(cell_.registry()) : nullptr),
      pipelines_(options_of(sharing)) {
  accounts_.install(cell_.registry());
  pipelines_.install(cell_.registry());
  if (!whole) install_mocks();
  install_watchers();
  // A store in memory that nobody else has opens.
  (void)store_.open(cell_.tables());
  load();
}

World::~World() = default;

// In place of the workflow engine. Handlers may run again from their start, so they only overwrite.
void World::install_mocks() {
  auto& registry = cell_.registry();
  using core::Transaction;
  registry.on<api::PutMachine>([](Transaction&, const api::PutMachine&) -> api::Reply<api::MachineReply> {
    return api::MachineReply{1, 1, ""};
  });
  registry.on<api::StartExecution>(
      [this](Transaction& tx, const api::StartExecution& r) -> api::Reply<api::StartExecutionReply> {
        inputs_[run_of(r.owner)] = r.input.text;
        return api::StartExecutionReply{tx.new_id(), r.name, api::ExecutionStatus::RUNNING, tx.now()};
      });
  registry.on<api::StopExecution>([](Transaction&, const api::StopExecution&) -> api::Reply<api::StopExecutionReply> {
    return api::StopExecutionReply{true, api::ExecutionStatus::ABORTED};
  });
  registry.on<StepsEnded>([](Transaction& tx, const StepsEnded& r) -> api::Reply<api::EmptyReply> {
    tx.emit(r.event);
    return api::EmptyReply{};
  });
}

void World::install_watchers() {
  auto& registry = cell_.registry();
  using core::Transaction;
  registry.observe<api::AlertRaised>([this](Transaction& tx, const api::AlertRaised& a) {
    see_alert({tx.now(), a.account, a.pipeline, a.window, fmt::format("{}: {}", name_of(a.kind), a.text)});
  });
  registry.observe<api::AlertClosed>([this](Transaction& tx, const api::AlertClosed& a) {
    see_alert({tx.now(), a.account, a.pipeline, a.window, fmt::format("{} {}: {}", name_of(a.kind), a.how, a.text)});
  });
  registry.observe<api::RunStatusChanged>([this](Transaction& tx, const api::RunStatusChanged& c) {
    if (told_changes_.emplace(c.run, c.status).second) changes_.push_back({tx.now(), c.run, c.status});
  });
}

// An observer may run again from its start: each alert once.
void World::see_alert(Alert alert) {
  const bool known = std::ranges::any_of(alerts_, [&](const Alert& a) {
    return a.at == alert.at && a.account == alert.account && a.pipeline == alert.pipeline && a.window == alert.window &&
           a.text == alert.text;
  });
  if (!known) alerts_.push_back(std::move(alert));
}

void World::load() {
  cell_.reset(store_.last_batch());
  for (const auto* table : cell_.tables())
    if (table->keeping == store::Keeping::live)
      (void)store_.load(*table, [&](store::Row row) { cell_.load_row(*table, std::move(row)); });
  cell_.loaded(now_);
}

api::Reply<api::Message> World::ask_any(api::Message request, const AccountId& account) {
  return ask_as(std::move(request), {account, "test", false});
}

api::Reply<api::Message> World::ask_as(api::Message request, api::Principal who) {
  std::optional<api::Reply<api::Message>> out;
  cell_.decide({std::move(request), std::move(who), [&](api::Reply<api::Message> reply) { out = std::move(reply); },
                ++last_command_},
               now_);
  drive();
  if (!out) return api::refuse(api::ErrorCode::Internal, "no answer");
  return std::move(*out);
}

// Everything that can happen at this moment in the cell.
void World::drive() {
  for (bool moved = true; moved;) {
    moved = false;
    for (auto& fetch : cell_.take_fetches()) {
      cell_.fetched(fetch.ticket, store_.fetch(*fetch.table, fetch.key), now_);
      moved = true;
    }
    while (cell_.tick(now_)) moved = true;
    if (auto batch = cell_.seal()) {
      const auto result = store_.commit(*batch);
      cell_.settled(batch->number, result.outcome, result.why);
      moved = true;
    }
    for (auto& answer : cell_.take_answers()) {
      std::move(answer).send();
      moved = true;
    }
    for (auto& effect : cell_.take_effects(now_)) {
      moved = true;
      if (effect->kind == type_of<api::NotifyLog>().name)
        if (const auto payload = json::parse(effect->payload.text))
          if (auto note = json::read_described<api::NotifyLog>(*payload)) notifications_.push_back(std::move(*note));
      cell_.decide(
          {api::Message::of(core::EffectDone{effect->id, true, {}, {}}), {effect->account, "run", true}, {}, 0}, now_);
    }
  }
}

void World::see_starts() {
  if (whole_) claim();
  for (const auto& row : tables().active.rows()) {
    if (row->status != pipeline::RunState::RUNNING || seen_.contains(row->run)) continue;
    const auto whole = run(row->run);
    if (!whole) continue;
    seen_.insert(row->run);
    if (whole->cause == pipeline::RunCause::report) continue;  // ends as it is reported
    const auto told = told_.find(row->run);
    auto ending = told != told_.end() ? told->second : end_of_(*whole);
    if (ending.status == RunStatus::RUNNING) continue;
    due_.emplace(std::pair{now_ + ending.after.value_or(Millis{0}), row->run}, std::move(ending));
  }
}

void World::end_now(std::int64_t run, const Ending& ending) {
  std::erase_if(due_, [&](const auto& entry) { return entry.first.second == run; });
  seen_.insert(run);
  if (whole_) return end_steps(run, ending);
  const auto row = this->run(run);
  if (!row) return;
  StepsEnded ended;
  ended.event.owner = fmt::format("run/{}", run);
  ended.event.account = row->account;
  const auto status = ending.status.value_or(RunStatus::SUCCEEDED);
  ended.event.status = enum_from<api::ExecutionStatus>(name_of(status)).value_or(api::ExecutionStatus::FAILED);
  if (status != RunStatus::SUCCEEDED) {
    ended.event.error = "Test";
    ended.event.cause = "the test says so";
  } else if (!ending.result.empty()) {
    json::Object result;
    for (const auto& [key, text] : ending.result) result[key] = text;
    json::Object output;
    output[last_step(*row)] = std::move(result);
    ended.event.output.text = json::print(output);
  }
  (void)ask(std::move(ended), row->account);
}

// A run's result is that of its last step.
std::string World::last_step(const pipeline::RunRow& run) {
  const auto row = store_.fetch(pipeline::kVersionTable, {run.pipeline, run.version});
  if (!row || !*row) return {};
  const auto spec = json::parse(static_cast<const pipeline::VersionRow*>(row->get())->spec.text);
  const auto* steps = spec ? spec->find("steps") : nullptr;
  if (!steps || !steps->array() || steps->array()->empty()) return {};
  const auto* name = steps->array()->back().find("name");
  return name && name->string() ? std::string(*name->string()) : std::string();
}

bool World::settle() {
  drive();
  if (whole_) give_up_stopped();
  for (std::map<std::pair<std::int64_t, bool>, int> ends;;) {
    see_starts();
    if (due_.empty() || due_.begin()->first.first > now_) return true;
    const auto [key, ending] = *due_.begin();
    const auto row = run(key.second);
    const bool ahead = row && row->logical_date > now_;
    if (row && ++ends[{row->pipeline, ahead}] > (ahead ? kEndsAhead : kEndsOfAMoment)) return false;
    end_now(key.second, ending);
  }
}

bool World::pass_until(Instant t) {
  if (!settle()) return false;
  for (;;) {
    auto next = cell_.next_due();
    if (!due_.empty() && (!next || due_.begin()->first.first < *next)) next = due_.begin()->first.first;
    if (whole_ && !whole_->held.empty()) {
      const auto beat = whole_->prolonged + std::chrono::seconds{kPretendLeaseS / 2};
      if (beat <= t && (!next || beat < *next)) next = beat;
    }
    if (!next || *next > t) break;
    now_ = std::max(now_, *next);
    if (whole_ && now_ >= whole_->prolonged + std::chrono::seconds{kPretendLeaseS / 2}) prolong();
    if (!settle()) return false;
  }
  now_ = std::max(now_, t);
  return settle();
}

bool World::outage_until(Instant t) {
  if (!settle()) return false;
  now_ = std::max(now_, t);
  load();
  return settle();
}

AccountId World::account_named(const std::string& name) const {
  if (name.size() == 12 && name.find_first_not_of("0123456789") == std::string::npos) return AccountId{name};
  const auto known = aliases_.find(folded(name));
  return known == aliases_.end() ? AccountId{} : known->second;
}

AccountId World::account(const std::string& name) {
  if (const auto known = account_named(name); known != AccountId{}) return known;
  const AccountId id{fmt::format("{:012}", 100'000'000'000 + aliases_.size() + 1)};
  aliases_.emplace(folded(name), id);
  (void)ask(api::PutAccount{id, name, {}, {}}, id);
  return id;
}

std::vector<std::shared_ptr<const pipeline::RunRow>> World::runs_of(std::int64_t pipeline) {
  return rows_of<pipeline::RunRow>(store_, pipeline::kRunTable, pipeline);
}

std::vector<std::shared_ptr<const pipeline::EvidenceRow>> World::evidence_of(std::int64_t pipeline) {
  return rows_of<pipeline::EvidenceRow>(store_, pipeline::kEvidenceTable, pipeline);
}

std::shared_ptr<const pipeline::RunRow> World::run(std::int64_t id) {
  auto row = store_.fetch(pipeline::kRunTable, {id});
  return row ? std::static_pointer_cast<const pipeline::RunRow>(*row) : nullptr;
}

std::string World::input_of(std::int64_t run) const {
  const auto found = inputs_.find(run);
  return found == inputs_.end() ? std::string() : found->second;
}

}  // namespace weir::scenario
