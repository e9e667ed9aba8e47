// The load of the whole cell: accounts, pipelines that need each other, their executions and work items, wired as in
// the server. People deploy, redeploy, delete, grant, start, mark, stop, retry and backfill; workers claim steps,
// complete, fail or die; the process crashes, and is away for hours. At rest tests/invariants says what must hold.
#include <fmt/format.h>

#include <deque>

#include "account/account_service.hpp"
#include "api/work.hpp"
#include "pipeline/pipeline_service.hpp"
#include "tests/invariants/executions.hpp"
#include "tests/invariants/pipelines.hpp"
#include "tests/sim/driver.hpp"
#include "tests/sim/pipeline_graph.hpp"
#include "work/work_service.hpp"
#include "workflow/workflow_service.hpp"

namespace weir::sim {
namespace {

using invariants::Told;
using namespace std::chrono_literals;

// A day and a half before clocks change: Berlin, New York and Lord Howe, in spring and in autumn; or nowhere.
Instant begin_of(std::uint64_t seed) {
  constexpr const char* kBegins[] = {"2027-03-26T12:00:00Z", "2027-10-29T12:00:00Z", "2027-03-12T18:00:00Z",
                                     "2027-11-05T18:00:00Z", "2027-04-02T00:00:00Z", "2027-10-01T00:00:00Z",
                                     "2027-02-26T06:00:00Z"};
  return *instant_from_text(kBegins[seed / 3 % std::size(kBegins)]);
}

Told told_by(const api::Reply<api::Message>& reply) {
  if (reply) return Told::done;
  return reply.error().code == api::ErrorCode::OutcomeUnknown ? Told::unknown : Told::refused;
}

class PipelineLoad : public Driver {
 public:
  PipelineLoad(std::uint64_t seed, pipeline::PlantedBug bug)
      : Driver(seed, begin_of(seed)), graph_(random_, accounts()) {
    mix_.think_ms = Millis{random_.between(20 * 60'000, 60 * 60'000)};
    if (random_.chance(0.4)) options_.sharing = pipeline::Sharing::granted;
    options_.triggers.planted = bug;
    options_.triggers.starts_per_command = static_cast<int>(random_.between(1, 12));
    options_.triggers.judgements_per_command = static_cast<int>(random_.between(2, random_.chance(0.5) ? 8 : 512));
    if (graph_.has_diamond()) count("diamond drawn");
    pools_due_ = accounts();
    if (options_.sharing == pipeline::Sharing::granted)
      for (int a = 0; a < mix_.accounts; ++a)
        for (int b = 0; b < mix_.accounts; ++b)
          if (a != b) grants_due_.emplace_back(account(a), account(b));
  }

 private:
  struct Held {
    api::ClaimedWork work;
    std::string account;
  };
  struct Plan {  // a backfill
    std::string account, pipeline;
    Told told = Told::nothing_yet;
    std::vector<std::string> windows;
    std::int64_t id = 0;
  };
  using Then = std::function<void(const api::Reply<api::Message>&)>;

  std::vector<std::string> accounts() const {
    std::vector<std::string> out;
    for (int i = 0; i < mix_.accounts; ++i) out.push_back(account(i));
    return out;
  }

  // As the server wires them (cli/house.cpp).
  void install(core::Cell& cell) override {
    pipelines_.reset();
    workflow_.reset();
    work_.reset();
    accounts_.reset();
    accounts_ = std::make_unique<account::AccountService>();
    work_ = std::make_unique<work::WorkService>(cell.registry());
    workflow_ = std::make_unique<workflow::WorkflowService>(cell.registry());
    pipelines_ = std::make_unique<pipeline::PipelineService>(options_);
    accounts_->install(cell.registry());
    pipelines_->install(cell.registry());
  }

  void sealed(const store::Batch& batch) override {
    for (const auto& pool : tables().pools.rows())
      if (const auto in_use = tables().pool_in_use(pool->id); in_use > pool->slots)
        violated(fmt::format("I10: {} runs hold the {} slots of a pool", in_use, pool->slots));
      else if (in_use == pool->slots)
        count("pool full");
    for (const auto& write : batch.writes)
      if (write.table == &core::kDeliveryTable && write.op == store::Write::Op::put &&
          static_cast<const core::DeliveryRow*>(write.row.get())->kind == "LookAgain")
        count("look again owed");
  }

