// Back from a run to its first causes, and forward from a pipeline to all that depends on it.
#include <deque>
#include <set>

#include "pipeline/pipeline_service.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kLinks = 100;  // each reads two stored rows; a command may fetch limits::kCommandMisses

}  // namespace

api::Reply<api::WhyReply> PipelineService::why(core::Transaction& tx, const api::WhyRun& request) {
  if (!tx.read(tables_.runs, {request.run}))
    return api::refuse(api::ErrorCode::NotFound,
                       "no run " + std::to_string(request.run) + "; `weir runs --all` lists them");
  api::WhyReply reply;
  std::set<std::int64_t> seen, firsts;
  struct Next {
    std::int64_t run;
    int depth;
  };
  std::vector<Next> open{{request.run, 0}};
  while (!open.empty()) {
    const auto [id, depth] = open.back();
    open.pop_back();
    if (reply.links.size() == kLinks) {
      reply.cut = true;
      break;
    }
    const auto run = tx.read(tables_.runs, {id});
    if (!run) continue;
    api::WhyLink link;
    link.depth = depth;
    link.run = engine_.info(*run);
    link.run.parameters = {};
    link.run.result = {};
    if (const auto evidence = run->evidence != 0 ? tx.read(tables_.evidence, {run->evidence}) : nullptr)
      link.rule = evidence->rule;
    if (!seen.insert(id).second) {
      link.elsewhere = !run->used.empty();
      link.first = run->used.empty();
    } else {
      // The newest use last, so that it is walked first: the stack turns the order round.
      std::vector<std::int64_t> causes;
      for (const auto& used : run->used)
        if (std::ranges::find(causes, used.run) == causes.end()) causes.push_back(used.run);
      for (auto at = causes.rbegin(); at != causes.rend(); ++at) open.push_back({*at, depth + 1});
      link.first = causes.empty();
      if (link.first) firsts.insert(id);
    }
    reply.links.push_back(std::move(link));
  }
  reply.first_causes.assign(firsts.begin(), firsts.end());
  return reply;
}

api::Reply<api::DependantsReply> PipelineService::dependants(core::Transaction& tx, const api::Dependants& request) {
  auto found = find(tx, request.pipeline, request.account);
  if (!found) return std::unexpected(found.error());
  api::DependantsReply reply;
  reply.pipeline = (*found)->name;
  reply.account = (*found)->account;
  std::set<std::int64_t> seen{(*found)->id};
  std::deque<std::pair<std::int64_t, int>> open{{(*found)->id, 1}};
  while (!open.empty()) {
    const auto [upstream, depth] = open.front();
    open.pop_front();
    const auto via = tables_.pipelines.share(upstream);
    const auto& index = tables_.clauses.index<by_upstream>();
    for (auto at = index.lower_bound(std::make_tuple(upstream)); at != index.end() && (*at)->upstream == upstream;
         ++at) {
      const ClauseRow& clause = **at;
      const auto* row = tables_.find_pipeline(clause.pipeline);
      if (row == nullptr || row->version != clause.version || !seen.insert(row->id).second) continue;
      api::DependantInfo info;
      info.depth = depth;
      info.pipeline = row->name;
      info.account = row->account;
      if (auto account = account_of(tx, row->account.value)) info.account_alias = account->alias;
      info.owner = row->owner;
      info.via = full_name(*via);
      info.clause = edge_words(clause.spec, clause.block);
      info.blocked = clause.blocked;
      info.paused = tables_.find_pause(*row) != nullptr;
      info.sentence = row->sentence;
      const auto& occurrences = tables_.occurrences.index<by_window>();
      for (auto w = occurrences.lower_bound(std::make_tuple(row->id + 1)); w != occurrences.begin();) {
        if ((*--w)->pipeline != row->id) break;
        if ((*w)->current == 0) continue;
        info.window =
            is_calendar(row->grain) ? label(Window{row->grain, (*w)->window}) : "run-" + std::to_string((*w)->window);
        info.status = name_of((*w)->status);
        break;
      }
      reply.dependants.push_back(std::move(info));
      open.emplace_back(row->id, depth + 1);
    }
  }
  return reply;
}

}  // namespace weir::pipeline
