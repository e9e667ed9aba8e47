#include "run/process.hpp"

#include <fcntl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "run/fd.hpp"
#include "run/mask.hpp"
#include "run/outcome.hpp"
#include "run/prepare.hpp"
#include "run/step_log.hpp"
#include "run/supervisor.hpp"
#include "run/wire.hpp"

namespace weir::run {
namespace {

constexpr std::size_t kReadBytes = 64 * 1024;     // as much as a pipe holds
constexpr std::size_t kDrainBytes = 1024 * 1024;  // as much as a pipe can be made to hold
constexpr std::uint64_t kWakeKey = 0;             // ids start at 1

struct Step {
  ProcessSpec spec;
  ProcessRunner::Done done;
  std::string result_file;
  StepLog log;
  Mask mask;
  Fd control, output;
};

struct Channels {
  Fd control, keeper_control, output, keeper_output;
};

Result<Channels> open_channels() {
  int control[2], output[2];
  const auto refused = [] {
    return fail("no socket or pipe: " + std::generic_category().message(errno), "process",
                "raise the limit of open files");
  };
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, control) != 0) return refused();
  Channels out;
  out.control = Fd{control[0]};
  out.keeper_control = Fd{control[1]};
  if (::pipe2(output, O_CLOEXEC) != 0) return refused();
  out.output = Fd{output[0]};
  out.keeper_output = Fd{output[1]};
  ::fcntl(out.output.get(), F_SETFL, O_NONBLOCK);
  return out;
}

}  // namespace

