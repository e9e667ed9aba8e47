// The outbox: effects are handed out once their row is durable and their time has come, and end by a command.
#include <cassert>

#include "core/cell.hpp"

namespace weir::core {
namespace {

Millis backoff(int attempts) { return Millis{std::min<std::int64_t>(1000ll << std::min(attempts - 1, 12), 3'600'000)}; }

}  // namespace

std::vector<std::shared_ptr<const EffectRow>> Cell::take_effects(Instant now) {
  now_ = std::max(now_, now);
  std::vector<std::shared_ptr<const EffectRow>> out;
  const auto& index = effects_.index<by_due>();
  for (auto it = index.begin(); it != index.end() && !(*it)->dead && (*it)->not_before <= now_; ++it) {
    const auto id = (*it)->id;
    if (handed_out_.contains(id)) continue;
    const auto unsettled = unsettled_effects_.find(id);
    if (unsettled != unsettled_effects_.end()) {
      if (unsettled->second > durable_) continue;  // no side effect starts before the commit that holds it
      unsettled_effects_.erase(unsettled);
    }
    handed_out_.insert(id);
    out.push_back(*it);
  }
  return out;
}

std::optional<Instant> Cell::next_effect() const {
  // Those being performed, or not yet durable, come by themselves.
  const auto& index = effects_.index<by_due>();
  for (auto it = index.begin(); it != index.end() && !(*it)->dead; ++it) {
    if (handed_out_.contains((*it)->id)) continue;
    const auto unsettled = unsettled_effects_.find((*it)->id);
    if (unsettled != unsettled_effects_.end() && unsettled->second > durable_) continue;
    return (*it)->not_before;
  }
  return std::nullopt;
}

api::Reply<EffectDone::Reply> Cell::effect_done(Transaction& tx, const EffectDone& done) {
  const auto row = effects_.share(done.id);
  handed_out_.erase(done.id);
  if (!row) return EffectDone::Reply{false};
  if (done.ok) {
    tx.erase(effects_, *row);
    return EffectDone::Reply{true};
  }
  auto again = *row;
  ++again.attempts;
  again.last_error = done.error;
  again.dead = again.attempts >= limits::kEffectAttempts;
  again.not_before = tx.now() + done.retry_after.value_or(backoff(again.attempts));
  tx.put(effects_, std::move(again));
  return EffectDone::Reply{true};
}

}  // namespace weir::core