  void check_answer(const std::string&, const api::Message& reply) override {
    const auto* started = reply.as<api::StartRunReply>();
    if (!started) return;
    auto row = store_.fetch(pipeline::kRunTable, {started->run.run});
    if (!row || !*row) violated("I1: a run was acknowledged before it was durable");
  }

  void request(const std::string& who, const std::string& what, api::Message message, Then then = {}) {
    ask(who, std::move(message), [this, what, then](const api::Reply<api::Message>& reply) {
      count(what + (reply ? "" : ", refused"));
      if (!reply && reply.error().code == api::ErrorCode::Internal)
        violated("I9: " + what + " answered: " + reply.error().message);
      if (then) then(reply);
    });
  }
  // A command with a number of its own, which is found again in what it wrote.
  void promise(const std::string& what, const std::string& who, std::int64_t number, api::Message message,
               Then then = {}) {
    const auto at = ledger_.promised({what, who, number, Told::nothing_yet, now_});
    request(who, what, std::move(message), [this, at, then](const api::Reply<api::Message>& reply) {
      ledger_.told(at, told_by(reply));
      if (then) then(reply);
    });
  }
  static std::string sign(std::int64_t number) { return fmt::format("sim {} .", number); }
  static std::int64_t signed_in(const std::string& text) {
    const auto at = text.find("sim ");
    return at == std::string::npos ? 0 : std::atoll(text.c_str() + at + 4);
  }

  const pipeline::Tables& tables() const { return pipelines_->tables(); }
  // Some row of a live table, the newer ones more often.
  template <class Rows>
  auto some(const Rows& rows) -> std::remove_cvref_t<decltype(*rows.begin())> {
    if (rows.empty()) return nullptr;
    const auto size = static_cast<std::int64_t>(rows.size());
    auto at = rows.end();
    std::advance(at, -(1 + random_.below(random_.chance(0.7) ? std::min<std::int64_t>(size, 8) : size)));
    return *at;
  }

