// From what a person types to what a plan is made of.
#include <fmt/format.h>

#include "pipeline/key.hpp"
#include "pipeline/pipeline_service.hpp"
#include "pipeline/window_choice.hpp"

namespace weir::pipeline {

using api::ErrorCode;

namespace {

// A plan is of calendar windows, or of keys that 'weir runs' shows, of pipelines that Weir runs.
std::optional<api::ApiError> not_planned(const PipelineRow& pipeline) {
  if (pipeline.external)
    return api::refuse(ErrorCode::Conflict,
                       pipeline.name + " runs elsewhere: run it again there, and report it with 'weir report'")
        .error();
  if (is_keyed(pipeline))
    return api::refuse(ErrorCode::InvalidInput,
                       pipeline.name +
                           " has keys with values, which plans do not know; run the keys one by one: weir "
                           "run " +
                           pipeline.name + " --date D --param NAME=VALUE")
        .error();
  return std::nullopt;
}

api::Reply<std::int64_t> window_of(const PipelineRow& pipeline, const std::string& text, const char* what) {
  const auto window = read_window(pipeline, text);
  if (!window) return api::refuse(ErrorCode::InvalidInput, std::string(what) + ": " + window.error().text());
  return *window;
}

}  // namespace

api::Reply<std::set<std::int64_t>> PipelineService::ids_of(core::Transaction& tx,
                                                           const std::vector<std::string>& names) {
  std::set<std::int64_t> out;
  for (const auto& name : names) {
    const auto slash = name.find('/');
    auto row = slash == std::string::npos ? find(tx, name, std::nullopt)
                                          : find(tx, name.substr(slash + 1), name.substr(0, slash));
    if (!row) return std::unexpected(row.error());
    out.insert((*row)->id);
  }
  return out;
}

template <class Request>
api::Reply<PlanWish> PipelineService::wish_of(core::Transaction& tx, const PipelineRow& pipeline,
                                              const Request& request) {
  PlanWish wish;
  wish.account = tx.account();
  wish.pipeline = pipeline.id;
  const auto redo = enum_from<Redo>(request.redo);
  if (!redo)
    return api::refuse(ErrorCode::InvalidInput, fmt::format("redo is missing, failed or all, not '{}'", request.redo));
  wish.redo = *redo;
  auto only = ids_of(tx, request.only);
  if (!only) return std::unexpected(only.error());
  auto except = ids_of(tx, request.except);
  if (!except) return std::unexpected(except.error());
  wish.only = std::move(*only);
  wish.except = std::move(*except);
  if (wish.except.contains(pipeline.id))
    return api::refuse(ErrorCode::InvalidInput, fmt::format("{} is the pipeline to run: it cannot be left out with "
                                                            "--except",
                                                            pipeline.name));
  return wish;
}

void PipelineService::install_plans(core::Registry& registry) {
  using core::Transaction;
  registry.on<api::Rerun>([this](Transaction& tx, const api::Rerun& r) -> api::Reply<api::PlanReply> {
    auto row = find(tx, r.pipeline, r.account);
    if (!row) return std::unexpected(row.error());
    if (auto refused = not_planned(**row)) return std::unexpected(std::move(*refused));
    auto wish = wish_of(tx, **row, r);
    if (!wish) return std::unexpected(wish.error());
    wish->downstream = !r.quiet;
    if ((*row)->grain == Grain::none)
      return api::refuse(ErrorCode::InvalidInput,
                         fmt::format("{} has the grain none: its runs have no key; run one again with 'weir retry RUN'",
                                     (*row)->name));
    if (r.window) {
      const auto window = window_of(**row, *r.window, "window");
      if (!window) return std::unexpected(window.error());
      wish->first = wish->last = *window;
    } else if (is_calendar((*row)->grain)) {
      const auto choice = choose_window(**row, tables_.find_trigger((*row)->id), std::nullopt, tx.now());
      if (!choice) return api::refuse(ErrorCode::InvalidInput, choice.error().text());
      wish->first = wish->last = choice->window;
    } else {
      return api::refuse(ErrorCode::InvalidInput,
                         fmt::format("{} has the grain {}: name the key with --window, as 'weir runs' shows it",
                                     (*row)->name, name_of((*row)->grain)));
    }
    if (r.to) {
      const auto to = window_of(**row, *r.to, "to");
      if (!to) return std::unexpected(to.error());
      wish->last = *to;
    }
    if (!is_calendar((*row)->grain) &&
        (wish->first != wish->last || tables_.find_occurrence((*row)->id, wish->first) == nullptr))
      return api::refuse(ErrorCode::NotFound, fmt::format("{} has no key '{}'; name one that 'weir runs' shows",
                                                          (*row)->name, r.to ? *r.to : *r.window));
    const bool quiet = r.quiet || !r.only.empty() || !r.except.empty();
    return engine_.plan(tx, *wish, {PlanKind::rerun, quiet, r.parallel, r.accept, r.others, r.dry_run, r.reason});
  });
  registry.on<api::Backfill>([this](Transaction& tx, const api::Backfill& r) -> api::Reply<api::PlanReply> {
    auto row = find(tx, r.pipeline, r.account);
    if (!row) return std::unexpected(row.error());
    if (auto refused = not_planned(**row)) return std::unexpected(std::move(*refused));
    if (!is_calendar((*row)->grain))
      return api::refuse(ErrorCode::InvalidInput, fmt::format("{} has the grain {}: it has no windows to fill",
                                                              (*row)->name, name_of((*row)->grain)));
    if (!r.downstream && (!r.only.empty() || !r.except.empty()))
      return api::refuse(ErrorCode::InvalidInput,
                         "--only and --except choose among what follows: they need --downstream");
    auto wish = wish_of(tx, **row, r);
    if (!wish) return std::unexpected(wish.error());
    wish->downstream = r.downstream;
    const auto from = window_of(**row, r.from, "from");
    if (!from) return std::unexpected(from.error());
    const auto to = window_of(**row, r.to, "to");
    if (!to) return std::unexpected(to.error());
    wish->first = *from;
    wish->last = *to;
    const bool quiet = !r.downstream || !r.only.empty() || !r.except.empty();
    return engine_.plan(tx, *wish, {PlanKind::backfill, quiet, r.parallel, r.accept, r.others, r.dry_run, r.reason});
  });
  registry.on<api::ListPlans>([this](Transaction& tx, const api::ListPlans& r) -> api::Reply<api::ListPlansReply> {
    return engine_.list_plans(tx.account(), r);
  });
  registry.on<api::DescribePlan>([this](Transaction&, const api::DescribePlan& r) { return engine_.describe_plan(r); });
  registry.on<api::AcceptPlan>([this](Transaction& tx, const api::AcceptPlan& r) { return engine_.accept(tx, r); });
  registry.on<api::PausePlan>([this](Transaction& tx, const api::PausePlan& r) { return engine_.pause(tx, r); });
  registry.on<api::ResumePlan>([this](Transaction& tx, const api::ResumePlan& r) { return engine_.resume(tx, r); });
  registry.on<api::CancelPlan>([this](Transaction& tx, const api::CancelPlan& r) { return engine_.cancel(tx, r); });
}

}  // namespace weir::pipeline
