// The engine beside the reference model (tests/model): the same random histories, the same runs with the same evidence
// after each event. WEIR_MODEL_HISTORIES plays so many; WEIR_SEED plays one and prints it.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "tests/model/audit.hpp"
#include "tests/model/random_history.hpp"
#include "tests/pipeline/trigger_bench.hpp"

namespace weir::pipeline {
namespace {

ClauseSpec spec_of(const model::Clause& clause) {
  ClauseSpec out;
  out.name = std::string(1, static_cast<char>('A' + clause.upstream));
  for (const auto s : {model::Status::RUNNING, model::Status::SUCCEEDED, model::Status::FAILED,
                       model::Status::TIMED_OUT, model::Status::ABORTED})
    if (clause.statuses.has(s)) out.status.push_back(static_cast<RunStatus>(s));
  out.offset = clause.offset;
  if (clause.each) out.each = static_cast<Each>(*clause.each);
  out.match = clause.newest ? Match::newest : Match::window;
  out.max_age = clause.max_age;
  out.follow = clause.follow;
  return out;
}

std::optional<TriggerSpec> trigger_of(const model::PipelineDecl& decl) {
  TriggerSpec out;
  if (decl.schedule) {
    out.schedule.emplace();
    out.schedule->cron = decl.schedule->text();
    out.schedule->covers = decl.covers_previous ? Covers::previous : Covers::current;
  }
  if (decl.condition) {
    out.executions.emplace();
    out.executions->op = decl.condition->blocks_or ? Operator::OR : Operator::AND;
    for (const auto& c : decl.condition->all_of) out.executions->all_of.push_back(spec_of(c));
    for (const auto& c : decl.condition->any_of) out.executions->any_of.push_back(spec_of(c));
  }
  if (decl.trigger_operator) out.op = static_cast<Operator>(*decl.trigger_operator);
  out.on_upstream_rerun = decl.on_rerun == model::OnRerun::run         ? OnUpstreamRerun::run
                          : decl.on_rerun == model::OnRerun::supersede ? OnUpstreamRerun::supersede
                          : decl.on_rerun == model::OnRerun::ask       ? OnUpstreamRerun::ask
                                                                       : OnUpstreamRerun::ignore;
  out.on_late = static_cast<OnLate>(decl.on_late);
  out.catchup = Catchup::all;
  return out;
}

// The engine under the model's names.
class Beside {
 public:
  explicit Beside(TriggerOptions options) : bench(options) {}

  void apply(const model::Event& e) {
    if (e.at > bench.drive.now) bench.until(e.at);
    switch (e.kind) {
      case model::Event::deploy:
        return deploy(*e.decl);
      case model::Event::tick:
        return;
      case model::Event::run_ended:
        return bench.end(run_of(e.run), static_cast<RunStatus>(e.status));
      case model::Event::stop:
        return bench.act([&](core::Transaction& tx) {
          EXPECT_TRUE(bench.engine.stop_run(tx, {run_of(e.run), "test"}).has_value());
        });
      case model::Event::rerun:
      case model::Event::adhoc: {
        std::int64_t run = 0;
        bench.act([&](core::Transaction& tx) {
          api::StartRun request;
          request.date = label(e.occurrence.window);
          request.adhoc = e.kind == model::Event::adhoc;
          const auto reply = bench.engine.start_run(tx, pipeline_of(e.occurrence), request);
          ASSERT_TRUE(reply.has_value()) << reply.error().message;
          run = reply->run.run;
        });
        if (e.kind == model::Event::adhoc) adhoc[e.occurrence].push_back(run);
        return;
      }
      case model::Event::mark:
        return bench.act([&](core::Transaction& tx) {
          api::MarkWindow request;
          request.window = label(e.occurrence.window);
          request.status = e.status == model::Status::SUCCEEDED ? "SUCCEEDED" : "FAILED";
          request.reason = "test";
          const auto reply = bench.engine.mark(tx, pipeline_of(e.occurrence), request);
          EXPECT_TRUE(reply.has_value()) << reply.error().message;
        });
      case model::Event::grant_withdrawn:
      case model::Event::grant_given:
        return bench.set_grant(ids[e.upstream], ids[e.occurrence.pipeline], e.kind == model::Event::grant_given);
    }
  }

