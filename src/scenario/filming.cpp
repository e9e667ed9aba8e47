// What happened in a test, as a picture.
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "scenario/moment.hpp"
#include "scenario/stage.hpp"

namespace weir::scenario {
namespace {

struct Event {
  enum class Kind { change, note };
  Kind kind = Kind::change;
  Instant at{};
  std::size_t index = 0;
};

bool is_terminal(const std::string& status) { return status != "RUNNING" && status != "QUEUED"; }

// "run 38 of 2026-01-01 is FAILED" as "the run of 2026-01-01 is FAILED": a picture is not another one because ids are.
std::string without_id(const std::string& why) {
  constexpr std::string_view kRun = "run ";
  if (!why.starts_with(kRun)) return why;
  const auto end = why.find_first_not_of("0123456789", kRun.size());
  return end == std::string::npos || end == kRun.size() ? why : "the run" + why.substr(end);
}

// Alerts and decisions without a run are noted when their entry is over: they are put where they belong by their time,
// behind what had happened at that moment.
template <class Notes>
std::vector<Event> in_order(const std::vector<World::Change>& changes, const Notes& notes) {
  std::vector<Event> out;
  std::size_t note = 0;
  for (std::size_t i = 0; i <= changes.size(); ++i) {
    for (; note < notes.size() && notes[note].before <= i; ++note)
      out.push_back({Event::Kind::note, notes[note].at, note});
    if (i < changes.size()) out.push_back({Event::Kind::change, changes[i].at, i});
  }
  std::ranges::stable_sort(out, {}, &Event::at);
  return out;
}

}  // namespace

// What a key waits for, whenever a test looks at it.
void Stage::film_wait(const Key& key, std::int64_t window) {
  if (!drawing_ || notes_.size() > kFilmedNotes) return;
  const auto judgement = world_.engine().judge(key.pipeline->id, window);
  const auto states = world_.engine().states(judgement);
  Note out{world_.now(),     world_.changes().size(),         {}, entry_, Note::Kind::wait,
           key.pipeline->id, label_of(*key.pipeline, window), {}};
  for (std::size_t i = 0; i < states.size(); ++i) {
    if (states[i].met) continue;
    const auto& name = judgement.clauses[i].clause->upstream_name;
    out.what += (out.what.empty() ? "" : ", ") + name;
    out.why += (out.why.empty() ? "" : "; ") + name + ": " + without_id(states[i].why);
  }
  if (!out.what.empty()) notes_.push_back(std::move(out));
}

void Stage::film_stale(const Key& key, std::int64_t window) {
  if (!drawing_ || notes_.size() > kFilmedNotes) return;
  const auto label = label_of(*key.pipeline, window);
  notes_.push_back({world_.now(),
                    world_.changes().size(),
                    label + " is out of date",
                    entry_,
                    Note::Kind::mark,
                    key.pipeline->id,
                    label,
                    {}});
}

// Decisions without a run, and alerts, that came since the last look.
void Stage::film_marks() {
  if (!drawing_) return;
  std::vector<Note> fresh;
  for (const auto& row : world_.tables().pipelines.rows())
    for (const auto& e : world_.evidence_of(row->id)) {
      if (e->run != 0 || (e->decision != "MISSED" && e->decision != "ASKED")) continue;
      if (filmed_.insert(fmt::format("{} {}", e->decision, e->id)).second)
        fresh.push_back({e->at, 0, e->decision + " " + e->label, entry_, Note::Kind::mark, row->id, e->label, {}});
    }
  for (const auto& alert : world_.alerts()) {
    const auto row = find(alert.pipeline);
    const auto text = alert.text.substr(0, alert.text.find(':'));
    if (row && filmed_.insert(fmt::format("{} {} {} {}", to_text(alert.at), alert.pipeline, alert.window, text)).second)
      fresh.push_back({alert.at, 0, text + " " + alert.window, entry_, Note::Kind::mark, row->id, alert.window, {}});
  }
  std::ranges::stable_sort(fresh, {}, &Note::at);
  for (auto& note : fresh) {
    note.before = world_.changes().size();
    notes_.push_back(std::move(note));
  }
}

void Stage::film_refusal() {
  for (auto& note : notes_)
    if (note.kind == Note::Kind::deed && note.entry == entry_) note.what += ": refused";
}

std::shared_ptr<const Picture> Stage::picture() {
  auto out = std::make_shared<Picture>();
  out->title = test_.name;
  std::map<std::int64_t, std::size_t> lanes;
  for (const auto id : lanes_) {
    const auto* row = world_.tables().pipelines.find(id);
    if (!row) continue;
    lanes.emplace(id, out->lanes.size());
    const auto told = triggers_.find(row->name);
    out->lanes.push_back({row->name, told == triggers_.end() ? "" : told->second});
  }
  std::map<std::int64_t, std::size_t> places;
  std::map<std::int64_t, int> undated;  // runs so far of a pipeline without a calendar: its labels are made of ids
  std::vector<std::int64_t> ended_here;
  bool happened = false;  // in the newest scene, so that what the next entry does begins another
  std::size_t entry = 0;  // of the newest scene's deeds
  const auto begin = [&](Instant at) {
    out->scenes.push_back({at, text_of(at, zone_), {}});
    ended_here.clear();
    happened = false;
  };
  const auto& changes = world_.changes();
  for (const auto& event : in_order(changes, notes_)) {
    const auto* note = event.kind == Event::Kind::note ? &notes_[event.index] : nullptr;
    const bool deed = note != nullptr && note->kind == Note::Kind::deed;
    if (out->scenes.empty() || out->scenes.back().at != event.at ||
        (deed && note->entry != entry && (happened || !out->scenes.back().deeds.empty())))
      begin(event.at);
    const auto scene = out->scenes.size() - 1;
    if (note != nullptr) {
      if (deed) {
        out->scenes.back().deeds.push_back(note->what);
        entry = note->entry;
        continue;
      }
      happened = true;
      const auto lane = lanes.find(note->pipeline);
      if (lane == lanes.end()) continue;
      if (note->kind == Note::Kind::mark) {
        out->marks.push_back({lane->second, scene, note->what});
        continue;
      }
      auto& waits = out->waits;
      const auto open = std::ranges::find_if(
          waits, [&](const auto& w) { return w.until == 0 && w.lane == lane->second && w.key == note->label; });
      if (open == waits.end())
        waits.push_back({lane->second, note->label, scene, note->what, note->why, 0});
      else if (open->waits_for != note->what) {
        open->until = -1;
        waits.push_back({lane->second, note->label, scene, note->what, note->why, 0});
      }
      continue;
    }
    happened = true;
    const auto& change = changes[event.index];
    const auto row = world_.run(change.run);
    const auto lane = row ? lanes.find(row->pipeline) : lanes.end();
    if (lane == lanes.end()) continue;
    auto place = places.find(change.run);
    if (place == places.end()) {
      place = places.emplace(change.run, out->runs.size()).first;
      PictureRun run;
      run.run = row->run;
      run.lane = lane->second;
      const bool dated = !row->label.starts_with("run-");
      run.label = dated ? row->label : fmt::format("run {}", ++undated[row->pipeline]);
      if (dated && row->number > 0) run.label += fmt::format(" #{}", row->number);
      if (row->adhoc) run.label += " ad hoc";
      run.status = weir::name_of(row->status);
      run.cause = weir::name_of(row->cause);
      for (const auto& used : row->used)
        if (std::ranges::find(run.used, used.run) == run.used.end()) run.used.push_back(used.run);
      out->runs.push_back(std::move(run));
    }
    auto& run = out->runs[place->second];
    if (change.status == "QUEUED") {
      run.queued = scene;
      continue;
    }
    if (!run.begins && change.status != "WITHDRAWN") {
      run.begins = scene;
      for (const auto id : ended_here)
        if (out->runs[places[id]].lane == run.lane) run.after.push_back(id);
      for (auto& wait : out->waits)
        if (wait.until == 0 && wait.lane == run.lane && wait.key == row->label) wait.until = run.run;
    }
    if (is_terminal(change.status)) {
      run.ends = scene;
      ended_here.push_back(run.run);
    }
  }
  return out;
}

}  // namespace weir::scenario
