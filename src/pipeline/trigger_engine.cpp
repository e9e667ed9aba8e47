#include "pipeline/trigger_engine.hpp"
#include "pipeline/release_policy.hpp"
#include "pipeline/run_info.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "pipeline/trigger_work.hpp"

namespace weir::pipeline {

TriggerEngine::TriggerEngine(Tables& tables, Launch launch, Halt halt, TriggerOptions options)
    : tables_(tables),
      launch_(std::move(launch)),
      halt_(std::move(halt)),
      options_(options),
      judge_(tables, {.accept_old_legs = options.planted == PlantedBug::old_leg_accepted,
                      .latch = options.planted == PlantedBug::latched_clause,
                      .double_trigger = options.planted == PlantedBug::double_trigger}) {}
TriggerEngine::~TriggerEngine() = default;

void TriggerEngine::install(core::Registry& registry) {
  registry.on_delivery<LookAgain>([this](core::Transaction& tx, const AccountId&, const LookAgain& rest) {
    Scope work(*this, tx);
    for (const auto& key : rest.keys) {
      if (options_.planted == PlantedBug::lost_key && &key == rest.keys.data()) continue;
      if (options_.planted == PlantedBug::started_again) work->start_scheduled_again(key.pipeline, key.window);
      work->look_at(key.pipeline, key.window);
    }
    for (const auto& key : rest.released) work->look_at_released(key.pipeline, key.window, key.by);
    for (const auto line : rest.lines) work->look_at_line(line);
    for (const auto plan : rest.plans) work->look_at_plan(plan);
    for (const auto pool : rest.pools) work->look_at_pool(pool);
    work.settle();
    return Result<void>{};
  });
  registry.on_delivery<LineUp>([this](core::Transaction& tx, const AccountId&, const LineUp& rest) {
    const auto pipeline = tables_.pipelines.share(rest.pipeline);
    if (!pipeline || pipeline->deleted) return Result<void>{};
    Scope work(*this, tx);
    work->line_up(*pipeline, rest.after);
    work.settle();
    return Result<void>{};
  });
  registry.on_delivery<PlanReleased>([this](core::Transaction& tx, const AccountId&, const PlanReleased& part) {
    release(tx, part);
    return Result<void>{};
  });
  registry.timer({"pipeline",
                  [this]() -> std::optional<Instant> {
                    const auto& due = tables_.schedules.index<by_due>();
                    return due.empty() || (*due.begin())->parked ? std::nullopt : std::optional((*due.begin())->due);
                  },
                  [this](core::Transaction& tx) { fire_due(tx); }});
  registry.timer({"pipeline-look-later",
                  [this]() -> std::optional<Instant> {
                    const auto& due = tables_.look_later.index<by_due>();
                    return due.empty() ? std::nullopt : std::optional((*due.begin())->due);
                  },
                  [this](core::Transaction& tx) { look_later_due(tx); }});
  registry.timer({"pipeline-deadlines",
                  [this]() -> std::optional<Instant> {
                    const auto& due = tables_.deadlines.index<by_deadline>();
                    return due.empty() ? std::nullopt : std::optional((*due.begin())->due);
                  },
                  [this](core::Transaction& tx) { fire_deadlines(tx); }});
  registry.on_delivery<ResumeRest>([this](core::Transaction& tx, const AccountId& account, const ResumeRest& rest) {
    resume_some(tx, account, rest.after);
    return Result<void>{};
  });
  registry.on_loaded([this] { ranks_.clear(); });
}

// ---- deploys

// Ranks stay what upstreams_first() would say, without a walk over all pipelines at each deploy.
void TriggerEngine::rank_deployed(const PipelineRow& row) {
  if (ranks_.empty()) return;
  const auto upstreams = [&](int version) {
    std::vector<std::int64_t> out;
    for (const auto& clause : tables_.clauses_of(row.id, version))
      if (clause->spec.offset == 0 && clause->upstream != 0) out.push_back(clause->upstream);
    return out;
  };
  if (row.version > 1) {
    if (upstreams(row.version) != upstreams(row.version - 1)) ranks_.clear();
    return;
  }
  // The newest id, and nobody needs it yet: it comes last. A deploy that was undone leaves a number that is not used.
  ranks_.insert_or_assign(row.id, static_cast<int>(ranks_.size()));
}

void TriggerEngine::deployed(core::Transaction& tx, std::int64_t pipeline) {
  const auto row = tables_.pipelines.share(pipeline);
  rank_deployed(*row);
  put_schedule(tx, *row);
  put_deadlines(tx, *row);
  Scope work(*this, tx);
  work->line_up(*row);
  // Another schedule or condition plans other windows for all that lead back to it.
  for (const auto p : downstream_closure(tables_, pipeline)) {
    if (const auto* down = tables_.find_pipeline(p))
      work->look_at_all(*down,
                        p == pipeline && row->version == 1 ? std::string(kFirstDeploy) : "a deploy of " + row->name);
    for (const auto plan : tables_.plans.open_plans(p))
      work->look_at_part(*tables_.plans.parts.find(std::make_tuple(plan, p)));
  }
  const auto [d_first, d_last] = tables_.waiting_documents.rows().equal_range(std::make_tuple(pipeline));
  for (auto at = d_first; at != d_last; ++at)
    if (!(*at)->armed) work->look_at(pipeline, (*at)->window);
  work->look_at_line(pipeline);
  work.settle();
}

std::vector<api::OpenKey> TriggerEngine::open_keys(const PipelineRow& row, const TriggerRow* trigger,
                                                   const std::vector<std::shared_ptr<const ClauseRow>>& clauses,
                                                   Instant now) const {
  judge_.at(now);
  std::vector<api::OpenKey> out;
  const TriggerView view{&row, trigger, clauses};
  if (!view.has_condition() || tables_.find_pause(row) != nullptr) return out;
  // Newest first, as many as `catchup` keeps; the others would be recorded as MISSED.
  const bool all = !is_calendar(row.grain) || row.version <= 1;
  const std::size_t kept = all ? kReleasedAtMost : kept_of(trigger->spec, row.grain);
  const auto windows = candidate_windows(tables_, judge_, view, kFirstWindow, kLastWindow);
  for (auto at = windows.rbegin(); at != windows.rend() && out.size() < kept; ++at) {
    const auto w = *at;
    const bool early = is_calendar(row.grain) && window_of(row, w) < row.first_window;
    if (early && row.version <= 1) continue;
    if (judge_.last_firing(row.id, w) != nullptr || judge_.active(row.id, w) || judge_.waits(row.id, w)) continue;
    const auto judgement = judge_.judge(view, w);
    if (!judge_.fires(row, trigger != nullptr ? &trigger->spec : nullptr, w, judgement)) continue;
    if (early && !judge_.true_since_first_deploy(row, w, judgement)) continue;
    out.push_back({judge_.label_of(row, w), "its condition is true and it has not run"});
  }
  std::ranges::reverse(out);
  return out;
}

void TriggerEngine::removed(core::Transaction& tx, std::int64_t pipeline) {
  ranks_.clear();
  const auto row = tables_.pipelines.share(pipeline);
  if (const auto schedule = tables_.schedules.share(pipeline)) tx.erase(tables_.schedules, *schedule);
  std::vector<std::shared_ptr<const CatchupRow>> missed;
  const auto [c_first, c_last] = tables_.catchups.rows().equal_range(std::make_tuple(pipeline));
  missed.assign(c_first, c_last);
  for (const auto& c : missed) tx.erase(tables_.catchups, *c);
  const auto [r_first, r_last] = tables_.releases.rows().equal_range(std::make_tuple(pipeline));
  const std::vector<std::shared_ptr<const ReleaseRow>> releases(r_first, r_last);
  for (const auto& r : releases) tx.erase(tables_.releases, *r);
  const auto [a_first, a_last] = tables_.approvals.rows().equal_range(std::make_tuple(pipeline));
  const std::vector<std::shared_ptr<const ApprovalRow>> approvals(a_first, a_last);
  for (const auto& a : approvals) tx.erase(tables_.approvals, *a);
  if (const auto pause = tables_.pauses.share(std::make_tuple(row->account, pipeline)))
    tx.erase(tables_.pauses, *pause);
  const auto [l_first, l_last] = tables_.alerts.rows().equal_range(std::make_tuple(pipeline));
  const std::vector<std::shared_ptr<const AlertRow>> alerts(l_first, l_last);
  for (const auto& a : alerts) tx.erase(tables_.alerts, *a);
  for (const auto kind : {DeadlineKind::start, DeadlineKind::finish})
    if (const auto d = tables_.deadlines.share(std::make_tuple(pipeline, kind))) tx.erase(tables_.deadlines, *d);
  Scope work(*this, tx);
  work->forget_arrivals(*row);
  for (const auto plan : tables_.plans.open_plans(pipeline)) {
    work->close_part(*tables_.plans.parts.share(std::make_tuple(plan, pipeline)));
    for (const auto& part : tables_.plans.parts_of(plan))
      if (part->open) work->look_at_part(*part);
  }
  const auto [q_first, q_last] =
      tables_.active.index<by_pipeline>().equal_range(std::make_tuple(pipeline, RunState::QUEUED));
  const std::vector<std::shared_ptr<const ActiveRunRow>> queued(q_first, q_last);
  for (const auto& q : queued) {
    tx.erase(tables_.active, *q);
    work->plan_run_over(*q, PlanKeyState::ABORTED, "the pipeline was deleted");
    work->withdraw(*row, q->run, q->window, RunState::WITHDRAWN, "the pipeline was deleted", nullptr);
  }
  const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(pipeline));
  const std::vector<std::shared_ptr<const ClauseRow>> clauses(first, last);
  for (const auto& c : clauses) {
    ClauseRow waits = *c;
    waits.upstream = 0;
    tx.put(tables_.clauses, std::move(waits));
  }
  work.settle();
}