  // All that counts, in the model's words; of an occurrence in the order of starts.
  std::vector<model::Run> runs() const {
    std::vector<model::Run> out;
    for (const auto& fact : bench.tables.facts.index<by_occurrence>()) out.push_back(run_of(*fact));
    return out;
  }
  std::multiset<model::Occurrence> waiting() const {
    std::multiset<model::Occurrence> out;
    for (const auto& row : bench.tables.active.rows())
      if (row->status == RunState::QUEUED) out.insert(occurrence(row->pipeline, row->window));
    return out;
  }

  TriggerBench bench;
  std::vector<std::int64_t> ids;
  std::map<model::Occurrence, std::vector<std::int64_t>> adhoc;

 private:
  void deploy(const model::PipelineDecl& decl) {
    PipelineRow row;
    row.account = AccountId{"000000000001"};
    row.name = decl.name;
    row.grain = decl.grain;
    row.timezone = std::string(decl.zone.name());
    row.since = row.first_window = decl.since.index;
    row.max_runs = decl.max_runs;
    const auto id = bench.deploy(row, trigger_of(decl));
    if (std::ranges::find(ids, id) == ids.end()) ids.push_back(id);
  }
  const PipelineRow& pipeline_of(const model::Occurrence& o) const {
    return *bench.tables.pipelines.find(ids[static_cast<std::size_t>(o.pipeline)]);
  }
  std::int64_t run_of(const model::RunId& id) const {
    if (id.n < 0) return adhoc.at(id.occurrence)[static_cast<std::size_t>(-id.n - 1)];
    const auto& index = bench.tables.facts.index<by_occurrence>();
    const auto found = index.find(
        std::make_tuple(ids[static_cast<std::size_t>(id.occurrence.pipeline)], id.occurrence.window.index, id.n));
    return found == index.end() ? 0 : (*found)->run;
  }
  model::Occurrence occurrence(std::int64_t pipeline, std::int64_t window) const {
    const auto at = std::ranges::find(ids, pipeline) - ids.begin();
    return {static_cast<int>(at), {bench.tables.pipelines.find(pipeline)->grain, window}};
  }
  model::Run run_of(const RunFactRow& fact) const {
    model::Run out;
    out.id = {occurrence(fact.pipeline, fact.window), fact.number};
    out.cause = fact.cause == RunCause::schedule    ? model::Cause::schedule
                : fact.cause == RunCause::condition ? model::Cause::condition
                : fact.cause == RunCause::mark      ? model::Cause::mark
                                                    : model::Cause::person;
    out.status = static_cast<model::Status>(fact.status);
    out.superseded = fact.superseded;
    out.complete = fact.complete;
    out.version = static_cast<int>(fact.version) - 1;
    const auto clauses = bench.tables.clauses_of(fact.pipeline, fact.version);
    for (const auto index : fact.met) {
      model::Met met;
      const auto& clause = clauses[static_cast<std::size_t>(index)];
      met.in_any_of = clause->block == Block::anyOf;
      const auto all = std::ranges::count_if(clauses, [](const auto& c) { return c->block == Block::allOf; });
      met.index = static_cast<int>(met.in_any_of ? index - all : index);
      met.clause = clause_of(*clause);
      for (const auto& used : fact.used)
        if (used.clause == index) met.runs.push_back({occurrence(used.upstream, used.window), used.number});
      out.evidence.push_back(std::move(met));
    }
    return out;
  }
  model::Clause clause_of(const ClauseRow& row) const {
    model::Clause out;
    out.upstream = static_cast<int>(std::ranges::find(ids, row.upstream) - ids.begin());
    out.statuses = {};
    for (const auto s : row.spec.status) out.statuses.bits |= 1U << static_cast<unsigned>(s);
    out.offset = row.spec.offset;
    if (row.spec.each) out.each = static_cast<model::Each>(*row.spec.each);
    out.newest = row.spec.match == Match::newest;
    out.max_age = row.spec.max_age;
    out.follow = row.spec.follow;
    return out;
  }
};

std::string lines(std::vector<model::Run> runs, const std::vector<std::string>& names) {
  std::ranges::sort(runs, {}, &model::Run::id);
  std::string out;
  for (const auto& r : runs)
    if (r.counts()) out += "  " + model::to_text(r, names) + "\n";
  return out;
}

struct Outcome {
  bool agreed = true;
  int events = 0;
  int runs = 0;
  int restarts = 0;
  model::Counts counts;
  std::string difference;
};

Outcome play(std::uint64_t seed, const model::Options& options, TriggerOptions engine_options = {}) {
  model::Driver driver(seed, options);
  model::Model model;
  Beside engine(engine_options);
  std::mt19937_64 dice(seed);
  Outcome out;
  while (const auto event = driver.next(model)) {
    ++out.events;
    model.apply(*event);
    engine.apply(*event);
    if (dice() % 10 == 0) {
      engine.bench.restart();
      ++out.restarts;
    }
    const auto names = model::names_in(model.history());
    std::vector<model::Run> theirs = model.runs();
    std::erase_if(theirs, [](const auto& r) { return !r.counts(); });
    std::ranges::sort(theirs, {}, &model::Run::id);
    std::vector<model::Run> ours = engine.runs();
    std::ranges::sort(ours, {}, &model::Run::id);
    bool same = theirs.size() == ours.size();
    for (std::size_t i = 0; same && i < ours.size(); ++i)
      same = ours[i].id == theirs[i].id && ours[i].status == theirs[i].status && ours[i].cause == theirs[i].cause &&
             ours[i].evidence == theirs[i].evidence && ours[i].complete == theirs[i].complete;
    std::multiset<model::Occurrence> waiting;
    for (const auto& w : model.waiting()) waiting.insert(w.key);
    const bool same_line = waiting == engine.waiting();
    if (same && same_line) continue;
    out.agreed = false;
    out.difference = "after " + model::to_text(*event, names) + "\nmodel\n" + lines(theirs, names) + "engine\n" +
                     lines(ours, names) + (same_line ? "" : "the lines differ\n") + model::describe(model, seed);
    return out;
  }
  out.counts = model::audit(model.history(), engine.runs());
  out.runs = out.counts.runs;
  return out;
}

std::uint64_t number_of(const char* variable, std::uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text != nullptr ? std::strtoull(text, nullptr, 10) : otherwise;
}

void compare(const model::Options& options, std::uint64_t histories) {
  const auto seed = number_of("WEIR_SEED", 0);
  const auto first = seed != 0 ? seed : 1;
  const auto count = seed != 0 ? 1 : number_of("WEIR_MODEL_HISTORIES", histories);
  std::int64_t runs = 0, events = 0, restarts = 0;
  for (auto s = first; s < first + count; ++s) {
    const Outcome out = play(s, options);
    ASSERT_TRUE(out.agreed) << "seed " << s << "\n" << out.difference;
    std::string findings;
    for (const auto& f : out.counts.findings) findings += f + "\n";
    ASSERT_TRUE(out.counts.clean()) << "seed " << s << "\n" << findings;
    runs += out.runs;
    events += out.events;
    restarts += out.restarts;
  }
  std::printf("%llu histories, %lld events, %lld runs, %lld restarts: 0 differences, 0 mixed, 0 doubled, 0 missing\n",
              static_cast<unsigned long long>(count), static_cast<long long>(events), static_cast<long long>(runs),
              static_cast<long long>(restarts));
}

TEST(Model, agrees_on_histories_of_everything) { compare({}, 2000); }
TEST(Model, agrees_on_wide_status_sets) { compare({.wide_statuses = true}, 500); }

// A test that cannot fail proves nothing.
void finds(PlantedBug bug) {
  for (std::uint64_t s = 1; s <= 300; ++s) {
    const Outcome out = play(s, {}, {.planted = bug});
    if (!out.agreed || !out.counts.clean()) return;
  }
  FAIL() << "300 histories did not find the planted bug";
}
TEST(Model, finds_a_key_that_fires_twice) { finds(PlantedBug::double_trigger); }
TEST(Model, finds_an_old_leg_of_a_diamond_that_is_accepted) { finds(PlantedBug::old_leg_accepted); }
TEST(Model, finds_a_clause_that_latches) { finds(PlantedBug::latched_clause); }

}  // namespace
}  // namespace weir::pipeline
