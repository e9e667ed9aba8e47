// What the engine has stored, in the words of the model: for the agreement with the model, and for invariants.
#pragma once

#include <algorithm>
#include <memory>
#include <vector>

#include "pipeline/rows.hpp"
#include "tests/model/vocabulary.hpp"

namespace weir::model {

template <class To, class From>
To same_word(From from) {  // both enumerations list the same words in the same order
  return static_cast<To>(static_cast<int>(from));
}

// Who knows which pipeline has which number, and which window a row means.
struct RowNumbers {
  virtual ~RowNumbers() = default;
  virtual int number(std::int64_t pipeline) const = 0;
  virtual Occurrence occurrence(std::int64_t pipeline, std::int64_t window) const = 0;
};

inline Clause clause_of(const pipeline::ClauseRow& row, const RowNumbers& numbers) {
  Clause out;
  out.upstream = numbers.number(row.upstream);
  out.statuses = {};
  for (const auto s : row.spec.status) out.statuses.bits |= 1U << static_cast<unsigned>(s);
  out.offset = row.spec.offset;
  if (row.spec.each) out.each = same_word<Each>(*row.spec.each);
  out.newest = row.spec.match == pipeline::Match::newest;
  out.max_age = row.spec.max_age;
  out.follow = row.spec.follow;
  out.standing = row.spec.standing.value_or(Millis{0});
  return out;
}

// Sets what the trigger says; `clauses` are the version's, by index.
template <class Clauses>
void set_trigger(PipelineDecl& decl, const pipeline::TriggerSpec& spec, const Clauses& clauses,
                 const RowNumbers& numbers) {
  if (spec.schedule) decl.schedule = pipeline::schedule_of(*spec.schedule);
  decl.covers_previous = spec.schedule && spec.schedule->covers == pipeline::Covers::previous;
  if (spec.executions) {
    decl.condition.emplace();
    decl.condition->blocks_or = spec.executions->op == pipeline::Operator::OR;
    for (const auto& c : clauses)
      (c->block == pipeline::Block::allOf ? decl.condition->all_of : decl.condition->any_of)
          .push_back(clause_of(*c, numbers));
  }
  if (spec.op) decl.trigger_operator = same_word<Operator>(*spec.op);
  decl.on_rerun = same_word<OnRerun>(spec.on_upstream_rerun);
  decl.on_late = same_word<OnLate>(spec.on_late);
  if (spec.catchup) decl.catchup = same_word<Catchup>(*spec.catchup);
  decl.max_parallel = spec.max_parallel;
}

inline Cause cause_of(pipeline::RunCause cause) {
  using enum pipeline::RunCause;
  return cause == schedule    ? Cause::schedule
         : cause == condition ? Cause::condition
         : cause == mark      ? Cause::mark
                              : Cause::person;
}

// `clauses` are those of the run's version, by index.
template <class Clauses>
Run run_of(const pipeline::RunFactRow& fact, const Clauses& clauses, const RowNumbers& numbers) {
  Run out;
  out.id = {numbers.occurrence(fact.pipeline, fact.window), fact.number};
  out.cause = cause_of(fact.cause);
  out.status = same_word<Status>(fact.status);
  out.superseded = fact.superseded;
  out.complete = fact.complete;
  out.version = static_cast<int>(fact.version) - 1;
  const auto all = std::ranges::count_if(clauses, [](const auto& c) { return c->block == pipeline::Block::allOf; });
  for (const auto index : fact.met) {
    const auto& clause = *clauses[static_cast<std::size_t>(index)];
    Met met;
    met.in_any_of = clause.block == pipeline::Block::anyOf;
    met.index = static_cast<int>(met.in_any_of ? index - all : index);
    met.clause = clause_of(clause, numbers);
    for (const auto& used : fact.used)
      if (used.clause == index) met.runs.push_back({numbers.occurrence(used.upstream, used.window), used.number});
    out.evidence.push_back(std::move(met));
  }
  for (const auto& a : fact.accepted) out.accepted[numbers.occurrence(a.upstream, a.window)] = a.number;
  return out;
}

}  // namespace weir::model
