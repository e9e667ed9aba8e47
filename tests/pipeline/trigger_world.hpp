// The engine spoken to in names and dates, so that a test reads like the scenario.
//
//   World w;
//   w.deploy("name: listings\ntrigger: {schedule: {hour: 3}}");
//   w.until("2026-01-02 03:00");
//   w.end("listings", "2026-01-02");
//   EXPECT_EQ(w.runs("metric", "2026-01-02"), 1);
#pragma once

#include <algorithm>

#include "pipeline/spec_grain.hpp"
#include "pipeline/spec_parse.hpp"
#include "pipeline/window_choice.hpp"
#include "tests/pipeline/trigger_bench.hpp"

namespace weir::pipeline {

class World {
 public:
  explicit World(TriggerOptions options = {}) : bench(options) {}

  // A pipeline.yaml without its steps.
  void deploy(const std::string& yaml) {
    const auto spec = parse_pipeline(yaml + "\nsteps: [{run: \"true\"}]\n", "pipeline.yaml");
    ASSERT_TRUE(spec.has_value()) << text_of(spec.error());
    PipelineRow row;
    row.account = owner;
    row.name = spec->name;
    row.timezone = spec->timezone.empty() ? "UTC" : spec->timezone;
    const Zone zone = *find_zone(row.timezone);
    row.grain = decide_grain(*spec, zone, [&](const ClauseSpec& c) -> std::optional<Grain> {
                  const auto* up = bench.tables.find_pipeline(c.account.empty() ? owner : AccountId{c.account}, c.name);
                  return up != nullptr ? std::optional(up->grain) : std::nullopt;
                }).grain;
    row.max_runs = spec->concurrency.max_runs;
    const auto* known = bench.tables.find_pipeline(owner, row.name);
    if (is_calendar(row.grain)) {
      row.first_window = known != nullptr ? known->first_window : window_at(row.grain, bench.drive.now, zone).index;
      row.since = row.first_window;
      if (!spec->since.empty()) row.since = *read_window(row, spec->since);
    }
    bench.deploy(row, spec->trigger);
  }
  // "2026-01-02 03:00", UTC.
  void until(const std::string& time) { bench.until(*instant_from_text(time + ":00Z")); }

  const PipelineRow& pipeline(const std::string& name) const { return *bench.tables.find_pipeline(kAccount, name); }
  std::vector<const RunFactRow*> facts(const std::string& name, const std::string& window) const {
    std::vector<const RunFactRow*> out;
    const auto& p = pipeline(name);
    const auto [first, last] =
        bench.tables.facts.index<by_occurrence>().equal_range(std::make_tuple(p.id, *read_window(p, window)));
    for (auto at = first; at != last; ++at) out.push_back(at->get());
    return out;
  }
  int runs(const std::string& name, const std::string& window) const {
    return static_cast<int>(facts(name, window).size());
  }
  int runs(const std::string& name) const {
    const auto id = pipeline(name).id;
    return static_cast<int>(
        std::ranges::count_if(bench.tables.facts.rows(), [&](const auto& f) { return f->pipeline == id; }));
  }
  int active(const std::string& name) const {
    const auto id = pipeline(name).id;
    return static_cast<int>(std::ranges::count_if(bench.tables.active.rows(), [&](const auto& r) {
      return r->pipeline == id && r->status == RunState::RUNNING;
    }));
  }
  // The newest run of the window ends.
  void end(const std::string& name, const std::string& window, RunStatus status = RunStatus::SUCCEEDED) {
    const auto all = facts(name, window);
    ASSERT_TRUE(!all.empty() && all.back()->status == RunStatus::RUNNING) << name << " " << window << " is not active";
    bench.end(all.back()->run, status);
  }
  // The oldest active run of the pipeline ends; its window.
  std::string end_oldest(const std::string& name) {
    const auto id = pipeline(name).id;
    for (const auto& row : bench.tables.active.rows()) {
      if (row->pipeline != id || row->status != RunState::RUNNING) continue;
      const auto window = label({pipeline(name).grain, row->window});
      bench.end(row->run, RunStatus::SUCCEEDED);
      return window;
    }
    return "none";
  }
  api::StartRunReply start(const std::string& name, std::optional<std::string> date, bool adhoc = false) {
    api::StartRunReply out;
    bench.act([&](core::Transaction& tx) {
      api::StartRun request;
      request.date = date;
      request.adhoc = adhoc;
      const auto reply = bench.engine.start_run(tx, pipeline(name), request);
      ASSERT_TRUE(reply.has_value()) << reply.error().message;
      out = *reply;
    });
    return out;
  }
  void mark(const std::string& name, const std::string& window, const std::string& status) {
    bench.act([&](core::Transaction& tx) {
      const auto reply =
          bench.engine.mark(tx, pipeline(name), {name, std::nullopt, window, status, "the test says so"});
      ASSERT_TRUE(reply.has_value()) << reply.error().message;
    });
  }
  // What the newest run of the window used: run numbers by upstream, "a#1 b#2".
  std::string used(const std::string& name, const std::string& window) const {
    std::string out;
    for (const auto& u : facts(name, window).back()->used)
      out += (out.empty() ? "" : " ") + bench.tables.pipelines.find(u.upstream)->name + "#" + std::to_string(u.number);
    return out;
  }
  std::string why(const std::string& name, const std::string& window) const {
    std::string out;
    const auto judgement = bench.engine.judge(pipeline(name).id, *read_window(pipeline(name), window));
    for (const auto& state : bench.engine.states(judgement))
      if (!state.met) out += state.clause + ": " + state.why + "\n";
    return out;
  }

  static inline const AccountId kAccount{"000000000001"};
  AccountId owner = kAccount;  // of what is deployed
  TriggerBench bench;
};

}  // namespace weir::pipeline
