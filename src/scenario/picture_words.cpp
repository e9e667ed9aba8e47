// A picture as rows of text.
#include <fmt/format.h>

#include <algorithm>

#include "scenario/picture.hpp"

namespace weir::scenario {
namespace {

constexpr std::size_t kNamed = 5;  // runs that are named one by one

std::string joined(const std::vector<std::string>& names) {
  std::string out;
  for (std::size_t i = 0; i < names.size() && i < kNamed; ++i) out += (i == 0 ? "" : ", ") + names[i];
  return names.size() > kNamed ? fmt::format("{} and {} more", out, names.size() - kNamed) : out;
}

std::string cause_words(const std::string& cause) {
  if (cause == "schedule") return "its scheduled time has come";
  if (cause == "person") return "a person started it";
  if (cause == "deadline") return "its deadline has come";
  if (cause == "retry") return "a person retried it";
  if (cause == "backfill") return "it is in a plan";
  if (cause == "report") return "another system reported it";
  return {};
}

}  // namespace

std::vector<PictureWords> words_of(const Picture& picture) {
  std::map<std::int64_t, std::string> names;
  for (const auto& run : picture.runs) names[run.run] = picture.lanes[run.lane].name + " " + run.label;
  std::vector<PictureWords> out;
  for (std::size_t s = 0; s < picture.scenes.size(); ++s) {
    const auto first = out.size();
    const auto say = [&](std::string what, std::string why = {}) {
      out.push_back({{}, std::move(what), std::move(why)});
    };
    for (const auto& deed : picture.scenes[s].deeds) say(deed);
    for (const auto& run : picture.runs)
      if (run.ends == s && run.begins != s) say(fmt::format("{} {}", names[run.run], run.status));
    for (const auto& run : picture.runs) {
      if (run.queued == s && run.begins != s && run.ends != s) say(names[run.run] + " waits in its line");
      if (run.begins != s) continue;
      std::vector<std::string> used;
      for (const auto id : run.used)
        if (const auto known = names.find(id); known != names.end()) used.push_back(known->second);
      auto why = cause_words(run.cause);
      if (!used.empty()) why += (why.empty() ? "used " : "; used ") + joined(used);
      say(run.cause == "mark" ? fmt::format("{} marked {}", names[run.run], run.status)
          : run.ends == s     ? fmt::format("{} {}", names[run.run], run.status)
                              : names[run.run] + " starts",
          why);
    }
    for (const auto& mark : picture.marks)
      if (mark.scene == s) say(fmt::format("{}: {}", picture.lanes[mark.lane].name, mark.text));
    for (const auto& wait : picture.waits)
      if (wait.scene == s)
        say(fmt::format("{} {} waits for {}", picture.lanes[wait.lane].name, wait.key, wait.waits_for), wait.why);
    if (out.size() > first) out[first].time = picture.scenes[s].time;
  }
  return out;
}

}  // namespace weir::scenario
