// What the benchmarks of triggers share: a house with every service, deploys by many clients at once, and a run from
// the request to the step that is handed out.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "account/account_service.hpp"
#include "api/work.hpp"
#include "bench/house.hpp"
#include "pipeline/pipeline_service.hpp"
#include "work/work_service.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::bench {

inline constexpr auto kStep = "steps:\n  - name: work\n    run: \"true\"\n";

inline std::string account_name(int i) { return fmt::format("{:012}", i + 1); }

inline api::DeployPipeline deploy(const std::string& yaml) {
  api::DeployPipeline out;
  out.file = "pipeline.yaml";
  out.yaml = yaml;
  return out;
}

inline api::StartRun start_of(const std::string& pipeline, const std::string& date) {
  api::StartRun out;
  out.pipeline = pipeline;
  out.date = date;
  return out;
}

// "2002-01-01" and the days after it.
inline std::string day_text(int day) {
  return to_text(Instant{std::chrono::sys_days{std::chrono::year{2002} / 1 / 1} + std::chrono::days{day}})
      .substr(0, 10);
}

struct Services {
  explicit Services(core::Cell& cell) : work(cell.registry()), workflows(cell.registry()) {
    accounts.install(cell.registry());
    pipelines.install(cell.registry());
    cell.registry().observe<api::RunStatusChanged>([this](core::Transaction&, const api::RunStatusChanged& changed) {
      if (changed.status == "RUNNING") ++started;
    });
  }
  account::AccountService accounts;
  work::WorkService work;
  workflow::WorkflowService workflows;
  pipeline::PipelineService pipelines;
  // Runs that were decided to start. A command that runs again counts again, so this only says when to look.
  std::atomic<std::int64_t> started = 0;
};
using Everything = House<Services>;

// Asks `next(i)` for i in [0, count), so many at a time, in order; returns when all are answered.
class InParallel {
 public:
  using Next = std::function<std::pair<api::Message, api::Principal>(int i)>;

  InParallel(host::Host& host, int count, int at_a_time, Next next)
      : host_(host), count_(count), next_(std::move(next)), open_(std::min(count, at_a_time)) {
    for (int i = 0, begin = open_; i < begin; ++i) one();
    std::unique_lock lock(mutex_);
    ended_.wait(lock, [&] { return open_ == 0; });
  }

 private:
  void one() {
    const int i = given_++;
    if (i >= count_) {
      std::lock_guard lock(mutex_);
      if (--open_ == 0) ended_.notify_all();
      return;
    }
    auto [message, principal] = next_(i);
    host_.submit(std::move(message), std::move(principal), [this](const api::Reply<api::Message>& reply) {
      if (!reply)
        give_up(reply.error().message + (reply.error().problems.empty() ? "" : reply.error().problems.front().text()));
      one();
    });
  }
  host::Host& host_;
  const int count_;
  Next next_;
  std::atomic<int> given_ = 0;
  std::mutex mutex_;
  std::condition_variable ended_;
  int open_;
};

template <class Request>
std::future<api::Reply<api::Message>> ask_later(Everything& house, Request request, const std::string& account) {
  auto promise = std::make_shared<std::promise<api::Reply<api::Message>>>();
  house.host.submit(api::Message::of(std::move(request)), of(account),
                    [promise](api::Reply<api::Message> reply) { promise->set_value(std::move(reply)); });
  return promise->get_future();
}

inline api::ClaimedWork item_of(const api::Reply<api::Message>& reply) {
  if (!reply) give_up(reply.error().message);
  const auto& items = reply->as<api::ClaimWorkReply>()->items;
  if (items.empty()) give_up("no step is there to claim");
  return items.front();
}

// From the request to start a run to its first step in a worker's hand, again and again; the run ends at once.
inline Samples starts_of(Everything& house, const std::string& pipeline, const std::string& account, int& day,
                         const std::function<bool(const Samples&)>& enough) {
  Samples out;
  for (; !enough(out); ++day) {
    const auto begin = Clock::now();
    house.ask(start_of(pipeline, day_text(day)), account);
    const auto item = item_of(ask_later(house, api::ClaimWork{"default", "bench", 1, 20, 30}, account).get());
    out.add(ms_since(begin));
    house.ask(api::CompleteWork{item.id, item.lease, {"{}"}}, account);
  }
  return out;
}

// How often each occurrence of the pipelines that `counts` names has run, as it stands in the store.
inline std::map<std::pair<std::int64_t, std::int64_t>, int> runs_in(
    store::Store& store, const std::function<bool(const pipeline::RunRow&)>& counts) {
  std::map<std::pair<std::int64_t, std::int64_t>, int> out;
  store::Query query{&pipeline::kRunTable, {}, false, {}, limits::kQueryPageRows};
  for (;;) {
    const auto page = store.query(query);
    if (!page) give_up(page.error().text());
    for (const auto& row : page->rows) {
      const auto& run = *static_cast<const pipeline::RunRow*>(row.get());
      if (counts(run)) ++out[{run.pipeline, run.window}];
    }
    if (!page->next) return out;
    query.after = page->next;
  }
}

inline int doubled(const std::map<std::pair<std::int64_t, std::int64_t>, int>& runs) {
  int out = 0;
  for (const auto& [key, times] : runs) out += times - 1;
  return out;
}

}  // namespace weir::bench