class ProcessRunner::Impl {
 public:
  Impl()
      : inherited_(inherited_environment()),
        epoll_(::epoll_create1(EPOLL_CLOEXEC)),
        wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    watch(wake_, kWakeKey);
    thread_ = std::thread([this] { loop(); });
  }

  ~Impl() {
    {
      const std::lock_guard lock(mutex_);
      closing_ = true;
      for (const auto& [id, step] : steps_) send_stop(step->control.get(), step->spec.grace);
    }
    wake();
    thread_.join();
  }

  Id run(const ProcessSpec& spec, Done done) {
    Id id = 0;
    {
      const std::lock_guard lock(mutex_);
      id = ++last_id_;
    }
    if (auto started = start(id, spec, done); !started) {
      ProcessOutcome outcome;
      outcome.error = started.error().text();
      const std::lock_guard lock(mutex_);
      refused_.emplace_back(std::move(done), std::move(outcome));
      wake();
    }
    return id;
  }

  bool stop(Id id, std::optional<Millis> grace) {
    const std::lock_guard lock(mutex_);
    const auto step = steps_.find(id);
    return step != steps_.end() && send_stop(step->second->control.get(), grace ? *grace : step->second->spec.grace);
  }

  std::size_t running() const {
    const std::lock_guard lock(mutex_);
    return steps_.size();
  }

  int supervisor_pid() const {
    const std::lock_guard lock(supervisor_mutex_);
    return supervisor_ ? supervisor_->pid() : 0;
  }

 private:
  Result<void> start(Id id, const ProcessSpec& spec, const Done& done) {
    auto prepared = prepare_step(spec, inherited_);
    if (!prepared) return std::unexpected(prepared.error());
    auto channels = open_channels();
    if (!channels) return std::unexpected(channels.error());
    if (auto forked = fork_keeper(*channels); !forked) return forked;
    channels->keeper_control.reset();
    channels->keeper_output.reset();

    auto step = std::make_unique<Step>(spec, done, std::move(prepared->result_file),
                                       StepLog(std::move(prepared->log), spec.max_log_bytes), Mask(spec.secrets),
                                       std::move(channels->control), std::move(channels->output));
    // When the keeper is dead already, its report or its end is found on the socket all the same.
    send_step(step->control.get(), prepared->request);
    const std::lock_guard lock(mutex_);
    if (closing_) return fail("the worker is ending", "process", "");
    watch(step->control, id << 1);
    watch(step->output, id << 1 | 1);
    steps_.emplace(id, std::move(step));
    return {};
  }

  // A supervisor that was killed is replaced; its keepers live on without it.
  Result<void> fork_keeper(const Channels& channels) {
    const std::lock_guard lock(supervisor_mutex_);
    for (int attempt = 0; attempt < 2; ++attempt) {
      if (!supervisor_) {
        auto started = Supervisor::start();
        if (!started) return std::unexpected(started.error());
        supervisor_.emplace(std::move(*started));
      }
      if (supervisor_->fork_keeper(channels.keeper_control.get(), channels.keeper_output.get())) return {};
      if (errno != EPIPE && errno != ECONNRESET) break;
      supervisor_.reset();
    }
    return fail("no answer: " + std::generic_category().message(errno), "supervisor",
                "run fewer steps at a time, or raise the limit of open files");
  }

  void watch(const Fd& fd, std::uint64_t key) {
    epoll_event event{};
    event.events = EPOLLIN;
    event.data.u64 = key;
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd.get(), &event);
  }

  // Told to epoll too, because a copy of the descriptor may live in a process forked elsewhere.
  void forget(Fd& fd) {
    if (fd) ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd.get(), nullptr);
    fd.reset();
  }

  void wake() {
    const std::uint64_t one = 1;
    [[maybe_unused]] const ssize_t put = ::write(wake_.get(), &one, sizeof one);
  }

  void loop() {
    std::array<epoll_event, 64> events;
    while (!finished()) {
      const int count = ::epoll_wait(epoll_.get(), events.data(), static_cast<int>(events.size()), -1);
      for (int i = 0; i < count; ++i) {
        const std::uint64_t key = events[static_cast<std::size_t>(i)].data.u64;
        if (key == kWakeKey) {
          tell_refused();
        } else if (Step* step = find(key >> 1)) {
          if (key & 1)
            read_output(*step);
          else
            read_control(key >> 1, *step);
        }
      }
    }
  }

  bool finished() const {
    const std::lock_guard lock(mutex_);
    return closing_ && steps_.empty() && refused_.empty();
  }

  // Only this thread removes steps, so the pointer stays good without the lock.
  Step* find(Id id) const {
    const std::lock_guard lock(mutex_);
    const auto step = steps_.find(id);
    return step == steps_.end() ? nullptr : step->second.get();
  }

  void tell_refused() {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof count);
    std::vector<std::pair<Done, ProcessOutcome>> refused;
    {
      const std::lock_guard lock(mutex_);
      refused.swap(refused_);
    }
    for (const auto& [done, outcome] : refused) done(outcome);
  }

  // False when there is nothing more for the moment, or ever.
  bool read_output(Step& step) {
    const ssize_t got = step.output ? ::read(step.output.get(), buffer_.data(), buffer_.size()) : -1;
    if (got > 0) step.log.append(step.mask.feed({buffer_.data(), static_cast<std::size_t>(got)}));
    if (got == 0) forget(step.output);
    return got > 0;
  }

  void read_control(Id id, Step& step) {
    KeeperReport report;
    errno = 0;
    const bool reported = receive_report(step.control.get(), report);
    if (!reported && (errno == EAGAIN || errno == EINTR)) return;
    // Nobody of the step writes any more; what is in the pipe is all. (Somebody who was handed the descriptor might,
    // hence the bound.)
    for (std::size_t read = 0; read < kDrainBytes && read_output(step); read += kReadBytes) {
    }
    step.log.append(step.mask.rest());
    step.log.close();

    ProcessOutcome outcome;
    if (reported) {
      explain(report, step.spec, outcome);
    } else {
      outcome.end = ProcessOutcome::End::SIGNALLED;
      outcome.signal = SIGKILL;
      outcome.error = "the process that kept the step was killed, and the step with it: is the machine out of memory?";
    }
    if (outcome.end == ProcessOutcome::End::EXITED) {
      auto result = read_result(step.result_file);
      if (result)
        outcome.result_json = step.mask.masked(*result);
      else
        outcome.error += (outcome.error.empty() ? "" : "; ") + result.error().text();
    }
    outcome.log_bytes = step.log.written_bytes();
    outcome.dropped_bytes = step.log.dropped_bytes();
    outcome.log_tail = step.log.tail();

    forget(step.control);
    forget(step.output);
    const Done done = std::move(step.done);
    {
      const std::lock_guard lock(mutex_);
      steps_.erase(id);
    }
    done(outcome);
  }

  const std::map<std::string, std::string> inherited_;
  Fd epoll_, wake_;
  std::array<char, kReadBytes> buffer_;

  mutable std::mutex supervisor_mutex_;
  std::optional<Supervisor> supervisor_;

  mutable std::mutex mutex_;  // what follows
  Id last_id_ = 0;
  bool closing_ = false;
  std::map<Id, std::unique_ptr<Step>> steps_;
  std::vector<std::pair<Done, ProcessOutcome>> refused_;

  std::thread thread_;
};

ProcessRunner::ProcessRunner() : impl_(std::make_unique<Impl>()) {}
ProcessRunner::~ProcessRunner() = default;

ProcessRunner::Id ProcessRunner::run(const ProcessSpec& spec, Done done) { return impl_->run(spec, std::move(done)); }
bool ProcessRunner::stop(Id id, std::optional<Millis> grace) { return impl_->stop(id, grace); }
std::size_t ProcessRunner::running() const { return impl_->running(); }
int ProcessRunner::supervisor_pid() const { return impl_->supervisor_pid(); }

std::string_view to_text(ProcessOutcome::End end) {
  switch (end) {
    case ProcessOutcome::End::EXITED:
      return "EXITED";
    case ProcessOutcome::End::SIGNALLED:
      return "SIGNALLED";
    case ProcessOutcome::End::TIMED_OUT:
      return "TIMED_OUT";
    case ProcessOutcome::End::STOPPED:
      return "STOPPED";
    case ProcessOutcome::End::NOT_STARTED:
      return "NOT_STARTED";
  }
  return "";
}

}  // namespace weir::run