void TriggerEngine::renamed(core::Transaction& tx, const PipelineRow& pipeline) {
  const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(pipeline.id));
  const std::vector<std::shared_ptr<const ClauseRow>> clauses(first, last);
  for (const auto& c : clauses) {
    ClauseRow row = *c;
    row.upstream_name = pipeline.name;
    tx.put(tables_.clauses, std::move(row));
  }
}

void TriggerEngine::upstream_appeared(core::Transaction& tx, std::int64_t pipeline) {
  const auto* row = tables_.find_pipeline(pipeline);
  if (row == nullptr) return;
  const auto [first, last] =
      tables_.clauses.index<by_upstream_name>().equal_range(std::make_tuple(row->account, row->name));
  const std::vector<std::shared_ptr<const ClauseRow>> clauses(first, last);
  Scope work(*this, tx);
  for (const auto& c : clauses) {
    if (c->upstream != 0) continue;
    ranks_.clear();
    ClauseRow found = *c;
    found.upstream = pipeline;
    tx.put(tables_.clauses, std::move(found));
    if (const auto* down = tables_.find_pipeline(c->pipeline)) work->look_at_all(*down, "a deploy of " + row->name);
  }
  work.settle();
}

void TriggerEngine::grant_changed(core::Transaction& tx, std::int64_t upstream, std::int64_t downstream, bool given) {
  const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(upstream, downstream));
  const std::vector<std::shared_ptr<const ClauseRow>> clauses(first, last);
  for (const auto& c : clauses) {
    if (c->blocked != given) continue;
    ClauseRow row = *c;
    row.blocked = !given;
    tx.put(tables_.clauses, std::move(row));
  }
  const auto* down = tables_.find_pipeline(downstream);
  if (down == nullptr) return;
  Scope work(*this, tx);
  if (given) work->look_at_all(*down, "a grant that was given back");
  // What asks for an approval asks no more when its condition does not hold.
  const auto [a_first, a_last] = tables_.approvals.rows().equal_range(std::make_tuple(downstream));
  for (auto a = a_first; a != a_last; ++a) work->look_at(downstream, (*a)->window);
  work.settle();
}

