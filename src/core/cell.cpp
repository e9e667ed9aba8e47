#include "core/cell.hpp"

#include <algorithm>
#include <cassert>
#include <unordered_set>

#include "core/planted.hpp"

namespace weir::core {
namespace {

api::ApiError shall_retry(const std::string& why) {
  return {api::ErrorCode::Unavailable, "the change was not stored (" + why + "); nothing was done, try again", {}};
}

}  // namespace

Cell::Cell(CellConfig config) : config_(config), open_(std::make_unique<Work>()) {
  registry_.table(cell_row_);
  registry_.table(deliveries_);
  registry_.table(effects_);
  registry_.on<EffectDone>([this](Transaction& tx, const EffectDone& done) { return effect_done(tx, done); });
  reset(0);
}

Cell::~Cell() = default;

std::vector<const TableInfo*> Cell::tables() const {
  std::vector<const TableInfo*> out;
  for (const auto* table : registry_.tables_) out.push_back(&table->info());
  return out;
}

void Cell::reset(store::BatchNumber last_durable) {
  for (auto* table : registry_.tables_) table->clear();
  by_name_.clear();
  for (auto* table : registry_.tables_) by_name_[table->info().name] = table;
  durable_ = last_durable;
  open_ = std::make_unique<Work>();
  open_->number = durable_ + 1;
  in_flight_.reset();
  waiters_.clear();
  waiter_deadlines_.clear();
  woken_.clear();
  parked_.clear();
  fetching_.clear();
  parked_timers_.clear();
  delivery_parked_ = false;
  turns_.clear();
  timers_turn_ = false;
  next_timer_ = 0;
  handed_out_.clear();
  unsettled_effects_.clear();
  answers_.clear();
  fetches_.clear();
}

void Cell::load_row(const TableInfo& table, Row row) {
  const auto found = by_name_.find(table.name);
  assert(found != by_name_.end() && table.keeping == store::Keeping::live);
  if (planted(Bug::timer_lost) && table.row().field("due")) return;
  found->second->replace(std::move(row));
}

void Cell::loaded(Instant now) {
  now_ = std::max(now_, now);
  const auto* row = cell_row_.find(std::int64_t{1});
  next_id_ = row ? row->ids_reserved : 0;
  // A restart draws other numbers than the run before it did, but the same for the same history.
  random_state_ = config_.seed * 0x9e3779b97f4a7c15ull + static_cast<std::uint64_t>(durable_);
  for (const auto& hook : registry_.loaded_) hook();
}

int Cell::timer_budget() const {
  return config_.timers_per_command > 0 ? config_.timers_per_command : limits::kTimersPerCommand;
}

void Cell::decide(Command command, Instant now) {
  Job job;
  job.command = std::move(command);
  job.order = next_order_++;
  ++stats_.commands;
  run(std::move(job), now);
}

api::Reply<api::Message> Cell::handle(Transaction& tx, const api::Message& request, const api::Principal& principal) {
  const auto found = registry_.handlers_.find(request.type);
  if (found == registry_.handlers_.end())
    return api::refuse(api::ErrorCode::NotFound, "no such operation: " + std::string(request.type->name));
  if (const auto* info = api::operation_of(*request.type); info && !principal.internal) {
    if (low_space_ && info->growth == api::Growth::grows)
      return api::refuse(api::ErrorCode::OutOfSpace,
                         "the disk of the store is nearly full: " + std::string(info->name) +
                             " is refused until there is room; reading, finishing and deleting go on");
    if (registry_.guard_)
      if (auto no = registry_.guard_(principal, *info, request.object.get())) return std::unexpected(std::move(*no));
  }
  return found->second(tx, request.object.get());
}

void Cell::run(Job job, Instant now) {
  now_ = std::max(now_, now);
  const api::Principal house{AccountId{"000000000000"}, "weir", true};
  Transaction tx(*this, job.kind == Job::Kind::command ? job.command.principal : house, now_);
  tx.may_wait_ = job.kind == Job::Kind::command && !job.wait_over;
  // A command that is undone leaves no trace, also not in the ids: run again, it must ask for the same rows.
  const auto undo_all = [&, id = next_id_, random = random_state_] {
    tx.rollback({0, 0, 0});
    next_id_ = id;
    random_state_ = random;
  };
  api::Reply<api::Message> reply = api::Message{};
  try {
    switch (job.kind) {
      case Job::Kind::command:
        reply = handle(tx, job.command.request, job.command.principal);
        break;
      case Job::Kind::timer:
        fire_timer(tx, job.timer);
        break;
      case Job::Kind::delivery:
        work_off_one(tx);
        break;
    }
    if (reply && !tx.wait_) work_off_inline(tx);
  } catch (const Miss& miss) {
    undo_all();
    park(std::move(job), miss);
    return;
  }
  unpin(job);
  if (!reply) {
    ++stats_.failed;
    undo_all();
    answer(job, std::move(reply));
    return;
  }
  if (tx.wait_) {
    undo_all();
    ++stats_.waits;
    const auto key = tx.wait_->first;
    job.wait_until = std::min(tx.wait_->second, job.wait_until.value_or(tx.wait_->second));
    waiter_deadlines_.insert({*job.wait_until, key, job.order});
    const auto order = job.order;
    waiters_.emplace(std::pair{key, order}, std::move(job));
    return;
  }
  job.wrote = !tx.changes_.empty();
  accept(tx);
  answer(job, std::move(reply));
}

void Cell::accept(Transaction& tx) {
  for (auto& change : tx.changes_) {
    if (change.table == &effects_ && change.op == store::Write::Op::put)
      unsettled_effects_[static_cast<const EffectRow*>(change.row.get())->id] = open_->number;
    open_->changes.push_back(std::move(change));
  }
  tx.changes_.clear();
  for (auto& [what, account] : tx.turns_) turns_.insert_or_assign(what, std::move(account));
  stats_.deliveries_inline += tx.delivered_;
  for (const auto& [key, count] : tx.wakes_) {
    for (int i = 0; i < count; ++i) {
      const auto first = waiters_.lower_bound({key, 0});
      if (first == waiters_.end() || first->first.first != key) break;
      waiter_deadlines_.erase({*first->second.wait_until, first->first.first, first->first.second});
      woken_.push_back(std::move(first->second));
      waiters_.erase(first);
      ++stats_.wakes;
    }
  }
}

void Cell::answer(Job& job, api::Reply<api::Message> reply) {
  if (job.kind != Job::Kind::command || !job.command.answer) return;
  Answer answer{std::move(job.command.answer), std::move(reply)};
  if (planted(Bug::ack_before_commit) || (planted(Bug::early_read) && !job.wrote)) {
    answers_.push_back(std::move(answer));
    return;
  }
  // The last batch that this decision could see: the open one if it holds anything, else the one in flight.
  if (!open_->changes.empty())
    open_->answers.push_back({std::move(answer)});
  else if (in_flight_)
    in_flight_->answers.push_back({std::move(answer)});
  else
    answers_.push_back(std::move(answer));
}

void Cell::park(Job job, const Miss& miss) {
  ++stats_.misses;
  if (++job.misses > limits::kCommandMisses) {
    unpin(job);
    answer(job, api::refuse(api::ErrorCode::LimitExceeded,
                            "the command needs more than " + std::to_string(limits::kCommandMisses) + " stored rows"));
    return;
  }
  miss.table->pin(miss.key);
  job.pins.emplace_back(miss.table, miss.key);
  if (job.kind == Job::Kind::timer) parked_timers_.insert(job.timer);
  if (job.kind == Job::Kind::delivery) delivery_parked_ = true;
  const auto ticket = next_ticket_++;
  fetches_.push_back({ticket, &miss.table->info(), miss.key});
  fetching_[ticket] = {miss.table, miss.key};
  parked_.emplace(ticket, std::move(job));
}

void Cell::unpin(Job& job) {
  for (const auto& [table, key] : job.pins) table->unpin(key);
  job.pins.clear();
}

void Cell::fetched(std::int64_t ticket, Result<Row> row, Instant now) {
  const auto found = parked_.find(ticket);
  if (found == parked_.end()) return;  // dropped by a reset
  Job job = std::move(found->second);
  parked_.erase(found);
  const auto [table, key] = fetching_.at(ticket);
  fetching_.erase(ticket);
  if (job.kind == Job::Kind::timer) parked_timers_.erase(job.timer);
  if (job.kind == Job::Kind::delivery) delivery_parked_ = false;
  if (!row) {
    // The house's own work comes again by itself, as it is still due; a client is told to.
    unpin(job);
    answer(job, std::unexpected(
                    api::ApiError{api::ErrorCode::Unavailable, "reading the store failed: " + row.error().text(), {}}));
    return;
  }
  table->fetched(key, std::move(*row));
  run(std::move(job), now);
}

bool Cell::tick(Instant now) {
  now_ = std::max(now_, now);
  if (!woken_.empty()) {
    ++stats_.ticks;
    Job job = std::move(woken_.front());
    woken_.pop_front();
    run(std::move(job), now_);
    return true;
  }
  if (!waiter_deadlines_.empty() && std::get<0>(*waiter_deadlines_.begin()) <= now_) {
    ++stats_.ticks;
    const auto [until, key, order] = *waiter_deadlines_.begin();
    waiter_deadlines_.erase(waiter_deadlines_.begin());
    auto node = waiters_.extract({key, order});
    node.mapped().wait_over = true;
    run(std::move(node.mapped()), now_);
    return true;
  }
  // What is owed and what is due by the clock take turns, and so do the clocks: none waits for another's end.
  if (std::exchange(timers_turn_, false) && tick_timer()) return true;
  if (const auto* row = next_delivery(); row && row->not_before <= now_) {
    ++stats_.ticks;
    timers_turn_ = true;
    Job job;
    job.kind = Job::Kind::delivery;
    run(std::move(job), now_);
    return true;
  }
  return tick_timer();
}

bool Cell::tick_timer() {
  for (std::size_t n = 0; n < registry_.timers_.size(); ++n) {
    const auto i = (next_timer_ + n) % registry_.timers_.size();
    if (parked_timers_.contains(i)) continue;
    const auto due = registry_.timers_[i].next_due();
    if (!due || *due > now_) continue;
    ++stats_.ticks;
    next_timer_ = i + 1;
    Job job;
    job.kind = Job::Kind::timer;
    job.timer = i;
    run(std::move(job), now_);
    return true;
  }
  return false;
}

std::optional<Instant> Cell::next_due() const {
  if (!woken_.empty()) return now_;
  std::optional<Instant> due;
  const auto consider = [&](std::optional<Instant> t) {
    if (t && (!due || *t < *due)) due = t;
  };
  if (!waiter_deadlines_.empty()) consider(std::get<0>(*waiter_deadlines_.begin()));
  if (const auto* row = next_delivery()) consider(row->not_before);
  for (std::size_t i = 0; i < registry_.timers_.size(); ++i)
    if (!parked_timers_.contains(i)) consider(registry_.timers_[i].next_due());
  consider(next_effect());
  return due;
}

void Cell::fire_timer(Transaction& tx, std::size_t timer) { registry_.timers_[timer].fire(tx); }

bool Cell::has_writes() const { return !open_->changes.empty(); }
std::size_t Cell::open_commands() const { return open_->answers.size(); }

std::optional<store::Batch> Cell::seal() {
  if (in_flight_ || open_->changes.empty()) return std::nullopt;
  store::Batch batch;
  batch.number = open_->number;
  batch.writes.reserve(open_->changes.size());
  // A row that the same batch replaces again need not be stored: a run that starts is put twice, and so are its
  // indices.
  std::unordered_set<const void*> replaced;
  for (const auto& change : open_->changes)
    if (change.before.row) replaced.insert(change.before.row.get());
  for (const auto& change : open_->changes)
    if (change.op != store::Write::Op::put || !replaced.contains(change.row.get()))
      batch.writes.push_back({&change.table->info(), change.op, change.row});
  in_flight_ = std::move(open_);
  open_ = std::make_unique<Work>();
  open_->number = batch.number + 1;
  ++stats_.batches;
  return batch;
}

void Cell::settled(store::BatchNumber number, store::CommitOutcome outcome, const std::string& why) {
  assert(in_flight_ && in_flight_->number == number);
  assert(outcome != store::CommitOutcome::unknown && "unknown is the driver's: reset, reopen, load");
  auto work = std::move(in_flight_);
  if (outcome == store::CommitOutcome::durable) {
    durable_ = number;
    for (auto& pending : work->answers) answers_.push_back(std::move(pending.answer));
    return;
  }
  // Refused: what was decided after it built on it, so it goes first.
  ++stats_.refused;
  auto later = std::move(open_);
  undo(*later);
  undo(*work);
  open_ = std::make_unique<Work>();
  open_->number = number;
  const auto error = shall_retry(why);
  answer_all(*work, error);
  answer_all(*later, error);
}

void Cell::undo(Work& work) {
  for (auto change = work.changes.rbegin(); change != work.changes.rend(); ++change) {
    if (change->table == &effects_ && change->op == store::Write::Op::put)
      unsettled_effects_.erase(static_cast<const EffectRow*>(change->row.get())->id);
    if (!planted(Bug::undo_forgotten)) change->table->restore(change->before, change->row);
  }
  work.changes.clear();
}

void Cell::answer_all(Work& work, const api::ApiError& error) {
  for (auto& pending : work.answers) {
    pending.answer.reply = std::unexpected(error);
    answers_.push_back(std::move(pending.answer));
  }
}

std::vector<Answer> Cell::take_answers() { return std::exchange(answers_, {}); }
std::vector<Fetch> Cell::take_fetches() { return std::exchange(fetches_, {}); }

void Cell::cancel(CommandId id) {
  for (auto it = waiters_.begin(); it != waiters_.end(); ++it)
    if (it->second.command.id == id) {
      waiter_deadlines_.erase({*it->second.wait_until, it->first.first, it->first.second});
      waiters_.erase(it);
      return;
    }
}

std::size_t Cell::cold_rows() const {
  std::size_t count = 0;
  for (const auto* table : registry_.tables_)
    if (const auto* cold = dynamic_cast<const ColdBase*>(table)) count += cold->cached();
  return count;
}

std::size_t Cell::evict(std::size_t skip, std::size_t count) {
  std::size_t gone = 0;
  for (auto* table : registry_.tables_)
    if (auto* cold = dynamic_cast<ColdBase*>(table); cold && gone < count)
      gone += cold->evict(skip, count - gone, durable_);
  stats_.evicted += static_cast<std::int64_t>(gone);
  return gone;
}

}  // namespace weir::core
