#include "scenario/pretend.hpp"

#include <algorithm>
#include <charconv>
#include <set>

#include "base/limits.hpp"
#include "json/text.hpp"
#include "scenario/world.hpp"

namespace weir::scenario {
namespace {

const api::Principal kWorker{AccountId{"000000000000"}, "worker", true};
const std::string kName = "weir test";

}  // namespace

// Everything that waits to be done.
void World::claim() {
  for (;;) {
    std::set<std::string> queues;
    for (const auto& row : whole_->work.items().rows())
      if (row->status == api::WorkStatus::QUEUED) queues.insert(row->queue);
    bool any = false;
    for (const auto& queue : queues) {
      const auto reply =
          ask_as(api::Message::of(api::ClaimWork{queue, kName, limits::kClaimItems, 0, kPretendLeaseS}), kWorker);
      if (!reply) continue;
      for (const auto& item : reply->as<api::ClaimWorkReply>()->items) {
        whole_->held[item.owner.id].push_back({item.id, item.lease});
        any = true;
      }
    }
    if (!any) return;
  }
}

void World::prolong() {
  whole_->prolonged = now_;
  std::vector<api::HeldWork> all;
  for (const auto& [execution, items] : whole_->held) all.insert(all.end(), items.begin(), items.end());
  for (std::size_t at = 0; at < all.size(); at += limits::kClaimItems) {
    api::HeartbeatWork request{kName, {}, kPretendLeaseS};
    const auto end = std::min(all.size(), at + limits::kClaimItems);
    request.items.assign(all.begin() + static_cast<std::ptrdiff_t>(at), all.begin() + static_cast<std::ptrdiff_t>(end));
    (void)ask_as(api::Message::of(std::move(request)), kWorker);
  }
}

// Items of runs that were stopped end as soon as the worker hears of it.
void World::give_up_stopped() {
  std::set<std::int64_t> stopping;
  for (const auto& row : whole_->work.items().rows())
    if (row->stopping) stopping.insert(row->id);
  if (stopping.empty()) return;
  for (auto& [execution, items] : whole_->held) {
    for (const auto& item : items)
      if (stopping.contains(item.id))
        (void)ask_as(api::Message::of(api::FailWork{item.id, item.lease, "Weir.Stopped", "stopped"}), kWorker);
    std::erase_if(items, [&](const auto& item) { return stopping.contains(item.id); });
  }
  std::erase_if(whole_->held, [](const auto& entry) { return entry.second.empty(); });
}

// Its steps, one after the other, until the run has ended.
void World::end_steps(std::int64_t run, const Ending& ending) {
  const auto status = ending.status.value_or(pipeline::RunStatus::SUCCEEDED);
  const auto begun = this->run(run);
  if (!begun) return;
  if (status == pipeline::RunStatus::ABORTED) {
    (void)ask(api::StopRun{run, "the test says so"}, begun->account);
    give_up_stopped();
    return;
  }
  std::int64_t execution = 0;
  const auto& text = begun->execution;
  const auto digits = text.find_last_not_of("0123456789") + 1;  // npos + 1 is 0
  std::from_chars(text.data() + digits, text.data() + text.size(), execution);
  JsonText result;
  if (!ending.result.empty()) {
    json::Object object;
    for (const auto& [key, value] : ending.result) object[key] = value;
    result.text = json::print(object);
  }
  for (;;) {
    claim();
    const auto now = this->run(run);
    auto& items = whole_->held[execution];
    if (!now || now->status != pipeline::RunState::RUNNING || items.empty()) break;
    const auto item = items.back();
    items.pop_back();
    if (status == pipeline::RunStatus::SUCCEEDED)
      (void)ask_as(api::Message::of(api::CompleteWork{item.id, item.lease, result, {}}), kWorker);
    else
      (void)ask_as(api::Message::of(api::FailWork{item.id, item.lease,
                                                  status == pipeline::RunStatus::TIMED_OUT ? "States.Timeout" : "Test",
                                                  "the test says so"}),
                   kWorker);
  }
  whole_->held.erase(execution);
}

Result<void> World::copy_to(store::Store& to) {
  constexpr std::size_t kRows = 2'000;  // a commit
  if (auto opened = to.open(cell_.tables()); !opened) return opened;
  if (to.last_batch() != 0) return fail("there is data already", to.name(), "name a folder that is new or empty");
  store::Batch batch{1, {}};
  Result<void> out;
  const auto commit = [&] {
    if (!out || batch.writes.empty()) return;
    const auto done = to.commit(batch);
    if (done.outcome != store::CommitOutcome::durable) out = fail(done.why, to.name(), "is there room on the disk?");
    batch = {batch.number + 1, {}};
  };
  for (const auto* table : cell_.tables()) {
    const auto loaded = store_.load(*table, [&](store::Row row) {
      batch.writes.push_back({table, store::Write::Op::put, std::move(row)});
      if (batch.writes.size() >= kRows) commit();
    });
    if (!loaded) return loaded;
  }
  commit();
  return out;
}

}  // namespace weir::scenario