// ---- from the executions

void TriggerEngine::run_ended(core::Transaction& tx, std::int64_t run, RunStatus status, JsonText result,
                              std::string error, std::string cause_text) {
  Scope work(*this, tx);
  work->end(run, status, std::move(result), std::move(error), std::move(cause_text));
  work.settle();
}

// ---- questions

Judgement TriggerEngine::judge(std::int64_t pipeline, std::int64_t window, std::optional<Instant> now) const {
  if (now) judge_.at(*now);
  return judge_.judge(judge_.view_of_key(pipeline, window), window);
}

bool TriggerEngine::out_of_date(std::int64_t run) const {
  const auto* fact = tables_.facts.find(run);
  return fact != nullptr && judge_.out_of_date(*fact);
}

api::RunInfo TriggerEngine::info(const RunRow& row) const {
  auto out = info_of(row);
  if (const auto* pipeline = tables_.pipelines.find(row.pipeline)) out.owner = pipeline->owner;
  out.out_of_date = out_of_date(row.run);
  if (row.status == RunState::QUEUED) out.waits = waits_for(row.run);
  return out;
}

std::vector<std::string> TriggerEngine::dependants(std::int64_t pipeline) const {
  std::set<std::string> out;
  const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(pipeline));
  for (auto at = first; at != last; ++at) {
    const auto* down = tables_.find_pipeline((*at)->pipeline);
    if (down != nullptr && down->version == (*at)->version) out.insert(down->account.value + "/" + down->name);
  }
  return {out.begin(), out.end()};
}