  void issue() override {
    if (!grants_due_.empty()) return first_grant();
    if (!pools_due_.empty()) return first_pool();
    if (deployed_ < graph_.pipelines().size()) return deploy(static_cast<int>(deployed_), true);
    const auto any = static_cast<int>(random_.below(static_cast<std::int64_t>(graph_.pipelines().size())));
    const auto& drawn = graph_.pipelines()[static_cast<std::size_t>(any)];
    const auto kind = random_.below(100);
    if (kind < 8) {
      graph_.change(any, random_);
      return deploy(any, false);
    }
    if (kind < 10) return remove(drawn);
    if (kind < 16) return grant();
    if (kind < 26) return start(drawn);
    if (kind < 33) return mark();
    if (kind < 40) return stop();
    if (kind < 47) return retry();
    if (kind < 51) return backfill(drawn);
    if (kind < 66) return read(drawn);
    if (kind < 68) return more_slots(drawn.account);
    if (kind < 71) {
      // Nobody is there for hours: scheduled times pass, leases end.
      now_ += Millis{random_.between(600'000, random_.chance(0.3) ? 60 * 3'600'000 : 8 * 3'600'000)};
      count("outage");
    }
  }

  void first_grant() {
    const auto [from, to] = grants_due_.back();
    request(from, "grant given", api::Message::of(api::PutGrant{"*", to, false, ""}),
            [this, pair = grants_due_.back()](const auto& reply) {
              if (reply) std::erase(grants_due_, pair);
            });
  }
  void first_pool() {
    const auto slots = static_cast<int>(random_.between(1, 2));
    request(pools_due_.back(), "pool made", api::Message::of(api::SetPool{"shared", std::nullopt, slots, ""}),
            [this, of = pools_due_.back()](const auto& reply) {
              if (reply) std::erase(pools_due_, of);
            });
  }
  // Never fewer: then runs that work could be more than the slots.
  void more_slots(const std::string& who) {
    const auto* pool = tables().find_pool(AccountId{who}, "shared");
    if (pool != nullptr && pool->slots < 4)
      request(who, "pool enlarged",
              api::Message::of(api::SetPool{"shared", std::nullopt, pool->slots + 1, "by the simulation"}));
  }
  void grant() {
    const auto from = any_account(), to = any_account();
    const bool withdraw = random_.chance(0.4);
    if (from != to)
      request(from, withdraw ? "grant withdrawn" : "grant given",
              api::Message::of(api::PutGrant{"*", to, withdraw, "by the simulation"}));
  }

  void deploy(int pipeline, bool first) {
    const auto& drawn = graph_.pipelines()[static_cast<std::size_t>(pipeline)];
    const auto number = ++numbers_;
    api::DeployPipeline request;
    request.yaml = graph_.yaml(pipeline, number);
    request.allow_missing = !first && random_.chance(0.5);
    promise("deploy", drawn.account, number, api::Message::of(request), [this, pipeline, first](const auto& reply) {
      const bool refused = !reply && (reply.error().code == api::ErrorCode::InvalidInput ||
                                      reply.error().code == api::ErrorCode::NotFound);
      // One that was parked may be decided late, when somebody has deleted what it needs.
      if (refused && first && deployed_ == static_cast<std::size_t>(pipeline))
        violated("a first deploy was refused: " +
                 (reply.error().problems.empty() ? reply.error().message : reply.error().problems.front().text()));
      if (reply && first && deployed_ == static_cast<std::size_t>(pipeline)) ++deployed_;
    });
  }

  void remove(const DrawnPipeline& drawn) {
    const auto* row = tables().find_pipeline(AccountId{drawn.account}, drawn.name);
    if (row == nullptr) return;
    api::DeletePipeline request{drawn.name, std::nullopt, random_.chance(0.7), "by the simulation"};
    this->request(drawn.account, "delete", api::Message::of(request), [this, id = row->id](const auto& reply) {
      auto stored = store_.fetch(pipeline::kPipelineTable, {id});
      if (reply && (!stored || !*stored || !static_cast<const pipeline::PipelineRow*>(stored->get())->deleted))
        violated("I1: a pipeline was said to be deleted and is not");
    });
  }

  void start(const DrawnPipeline& drawn) {
    const auto number = ++numbers_;
    api::StartRun request;
    request.pipeline = drawn.name;
    if (random_.chance(0.3)) {
      const auto* row = tables().find_pipeline(AccountId{drawn.account}, drawn.name);
      const auto back = now_ - std::chrono::days{random_.below(3)};
      if (row != nullptr && is_calendar(row->grain))
        request.date = label(window_at(row->grain, back, pipeline::zone_of(*row)));
    }
    request.adhoc = random_.chance(0.15);
    request.reason = sign(number);
    const char* what = request.adhoc ? "run ad hoc" : "run by hand";
    promise(what, drawn.account, number, api::Message::of(request));
  }

  void mark() {
    const auto occurrence = some(tables().occurrences.rows());
    const auto* row = occurrence ? tables().find_pipeline(occurrence->pipeline) : nullptr;
    if (row == nullptr) return;
    const auto number = ++numbers_;
    api::MarkWindow request;
    request.pipeline = row->name;
    request.window =
        is_calendar(row->grain) ? label({row->grain, occurrence->window}) : fmt::format("run-{}", occurrence->window);
    request.status = random_.chance(0.7) ? "SUCCEEDED" : "FAILED";
    request.reason = sign(number);
    promise("mark", row->account.value, number, api::Message::of(request));
  }

  void stop() {
    const auto active = some(tables().active.rows());
    const auto* row = active ? tables().pipelines.find(active->pipeline) : nullptr;
    if (row == nullptr) return;
    const auto run = active->run;
    const bool queued = active->status == pipeline::RunState::QUEUED;
    request(row->account.value, queued ? "stop of a start that waits" : "stop",
            api::Message::of(api::StopRun{run, "by the simulation"}), [this, run](const auto& reply) {
              if (reply) stopped_.insert(run);
            });
  }

  void retry() {
    const auto fact = some(tables().facts.rows());
    const auto* row = fact ? tables().find_pipeline(fact->pipeline) : nullptr;
    if (row == nullptr) return;
    const auto number = ++numbers_;
    promise("retry", row->account.value, number, api::Message::of(api::RetryRun{fact->run, sign(number)}));
  }

  void backfill(const DrawnPipeline& drawn) {
    const auto* row = tables().find_pipeline(AccountId{drawn.account}, drawn.name);
    if (row == nullptr || !is_calendar(row->grain)) return;
    const auto last = window_at(row->grain, now_, pipeline::zone_of(*row));
    const auto number = ++numbers_;
    api::Backfill request;
    request.pipeline = drawn.name;
    request.from = label(shifted(last, -random_.between(1, 4)));
    request.to = label(last);
    request.parallel = static_cast<int>(random_.between(1, 3));
    request.redo = random_.chance(0.4) ? "missing" : random_.chance(0.5) ? "all" : "failed";
    request.downstream = true;  // what a quiet one leaves out is not missing
    request.accept = request.others = true;
    request.reason = sign(number);
    plans_[number] = {drawn.account, drawn.name, Told::nothing_yet, {}};
    this->request(drawn.account, "backfill", api::Message::of(request), [this, number](const auto& reply) {
      plans_[number].told = told_by(reply);
      if (!reply) return;
      plans_[number].id = reply->template as<api::PlanReply>()->plan.plan;
      for (const auto& key : reply->template as<api::PlanReply>()->keys)
        if (key.pipeline == plans_[number].pipeline) plans_[number].windows.push_back(key.window);
    });
  }

  void read(const DrawnPipeline& drawn) {
    const auto fact = some(tables().facts.rows());
    switch (random_.below(5)) {
      case 0:
        return request(drawn.account, "explain",
                       api::Message::of(api::Explain{drawn.name, std::nullopt, std::nullopt}));
      case 1:
        return request(drawn.account, "status", api::Message::of(api::Status{true}));
      case 2:
        if (fact) return request(drawn.account, "describe run", api::Message::of(api::DescribeRun{fact->run}));
        return;
      case 3:
        return request(drawn.account, "graph", api::Message::of(api::Graph{std::nullopt, std::nullopt}));
      default:
        return request(drawn.account, "list pipelines", api::Message::of(api::ListPipelines{true}));
    }
  }

  void world() override {
    for (int i = 0; i < (healing() ? 8 : 3); ++i) {
      if (!held_.empty() && random_.chance(0.6)) {
        const auto held = held_.front();
        held_.pop_front();
        end(held);
        continue;
      }
      const auto who = any_account();
      const int lease_s = random_.chance(0.3) ? 60 : 3 * 3600;
      ask(who, api::Message::of(api::ClaimWork{"default", "w", static_cast<int>(random_.between(1, 4)), 0, lease_s}),
          [this, who](const api::Reply<api::Message>& reply) {
            if (reply)
              for (const auto& item : reply->as<api::ClaimWorkReply>()->items) held_.push_back({item, who});
          });
    }
  }

  void end(const Held& held) {
    const auto nothing = [](const api::Reply<api::Message>&) {};
    if (!healing() && random_.chance(0.04)) {
      count("step's worker lost");
      return;
    }
    if (random_.chance(0.1)) {
      held_.push_back(held);
      ask(held.account, api::Message::of(api::HeartbeatWork{"w", {{held.work.id, held.work.lease}}, 3600}), nothing);
      return;
    }
    if (random_.chance(healing() ? 0.02 : 0.12)) {
      ask(held.account, api::Message::of(api::FailWork{held.work.id, held.work.lease, "Planned", "by the simulation"}),
          nothing);
      return;
    }
    const auto number = ++numbers_;
    const auto at =
        results_.promised({"result", fmt::format("execution {}", held.work.owner.id), number, Told::nothing_yet, now_});
    ask(held.account,
        api::Message::of(api::CompleteWork{held.work.id, held.work.lease, {fmt::format(R"({{"token":{}}})", number)}}),
        [this, at](const api::Reply<api::Message>& reply) {
          const bool stopped = reply && reply->as<api::EndWorkReply>()->stopped;
          results_.told(at, stopped ? Told::refused : told_by(reply));
        });
  }

  static bool none_accepted(const pipeline::PlanTables& plans) {
    return std::ranges::none_of(plans.plans.rows(),
                                [](const auto& plan) { return plan->status == pipeline::PlanStatus::ACCEPTED; });
  }

  bool at_rest() override {
    const auto& t = tables();
    for (const auto& effect : cell().effects().rows())
      if (!effect->dead) return false;
    return workflow_->executions().size() == 0 && work_->items().size() == 0 && t.active.size() == 0 &&
           t.catchups.size() == 0 && none_accepted(t.plans) && cell().owed() == 0 && !cell().has_writes() &&
           (t.schedules.size() == 0 || (*t.schedules.index<pipeline::by_due>().begin())->due > now_);
  }

  void check_end() override {
    results_.cut_unanswered();
    const auto read = invariants::PipelineRows::read(store_);
    if (!read) return violated("the store cannot be read: " + read.error().text());
    const auto& rows = *read;
    const auto all = [&](const std::vector<std::string>& violations) {
      for (const auto& v : violations) violated(v);
    };
    const auto executions =
        invariants::check_executions(all_rows<workflow::HistoryRow>(workflow::kHistoryTable), rows.records);
    all(executions.violations);
    all(results_.check(executions.results));
    all(invariants::check_runs(rows));
    all(invariants::check_schedules(rows, now_));
    all(invariants::check_triggers(rows));
    all(invariants::check_grants(rows, options_.sharing == pipeline::Sharing::granted));
    if (work_->items().size() != 0) violated("I8: work items are left");

    std::vector<invariants::Trace> traces;
    std::map<std::int64_t, std::map<std::string, int>> planned;
    std::set<std::pair<std::string, std::string>> ran;
    for (const auto& run : rows.runs) {
      tell_of(run);
      ran.insert({run.account.value + "/" + run.name, run.label});
      const auto number = signed_in(run.why);
      const auto plan = plans_.find(number);
      if (plan == plans_.end() && number != 0) traces.push_back({run.account.value, number, run.created});
      // What follows in other pipelines carries the plan's reason too.
      if (plan != plans_.end() && run.account.value == plan->second.account && run.name == plan->second.pipeline)
        ++planned[number][run.label];
      if (stopped_.contains(run.run) && run.status != pipeline::RunState::ABORTED)
        violated(fmt::format("I1: run {} was stopped, and is {}", run.run, name_of(run.status)));
    }
    for (const auto& version : rows.versions)
      traces.push_back({rows.find(version.pipeline)->account.value, signed_in(version.yaml), version.deployed});
    all(ledger_.check(traces));
    for (const auto& [number, plan] : plans_) check_plan(number, plan, planned[number], ran, rows);
    for (const auto& e : rows.evidence) count("evidence " + e.decision);
  }

  void check_plan(std::int64_t number, const Plan& plan, const std::map<std::string, int>& started,
                  const std::set<std::pair<std::string, std::string>>& ran, const invariants::PipelineRows& rows) {
    for (const auto& [window, n] : started)
      if (n > 1) violated(fmt::format("I3: backfill {} ran {} of {} {} times", number, window, plan.pipeline, n));
    if (plan.told == Told::refused && !started.empty())
      violated(fmt::format("I2: backfill {} was refused and ran", number));
    const bool stands = std::ranges::none_of(rows.pipelines, [&](const auto& p) {
      return p.deleted && p.name == plan.pipeline && p.account.value == plan.account;
    });
    if (plan.told != Told::done || !stands) return;
    // What was active at its turn, or whose condition did not hold then, is told so in the plan.
    std::set<std::string> told;
    for (const auto& key : rows.plan_keys)
      if (key.plan == plan.id &&
          (key.state == pipeline::PlanKeyState::LEFT_ALONE || key.state == pipeline::PlanKeyState::NOT_RUN))
        if (const auto* row = rows.find(key.pipeline); row != nullptr && row->name == plan.pipeline)
          told.insert(label({row->grain, key.window}));
    for (const auto& window : plan.windows)
      if (!told.contains(window) && !ran.contains({plan.account + "/" + plan.pipeline, window}))
        violated(fmt::format("I1: backfill {} never ran {} of {}", number, window, plan.pipeline));
  }

  void tell_of(const pipeline::RunRow& run) {
    count("run " + std::string(name_of(run.status)));
    if (run.superseded) count("run superseded");
    if (run.why.find("missed before") != std::string::npos) count("run caught up");
    if (run.started && *run.started > run.created) count("run that waited");
    const auto* row = tables().pipelines.find(run.pipeline);
    if (row == nullptr || row->grain != Grain::day) return;
    const Zone zone = pipeline::zone_of(*row);
    const Window day{Grain::day, run.window};
    if (end_moment(day, zone) - first_moment(day, zone) != 24h) count("run for a day of a clock change");
  }

  pipeline::PipelineOptions options_;
  PipelineGraph graph_;
  std::vector<std::pair<std::string, std::string>> grants_due_;
  std::size_t deployed_ = 0;
  std::vector<std::string> pools_due_;  // accounts

  std::unique_ptr<account::AccountService> accounts_;
  std::unique_ptr<work::WorkService> work_;
  std::unique_ptr<workflow::WorkflowService> workflow_;
  std::unique_ptr<pipeline::PipelineService> pipelines_;

  std::deque<Held> held_;
  invariants::Ledger results_;
  std::map<std::int64_t, Plan> plans_;
  std::set<std::int64_t> stopped_;
  std::int64_t numbers_ = 0;
};

}  // namespace

Outcome simulate_pipelines(std::uint64_t seed, pipeline::PlantedBug bug) { return PipelineLoad(seed, bug).run(); }

}  // namespace weir::sim
