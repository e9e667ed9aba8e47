#include "tests/invariants/ledger.hpp"

namespace weir::invariants {

std::size_t Ledger::promised(Promise promise) {
  promises_.push_back(std::move(promise));
  return promises_.size() - 1;
}

void Ledger::told(std::size_t promise, Told outcome) { promises_[promise].told = outcome; }

void Ledger::cut_unanswered() {
  for (auto& promise : promises_)
    if (promise.told == Told::nothing_yet) promise.told = Told::unknown;
}

std::vector<std::string> Ledger::check(const std::vector<Trace>& traces) const {
  std::vector<std::string> out;
  std::map<std::pair<std::string, std::int64_t>, std::vector<Instant>> found;
  for (const auto& trace : traces) found[{trace.account, trace.number}].push_back(trace.at);
  // Parts of one operation stand or fall together: they carry one outcome each, but share the truth.
  for (const auto& promise : promises_) {
    const auto at = found.find({promise.account, promise.number});
    const auto times = at == found.end() ? std::vector<Instant>{} : at->second;
    const auto name = promise.what + " " + std::to_string(promise.number) + " of " + promise.account;
    if (times.size() > 1) out.push_back("I3: " + name + " happened " + std::to_string(times.size()) + " times");
    if (promise.told == Told::done && times.empty()) out.push_back("I1: " + name + " was acknowledged and is lost");
    if (promise.told == Told::refused && !times.empty()) out.push_back("I2: " + name + " was refused and happened");
    for (const auto t : times)
      if (t < promise.not_before) out.push_back("I7: " + name + " happened early");
    if (at != found.end()) found.erase(at);
  }
  for (const auto& [key, times] : found)
    out.push_back("I2: number " + std::to_string(key.second) + " of " + key.first + " comes from nowhere");
  return out;
}

}  // namespace weir::invariants
