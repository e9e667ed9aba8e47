#include "scenario/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <tuple>

#include "base/folded.hpp"
#include "json/nearest.hpp"
#include "pipeline/window_choice.hpp"
#include "scenario/moment.hpp"

namespace weir::scenario {
namespace {

constexpr std::size_t kStoryLines = 40;  // of a failed test; the oldest are left out

std::string join(const std::vector<std::string>& list, std::string_view between) {
  std::string out;
  for (const auto& item : list) out += (out.empty() ? "" : std::string(between)) + item;
  return out;
}

}  // namespace

KeyRef key_ref(const std::string& text) {
  const auto space = text.find(' ');
  if (space == std::string::npos) return {text, ""};
  return {text.substr(0, space), text.substr(text.find_first_not_of(' ', space))};
}

bool holds(const std::string& text, const std::string& words) {
  return folded(text).find(folded(words)) != std::string::npos;
}

Stage::Stage(Player& player, std::size_t test, Zone zone, Instant begin, const PlayOptions& options)
    : player_(player),
      file_(player.file_),
      test_(player.file_.file.tests[test]),
      path_(fmt::format("tests[{}]", test)),
      zone_(zone),
      world_(
          test_.sharing.value_or(file_.file.sharing), begin,
          [this](const pipeline::RunRow& run) { return end_of(run); }, options.keep != nullptr),
      drawing_(options.draw),
      keep_(options.keep) {
  outcome_.name = test_.name;
  outcome_.place = file_.place(path_ + ".name");
}

Outcome Stage::play() {
  std::vector<std::pair<PipelineText, std::string>> first;
  for (std::size_t i = 0; i < file_.file.pipelines.size(); ++i)
    first.emplace_back(file_.file.pipelines[i], fmt::format("pipelines[{}]", i));
  for (std::size_t i = 0; i < test_.pipelines.size(); ++i)
    first.emplace_back(test_.pipelines[i], fmt::format("{}.pipelines[{}]", path_, i));
  give(file_.file.given);
  give(test_.given);
  bool ok = set_pools(file_.file.pools) && set_pools(test_.pools) && check_answers({}) && deploy_first(first);
  for (std::size_t i = 0; ok && i < test_.timeline.size(); ++i) {
    const auto path = fmt::format("{}.timeline[{}]", path_, i);
    ok = step(test_.timeline[i], path);
    if (!ok) outcome_.place = file_.place(path);
  }
  if (ok && keep_ != nullptr) {
    const auto kept = world_.copy_to(*keep_);
    ok = kept ? true : wrong(kept.error().text());
  }
  outcome_.passed = ok;
  if (!ok) outcome_.story = story();
  if (drawing_) outcome_.picture = picture();
  return std::move(outcome_);
}

bool Stage::wrong(std::string problem) {
  outcome_.problem = std::move(problem);
  return false;
}

bool Stage::restless() {
  return wrong(
      "the runs of this moment never come to rest: do pipelines start each other, window after window? Give one of the "
      "circle an end that takes time, for example `given: {NAME: SUCCEEDED after 1d}`");
}

void Stage::note(std::string what) {
  notes_.push_back({world_.now(), world_.changes().size(), std::move(what), entry_, Note::Kind::deed, 0, {}, {}});
}

// A pipeline is in force: it gets a lane, and the words of its newest trigger.
void Stage::came(const Prepared& prepared) {
  const auto row = find(prepared.name);
  if (!row) return;
  triggers_[row->name] = prepared.trigger;
  if (std::ranges::find(lanes_, row->id) == lanes_.end()) lanes_.push_back(row->id);
}

// The pipelines of the beginning, upstreams first; one of the test takes the place of the file's with its name.
bool Stage::deploy_first(const std::vector<std::pair<PipelineText, std::string>>& texts) {
  std::vector<std::shared_ptr<const Prepared>> left;
  for (const auto& [text, path] : texts) {
    auto prepared = player_.prepare(text, path);
    if (!prepared) {
      std::vector<std::string> all;
      for (const auto& p : prepared.error()) all.push_back(p.text());
      return wrong(join(all, "\n"));
    }
    const auto same = std::ranges::find_if(left, [&](const auto& other) {
      return other->name == (*prepared)->name && other->accounts == (*prepared)->accounts;
    });
    if (same != left.end())
      *same = *prepared;
    else
      left.push_back(*prepared);
  }
  while (!left.empty()) {
    const auto free = std::ranges::find_if(left, [&](const auto& one) {
      return std::ranges::none_of(left, [&](const auto& other) {
        return other != one && std::ranges::find(one->upstreams, other->name) != one->upstreams.end();
      });
    });
    const auto next = free != left.end() ? free : left.begin();
    for (const auto& account : (*next)->accounts) world_.account(account);
    want_pool(**next);
    const auto reply = world_.ask((*next)->request, AccountId{"000000000000"});
    if (!reply) {
      std::string all;
      for (const auto& p : reply.error().problems) all += (all.empty() ? "" : "\n") + p.text();
      for (const auto& name : (*next)->upstreams)
        if (!find(name))
          all += fmt::format(
              "\nadd {0} to `pipelines:`; its trigger is enough: {{name: {0}, trigger: {{schedule: {{hour: 3}}}}}}",
              name);
      return wrong(all.empty() ? reply.error().message : all);
    }
    came(**next);
    left.erase(next);
  }
  return world_.settle() || restless();
}

bool Stage::step(const Entry& entry, const std::string& path) {
  ++entry_;
  refusals_.clear();
  said_.clear();
  if (!pass_time(entry, path)) return false;
  give(entry.given);
  if (!act(entry, path)) return false;
  if (!world_.settle()) return restless();
  film_marks();
  if (!check_answers(entry)) return false;
  return expect(entry.expect);
}

bool Stage::pass_time(const Entry& entry, const std::string&) {
  auto to = world_.now();
  if (!entry.at.empty()) {
    const auto moment = moment_of(entry.at, zone_, world_.now());
    if (!moment) return wrong(moment.error().text());
    to = *moment;
  }
  if (entry.after) to += *entry.after;
  if (to < world_.now())
    return wrong(
        fmt::format("the clock shows {} and does not go back to {}", text_of(world_.now(), zone_), text_of(to, zone_)));
  return to == world_.now() || world_.pass_until(to) || restless();
}

void Stage::give(const std::map<std::string, Endings>& given) {
  for (const auto& [key, endings] : given) given_.push_back({key_ref(key), endings, 0});
}

// What was given last counts; of one block the window's before the pipeline's, as their texts are in this order.
Ending Stage::end_of(const pipeline::RunRow& run) {
  for (auto given = given_.rbegin(); given != given_.rend(); ++given) {
    const auto row = find(given->key.pipeline);
    if (!row || row->id != run.pipeline || given->endings.runs.empty()) continue;
    if (!given->key.window.empty()) {
      const auto key = key_of(given->key);
      if (!key || std::ranges::find(key->windows, run.window) == key->windows.end()) continue;
    }
    const auto at = std::min(given->used++, given->endings.runs.size() - 1);
    return given->endings.runs[at];
  }
  return {};
}

std::shared_ptr<const pipeline::PipelineRow> Stage::find(const std::string& name) const {
  const auto slash = name.find('/');
  const auto wanted = folded(slash == std::string::npos ? name : name.substr(slash + 1));
  for (const auto& row : world_.tables().pipelines.rows()) {
    if (row->deleted || row->name != wanted) continue;
    if (slash == std::string::npos || world_.account_named(name.substr(0, slash)) == row->account) return row;
  }
  return nullptr;
}

std::optional<Stage::Key> Stage::key_of(const KeyRef& ref) {
  Key out;
  out.pipeline = find(ref.pipeline);
  if (!out.pipeline) {
    std::vector<std::string_view> names;
    for (const auto& row : world_.tables().pipelines.rows())
      if (!row->deleted) names.push_back(row->name);
    const auto near = json::nearest(folded(ref.pipeline), names);
    wrong(fmt::format(
        "there is no pipeline '{}'; {}", ref.pipeline,
        near.empty() ? "the test's pipelines are: " + join(std::vector<std::string>(names.begin(), names.end()), ", ")
                     : fmt::format("did you mean '{}'?", near)));
    return std::nullopt;
  }
  if (ref.window.empty()) return out;
  const auto dots = ref.window.find("..");
  const auto first = pipeline::read_window(*out.pipeline, ref.window.substr(0, dots));
  const auto last =
      dots == std::string::npos ? first : pipeline::read_window(*out.pipeline, ref.window.substr(dots + 2));
  for (const auto* read : {&first, &last})
    if (!*read) {
      wrong(fmt::format("{}: {}", ref.pipeline, read->error().text()));
      return std::nullopt;
    }
  constexpr std::int64_t kWindows = 10'000;
  if (*last < *first || *last - *first >= kWindows) {
    wrong(fmt::format("'{}' is no range of windows", ref.window));
    return std::nullopt;
  }
  for (auto w = *first; w <= *last; ++w) out.windows.push_back(w);
  return out;
}

std::string Stage::label_of(const pipeline::PipelineRow& row, std::int64_t window) const {
  return is_calendar(row.grain) ? label(Window{row.grain, window}) : fmt::format("run-{}", window);
}

std::string Stage::name_of(const pipeline::RunRow& run) {
  return fmt::format("{} {}{}", run.name, run.label, run.number > 0 ? fmt::format("#{}", run.number) : std::string());
}

std::vector<std::string> Stage::story() {
  struct Line {
    Instant at;
    std::string text;
  };
  std::map<std::int64_t, std::shared_ptr<const pipeline::EvidenceRow>> by_run;
  std::vector<Line> alone;  // what is about no run
  for (const auto& row : world_.tables().pipelines.rows())
    for (const auto& evidence : world_.evidence_of(row->id)) {
      if (evidence->run != 0)
        by_run.emplace(evidence->run, evidence);
      else
        alone.push_back({evidence->at,
                         fmt::format("{} {} {}: {}", row->name, evidence->label, evidence->decision, evidence->rule)});
    }
  std::ranges::sort(alone, {}, [](const Line& l) { return std::tie(l.at, l.text); });
  std::set<std::int64_t> began;
  std::vector<Line> lines;
  std::size_t note = 0, single = 0;
  const auto& changes = world_.changes();
  for (std::size_t i = 0; i <= changes.size(); ++i) {
    for (; note < notes_.size() && notes_[note].before <= i; ++note)
      if (notes_[note].kind == Note::Kind::deed) lines.push_back({notes_[note].at, "> " + notes_[note].what});
    for (; single < alone.size() && (i == changes.size() || alone[single].at <= changes[i].at); ++single)
      lines.push_back(alone[single]);
    if (i == changes.size()) break;
    const auto run = world_.run(changes[i].run);
    if (!run) continue;
    // A run that ended at once is one line.
    const bool begins = changes[i].status == "RUNNING" && began.insert(run->run).second;
    const bool at_once = run->started && run->ended == run->started;
    if (at_once && !begins && began.contains(run->run)) continue;
    std::string why;
    if (begins || !began.contains(run->run)) {
      const auto evidence = by_run.find(run->run);
      if (evidence != by_run.end()) why = fmt::format("  {}: {}", evidence->second->decision, evidence->second->rule);
      if (run->adhoc) why = "  counts for nobody";
    }
    if (changes[i].status == "WITHDRAWN" || changes[i].status == "ABORTED") {
      why = "  " + run->cause_text;
    }
    lines.push_back(
        {changes[i].at, fmt::format("{} {}{}", name_of(*run),
                                    at_once ? std::string(weir::name_of(run->status)) : changes[i].status, why)});
  }
  std::vector<std::string> out;
  const auto skipped = lines.size() > kStoryLines ? lines.size() - kStoryLines : 0;
  if (skipped > 0) out.push_back(fmt::format("({} lines before)", skipped));
  for (auto i = skipped; i < lines.size(); ++i)
    out.push_back(fmt::format("{}  {}", text_of(lines[i].at, zone_), lines[i].text));
  return out;
}

}  // namespace weir::scenario
