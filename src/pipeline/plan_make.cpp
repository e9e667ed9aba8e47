#include "pipeline/plan_make.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/limits.hpp"
#include "pipeline/key.hpp"
#include "pipeline/plan_links.hpp"
#include "pipeline/trigger_keys.hpp"

namespace weir::pipeline {
namespace {

struct Looked {
  bool forced = false;  // a key that it follows from is in the plan
  bool in = false;
};

class Maker {
 public:
  Maker(const Tables& tables, const TriggerJudge& judge, const PlanWish& wish, Instant now)
      : tables_(tables), judge_(judge), wish_(wish), now_(now) {}

  Result<PlanDraft> make() {
    const auto& named = *tables_.find_pipeline(wish_.pipeline);
    if (is_calendar(named.grain)) now_ = std::max(now_, first_moment({named.grain, wish_.last}, zone_of(named)));
    for (auto w = wish_.first; w <= wish_.last; ++w) look(named, w, false);
    while (!open_.empty()) {
      const auto [pipeline, window] = open_.back();
      open_.pop_back();
      if (wish_.downstream) follow(*tables_.find_pipeline(pipeline), window);
      if (count_ > limits::kPlanKeys)
        return fail(fmt::format("the plan would hold more than {} keys", limits::kPlanKeys), named.name,
                    "split the range, or leave pipelines out with --only or --except");
    }
    if (looked_.size() > limits::kPlanPipelines)
      return fail(fmt::format("{} pipelines follow from {}; a plan holds at most {}", looked_.size(), named.name,
                              limits::kPlanPipelines),
                  named.name, "leave some out with --only or --except");
    return draft(named);
  }

 private:
  void look(const PipelineRow& pipeline, std::int64_t window, bool forced) {
    auto [at, added] = looked_[pipeline.id].try_emplace(window);
    if (!added && (at->second.forced || !forced)) return;
    at->second.forced = at->second.forced || forced;
    const auto* current = judge_.current(pipeline.id, window);
    // A window that is not needed is not missing.
    const auto* key = tables_.find_occurrence(pipeline.id, window);
    const bool needed = key == nullptr || !key->skipped || (wish_.redo == Redo::all && pipeline.id == wish_.pipeline);
    at->second.in = needed && !judge_.active(pipeline.id, window) && !judge_.waits(pipeline.id, window) &&
                    (at->second.forced || !good_enough(current, wish_.redo));
    count_ += added;
    open_.emplace_back(pipeline.id, window);
  }

  // May this pipeline's keys follow? If not, why.
  std::string refusal(const PipelineRow& down) const {
    if (wish_.except.contains(down.id)) return "left out by --except";
    if (!wish_.only.empty() && !wish_.only.contains(down.id)) return "left out by --only";
    if (is_keyed(down)) return "its keys have values: its own condition decides";
    return {};
  }

  void follow(const PipelineRow& up, std::int64_t window) {
    const bool forced = looked_[up.id][window].in;
    const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(up.id));
    for (auto at = first; at != last; ++at) {
      const ClauseRow& clause = **at;
      const auto* down = tables_.find_pipeline(clause.pipeline);
      if (down == nullptr || clause.version != down->version || clause.blocked || !clause.followed) continue;
      if (auto why = refusal(*down); !why.empty()) {
        left_out_.emplace(down->account.value + "/" + down->name, why);
        continue;
      }
      for (const auto w : following(tables_, judge_, *down, clause, up, window)) {
        if (is_calendar(down->grain) && (w < down->since || first_moment({down->grain, w}, zone_of(*down)) > now_))
          continue;
        const auto* trigger = tables_.find_trigger(down->id);
        const auto rerun = trigger != nullptr ? trigger->spec.on_upstream_rerun : OnUpstreamRerun::run;
        if (rerun != OnUpstreamRerun::run && rerun != OnUpstreamRerun::supersede &&
            judge_.last_firing(down->id, w) != nullptr) {
          left_out_.emplace(down->account.value + "/" + down->name,
                            fmt::format("its onUpstreamRerun is {}", name_of(rerun)));
          continue;
        }
        look(*down, w, forced);
      }
    }
  }

  PlanDraft draft(const PipelineRow& named) const {
    PlanDraft out;
    const auto ranks = upstreams_first(tables_);
    std::map<std::pair<int, std::int64_t>, const std::map<std::int64_t, Looked>*> ordered;
    for (const auto& [pipeline, windows] : looked_) ordered.emplace(std::pair{ranks.at(pipeline), pipeline}, &windows);
    for (const auto& [name, windows] : ordered) {
      PlanPartRow part;
      part.pipeline = name.second;
      part.place = static_cast<int>(out.parts.size());
      part.chosen = name.second == named.id;
      for (const auto& [w, looked] : *windows) (looked.in ? part.windows : part.left).push_back(w);
      const auto* row = tables_.find_pipeline(name.second);
      out.keys += static_cast<int>(part.windows.size());
      if (row->account != wish_.account) out.elsewhere += static_cast<int>(part.windows.size());
      out.parts.push_back(std::move(part));
    }
    for (auto& part : out.parts) {
      const auto* row = tables_.find_pipeline(part.pipeline);
      for (const auto& clause : tables_.clauses_of(row->id, row->version))
        part.linked = part.linked || looked_.contains(clause->upstream);
    }
    for (const auto& [name, why] : left_out_) out.left_out.push_back(fmt::format("{} ({})", name, why));
    if (!wish_.downstream) {
      std::set<std::string> names;
      const auto [first, last] = tables_.clauses.index<by_upstream>().equal_range(std::make_tuple(named.id));
      for (auto at = first; at != last; ++at)
        if (const auto* down = tables_.find_pipeline((*at)->pipeline);
            down != nullptr && down->version == (*at)->version && down->id != named.id)
          names.insert(down->account.value + "/" + down->name + " (the plan is quiet)");
      out.left_out.assign(names.begin(), names.end());
    }
    return out;
  }

  const Tables& tables_;
  const TriggerJudge& judge_;
  const PlanWish& wish_;
  Instant now_;
  std::map<std::int64_t, std::map<std::int64_t, Looked>> looked_;
  std::vector<std::pair<std::int64_t, std::int64_t>> open_;
  std::map<std::string, std::string> left_out_;
  int count_ = 0;
};

}  // namespace

bool good_enough(const RunFactRow* current, Redo redo) {
  switch (redo) {
    case Redo::all:
      return false;
    case Redo::failed:
      return current == nullptr || current->status == RunStatus::SUCCEEDED;
    case Redo::missing:
      break;
  }
  return current != nullptr && current->status == RunStatus::SUCCEEDED;
}

Result<PlanDraft> make_plan(const Tables& tables, const TriggerJudge& judge, const PlanWish& wish, Instant now) {
  return Maker(tables, judge, wish, now).make();
}

}  // namespace weir::pipeline
