// The World of the scenarios, with plans.
#pragma once

#include <algorithm>

#include "tests/pipeline/trigger_world.hpp"

namespace weir::pipeline {

struct PlanFlags {
  Redo redo = Redo::missing;  // of a rerun: all
  bool downstream = false;    // of a backfill
  int parallel = 4;
  std::string to;  // of a rerun
  std::vector<std::string> only, except;
  bool accept = true;
  bool others = false;
};

class PlanWorld : public World {
 public:
  using World::World;

  api::PlanReply rerun(const std::string& name, const std::string& window, PlanFlags flags = {}) {
    auto wish = wish_of(name, window, flags.to.empty() ? window : flags.to, flags);
    wish.redo = Redo::all;
    return make(wish, {PlanKind::rerun, !flags.only.empty() || !flags.except.empty(), flags.parallel, flags.accept,
                       flags.others, false, "the test says so"});
  }
  api::PlanReply backfill(const std::string& name, const std::string& from, const std::string& to,
                          PlanFlags flags = {}) {
    auto wish = wish_of(name, from, to, flags);
    wish.downstream = flags.downstream;
    return make(wish, {PlanKind::backfill, !flags.downstream, flags.parallel, flags.accept, flags.others, false, ""});
  }
  api::PlanReply show(std::int64_t plan) {
    api::DescribePlan request;
    request.plan = plan;
    return *bench.engine.describe_plan(request);
  }
  void pause(std::int64_t plan) {
    act([&](core::Transaction& tx) { return bench.engine.pause(tx, {plan, ""}).has_value(); });
  }
  void resume(std::int64_t plan) {
    act([&](core::Transaction& tx) { return bench.engine.resume(tx, {plan, ""}).has_value(); });
  }
  void cancel(std::int64_t plan) {
    act([&](core::Transaction& tx) { return bench.engine.cancel(tx, {plan, ""}).has_value(); });
  }
  void remove(const std::string& name) {
    act([&](core::Transaction& tx) {
      auto row = pipeline(name);
      row.deleted = true;
      tx.put(bench.tables.pipelines, row);
      bench.engine.removed(tx, row.id);
      return true;
    });
  }
  // The message of the refusal in what `step` does; empty: none.
  std::string refused(const std::function<void()>& step) {
    refusal_.emplace();
    step();
    auto out = *refusal_;
    refusal_.reset();
    return out;
  }
  void deploy_elsewhere(const std::string& yaml) {
    owner = AccountId{"000000000002"};
    deploy(yaml);
    owner = kAccount;
  }

  static std::string keys_text(const api::PlanReply& plan) {
    std::string out;
    for (const auto& key : plan.keys) out += (out.empty() ? "" : ", ") + key.pipeline + " " + key.window;
    return out;
  }
  int active_runs() const {
    return static_cast<int>(std::ranges::count_if(bench.tables.active.rows(),
                                                  [](const auto& r) { return r->status == RunState::RUNNING; }));
  }
  // Ends the oldest active run; "a/02" for a's 2026-01-02.
  std::string end_any() {
    for (const auto& row : bench.tables.active.rows()) {
      if (row->status != RunState::RUNNING) continue;
      const auto* pipeline = bench.tables.pipelines.find(row->pipeline);
      const auto window = label({pipeline->grain, row->window});
      const auto name = pipeline->name;
      bench.end(row->run, RunStatus::SUCCEEDED);
      return name + "/" + window.substr(window.size() - 2);
    }
    return "none";
  }
  bool out_of_date(const std::string& name, const std::string& window) const {
    return bench.engine.out_of_date(facts(name, window).back()->run);
  }

 private:
  PlanWish wish_of(const std::string& name, const std::string& from, const std::string& to, const PlanFlags& flags) {
    PlanWish wish;
    wish.account = kAccount;
    wish.pipeline = pipeline(name).id;
    wish.first = *read_window(pipeline(name), from);
    wish.last = *read_window(pipeline(name), to);
    wish.redo = flags.redo;
    for (const auto& p : flags.only) wish.only.insert(pipeline(p).id);
    for (const auto& p : flags.except) wish.except.insert(pipeline(p).id);
    return wish;
  }
  api::PlanReply make(const PlanWish& wish, const PlanOrder& order) {
    api::PlanReply out;
    bench.act([&](core::Transaction& tx) {
      auto reply = bench.engine.plan(tx, wish, order);
      if (refusal_) {
        refusal_ = reply ? "" : reply.error().message;
        return;
      }
      ASSERT_TRUE(reply.has_value()) << reply.error().message;
      out = *reply;
    });
    return out;
  }
  template <class Step>
  void act(Step step) {
    bench.act([&](core::Transaction& tx) { ASSERT_TRUE(step(tx)); });
  }
  std::optional<std::string> refusal_;
};

}  // namespace weir::pipeline
