#include "tests/model/features.hpp"

#include <algorithm>

namespace weir::model {
namespace {

const std::map<Event::Kind, std::string> kEvents = {
    {Event::run_ended, "end"},
    {Event::rerun, "run by hand"},
    {Event::adhoc, "ad hoc"},
    {Event::mark, "mark"},
    {Event::stop, "stop"},
    {Event::grant_withdrawn, "grant withdrawn"},
    {Event::grant_given, "grant given"},
    {Event::outage, "outage"},
    {Event::crash, "crash"},
    {Event::told_again, "told again"},
    {Event::skip, "skip"},
    {Event::accept, "accept"},
    {Event::approve, "approve"},
    {Event::run_now, "run --now"},
    {Event::pause, "pause"},
    {Event::resume, "resume"},
};
const char* kRerun[] = {"", "onUpstreamRerun ignore", "onUpstreamRerun supersede", "onUpstreamRerun ask"};
const char* kCatchup[] = {"catchup all", "catchup last", "catchup none"};

bool is_clock_change(const Zone& zone, Instant from, Instant to) {
  return zone.to_local(from).time_since_epoch() - from.time_since_epoch() !=
         zone.to_local(to).time_since_epoch() - to.time_since_epoch();
}

void count(Features& f, const Clause& c) {
  if (c.offset != 0) ++f["offset"];
  if (c.newest) ++f["match newest"];
  if (c.each) ++f["each"];
  if (c.standing > Millis{0}) ++f["for"];
  if (!c.statuses.has(Status::SUCCEEDED)) ++f[c.statuses.has(Status::RUNNING) ? "clause on RUNNING" : "fallback"];
}

}  // namespace

Features all_features() {
  Features out;
  for (const auto& [kind, name] : kEvents) out[name] = 0;
  for (const char* name : {"redeploy",
                           "late first deploy",
                           "limit",
                           "schedule AND condition",
                           "schedule OR condition",
                           "clock change",
                           "zone",
                           "offset",
                           "match newest",
                           "each",
                           "clause on RUNNING",
                           "fallback",
                           "maxParallel",
                           "for",
                           "refused",
                           "fired again",
                           "superseded",
                           "started by schedule",
                           "account paused",
                           kRerun[1],
                           kRerun[2],
                           kRerun[3],
                           kCatchup[0],
                           kCatchup[1],
                           kCatchup[2]})
    out[name] = 0;
  return out;
}

void count(Features& f, const Event& event, const Model& model, bool refused) {
  if (refused) ++f["refused"];
  const Facts& facts = model.facts();
  if (const auto kind = kEvents.find(event.kind); kind != kEvents.end() && !refused) ++f[kind->second];
  if (event.kind == Event::pause && event.occurrence.pipeline == kAll) ++f["account paused"];
  for (int p = 0; p < facts.pipelines(); ++p)
    if (is_clock_change(facts.decl(p).zone, facts.now(), std::max(event.at, facts.now()))) ++f["clock change"];
  if (event.kind != Event::deploy) return;
  const PipelineDecl& d = *event.decl;
  if (facts.pipeline_named(d.name) >= 0)
    ++f["redeploy"];
  else if (!facts.runs().empty())
    ++f["late first deploy"];
  if (d.max_runs > 0) ++f["limit"];
  if (d.max_parallel > 1) ++f["maxParallel"];
  if (d.zone != Zone{}) ++f["zone"];
  if (d.trigger_operator)
    ++f[*d.trigger_operator == Operator::AND ? "schedule AND condition" : "schedule OR condition"];
  if (d.on_rerun != OnRerun::run) ++f[kRerun[static_cast<int>(d.on_rerun)]];
  if (d.catchup) ++f[kCatchup[static_cast<int>(*d.catchup)]];
  if (d.condition)
    for (const auto* block : {&d.condition->all_of, &d.condition->any_of})
      for (const Clause& c : *block) count(f, c);
}

void count(Features& f, const Model& model) {
  for (const Run& r : model.runs()) {
    if (r.firing > 1 && r.cause == Cause::condition) ++f["fired again"];
    if (r.superseded) ++f["superseded"];
    if (r.cause == Cause::schedule) ++f["started by schedule"];
  }
}

}  // namespace weir::model
