#include "run/worker.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>

#include "run/follow.hpp"
#include "run/secrets.hpp"
#include "run/step_cache.hpp"

namespace weir::run {
namespace {

constexpr Millis kLogEvery{500};         // how far a log that is sent may lag behind
constexpr Millis kFirstRetry{250};       // of a report or claim that could not be sent
constexpr Millis kLongestRetry{10'000};  // the same, after many
constexpr std::size_t kLogChunk = 256 * 1024;

Millis backoff(int failures) { return std::min(kLongestRetry, kFirstRetry * (1 << std::min(failures, 6))); }

}  // namespace

Worker::Worker(WorkPort& port, WorkerOptions options) : port_(port), options_(std::move(options)) {}

Worker::~Worker() { drain(Millis{0}); }

Result<void> Worker::start() {
  auto folder = WorkerFolder::open(options_.folder);
  if (!folder) return std::unexpected(folder.error());
  folder_ = std::move(*folder);
  runner_ = std::make_unique<ProcessRunner>();
  send_thread_ = std::thread([this] { send_loop(); });
  claim_thread_ = std::thread([this] { claim_loop(); });
  return {};
}

std::size_t Worker::held() const {
  const std::lock_guard lock(mutex_);
  return held_.size();
}

void Worker::claim_loop() {
  int failures = 0;
  for (;;) {
    api::ClaimWork request{options_.queue, options_.name, 0, options_.wait_s, options_.lease_s};
    {
      Lock lock(mutex_);
      const auto free = [this] { return options_.slots - static_cast<int>(held_.size()); };
      claimer_.wait(lock, [&] { return draining_ || free() > 0; });
      if (draining_) return;
      request.slots = std::min(free(), limits::kClaimItems);
    }
    const auto reply = port_.claim(request);
    if (!reply) {
      Lock lock(mutex_);
      claimer_.wait_for(lock, backoff(failures++), [&] { return draining_; });
      continue;
    }
    failures = 0;
    for (const auto& work : reply->items) begin(work);
  }
}

// Runs on the claiming thread: fetching a project may take its time, while the sender keeps the lease.
void Worker::begin(const api::ClaimedWork& work) {
  Held fresh;
  fresh.work = work;
  fresh.folder_name = fmt::format("{}-{}", work.id, work.lease);
  fresh.log = ships_logs() ? folder_->log_of(work.id) : options_.log_folder / fmt::format("{}.log", work.id);
  fresh.lease_until = Clock::now() + std::chrono::seconds(work.lease_s);
  auto plan = read_step(work.payload.text);
  if (plan) fresh.plan = *plan;
  const auto log = fresh.log;
  const auto name = fresh.folder_name;
  {
    const std::lock_guard lock(mutex_);
    held_[work.id] = std::move(fresh);
    next_beat_ = std::min(held_.size() == 1 ? Clock::time_point::max() : next_beat_, Clock::now() + beat());
    sender_.notify_all();
  }
  auto spec = plan ? folder_->prepare(*plan, name,
                                      [&](const std::string& digest) { return port_.bundle(work.account, digest); })
                   : std::unexpected(plan.error());
  Result<std::vector<std::string>> secrets;
  if (spec) secrets = give_secrets(work, *plan, *spec);
  std::optional<Result<std::string>> digest;
  if (spec && plan->cache_inputs) digest = digest_of(*plan, spec->folder);
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(work.id);
  if (found == held_.end() || found->second.work.lease != work.lease) return;
  auto& held = found->second;
  const auto ends_at_once = [&](const char* error, std::string cause) {
    held.end = StepEnd{false, {}, error, {}, std::move(cause)};
    held.report_at = Clock::now();
    sender_.notify_all();
  };
  // The project's files could not be had or written: this worker's trouble, perhaps not another's.
  if (!spec) return ends_at_once(plan ? kWorkerLost : kStepFailed, spec.error().text());
  if (held.lost || held.stopping) return ends_at_once(kStepStopped, "stopped before it began");
  if (draining_) return ends_at_once(kWorkerLost, "the worker is being stopped");
  if (!secrets) return ends_at_once(kStepFailed, secrets.error().text());
  if (digest && !*digest) return ends_at_once(kStepFailed, digest->error().text());
  held.mask = Mask(*secrets);
  if (digest) {
    held.cache_digest = **digest;
    if (const auto known = StepCache(folder_->cache()).find(held.cache_digest)) {
      const auto why = fmt::format("the same command, environment, project files and inputs as in run {}", known->run);
      std::ofstream(log, std::ios::app) << "[weir] skipped: " << why << "\n";
      held.end = StepEnd{true, known->result, {}, why, {}};
      held.report_at = Clock::now();
      sender_.notify_all();
      return;
    }
  }
  spec->secrets = std::move(*secrets);
  spec->log_file = log;
  spec->grace = options_.grace;
  spec->environment["WEIR_ATTEMPT"] = std::to_string(work.attempt);
  held.process =
      runner_->run(*spec, [this, item = work.id](const ProcessOutcome& outcome) { finished(item, outcome); });
}

// Puts the secrets into the step's environment; their values, which must not be shown.
Result<std::vector<std::string>> Worker::give_secrets(const api::ClaimedWork& work, const StepPlan& plan,
                                                      ProcessSpec& spec) const {
  std::vector<std::string> out;
  for (const auto& [variable, name] : plan.secrets) {
    auto value = find_secret(options_.secrets, work.account, name);
    if (!value) return std::unexpected(std::move(value.error()).in("variable " + variable));
    spec.environment[variable] = *value;
    out.push_back(std::move(*value));
  }
  return out;
}

void Worker::finished(std::int64_t item, const ProcessOutcome& outcome) {
  const std::lock_guard lock(mutex_);
  const auto found = held_.find(item);
  if (found == held_.end()) return;
  auto& held = found->second;
  std::optional<Result<std::string>> file;
  if (outcome.end == ProcessOutcome::End::EXITED && outcome.exit_code == 0 && !held.plan.result_file.empty())
    file = folder_->read_result_file(folder_->steps() / held.folder_name, held.plan.result_file);
  held.end = end_of(outcome, held.plan, file);
  held.end->result = held.mask.masked(held.end->result);
  held.end->cause = held.mask.masked(held.end->cause);
  if (held.end->succeeded && !held.cache_digest.empty()) {
    const auto run = held.plan.environment.find("WEIR_RUN_ID");
    StepCache(folder_->cache())
        .keep(held.cache_digest, {run == held.plan.environment.end() ? "?" : run->second, held.end->result});
  }
  if (held.cut_off && outcome.end == ProcessOutcome::End::STOPPED)
    held.end = StepEnd{false, {}, kWorkerLost, {}, "the worker was stopped while the step ran"};
  held.report_at = Clock::now();
  sender_.notify_all();
}

void Worker::kill(Held& held, Millis grace) {
  // After stop_ the runner is being taken down and ends them all.
  if (!stop_ && held.process != 0 && !held.end) runner_->stop(held.process, grace);
}

Millis Worker::beat() const {
  int lease_s = limits::kWorkLeaseS;
  for (const auto& [id, held] : held_) lease_s = std::min(lease_s, std::max(1, held.work.lease_s));
  return Millis{lease_s * 1000 / 3};
}

void Worker::forget(std::int64_t item) {
  const auto found = held_.find(item);
  if (found == held_.end()) return;
  folder_->remove_step(found->second.folder_name);
  if (ships_logs()) {
    std::error_code ignored;
    std::filesystem::remove(found->second.log, ignored);
  }
  held_.erase(found);
  claimer_.notify_all();
  if (held_.empty()) emptied_.notify_all();
}

void Worker::send_loop() {
  Lock lock(mutex_);
  for (;;) {
    if (stop_ && held_.empty()) return;
    if (held_.empty()) {
      sender_.wait(lock, [&] { return stop_ || !held_.empty(); });
      continue;
    }
    auto now = Clock::now();
    auto wake = next_beat_;
    if (ships_logs()) wake = std::min(wake, next_log_);
    std::vector<std::int64_t> due;
    for (const auto& [id, held] : held_)
      if (held.end) {
        wake = std::min(wake, held.report_at);
        if (held.report_at <= now) due.push_back(id);
      }
    if (wake > now) {
      sender_.wait_until(lock, wake);
      continue;
    }
    if (next_beat_ <= now) send_heartbeat(lock);
    if (ships_logs() && next_log_ <= Clock::now()) send_logs(lock);
    for (const auto id : due) report(lock, id);
  }
}

void Worker::send_heartbeat(Lock& lock) {
  api::HeartbeatWork request;
  request.worker = options_.name;
  request.lease_s = options_.lease_s;
  std::map<std::int64_t, std::int64_t> leases;
  for (const auto& [id, held] : held_)
    if (!held.lost && request.items.size() < static_cast<std::size_t>(limits::kClaimItems)) {
      request.items.push_back({id, held.work.lease});
      leases[id] = held.work.lease;
    }
  const auto sent = Clock::now();
  next_beat_ = sent + beat();
  if (request.items.empty()) return;
  lock.unlock();
  const auto reply = port_.heartbeat(request);
  lock.lock();
  const auto now = Clock::now();
  for (auto& [id, held] : held_) {
    const auto lease = leases.find(id);
    if (lease == leases.end() || lease->second != held.work.lease) continue;
    const auto has = [id = id](const std::vector<std::int64_t>& list) {
      return std::find(list.begin(), list.end(), id) != list.end();
    };
    if (!reply) {
      if (now >= held.lease_until) held.lost = true;
    } else if (has(reply->lost)) {
      held.lost = true;
    } else {
      held.lease_until = sent + std::chrono::seconds(held.work.lease_s);
      if (has(reply->stop) && !held.stopping) {
        held.stopping = true;
        kill(held, options_.grace);
      }
    }
    if (held.lost) kill(held, Millis{0});
  }
  // Sooner than the usual third, so that one lost packet does not cost the lease.
  if (!reply) next_beat_ = now + std::min(beat(), Millis{1000});
}

void Worker::send_logs(Lock& lock) {
  next_log_ = Clock::now() + kLogEvery;
  std::vector<std::int64_t> items;
  for (const auto& [id, held] : held_)
    if (!held.lost) items.push_back(id);
  for (const auto id : items) send_log(lock, id);
}

// All that the log has now; false when something is left to be sent.
bool Worker::send_log(Lock& lock, std::int64_t item) {
  for (;;) {
    const auto found = held_.find(item);
    if (found == held_.end()) return true;
    const auto path = found->second.log;
    const auto offset = found->second.log_sent;
    lock.unlock();
    const auto chunk = read_from(path, offset, kLogChunk);
    const bool empty = !chunk || chunk->bytes.empty();
    const bool sent = empty || port_.log(item, offset, chunk->bytes);
    lock.lock();
    if (empty) return true;
    if (!sent) return false;
    if (const auto again = held_.find(item); again != held_.end()) again->second.log_sent = chunk->next_offset;
  }
}

void Worker::report(Lock& lock, std::int64_t item) {
  // The log first: whoever sees the end of a step sees its whole log. A log that cannot be sent holds no end up.
  if (ships_logs()) send_log(lock, item);
  const auto found = held_.find(item);
  if (found == held_.end() || !found->second.end) return;
  auto& held = found->second;
  if (held.lost) return forget(item);
  const StepEnd end = *held.end;
  const auto lease = held.work.lease;
  lock.unlock();
  const auto reply = end.succeeded ? port_.complete({item, lease, JsonText{end.result}, end.skipped})
                                   : port_.fail({item, lease, end.error, end.cause});
  lock.lock();
  const auto again = held_.find(item);
  if (again == held_.end()) return;
  auto& now_held = again->second;
  const bool later =
      !reply && (api::retryable(reply.error().code) || reply.error().code == api::ErrorCode::OutcomeUnknown);
  if (later && Clock::now() < now_held.lease_until && !stop_) {
    now_held.report_at = Clock::now() + backoff(now_held.failed_reports++);
    return;
  }
  // A result that the server refuses for good must not look like a lost worker.
  if (!reply && !later && end.succeeded && reply.error().code == api::ErrorCode::InvalidInput) {
    now_held.end = StepEnd{false, {}, kStepFailed, {}, "the result was refused: " + reply.error().message};
    now_held.report_at = Clock::now();
    return;
  }
  forget(item);
}

void Worker::drain(Millis patience) {
  if (!runner_) return;
  {
    Lock lock(mutex_);
    draining_ = true;
    claimer_.notify_all();
  }
  port_.interrupt();
  if (claim_thread_.joinable()) claim_thread_.join();
  {
    Lock lock(mutex_);
    emptied_.wait_for(lock, patience, [&] { return held_.empty(); });
    for (auto& [id, held] : held_) {
      held.cut_off = true;
      kill(held, std::min(options_.grace, Millis{2000}));
    }
    // Reports that the server does not take are given up; the leases then run out.
    emptied_.wait_for(lock, Millis{5000}, [&] { return held_.empty(); });
    stop_ = true;
    sender_.notify_all();
  }
  runner_.reset();
  {
    Lock lock(mutex_);
    for (auto& [id, held] : held_) held.lost = true;
    emptied_.wait_for(lock, Millis{5000}, [&] { return held_.empty(); });
    held_.clear();
    sender_.notify_all();
  }
  if (send_thread_.joinable()) send_thread_.join();
}

}  // namespace weir::run
