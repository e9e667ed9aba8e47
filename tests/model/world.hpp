// The model spoken to in names and dates, for tests that read like a scenario.
#pragma once

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/model/audit.hpp"
#include "tests/model/reference.hpp"

namespace weir::model {

class World {
 public:
  Model model;

  int deploy(PipelineDecl decl) {
    const std::string name = decl.name;
    apply({.kind = Event::deploy, .at = now, .decl = std::move(decl)});
    return model.facts().pipeline_named(name);
  }
  // "2026-01-02 03:00", UTC.
  void until(const std::string& time) {
    now = *instant_from_text(time + ":00Z");
    apply({.kind = Event::tick, .at = now});
  }
  Occurrence key(int p, const std::string& window) const {
    return {p, *parse_window(window, model.facts().decl(p).grain)};
  }
  // The newest run of the key ends.
  void end(int p, const std::string& window, Status status = Status::SUCCEEDED) {
    const Run* run = model.facts().current(key(p, window));
    ASSERT_TRUE(run != nullptr && run->active()) << "no active run in " << window;
    apply({.kind = Event::run_ended, .at = now, .run = run->id, .status = status});
  }
  void rerun(int p, const std::string& window) {
    apply({.kind = Event::rerun, .at = now, .occurrence = key(p, window)});
  }
  void adhoc(int p, const std::string& window) {
    apply({.kind = Event::adhoc, .at = now, .occurrence = key(p, window)});
  }
  void mark(int p, const std::string& window, Status status) {
    apply({.kind = Event::mark, .at = now, .occurrence = key(p, window), .status = status});
  }
  void grant(int upstream, int downstream, bool given) {
    apply({.kind = given ? Event::grant_given : Event::grant_withdrawn,
           .at = now,
           .occurrence = {downstream, {}},
           .upstream = upstream});
  }
  // Every hour from 00 to 23 UTC of a day passes, and p's run of it succeeds.
  void hours(int p, const std::string& day, int first, int last) {
    for (int h = first; h <= last; ++h) {
      until(hour(day, h, " ") + ":59");
      end(p, hour(day, h, "T") + "Z");
    }
  }
  static std::string hour(const std::string& day, int h, const char* between) {
    return day + between + (h < 10 ? "0" : "") + std::to_string(h);
  }

  int runs(int p) const {
    int out = 0;
    for (const Run& r : model.runs()) out += r.id.occurrence.pipeline == p && r.counts();
    return out;
  }
  int runs(int p, const std::string& window) const {
    return static_cast<int>(model.facts().runs_of(key(p, window)).size());
  }
  // "A/2026-01-02#1 B/2026-01-02#2": what the newest run of the key used.
  std::string used(int p, const std::string& window) const {
    std::string out;
    for (const Met& met : model.facts().current(key(p, window))->evidence)
      for (const RunId& id : met.runs) out += (out.empty() ? "" : " ") + to_text(id, names_in(model.history()));
    return out;
  }
  bool clean() const { return audit(model.history(), model.runs()).clean(); }

  Instant now = *instant_from_text("2026-01-01T00:00:00Z");

 private:
  void apply(const Event& event) { model.apply(event); }
};

inline Schedule cron(const char* line) { return *parse_cron(line); }
inline PipelineDecl scheduled(const char* name, const char* line, Grain grain = Grain::day) {
  return {.name = name,
          .grain = grain,
          .schedule = cron(line),
          .since = window_at(grain, *instant_from_text("2026-01-01T00:00:00Z"), Zone{})};
}
inline PipelineDecl on(const char* name, Condition condition, Grain grain = Grain::day) {
  return {.name = name,
          .grain = grain,
          .condition = std::move(condition),
          .since = window_at(grain, *instant_from_text("2026-01-01T00:00:00Z"), Zone{})};
}
inline Condition all_of(std::vector<Clause> clauses) { return {.all_of = std::move(clauses)}; }
inline Condition any_of(std::vector<Clause> clauses) { return {.any_of = std::move(clauses)}; }

}  // namespace weir::model
