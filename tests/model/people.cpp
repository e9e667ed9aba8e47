// Rule 15 and its neighbours: what people decide, and what is refused.
#include <algorithm>

#include "tests/model/reference.hpp"

namespace weir::model {

bool Model::refuses(const Event& event) const {
  const Occurrence& key = event.occurrence;
  const Run* current = facts_.current(key);
  const bool busy = facts_.active(key) || facts_.waits(key);
  switch (event.kind) {
    case Event::mark:
      return busy;
    case Event::skip:
      return busy || facts_.skipped(key) || (current != nullptr && current->status == Status::SUCCEEDED);
    case Event::accept:
      return busy || current == nullptr || acceptable(key).empty();
    case Event::approve:
      return busy || !facts_.asks(key);
    case Event::run_ended:
    case Event::stop: {
      const Run* run = facts_.find(event.run);
      return run == nullptr || !run->active();
    }
    default:
      return false;
  }
}

// The current run counts for clauses, the last firing for rule 3; they may be two.
std::vector<RunId> Model::acceptable(const Occurrence& key) const {
  std::set<RunId> out;
  for (const Run* run : {facts_.current(key), facts_.last_firing(key)})
    if (run != nullptr && facts_.find(run->id) != nullptr && facts_.out_of_date(*run)) out.insert(run->id);
  return {out.begin(), out.end()};
}

void Model::decide(const Event& event) {
  const Occurrence& key = event.occurrence;
  switch (event.kind) {
    case Event::rerun:
      facts_.waiting.push_back({key, Cause::person});
      break;
    case Event::run_now:
      facts_.waiting.push_back({.key = key, .cause = Cause::person, .now = true});
      break;
    case Event::adhoc:
      start({key, Cause::adhoc});
      break;
    case Event::mark:
      start({key, Cause::mark});
      facts_.find(started_.back())->status = event.status;
      facts_.find(started_.back())->ended = facts_.now();
      break;
    case Event::accept:
      for (const RunId& id : acceptable(key)) {
        Run& run = *facts_.find(id);
        for (const auto& [o, n] : facts_.missed_by(run)) run.accepted[o] = n;
      }
      break;
    case Event::approve:
      facts_.waiting.push_back({.key = key, .cause = Cause::condition, .approved = true});
      break;
    default:
      break;
  }
}

}  // namespace weir::model
