#include "tests/model/beside.hpp"

#include <algorithm>

namespace weir::model {
namespace {

const AccountId kAccount{"000000000001"};
const std::string kWhy = "the history says so";

pipeline::ClauseSpec spec_of(const Clause& clause, const std::vector<std::string>& names) {
  pipeline::ClauseSpec out;
  out.name = names.at(static_cast<std::size_t>(clause.upstream));
  for (const auto s : {Status::RUNNING, Status::SUCCEEDED, Status::FAILED, Status::TIMED_OUT, Status::ABORTED})
    if (clause.statuses.has(s)) out.status.push_back(same_word<pipeline::RunStatus>(s));
  out.offset = clause.offset;
  if (clause.each) out.each = same_word<pipeline::Each>(*clause.each);
  out.match = clause.newest ? pipeline::Match::newest : pipeline::Match::window;
  out.max_age = clause.max_age;
  out.follow = clause.follow;
  if (clause.standing > Millis{0}) out.standing = clause.standing;
  return out;
}

std::optional<pipeline::TriggerSpec> trigger_of(const PipelineDecl& decl, const std::vector<std::string>& names) {
  pipeline::TriggerSpec out;
  if (decl.schedule) {
    out.schedule.emplace();
    out.schedule->cron = decl.schedule->text();
    out.schedule->covers = decl.covers_previous ? pipeline::Covers::previous : pipeline::Covers::current;
  }
  if (decl.condition) {
    out.executions.emplace();
    out.executions->op = decl.condition->blocks_or ? pipeline::Operator::OR : pipeline::Operator::AND;
    for (const auto& c : decl.condition->all_of) out.executions->all_of.push_back(spec_of(c, names));
    for (const auto& c : decl.condition->any_of) out.executions->any_of.push_back(spec_of(c, names));
  }
  if (decl.trigger_operator) out.op = same_word<pipeline::Operator>(*decl.trigger_operator);
  out.on_upstream_rerun = same_word<pipeline::OnUpstreamRerun>(decl.on_rerun);
  out.on_late = same_word<pipeline::OnLate>(decl.on_late);
  if (decl.catchup) out.catchup = same_word<pipeline::Catchup>(*decl.catchup);
  out.max_parallel = decl.max_parallel;
  return out;
}

}  // namespace

bool Beside::apply(const Event& event) {
  if (event.kind == Event::outage) {
    bench_.drive.now = event.at;
    bench_.restart();
    bench_.drive.settle();
    return true;
  }
  if (event.at > bench_.drive.now) bench_.until(event.at);
  const auto end = [&](const RunId& run, Status status) {
    bench_.end(id_of(run), same_word<pipeline::RunStatus>(status));
    return true;
  };
  switch (event.kind) {
    case Event::deploy:
      deploy(*event.decl);
      return true;
    case Event::run_ended:
    case Event::told_again:
      return end(event.run, event.status);
    case Event::stop:
      return ask([&](core::Transaction& tx) { return bench_.engine.stop_run(tx, {id_of(event.run), kWhy}); });
    case Event::grant_withdrawn:
    case Event::grant_given:
      bench_.set_grant(ids_[static_cast<std::size_t>(event.upstream)],
                       ids_[static_cast<std::size_t>(event.occurrence.pipeline)], event.kind == Event::grant_given);
      return true;
    case Event::crash: {
      ++restarts_;
      if (event.commits == 0) bench_.restart();
      int left = event.commits;
      bench_.drive.crash = [left]() mutable { return --left == 0; };
      return true;
    }
    case Event::rerun:
    case Event::run_now:
    case Event::adhoc:
      return start(event);
    default:
      return decide(event);
  }
}

template <class Act>
bool Beside::ask(Act act) {
  bool done = false;
  bench_.act([&](core::Transaction& tx) { done = act(tx).has_value(); });
  bench_.drive.settle();
  return done;
}

bool Beside::start(const Event& event) {
  std::int64_t run = 0;
  const bool done = ask([&](core::Transaction& tx) {
    api::StartRun request;
    request.date = label(event.occurrence.window);
    request.adhoc = event.kind == Event::adhoc;
    request.now = event.kind == Event::run_now;
    request.reason = kWhy;
    auto reply = bench_.engine.start_run(tx, row_of(event.occurrence.pipeline), request);
    if (reply) run = reply->run.run;
    return reply;
  });
  if (done && event.kind == Event::adhoc) adhoc_[event.occurrence].push_back(run);
  return done;
}

bool Beside::decide(const Event& event) {
  const bool all = event.occurrence.pipeline == kAll;
  const auto* row = all ? nullptr : &row_of(event.occurrence.pipeline);
  const std::string window = event.occurrence.window.grain == Grain::none ? "" : label(event.occurrence.window);
  return ask([&](core::Transaction& tx) -> api::Reply<bool> {
    const auto done = [](const auto& reply) -> api::Reply<bool> {
      if (!reply) return std::unexpected(reply.error());
      return true;
    };
    auto& engine = bench_.engine;
    switch (event.kind) {
      case Event::mark: {
        api::MarkWindow request;
        request.window = window;
        request.status = event.status == Status::SUCCEEDED ? "SUCCEEDED" : "FAILED";
        request.reason = kWhy;
        return done(engine.mark(tx, *row, request));
      }
      case Event::skip:
        return done(engine.skip(tx, *row, {row->name, {}, window, kWhy}));
      case Event::accept:
        return done(engine.accept(tx, *row, {row->name, {}, window, kWhy}));
      case Event::approve:
        return done(engine.approve(tx, *row, {row->name, {}, window, kWhy}));
      case Event::pause:
        return done(engine.pause(tx, kAccount, row, kWhy));
      case Event::resume:
        return done(engine.resume(tx, kAccount, row, kWhy));
      default:
        return true;
    }
  });
}

void Beside::deploy(const PipelineDecl& decl) {
  pipeline::PipelineRow row;
  row.account = kAccount;
  row.name = decl.name;
  row.grain = decl.grain;
  row.timezone = std::string(decl.zone.name());
  row.since = row.first_window = decl.since.index;
  row.max_runs = decl.max_runs;
  if (std::ranges::find(names_, decl.name) == names_.end()) names_.push_back(decl.name);
  const auto id = bench_.deploy(row, trigger_of(decl, names_));
  if (std::ranges::find(ids_, id) == ids_.end()) ids_.push_back(id);
}

std::int64_t Beside::id_of(const RunId& run) const {
  if (run.n < 0) {
    const auto found = adhoc_.find(run.occurrence);
    const auto place = static_cast<std::size_t>(-run.n - 1);
    return found == adhoc_.end() || place >= found->second.size() ? 0 : found->second[place];
  }
  const auto& index = bench_.tables.facts.index<pipeline::by_occurrence>();
  const auto found = index.find(
      std::make_tuple(ids_[static_cast<std::size_t>(run.occurrence.pipeline)], run.occurrence.window.index, run.n));
  return found == index.end() ? 0 : (*found)->run;
}

int Beside::number(std::int64_t pipeline) const {
  return static_cast<int>(std::ranges::find(ids_, pipeline) - ids_.begin());
}
Occurrence Beside::occurrence(std::int64_t pipeline, std::int64_t window) const {
  return {number(pipeline), {bench_.tables.pipelines.find(pipeline)->grain, window}};
}

std::vector<Run> Beside::runs() const {
  std::vector<Run> out;
  for (const auto& fact : bench_.tables.facts.index<pipeline::by_occurrence>())
    out.push_back(run_of(*fact, bench_.tables.clauses_of(fact->pipeline, fact->version), *this));
  std::ranges::sort(out, {}, &Run::id);
  return out;
}

std::multiset<Occurrence> Beside::waiting() const {
  std::multiset<Occurrence> out;
  for (const auto& row : bench_.tables.active.rows())
    if (row->status == pipeline::RunState::QUEUED) out.insert(occurrence(row->pipeline, row->window));
  return out;
}

std::set<Occurrence> Beside::asking() const {
  std::set<Occurrence> out;
  for (const auto& row : bench_.tables.approvals.rows()) out.insert(occurrence(row->pipeline, row->window));
  return out;
}

}  // namespace weir::model
