#include "pipeline/plan_rows.hpp"

#include <algorithm>

#include "core/registry.hpp"

namespace weir::pipeline {

const store::TableInfo kPlanTable{"pipeline_plan", store::Keeping::live, 1, &type_of<PlanRow>};
const store::TableInfo kPlanPartTable{"pipeline_plan_part", store::Keeping::live, 2, &type_of<PlanPartRow>};
const store::TableInfo kPlanKeyTable{"pipeline_plan_key", store::Keeping::live, 3, &type_of<PlanKeyRow>};
const store::TableInfo kPlanHeldTable{"pipeline_plan_held", store::Keeping::live, 3, &type_of<PlanHeldRow>};

void PlanTables::install(core::Registry& registry) {
  for (core::TableBase* table : std::initializer_list<core::TableBase*>{&plans, &parts, &keys, &held})
    registry.table(*table);
}

const PlanKeyRow* PlanTables::key(std::int64_t plan, std::int64_t pipeline, std::int64_t window) const {
  return keys.find(std::make_tuple(plan, pipeline, window));
}

bool PlanTables::over(std::int64_t plan, std::int64_t pipeline, std::int64_t window) const {
  const auto* row = key(plan, pipeline, window);
  return row != nullptr && row->over;
}

std::int64_t PlanTables::holder(std::int64_t pipeline, std::int64_t window) const {
  const auto [first, last] = parts.index<by_plan_pipeline>().equal_range(std::make_tuple(pipeline, true));
  for (auto at = first; at != last; ++at) {
    if (!std::ranges::binary_search((*at)->windows, window)) continue;
    const auto* row = key((*at)->plan, pipeline, window);
    if (row == nullptr || row->state == PlanKeyState::READY) return (*at)->plan;
  }
  return 0;
}

int PlanTables::count(std::int64_t plan, PlanKeyState state) const {
  const auto& index = keys.index<by_state>();
  const auto [first, last] = index.equal_range(std::make_tuple(plan, state));
  return static_cast<int>(index.rank(last) - index.rank(first));
}

int PlanTables::count_over(std::int64_t plan) const {
  const auto& index = keys.index<by_over>();
  const auto [first, last] = index.equal_range(std::make_tuple(plan, true));
  return static_cast<int>(index.rank(last) - index.rank(first));
}

int PlanTables::count_over(std::int64_t plan, std::int64_t pipeline) const {
  const auto& index = keys.index<by_over>();
  const auto [first, last] = index.equal_range(std::make_tuple(plan, true, pipeline));
  return static_cast<int>(index.rank(last) - index.rank(first));
}

std::vector<std::shared_ptr<const PlanPartRow>> PlanTables::parts_of(std::int64_t plan) const {
  const auto [first, last] = parts.index<by_place>().equal_range(std::make_tuple(plan));
  return {first, last};
}

std::vector<std::int64_t> PlanTables::open_plans(std::int64_t pipeline) const {
  const auto [first, last] = parts.index<by_plan_pipeline>().equal_range(std::make_tuple(pipeline, true));
  std::vector<std::int64_t> out;
  for (auto at = first; at != last; ++at) out.push_back((*at)->plan);
  return out;
}

}  // namespace weir::pipeline
