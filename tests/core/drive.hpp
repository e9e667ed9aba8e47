// The smallest driver of a cell: one thread, virtual time, any store. For tests.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>

#include "core/cell.hpp"
#include "store/memory/memory_store.hpp"

namespace weir::core {

class Drive {
 public:
  Drive(Cell& cell, store::Store& store) : cell_(cell), store_(store) {}

  void open() {
    ASSERT_TRUE(store_.open(cell_.tables()).has_value());
    load();
  }
  void load() {
    cell_.reset(store_.last_batch());
    for (const auto* table : cell_.tables()) {
      if (table->keeping != store::Keeping::live) continue;
      const auto loaded = store_.load(*table, [&](store::Row row) { cell_.load_row(*table, std::move(row)); });
      ASSERT_TRUE(loaded.has_value()) << loaded.error().text();
    }
    cell_.loaded(now);
  }

  // Asks and drives until the answer is there; nothing when the cell has nothing more to do before time passes.
  template <class Request>
  std::optional<api::Reply<typename Request::Reply>> ask(Request request, const std::string& account = "000000000001") {
    std::optional<api::Reply<typename Request::Reply>> out;
    submit(std::move(request), account, [&](api::Reply<typename Request::Reply> reply) { out = std::move(reply); });
    settle();
    return out;
  }
  template <class Request, class Then>
  void submit(Request request, const std::string& account, Then then) {
    cell_.decide({api::Message::of(std::move(request)),
                  {AccountId{account}, "test", false},
                  [then](api::Reply<api::Message> reply) {
                    using R = api::Reply<typename Request::Reply>;
                    then(reply ? R(*reply->template as<typename Request::Reply>()) : R(std::unexpected(reply.error())));
                  },
                  ++command_id_},
                 now);
  }

  // Everything that can happen at this moment.
  void settle() {
    for (bool moved = true; moved;) {
      moved = false;
      for (auto& fetch : cell_.take_fetches()) {
        cell_.fetched(fetch.ticket, store_.fetch(*fetch.table, fetch.key), now);
        moved = true;
      }
      while (cell_.tick(now)) moved = true;
      bool committed = false;
      if (auto batch = cell_.seal()) {
        const auto result = store_.commit(*batch);
        if (result.outcome == store::CommitOutcome::unknown) {
          ASSERT_TRUE(store_.reopen().has_value());
          load();
        } else {
          cell_.settled(batch->number, result.outcome, result.why);
          committed = true;
        }
        moved = true;
      }
      for (auto& answer : cell_.take_answers()) {
        std::move(answer).send();
        moved = true;
      }
      if (committed && crash && crash()) load();
      for (auto& effect : cell_.take_effects(now)) {
        moved = true;
        if (perform) cell_.decide({api::Message::of(perform(*effect)), {effect->account, "run", true}, {}, 0}, now);
      }
    }
  }
  // Lets time pass, stopping at each moment at which something is due.
  void pass(Millis span) {
    const auto end = now + span;
    settle();
    for (auto due = cell_.next_due(); due && *due <= end; due = cell_.next_due()) {
      now = std::max(now, *due);
      settle();
    }
    now = end;
    settle();
  }

  Instant now = instant_of_ms(1'000'000);
  std::function<EffectDone(const EffectRow&)> perform;
  std::function<bool()> crash;  // asked after each commit that is answered: is all in memory lost now?

 private:
  Cell& cell_;
  store::Store& store_;
  CommandId command_id_ = 0;
};

}  // namespace weir::core
