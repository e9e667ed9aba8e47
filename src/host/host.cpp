#include "host/host.hpp"

#include <algorithm>
#include <cassert>
#include <future>
#include <limits>
#include <map>

namespace weir::host {
namespace {

// How much is decided between two looks at the inbox, so that a finished commit never waits long.
constexpr int kDecisionsPerTurn = 64;
constexpr int kTicksPerTurn = 64;
// Answers go out before the next batch is sealed: whoever asks again at once is in it and waits for one commit, not for
// two. More than this many would hold the commit up.
constexpr int kAnswersPerTurn = 64;
constexpr Millis kSpaceCheckEvery{1000};
// A batch that is filled while the one before it commits takes no more than this, so that neither its size nor the
// wait of its first command grows with the load; what is due by itself waits as well.
constexpr std::size_t kBatchRows = 8'192;
// While several accounts are at work a batch stays so small that its commit takes about twice that of a single row
// (measured: 0.2 ms and 2.6 us a row), so that one account's flood costs the others little.
constexpr std::size_t kSharedBatchRows = 32;
// What is owed and due by itself comes in pieces of hundreds of rows, and a commit writes whole pages: in batches of
// one piece four times as much is written as in these, whose commit takes some 3 ms.
constexpr std::size_t kSharedTickRows = 512;
constexpr Millis kSharedFor{10'000};  // since a command of another account than the one before
// The clock may be set while we sleep; it is looked at again after this.
constexpr Millis kLongestSleep{60'000};

api::Reply<api::Message> stopping() {
  return api::refuse(api::ErrorCode::Unavailable, "the server is stopping; try again in a moment");
}

}  // namespace

Host::Host(core::Cell& cell, store::Store& store, HostOptions options)
    : cell_(cell), store_(store), options_(std::move(options)), admission_(options_.account_queue) {
  if (!options_.clock)
    options_.clock = [] { return std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now()); };
  if (!options_.perform) options_.perform = [](const std::shared_ptr<const core::EffectRow>&) {};
  if (!options_.fatal) options_.fatal = [](const std::string&) { std::_Exit(70); };
}

Host::~Host() { stop(); }

Result<void> Host::load() {
  cell_.reset(store_.last_batch());
  std::vector<const store::TableInfo*> live;
  for (const auto* table : cell_.tables())
    if (table->keeping == store::Keeping::live) live.push_back(table);
  // Two tables at a time: reading rows is most of a start, and tables know nothing of each other.
  std::atomic<std::size_t> next = 0;
  std::map<std::size_t, Problem> problems;
  std::mutex mutex;
  const auto load_some = [&] {
    for (auto i = next++; i < live.size(); i = next++) {
      const auto& table = *live[i];
      auto loaded = store_.load(table, [&](store::Row row) { cell_.load_row(table, std::move(row)); });
      if (loaded) continue;
      const std::lock_guard lock(mutex);
      problems.emplace(i, std::move(loaded.error()).in("loading table " + std::string(table.name)));
    }
  };
  std::thread beside(load_some);
  load_some();
  beside.join();
  if (!problems.empty()) return std::unexpected(std::move(problems.begin()->second));
  cell_.loaded(now());
  return {};
}

Result<void> Host::start() {
  assert(!started_);
  if (auto opened = store_.open(cell_.tables()); !opened) return opened;
  if (auto loaded = load(); !loaded) return loaded;
  store_.take_reserve();
  check_space();
  started_ = true;
  ready_ = true;
  threads_.emplace_back([this] { decide_loop(); });
  threads_.emplace_back([this] { commit_loop(); });
  for (int i = 0; i < options_.readers; ++i) threads_.emplace_back([this] { read_loop(); });
  return {};
}

void Host::stop() {
  {
    std::lock_guard lock(mutex_);
    if (!started_) return;
    draining_ = true;
    ready_ = false;
  }
  wake_decider_.notify_all();
  for (auto& thread : threads_)
    if (thread.joinable()) thread.join();
  threads_.clear();
}

core::CommandId Host::submit(api::Message request, api::Principal principal, core::AnswerFn answer) {
  const auto id = next_command_++;
  if (const auto query = queries_.find(request.type); query != queries_.end()) {
    auto run = [this, handler = &query->second, request, principal, answer] {
      answer((*handler)(store_, principal, request.object.get()));
    };
    std::unique_lock lock(mutex_);
    if (!draining_ && reads_.size() < options_.account_queue) {
      ++query_count_;
      reads_.push_back(std::move(run));
      lock.unlock();
      wake_reader_.notify_one();
      return id;
    }
    const bool ends = draining_;
    if (!ends) ++throttled_;
    lock.unlock();
    answer(ends ? stopping()
                : api::refuse(api::ErrorCode::Throttled, "too many queries are waiting; try again in a moment"));
    return id;
  }
  Pending pending{{std::move(request), std::move(principal), std::move(answer), id}};
  std::unique_lock lock(mutex_);
  const auto account = pending.command.principal.account;
  const bool internal = pending.command.principal.internal;
  if (internal ? stop_ : draining_) {
    lock.unlock();
    if (pending.command.answer) pending.command.answer(stopping());
    return id;
  }
  // What the house reports of its own work has been admitted when that work began; it is never refused.
  if (internal) {
    admission_.push_always(account, pending);
  } else if (!admission_.push(account, pending)) {
    ++throttled_;
    lock.unlock();
    if (pending.command.answer)
      pending.command.answer(api::refuse(api::ErrorCode::Throttled, "account " + account.value + " has " +
                                                                        std::to_string(options_.account_queue) +
                                                                        " requests waiting; slow down and try again"));
    return id;
  }
  lock.unlock();
  wake_decider_.notify_one();
  return id;
}

void Host::cancel(core::CommandId id) {
  {
    std::lock_guard lock(mutex_);
    if (stop_) return;
    if (admission_.remove_if([id](const Pending& pending) { return pending.command.id == id; })) return;
    inbox_.push_back([this, id] {
      cell_.cancel(id);
      outstanding_.erase(id);
    });
  }
  wake_decider_.notify_one();
}

api::Reply<api::Message> Host::ask(api::Message request, api::Principal principal) {
  auto promise = std::make_shared<std::promise<api::Reply<api::Message>>>();
  auto future = promise->get_future();
  submit(std::move(request), std::move(principal),
         [promise](api::Reply<api::Message> reply) { promise->set_value(std::move(reply)); });
  return future.get();
}

void Host::finish(core::CommandId id, const AccountId& account, api::Reply<api::Message> reply) {
  const auto found = outstanding_.find(id);
  if (found == outstanding_.end()) return;
  Released released{std::move(found->second), std::move(reply)};
  outstanding_.erase(found);
  released_.push_always(account, released);
}

void Host::send_released(int at_most) {
  for (; at_most > 0; --at_most) {
    auto next = released_.pop();
    if (!next) return;
    next->answer(std::move(next->reply));
  }
}

void Host::decide_loop() {
  for (;;) {
    std::deque<std::function<void()>> inbox;
    bool draining = false;
    {
      std::unique_lock lock(mutex_);
      wait_for_work(lock);
      inbox.swap(inbox_);
      draining = draining_;
    }
    for (auto& result : inbox) result();
    if (failed_) return end_failed();
    for (auto& answer : cell_.take_answers()) std::move(answer).send();
    send_released(kAnswersPerTurn);
    check_space();
    const auto at = now();
    for (int i = 0; i < kDecisionsPerTurn && room() && decide_next(at); ++i) {
    }
    for (int i = 0; i < kTicksPerTurn && !draining && room() && cell_.open_rows() < tick_rows(at); ++i)
      if (!cell_.tick(at)) break;
    route_outputs(draining);
    send_released(draining ? std::numeric_limits<int>::max() : kAnswersPerTurn);

    std::unique_lock lock(mutex_);
    publish_stats();
    if (draining_ && admission_.empty() && inbox_.empty() && !cell_.committing() && !cell_.has_writes() &&
        cell_.parked() == 0) {
      stop_ = true;
      lock.unlock();
      wake_committer_.notify_all();
      wake_reader_.notify_all();
      // Polls that still wait end with a retryable error: the next server answers them.
      for (auto& [id, answer] : std::exchange(outstanding_, {})) answer(stopping());
      return;
    }
  }
}

bool Host::decide_next(Instant at) {
  std::optional<Pending> next;
  {
    std::lock_guard lock(mutex_);
    next = admission_.pop();
  }
  if (!next) return false;
  auto& command = next->command;
  const auto account = command.principal.account;
  if (account != last_account_ && last_account_ != AccountId{}) other_account_ = at;
  last_account_ = account;
  if (command.answer) {
    const auto id = command.id;
    outstanding_.emplace(id, std::move(command.answer));
    command.answer = [this, id, account](api::Reply<api::Message> reply) { finish(id, account, std::move(reply)); };
  }
  const auto before = cell_.open_rows();
  cell_.decide(std::move(command), at);
  const auto rows = cell_.open_rows();
  std::lock_guard lock(mutex_);
  admission_.charge(account, rows > before ? rows - before : 0, batch_rows(at));
  return true;
}

std::size_t Host::tick_rows(Instant at) const { return std::max(batch_rows(at), kSharedTickRows); }

std::size_t Host::batch_rows(Instant at) const {
  return other_account_ != Instant{} && at - other_account_ < kSharedFor ? kSharedBatchRows : kBatchRows;
}

bool Host::room() const {
  return !cell_.committing() ||
         (cell_.open_commands() < static_cast<std::size_t>(limits::kBatchCommands) && cell_.open_rows() < kBatchRows);
}

void Host::wait_for_work(std::unique_lock<std::mutex>& lock) {
  const bool has_room = room();
  const auto something = [&] { return !inbox_.empty() || (has_room && admission_.has_turn()); };
  // While it drains, a turn is worth taking for a result alone: a commit or a fetch is under way.
  const bool under_way = cell_.committing() || cell_.parked() > 0;
  const auto awake = [&] { return something() || !released_.empty() || (draining_ && !under_way); };
  if (awake()) return;
  // What is due by itself waits as well while a batch that is large enough waits for the one that is being committed.
  const bool may_tick = has_room && !draining_ && (!cell_.committing() || cell_.open_rows() < tick_rows(now()));
  const auto due = may_tick ? cell_.next_due() : std::nullopt;
  if (!due) {
    wake_decider_.wait(lock, awake);
    return;
  }
  if (const auto span = *due - now(); span > Millis{0})
    wake_decider_.wait_for(lock, std::min(span, kLongestSleep), awake);
}

// fatal() came back, as in a test: nothing may be decided on what memory holds, so all that waits is told to go.
void Host::end_failed() {
  std::vector<Pending> pending;
  {
    std::lock_guard lock(mutex_);
    draining_ = stop_ = true;
    while (auto next = admission_.pop()) pending.push_back(std::move(*next));
    publish_stats();
  }
  wake_committer_.notify_all();
  wake_reader_.notify_all();
  send_released(std::numeric_limits<int>::max());
  for (auto& [id, answer] : std::exchange(outstanding_, {})) answer(stopping());
  for (auto& one : pending)
    if (one.command.answer) one.command.answer(stopping());
}

void Host::route_outputs(bool draining) {
  if (auto batch = cell_.seal()) {
    std::lock_guard lock(mutex_);
    to_commit_ = std::move(*batch);
    wake_committer_.notify_one();
  }
  if (!cell_.has_writes()) {  // sealed, or undone
    std::lock_guard lock(mutex_);
    admission_.next_batch();
  }
  for (auto& answer : cell_.take_answers()) std::move(answer).send();
  for (auto& fetch : cell_.take_fetches())
    enqueue_read([this, fetch] {
      auto row = std::make_shared<Result<store::Row>>(store_.fetch(*fetch.table, fetch.key));
      std::lock_guard lock(mutex_);
      inbox_.push_back([this, fetch, row] { cell_.fetched(fetch.ticket, std::move(*row), now()); });
      wake_decider_.notify_one();
    });
  if (!draining)
    for (auto& effect : cell_.take_effects(now())) options_.perform(std::move(effect));
  if (cell_.cold_rows() > options_.cold_rows) cell_.evict(0, cell_.cold_rows() - options_.cold_rows / 2);
}

void Host::commit_loop() {
  for (;;) {
    std::optional<store::Batch> batch;
    {
      std::unique_lock lock(mutex_);
      wake_committer_.wait(lock, [&] { return to_commit_ || stop_; });
      if (!to_commit_) return;
      batch = std::exchange(to_commit_, std::nullopt);
    }
    const auto result = store_.commit(*batch);
    // After unknown the store is the deciding thread's, which opens it anew.
    const bool mine = result.outcome != store::CommitOutcome::unknown;
    {
      std::lock_guard lock(mutex_);
      inbox_.push_back([this, number = batch->number, result] {
        if (result.outcome == store::CommitOutcome::unknown) return reload(result.why);
        if (result.outcome == store::CommitOutcome::refused) {
          ++refused_;
          space_checked_ = Instant{};
        } else {
          ++commits_;
          failed_before_ = false;
        }
        cell_.settled(number, result.outcome, result.why);
      });
    }
    wake_decider_.notify_one();
    if (mine) store_.maintain();
  }
}

void Host::reload(const std::string& why) {
  // Unknown is never guessed: whoever waits for this batch or what was built on it gets no answer; memory is dropped
  // and loaded anew from what is durably there.
  ++reloads_;
  ready_ = false;
  for (auto& [id, answer] : std::exchange(outstanding_, {}))
    answer(api::refuse(api::ErrorCode::OutcomeUnknown, "the store failed while committing (" + why + ")"));
  if (failed_before_) return give_up("the store failed again after it was reopened: " + why);
  failed_before_ = true;
  if (auto reopened = store_.reopen(); !reopened)
    return give_up("the store could not be reopened: " + reopened.error().text());
  if (auto loaded = load(); !loaded) return give_up(loaded.error().text());
  ready_ = true;
}

void Host::give_up(const std::string& why) {
  failed_ = true;
  options_.fatal(why);
}

void Host::check_space() {
  const auto at = now();
  if (space_checked_ != Instant{} && at - space_checked_ < kSpaceCheckEvery && at >= space_checked_) return;
  space_checked_ = at;
  const bool low = store_.space().free_bytes < options_.low_water_bytes;
  if (low && !low_space_) store_.give_up_reserve();
  if (!low && low_space_) store_.take_reserve();
  low_space_ = low;
  cell_.set_low_space(low);
}

void Host::enqueue_read(std::function<void()> run) {
  {
    std::lock_guard lock(mutex_);
    reads_.push_front(std::move(run));  // a decision waits for it: before the queries
  }
  wake_reader_.notify_one();
}

void Host::read_loop() {
  for (;;) {
    std::function<void()> run;
    {
      std::unique_lock lock(mutex_);
      wake_reader_.wait(lock, [&] { return !reads_.empty() || stop_; });
      if (reads_.empty()) return;
      run = std::move(reads_.front());
      reads_.pop_front();
    }
    run();
  }
}

void Host::publish_stats() {
  stats_.commits = commits_;
  stats_.refused = refused_;
  stats_.reloads = reloads_;
  stats_.waiting_commands = admission_.size();
  stats_.waiting_polls = cell_.waiting();
  stats_.owed_deliveries = cell_.owed();
  stats_.effects = cell_.effects().size();
  stats_.cold_rows = cell_.cold_rows();
  stats_.low_space = low_space_;
  stats_.cell = cell_.stats();
}

HostStats Host::stats() const {
  std::lock_guard lock(mutex_);
  auto out = stats_;
  out.throttled = throttled_;
  out.queries = query_count_;
  return out;
}

}  // namespace weir::host
