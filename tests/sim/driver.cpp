#include "tests/sim/driver.hpp"

#include <fmt/format.h>

#include "core/planted.hpp"
#include "json/described.hpp"

namespace weir::sim {

Outcome Driver::run() {
  start();
  for (int i = 0; i < mix_.commands && out_.violations.empty(); ++i) {
    ++out_.commands;
    issue();
    const auto steps = random_.between(1, 6);
    for (int s = 0; s < steps; ++s) step();
    pass(Millis{random_.between(1, mix_.think_ms.count())});
  }
  if (now_ - begin_ < std::chrono::hours{1} && out_.violations.empty()) pass(begin_ + std::chrono::hours{1} - now_);
  heal();
  absorb_stats();
  check_rest();
  ledger_.cut_unanswered();
  check_end();
  out_.simulated = now_ - begin_;
  count("commands", out_.commands);
  return std::move(out_);
}

void Driver::trace(std::string_view text) {
  for (const char c : text) out_.trace_hash = (out_.trace_hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ull;
}

std::string Driver::account(std::int64_t i) const { return fmt::format("{:012}", i + 1); }

void Driver::start() {
  cell_ = std::make_unique<core::Cell>(core::CellConfig{0, seed_, mix_.deliveries_per_command, 0});
  install(*cell_);
  if (!opened_ && !store_.open(cell_->tables())) violated("the store does not open");
  opened_ = true;
  load();
}

void Driver::load() {
  cell_->reset(store_.last_batch());
  for (const auto* table : cell_->tables())
    if (table->keeping == store::Keeping::live)
      (void)store_.load(*table, [&](store::Row row) { cell_->load_row(*table, std::move(row)); });
  cell_->loaded(now_);
  committing_.reset();
  fetching_.clear();
  performing_.clear();
}

void Driver::crash() {
  count("crash");
  absorb_stats();
  ledger_.cut_unanswered();
  waiting_.clear();
  start();
}

void Driver::ask(const std::string& who, api::Message request,
                 std::function<void(const api::Reply<api::Message>&)> then) {
  const auto id = ++command_;
  waiting_[id] = then;
  cell_->decide({request,
                 {AccountId{who}, "client", false},
                 [this, id, who, then](api::Reply<api::Message> reply) {
                   if (waiting_.erase(id) == 0) return;
                   trace(reply ? json::print_described(*reply->type, reply->object.get()) : reply.error().message);
                   if (reply) check_answer(who, *reply);
                   then(reply);
                 },
                 id},
                now_);
}

void Driver::step() {
  auto& cell = *cell_;
  switch (random_.below(7)) {
    case 6:
      world();
      break;
    case 0:
      (void)cell.tick(now_);
      break;
    case 1:
      seal();
      break;
    case 2:
      settle();
      break;
    case 3:
      for (auto& fetch : cell.take_fetches()) fetching_.push_back(std::move(fetch));
      answer_fetch();
      break;
    case 4:
      effects();
      break;
    case 5:
      if (random_.chance(mix_.evict))
        count("eviction", static_cast<std::int64_t>(cell.evict(static_cast<std::size_t>(random_.below(4)),
                                                               static_cast<std::size_t>(random_.between(1, 4)))));
      break;
  }
  if (random_.chance(mix_.crash * 0.2)) return crash();
  answers();
}
void Driver::answers() {
  for (auto& answer : cell_->take_answers()) std::move(answer).send();
}

void Driver::seal() {
  auto batch = cell_->seal();
  if (!batch) return;
  for (const auto& write : batch->writes) {
    trace(write.table->name);
    trace(write.op == store::Write::Op::put ? "+" : "-");
    trace(json::print_described(write.table->row(), write.row.get()));
  }
  sealed(*batch);
  committing_ = std::move(batch);
  commit_due_ = now_ + Millis{random_.between(0, mix_.commit_ms.count())};
}
void Driver::settle() {
  if (!committing_ || now_ < commit_due_) return;
  const auto batch = *std::exchange(committing_, std::nullopt);
  auto& cell = *cell_;
  if (random_.chance(mix_.refuse)) {
    count("commit refused");
    cell.settled(batch.number, store::CommitOutcome::refused, "no space");
    return;
  }
  if (random_.chance(mix_.lose)) {
    count("commit unknown, not written");
    return unknown();
  }
  if (random_.chance(mix_.execute_then_error)) {
    count("commit unknown, written");
    (void)store_.commit(batch);
    return unknown();
  }
  if (random_.chance(mix_.crash)) {
    count("crash in commit");
    if (random_.chance(0.5)) (void)store_.commit(batch);
    return crash();
  }
  const auto result = store_.commit(batch);
  if (result.outcome != store::CommitOutcome::durable) violated("the store fails by itself: " + result.why);
  if (cell.has_writes()) count("batch decided while one commits");
  count("commit durable");
  cell.settled(batch.number, result.outcome, result.why);
}
void Driver::unknown() {
  const auto code =
      core::planted(core::Bug::unknown_as_failed) ? api::ErrorCode::Unavailable : api::ErrorCode::OutcomeUnknown;
  for (auto& [id, then] : std::exchange(waiting_, {})) then(api::refuse(code, "the store failed"));
  load();
}
void Driver::answer_fetch() {
  if (fetching_.empty()) return;
  const auto at = random_.below(static_cast<std::int64_t>(fetching_.size()));
  const auto fetch = fetching_[static_cast<std::size_t>(at)];
  fetching_.erase(fetching_.begin() + at);
  if (random_.chance(mix_.fetch_error)) {
    count("fetch fails");
    cell_->fetched(fetch.ticket, fail("planned I/O error"), now_);
    return;
  }
  count("fetch");
  cell_->fetched(fetch.ticket, store_.fetch(*fetch.table, fetch.key), now_);
}
void Driver::effects() {
  for (auto& effect : cell_->take_effects(now_)) performing_.push_back(std::move(effect));
  if (performing_.empty()) return;
  const auto effect = performing_.back();
  performing_.pop_back();
  auto row = store_.fetch(core::kEffectTable, {effect->id});
  if (!row || !*row) violated("an effect started before its commit");
  const bool ok = !random_.chance(mix_.effect_fails);
  count(ok ? "effect performed" : "effect failed");
  cell_->decide(
      {api::Message::of(core::EffectDone{effect->id, ok, "planned", {}}), {effect->account, "run", true}, {}, 0}, now_);
}

void Driver::pass(Millis span) {
  const auto end = now_ + span;
  for (int guard = 0; guard < 10'000; ++guard) {
    auto next = cell_->next_due();
    if (committing_ && (!next || commit_due_ < *next)) next = commit_due_;
    if (!next || *next > end) break;
    now_ = std::max(now_ + Millis{1}, *next);
    for (auto n = random_.between(1, 8); n > 0; --n) step();
    if (now_ >= end) break;
  }
  now_ = std::max(now_, end);
}

void Driver::heal() {
  healing_ = true;
  mix_.refuse = mix_.lose = mix_.execute_then_error = mix_.crash = mix_.fetch_error = mix_.effect_fails = 0;
  // What fails is tried again with backoff, dead letters included none here; two hours are plenty.
  const auto end = now_ + std::chrono::hours{48};
  while (now_ < end) {
    // The workers of a healed world keep up with what there is to do.
    for (int i = 0; i < 16; ++i) {
      world();
      drain();
    }
    if (at_rest()) break;
    const auto due = cell_->next_due();
    if (!due) continue;
    now_ = std::max(now_ + Millis{1}, *due);
  }
  drain();
}
void Driver::drain() {
  auto& cell = *cell_;
  for (bool moved = true; moved;) {
    moved = cell.tick(now_);
    for (auto& fetch : cell.take_fetches()) fetching_.push_back(std::move(fetch));
    moved |= !fetching_.empty();
    answer_fetch();
    seal();
    if (committing_) {
      now_ = std::max(now_, commit_due_);
      settle();
      moved = true;
    }
    for (auto& effect : cell.take_effects(now_)) performing_.push_back(std::move(effect));
    moved |= !performing_.empty();
    effects();
    answers();
  }
}
void Driver::absorb_stats() {
  const auto& s = cell_->stats();
  count("miss", s.misses);
  count("wait", s.waits);
  count("wake", s.wakes);
  count("delivery inline", s.deliveries_inline);
  count("delivery owed", s.deliveries_owed);
  count("delivery continued", s.deliveries_worked_off);
  count("timer or continuation", s.ticks);
  count("command refused", s.failed);
}

void Driver::check_rest() {
  if (cell_->owed() != 0) violated("I8: deliveries are still owed");
  for (const auto& effect : cell_->effects().rows()) {
    // Given up after exactly as many attempts as the limit says, and kept for people; anything else is unfinished.
    if (!effect->dead) violated("I8: an effect is still to be done");
    if (effect->dead && effect->attempts != limits::kEffectAttempts) violated("I6: an effect was given up too early");
    count("effect given up");
  }
  if (cell_->parked() != 0) violated("I8: commands are still parked");
}

}  // namespace weir::sim
