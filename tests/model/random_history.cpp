#include "tests/model/random_history.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <ranges>

namespace weir::model {
namespace {

constexpr Instant kStart = std::chrono::sys_days{std::chrono::year{2026} / 3 / 1};

// A month's first days only, and two hours a day, so that a short history fills whole windows.
constexpr const char* kHourly = "0 1,13 * * *";
constexpr const char* kDaily[] = {"0 3 * * *", "30 5 * * *", "0 20 * * *"};
constexpr const char* kFirstDays = "0 4 1,2 * *";

Schedule cron(const char* text) { return *parse_cron(text); }

}  // namespace

int Driver::roll(int n) { return static_cast<int>(random_() % static_cast<std::uint64_t>(n)); }

Driver::Driver(std::uint64_t seed, Options options)
    : random_(seed * 0x9E3779B97F4A7C15ULL + 1), options_(options), left_(options.events), now_(kStart) {
  end_ = kStart + std::chrono::days{options_.days};
  const int count = 2 + roll(options_.max_pipelines - 1);
  const int sources = 1 + roll(count > 3 ? 2 : 1);
  for (int i = 0; i < count; ++i) decls_.push_back(i < sources ? source(i) : dependant(i));
}

PipelineDecl Driver::source(int number) {
  PipelineDecl d{.name = std::string(1, static_cast<char>('A' + number))};
  if (options_.zones && chance(25)) {
    if (const auto zone = find_zone(chance(50) ? "Europe/Berlin" : "Asia/Tokyo")) d.zone = *zone;
  }
  const int kind = options_.other_grains ? roll(100) : 99;
  if (kind < 25) {
    d.grain = Grain::hour;
    d.schedule = cron(kHourly);
  } else if (kind < 35) {
    d.schedule = cron(kFirstDays);
  } else {
    d.schedule = cron(kDaily[roll(3)]);
    d.covers_previous = chance(10);
  }
  d.since = window_at(d.grain, kStart, Zone{});
  if (options_.limits && chance(10)) d.max_runs = 1;
  return d;
}

Clause Driver::clause_on(int upstream, const PipelineDecl& down) {
  Clause c{.upstream = upstream};
  const bool finer = coarser(down.grain, decls_[upstream].grain);
  const int kind = roll(100);
  if (options_.fallbacks && kind < 8) {
    c.statuses = {Status::FAILED, Status::TIMED_OUT};
  } else if (options_.running_clauses && kind < 16) {
    c.statuses = {Status::RUNNING};
  } else if (options_.newest && kind < 24) {
    c.newest = true;
    if (chance(50)) c.max_age = std::chrono::hours{24 * (1 + roll(3))};
  } else if (options_.offsets && kind < 34) {
    c.offset = -1;
  } else if (options_.wide_statuses && kind < 50) {
    c.statuses =
        chance(50) ? Statuses{Status::SUCCEEDED, Status::FAILED} : Statuses{Status::RUNNING, Status::SUCCEEDED};
  }
  if (finer && chance(20)) c.each = chance(50) ? Each::any : Each::last;
  return c;
}

PipelineDecl Driver::dependant(int number) {
  PipelineDecl d{.name = std::string(1, static_cast<char>('A' + number))};
  const int first = roll(number);
  const Grain grain = decls_[first].grain;
  d.grain = grain;
  const bool may_coarsen = options_.other_grains && (options_.derived_plans || decls_[first].schedule);
  if (may_coarsen && grain == Grain::hour && chance(60)) d.grain = Grain::day;
  if (may_coarsen && grain == Grain::day && decls_[first].schedule == cron(kFirstDays) && chance(50))
    d.grain = Grain::month;
  if (options_.zones && chance(15)) {
    if (const auto zone = find_zone("Europe/Berlin")) d.zone = *zone;
  }
  d.since = window_at(d.grain, kStart, Zone{});

  // The first clause opens the keys; the others are as they come.
  Condition c;
  c.all_of.push_back({.upstream = first});
  for (int more = roll(3); more > 0; --more) {
    const int up = roll(number);
    const bool finer = coarser(d.grain, decls_[up].grain);
    if (finer && !options_.derived_plans && !decls_[up].schedule) continue;
    const Clause clause = clause_on(up, d);
    if (std::ranges::find(c.all_of, clause) == c.all_of.end()) c.all_of.push_back(clause);
  }
  if (options_.any_of && chance(30)) {
    std::vector<Clause> any;
    for (int i = 0; i < 2; ++i) {
      Clause clause = clause_on(roll(number), d);
      const PipelineDecl& up = decls_[clause.upstream];
      if (up.grain == d.grain && std::ranges::find(any, clause) == any.end()) any.push_back(clause);
    }
    if (any.size() == 2 && chance(50)) c.all_of.clear();
    // At least one clause of what is left must open keys of this window.
    const auto opens = [](const Clause& x) { return x.offset == 0 && !x.newest; };
    if (c.all_of.empty() && std::ranges::none_of(any, opens)) any.front() = {.upstream = any.front().upstream};
    c.any_of = any;
    c.blocks_or = !c.all_of.empty() && !any.empty() && chance(20);
  }
  if (options_.offsets && chance(8) && !c.all_of.empty() && !c.blocks_or)
    c.all_of.push_back({.upstream = number, .offset = -1});
  d.condition = c;
  add_variety(d);
  return d;
}

void Driver::add_variety(PipelineDecl& d) {
  if (options_.schedules && d.grain == Grain::day && chance(15)) {
    d.schedule = cron(kDaily[roll(3)]);
    d.trigger_operator = chance(50) ? Operator::AND : Operator::OR;
    if (chance(30)) d.on_late = OnLate::ignore;
  }
  if (options_.limits && chance(25)) d.max_runs = 1 + roll(2);
  if (options_.on_rerun && chance(15)) d.on_rerun = chance(50) ? OnRerun::ignore : OnRerun::supersede;
}

Event Driver::end_one(const std::vector<RunId>& active, bool well) {
  Event e{.kind = Event::run_ended,
          .at = now_,
          .run = active[static_cast<std::size_t>(roll(static_cast<int>(active.size())))]};
  const int kind = well ? 99 : roll(100);
  e.status = kind < 14   ? Status::FAILED
             : kind < 17 ? Status::TIMED_OUT
             : kind < 19 ? Status::ABORTED
                         : Status::SUCCEEDED;
  return e;
}

// An occurrence that has been, or the current window.
std::optional<Occurrence> Driver::some_key(const Model& model) {
  const std::vector<Run>& runs = model.runs();
  Occurrence key;
  if (!runs.empty() && chance(80)) {
    key = runs[static_cast<std::size_t>(roll(static_cast<int>(runs.size())))].id.occurrence;
  } else {
    const int p = roll(model.facts().pipelines());
    const PipelineDecl& d = model.facts().decl(p);
    key = {p, std::max(d.since, window_at(d.grain, now_, d.zone))};
  }
  return model.facts().waits(key) ? std::nullopt : std::optional(key);
}

std::optional<Event> Driver::random_event(const Model& model) {
  const std::vector<RunId> active = model.active();
  const int kind = roll(100);
  const auto another_pipeline = [&] { return roll(model.facts().pipelines()); };
  if (kind < 58) {
    if (active.empty()) return std::nullopt;
    return end_one(active, false);
  }
  if (kind < 76) {
    if (now_ >= end_) return std::nullopt;
    now_ += std::chrono::hours{1 + roll(12)};
    return Event{.kind = Event::tick, .at = now_};
  }
  if (kind < 86 && options_.reruns) {
    const auto key = some_key(model);
    if (!key) return std::nullopt;
    return Event{.kind = Event::rerun, .at = now_, .occurrence = *key};
  }
  if (kind < 90 && options_.marks) {
    const auto key = some_key(model);
    if (!key || model.facts().active(*key)) return std::nullopt;
    return Event{
        .kind = Event::mark, .at = now_, .occurrence = *key, .status = chance(70) ? Status::SUCCEEDED : Status::FAILED};
  }
  if (kind < 92 && options_.adhoc) {
    const auto key = some_key(model);
    if (!key) return std::nullopt;
    return Event{.kind = Event::adhoc, .at = now_, .occurrence = *key};
  }
  if (kind < 94 && !active.empty())
    return Event{.kind = Event::stop,
                 .at = now_,
                 .run = active[static_cast<std::size_t>(roll(static_cast<int>(active.size())))]};
  if (kind < 98 && options_.grants) {
    const int down = another_pipeline();
    const auto& c = model.facts().decl(down).condition;
    if (!c) return std::nullopt;
    const auto& clauses = c->all_of.empty() ? c->any_of : c->all_of;
    return Event{.kind = chance(35) ? Event::grant_withdrawn : Event::grant_given,
                 .at = now_,
                 .occurrence = {down, {}},
                 .upstream = clauses[static_cast<std::size_t>(roll(static_cast<int>(clauses.size())))].upstream};
  }
  if (kind == 99 && options_.redeploys) {
    // Another clause, or the first condition again.
    const int p = another_pipeline();
    PipelineDecl d = decls_[static_cast<std::size_t>(p)];
    if (!d.condition || d.condition->all_of.empty()) return std::nullopt;
    const int up = roll(p);
    const Grain grain = decls_[static_cast<std::size_t>(up)].grain;
    if (chance(70) && grain == d.grain) d.condition->all_of.push_back({.upstream = up});
    return Event{.kind = Event::deploy, .at = now_, .decl = d};
  }
  return std::nullopt;
}

std::optional<Event> Driver::next(const Model& model) {
  if (deployed_ < decls_.size()) return Event{.kind = Event::deploy, .at = now_, .decl = decls_[deployed_++]};
  while (left_ > 0) {
    --left_;
    if (auto event = random_event(model)) return event;
  }
  const std::vector<RunId> active = model.active();
  if (active.empty()) return std::nullopt;
  return end_one(active, true);
}

Model random_history(std::uint64_t seed, const Options& options) {
  Driver driver(seed, options);
  Model model;
  while (const auto event = driver.next(model)) model.apply(*event);
  return model;
}

std::string describe(const Model& model, std::uint64_t seed) {
  const std::vector<std::string> names = names_in(model.history());
  std::string out = fmt::format("seed {}\n", seed);
  for (const Event& e : model.history()) out += "  " + to_text(e, names) + "\n";
  out += "runs\n";
  for (const Run& r : model.runs()) out += "  " + to_text(r, names) + "\n";
  return out + fmt::format("replay: WEIR_SEED={} test_model --gtest_filter=RandomHistory.*\n", seed);
}

}  // namespace weir::model
