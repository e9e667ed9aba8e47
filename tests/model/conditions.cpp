// Rules 2, 3, 7, 12, 13, 15: when the condition of a key holds, and when the key fires.
#include <algorithm>

#include "tests/model/facts.hpp"

namespace weir::model {

const Run* Facts::last_firing(const Occurrence& key) const {
  const bool late_ignored = decl(key.pipeline).on_late == OnLate::ignore;
  const auto closed = closed_.find(key);
  const Run* last = closed == closed_.end() ? nullptr : &closed->second;
  for (const Run* r : runs_of(key))
    if (r->complete || (late_ignored && r->cause == Cause::schedule))
      if (last == nullptr || r->id.n > last->id.n) last = r;
  return last;
}

// A key that has fired stays with the condition that it fired with.
const PipelineDecl& Facts::decl_of_key(const Occurrence& key) const {
  const auto closed = closed_.find(key);
  for (const Run* r : runs_of(key))
    if (r->complete && (closed == closed_.end() || r->id.n <= closed->second.id.n))
      return versions_[key.pipeline][r->version];
  if (closed != closed_.end()) return versions_[key.pipeline][closed->second.version];
  return decl(key.pipeline);
}

Facts::Judgement Facts::judge(const Occurrence& key) const {
  const PipelineDecl& d = decl_of_key(key);
  if (!d.condition) return {true, {}};
  const auto block = [&](const std::vector<Clause>& clauses, bool in_any_of) {
    Evidence met;
    for (std::size_t i = 0; i < clauses.size(); ++i)
      if (Verdict v = verdict(key, clauses[i]); v.satisfied)
        met.push_back({in_any_of, static_cast<int>(i), clauses[i], std::move(v.runs)});
    return met;
  };
  const auto together = [](Evidence a, const Evidence& b) {
    a.insert(a.end(), b.begin(), b.end());
    return a;
  };
  const Condition& c = *d.condition;
  const Evidence all = block(c.all_of, false);
  const Evidence any = block(c.any_of, true);
  const bool all_hold = !c.all_of.empty() && all.size() == c.all_of.size();
  const bool any_hold = !any.empty();
  Judgement out;
  if (c.blocks_or || c.all_of.empty() || c.any_of.empty()) {
    out = {all_hold || any_hold, together(all_hold ? all : Evidence{}, any)};
  } else {
    out = {all_hold && any_hold, together(all, any)};
  }
  const bool by_itself = d.trigger_operator == Operator::AND ||
                         std::ranges::any_of(out.evidence, [](const Met& m) { return !m.clause.newest; });
  out.holds = out.holds && by_itself && consistent(out.evidence, key.pipeline);
  if (!out.holds) out.evidence = together(all, any);
  return out;
}

bool Facts::asks(const Occurrence& key) const {
  return decl(key.pipeline).on_rerun == OnRerun::ask && fires(key, true) && !fires(key);
}

bool Facts::fires(const Occurrence& key, bool approved) const {
  const PipelineDecl& d = decl(key.pipeline);
  if (skipped(key) || !decl_of_key(key).condition || key.window < d.since) return false;
  if (d.trigger_operator == Operator::AND && !scheduled(key)) return false;
  const Judgement found = judge(key);
  if (!found.holds) return false;
  const Run* last = last_firing(key);
  if (last == nullptr) return true;
  if (d.on_rerun == OnRerun::ignore || (d.on_rerun == OnRerun::ask && !approved)) return false;
  std::map<Occurrence, int> accepted = last->accepted;
  for (const Met& met : found.evidence) {
    if (!followed(met.clause, key.pipeline)) continue;
    for (const Met& before : last->evidence)
      for (const RunId& used : before.runs)
        for (const RunId& id : met.runs)
          if (before.clause == met.clause && id.occurrence == used.occurrence &&
              id.n > std::max(used.n, accepted[id.occurrence]) && !find(id)->active())
            return true;
  }
  return false;
}

std::set<Window> Facts::keys(int pipeline) const {
  const PipelineDecl& d = decl(pipeline);
  std::set<Window> out;
  for (Window w : happened(pipeline)) out.insert(w);
  for (const Occurrence& o : scheduled_)
    if (o.pipeline == pipeline) out.insert(o.window);
  const auto add = [&](const std::vector<Clause>& clauses) {
    for (const Clause& c : clauses) {
      if (c.offset != 0) out.insert(d.since);
      if (c.newest || c.upstream >= pipelines() || coarser(decl(c.upstream).grain, d.grain)) continue;
      for (Window w : happened(c.upstream)) out.insert(shifted(container(d.grain, d.zone, w), -c.offset));
    }
  };
  if (d.condition) add(d.condition->all_of);
  if (d.condition) add(d.condition->any_of);
  return out;
}

}  // namespace weir::model
