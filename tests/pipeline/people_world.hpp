// What people decide, for tests: each returns the refusal's message, or nothing.
#pragma once

#include "tests/pipeline/trigger_world.hpp"

namespace weir::pipeline {

inline std::string daily(const std::string& name, int hour) {
  return "name: " + name + "\ntrigger: {schedule: {hour: " + std::to_string(hour) + "}}";
}
inline std::string after(const std::string& name, const std::string& upstreams, const std::string& more = "") {
  return "name: " + name + "\n" + more + "trigger: {executions: {allOf: [" + upstreams + "]}}";
}

class PeopleWorld : public World {
 public:
  using World::World;
  static inline const std::string kWhy = "the test says so";

  std::string skip(const std::string& name, const std::string& window, const std::string& reason = kWhy) {
    return ask(
        [&](core::Transaction& tx) { return bench.engine.skip(tx, pipeline(name), {name, {}, window, reason}); });
  }
  std::string accept(const std::string& name, const std::string& window, const std::string& reason = kWhy) {
    return ask(
        [&](core::Transaction& tx) { return bench.engine.accept(tx, pipeline(name), {name, {}, window, reason}); });
  }
  std::string approve(const std::string& name, std::optional<std::string> window, const std::string& reason = kWhy) {
    return ask(
        [&](core::Transaction& tx) { return bench.engine.approve(tx, pipeline(name), {name, {}, window, reason}); });
  }
  std::string run_now(const std::string& name, const std::string& date, const std::string& reason = kWhy,
                      bool adhoc = false) {
    return ask([&](core::Transaction& tx) {
      api::StartRun request;
      request.date = date;
      request.now = true;
      request.adhoc = adhoc;
      request.reason = reason;
      return bench.engine.start_run(tx, pipeline(name), request);
    });
  }
  // Empty name: the account.
  std::string pause(const std::string& name, const std::string& reason = kWhy) {
    return ask([&](core::Transaction& tx) {
      return bench.engine.pause(tx, kAccount, name.empty() ? nullptr : &pipeline(name), reason);
    });
  }
  std::string resume(const std::string& name, const std::string& reason = kWhy) {
    return ask([&](core::Transaction& tx) {
      return bench.engine.resume(tx, kAccount, name.empty() ? nullptr : &pipeline(name), reason);
    });
  }
  // Runs the window again by hand, to its success.
  void rerun(const std::string& name, const std::string& window = "2026-01-01") {
    start(name, window);
    end(name, window);
  }
  // The window of the oldest active run.
  std::string oldest(const std::string& name) const {
    const auto id = pipeline(name).id;
    for (const auto& row : bench.tables.active.rows())
      if (row->pipeline == id && row->status == RunState::RUNNING) return label({pipeline(name).grain, row->window});
    return "none";
  }
  // Is the newest run of the first of January out of date?
  bool out_of_date(const std::string& name) const {
    return bench.engine.out_of_date(facts(name, "2026-01-01").back()->run);
  }
  RunRow run(const std::string& name, const std::string& window) {
    RunRow out;
    const auto id = facts(name, window).back()->run;
    bench.act([&](core::Transaction& tx) { out = *tx.read(bench.tables.runs, {id}); });
    return out;
  }
  // "SKIPPED rule 15: ...", oldest first.
  std::vector<std::string> decisions(const std::string& name, const std::string& window) {
    const auto& p = pipeline(name);
    const auto* occurrence = bench.tables.find_occurrence(p.id, *read_window(p, window));
    std::vector<std::string> out;
    if (occurrence == nullptr) return out;
    bench.act([&](core::Transaction& tx) {
      out.clear();
      for (const auto id : occurrence->evidence)
        if (const auto row = tx.read(bench.tables.evidence, {id})) out.push_back(row->decision + " " + row->rule);
    });
    return out;
  }

 private:
  template <class Act>
  std::string ask(Act act) {
    std::string out;
    bench.act([&](core::Transaction& tx) {
      const auto reply = act(tx);
      out = reply ? "" : reply.error().message;
    });
    return out;
  }
};

}  // namespace weir::pipeline