std::optional<Instant> TriggerEngine::next_scheduled(std::int64_t pipeline) const {
  const auto* row = tables_.schedules.find(pipeline);
  return row == nullptr ? std::nullopt : std::optional(row->due);
}

std::vector<std::int64_t> TriggerEngine::used_by(std::int64_t run) const {
  std::vector<std::int64_t> out;
  const auto* fact = tables_.facts.find(run);
  if (fact == nullptr) return out;
  for (const auto& [p, w] : affected_keys(tables_, judge_, fact->pipeline, fact->window)) {
    if (const auto* down = tables_.find_pipeline(p); down != nullptr && down->grain == Grain::none) {
      // Each of its firings is a key of its own; those before the run cannot have used it.
      const auto& index = tables_.facts.index<by_occurrence>();
      for (auto at = index.lower_bound(std::make_tuple(p, run)); at != index.end() && (*at)->pipeline == p; ++at)
        if (std::ranges::any_of((*at)->used, [&](const UsedRun& u) { return u.run == run; })) out.push_back((*at)->run);
      continue;
    }
    const auto [first, last] = tables_.facts.index<by_occurrence>().equal_range(std::make_tuple(p, w));
    for (auto at = first; at != last; ++at)
      if (std::ranges::any_of((*at)->used, [&](const UsedRun& u) { return u.run == run; })) out.push_back((*at)->run);
  }
  std::ranges::sort(out);
  return out;
}

std::vector<std::int64_t> TriggerEngine::waiting_windows(std::int64_t pipeline, int at_most) const {
  constexpr int kLookedAt = 64;
  std::vector<std::int64_t> out;
  const auto* row = tables_.find_pipeline(pipeline);
  if (row == nullptr) return out;
  const auto windows = candidate_windows(tables_, judge_, judge_.view_in_force(*row), kFirstWindow, kLastWindow);
  int looked = 0;
  for (auto w = windows.rbegin(); w != windows.rend() && looked < kLookedAt; ++w, ++looked) {
    if (static_cast<int>(out.size()) >= at_most) break;
    if (judge_.last_firing(pipeline, *w) != nullptr || judge_.active(pipeline, *w)) continue;
    const auto judgement = judge(pipeline, *w);
    if (judgement.has_condition && !judgement.met.empty()) out.push_back(*w);
  }
  return out;
}

}  // namespace weir::pipeline
