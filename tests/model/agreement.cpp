#include "tests/model/agreement.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tests/model/beside.hpp"
#include "tests/model/random_history.hpp"
#include "tests/scenario/history.hpp"

namespace weir::model {
namespace {

std::vector<Run> runs_of(const Model& model) {
  std::vector<Run> out = model.runs();
  std::erase_if(out, [](const Run& r) { return !r.counts(); });
  std::ranges::sort(out, {}, &Run::id);
  return out;
}

bool same(const Run& a, const Run& b) {
  return a.id == b.id && a.status == b.status && a.cause == b.cause && a.evidence == b.evidence &&
         a.complete == b.complete;
}

std::string lines(const std::vector<Run>& runs, const std::vector<std::string>& names) {
  std::string out;
  for (const Run& r : runs) out += "  " + to_text(r, names) + (r.complete ? "\n" : " incomplete\n");
  return out;
}

template <class Keys>
std::string keys(const Keys& of, const std::vector<std::string>& names) {
  std::string out;
  for (const Occurrence& o : of) out += " " + to_text(RunId{o, 0}, names);
  return out;
}

// What differs after an event; empty: nothing.
std::string compare(const Model& model, const Beside& engine) {
  const auto names = names_in(model.history());
  const std::vector<Run> theirs = runs_of(model), ours = engine.runs();
  std::string out;
  if (!std::ranges::equal(theirs, ours, same))
    out += "the model has\n" + lines(theirs, names) + "the engine has\n" + lines(ours, names);
  std::multiset<Occurrence> waiting;
  for (const Waiting& w : model.waiting()) waiting.insert(w.key);
  if (waiting != engine.waiting())
    out += "in the model's line:" + keys(waiting, names) + ", in the engine's:" + keys(engine.waiting(), names) + "\n";
  // While a pipeline is paused its conditions are not judged, so what it asks for stands still. What was asked and is
  // true no more may stand a while; approving it is refused.
  const auto asks = model.asking();
  std::set<Occurrence> asking(asks.begin(), asks.end()), asked = engine.asking();
  const auto is_paused = [&](const Occurrence& o) { return model.facts().paused(o.pipeline); };
  std::erase_if(asking, is_paused);
  std::erase_if(asked, is_paused);
  if (!std::ranges::includes(asked, asking))
    out += "the model asks:" + keys(asking, names) + ", the engine:" + keys(asked, names) + "\n";
  return out;
}

// Does the event speak of what there is?
bool makes_sense(const Event& event, const Model& model) {
  const Facts& facts = model.facts();
  const int p = event.occurrence.pipeline;
  const bool known = p >= 0 && p < facts.pipelines();
  switch (event.kind) {
    case Event::deploy:
    case Event::tick:
    case Event::outage:
    case Event::crash:
      return true;
    case Event::pause:
      return p == kAll ? !facts.paused(kAll) : known && !facts.paused_itself(p);
    case Event::resume:
      return p == kAll ? facts.paused(kAll) : known && facts.paused_itself(p);
    case Event::approve:
      return known && !facts.paused(p);
    case Event::run_ended:
    case Event::stop:
      return !model.refuses(event);
    case Event::told_again:
      return facts.find(event.run) != nullptr && !facts.find(event.run)->active();
    case Event::grant_withdrawn:
    case Event::grant_given:
      return known && event.upstream < facts.pipelines();
    case Event::rerun:
    case Event::run_now:
    case Event::adhoc:
      return known && !facts.waits(event.occurrence);
    default:
      return known;
  }
}

}  // namespace

Played play(const Next& next, pipeline::TriggerOptions options) {
  Played out;
  Beside engine(options);
  while (const auto event = next(out.model)) {
    if (event->kind != Event::outage && event->at > out.model.facts().now())
      out.model.apply({.kind = Event::tick, .at = event->at});
    if (!makes_sense(*event, out.model)) continue;
    const bool refused = out.model.refuses(*event);
    count(out.features, *event, out.model, refused);
    out.model.apply(*event);
    const bool done = engine.apply(*event);
    std::string differs = compare(out.model, engine);
    if (refused == done) differs += refused ? "the model refuses it\n" : "the engine refuses it\n";
    if (differs.empty()) continue;
    out.difference = "after " + to_text(*event, names_in(out.model.history())) + "\n" + differs;
    return out;
  }
  out.counts = audit(out.model.facts(), names_in(out.model.history()));
  out.restarts = engine.restarts();
  count(out.features, out.model);
  return out;
}

Played play(const History& history, pipeline::TriggerOptions options) {
  auto at = history.begin();
  return play(
      [&](const Model&) -> std::optional<Event> {
        if (at == history.end()) return std::nullopt;
        return *at++;
      },
      options);
}

std::string report(const Played& played, std::uint64_t seed) {
  std::string out = played.difference;
  for (const auto& finding : played.counts.findings) out += finding + "\n";
  const auto file = scenario::HistoryAsTest::file_of(played.model, fmt::format("history {}", seed));
  return out + "history\n" + describe(played.model, seed) +
         "as a test file, with what the model says of the end; play it with: weir test history.test.yaml\n" +
         scenario::write_tests(file);
}

}  // namespace weir::model
