// What services hang into a cell: tables, operations, deliveries, observers, timers. Filled once, before the cell
// loads; main.cpp decides who is in.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "core/transaction.hpp"

namespace weir::core {

class Registry {
 public:
  using Handler = std::function<api::Reply<api::Message>(Transaction&, const void* request)>;
  using DeliveryHandler = std::function<Result<void>(Transaction&, const AccountId& to, const void* payload)>;
  using Observer = std::function<void(Transaction&, const void* event)>;
  struct Timer {
    std::string name;
    std::function<std::optional<Instant>()> next_due;  // nothing: nothing is due, ever
    std::function<void(Transaction&)> fire;            // handles at most limits::kTimersPerCommand due rows
  };
  // Says no before an operation runs; nothing means yes.
  using Guard =
      std::function<std::optional<api::ApiError>(const api::Principal&, const api::OperationInfo&, const void*)>;

  void table(TableBase& table) { tables_.push_back(&table); }

  template <class Request>
  void on(std::function<api::Reply<typename Request::Reply>(Transaction&, const Request&)> handler) {
    handlers_[&type_of<Request>()] = [handler = std::move(handler)](Transaction& tx,
                                                                    const void* request) -> api::Reply<api::Message> {
      auto reply = handler(tx, *static_cast<const Request*>(request));
      if (!reply) return std::unexpected(std::move(reply.error()));
      return api::Message::of(std::move(*reply));
    };
  }
  // Failing is a retry with backoff, then a dead letter.
  template <class Payload>
  void on_delivery(std::function<Result<void>(Transaction&, const AccountId& to, const Payload&)> handler) {
    const Type& type = type_of<Payload>();
    deliveries_[std::string(type.name)] = {
        &type, [handler = std::move(handler)](Transaction& tx, const AccountId& to, const void* p) {
          return handler(tx, to, *static_cast<const Payload*>(p));
        }};
  }
  template <class Event>
  void observe(std::function<void(Transaction&, const Event&)> observer) {
    observers_[&type_of<Event>()].push_back([observer = std::move(observer)](Transaction& tx, const void* event) {
      observer(tx, *static_cast<const Event*>(event));
    });
  }
  void timer(Timer timer) { timers_.push_back(std::move(timer)); }
  // Runs after the rows are loaded, before the first command: rebuild what is derived.
  void on_loaded(std::function<void()> hook) { loaded_.push_back(std::move(hook)); }
  void guard(Guard guard) { guard_ = std::move(guard); }

 private:
  friend class Cell;
  friend class Transaction;
  struct Delivery {
    const Type* type;
    DeliveryHandler handle;
  };
  std::vector<TableBase*> tables_;
  std::map<const Type*, Handler> handlers_;
  std::map<std::string, Delivery> deliveries_;
  std::map<const Type*, std::vector<Observer>> observers_;
  std::vector<Timer> timers_;
  std::vector<std::function<void()>> loaded_;
  Guard guard_;
};

}  // namespace weir::core
