// Which pipelines a random history has.
#include <algorithm>

#include "tests/model/random_history.hpp"

namespace weir::model {
namespace {

using std::chrono::sys_days;
// The first days of a month; and the nights in which Berlin's clock goes on and back.
constexpr Instant kBegins[] = {sys_days{std::chrono::year{2026} / 3 / 1}, sys_days{std::chrono::year{2026} / 3 / 28},
                               sys_days{std::chrono::year{2026} / 10 / 24}};

// A month's first days only, and few hours a day, so that a short history fills whole windows. Of the nightly hours
// two fall together when the clock goes on.
constexpr const char* kHourly = "0 1,13 * * *";
constexpr const char* kNightly = "30 1-3 * * *";
constexpr const char* kDaily[] = {"0 3 * * *", "30 5 * * *", "0 20 * * *", "30 2 * * *"};
constexpr const char* kFirstDays = "0 4 1,2 * *";

Schedule cron(const char* text) { return *parse_cron(text); }

}  // namespace

Driver::Driver(std::uint64_t seed, Options options)
    : random_(seed * 0x9E3779B97F4A7C15ULL + 1), options_(options), left_(options.events) {
  start_ = now_ = kBegins[options_.clock_changes && chance(40) ? 1 + roll(2) : 0];
  end_ = start_ + std::chrono::days{options_.days};
  const int count = 2 + roll(options_.max_pipelines - 1);
  const int sources = 1 + roll(count > 3 ? 2 : 1);
  for (int i = 0; i < count; ++i) decls_.push_back(i < sources ? source(i) : dependant(i));
  late_ = decls_.size();
  if (options_.redeploys && chance(20)) late_ = static_cast<std::size_t>(1 + roll(count - 1));
}

PipelineDecl Driver::source(int number) {
  PipelineDecl d{.name = std::string(1, static_cast<char>('A' + number))};
  if (options_.zones && chance(25)) {
    if (const auto zone = find_zone(options_.clock_changes || chance(50) ? "Europe/Berlin" : "Asia/Tokyo"))
      d.zone = *zone;
  }
  const int kind = options_.other_grains ? roll(100) : 99;
  const bool first_days = start_ == kBegins[0];
  if (kind < 25) {
    d.grain = Grain::hour;
    d.schedule = cron(first_days ? kHourly : kNightly);
  } else if (kind < 35 && first_days) {
    d.schedule = cron(kFirstDays);
  } else {
    d.schedule = cron(kDaily[roll(4)]);
    d.covers_previous = chance(10);
  }
  d.since = window_at(d.grain, now_, Zone{});
  if (options_.limits && chance(10)) d.max_runs = 1;
  add_releases(d);
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
  if (options_.standing && !c.newest && chance(8)) c.standing = std::chrono::hours{chance(50) ? 1 : 5};
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
  d.since = window_at(d.grain, now_, Zone{});

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
    d.schedule = cron(kDaily[roll(4)]);
    d.trigger_operator = chance(50) ? Operator::AND : Operator::OR;
    if (chance(30)) d.on_late = OnLate::ignore;
  }
  add_policy(d);
}

void Driver::add_policy(PipelineDecl& d) {
  if (options_.limits && chance(25)) d.max_runs = 1 + roll(2);
  if (options_.on_rerun && chance(20)) {
    constexpr OnRerun kOthers[] = {OnRerun::ignore, OnRerun::supersede, OnRerun::ask};
    d.on_rerun = kOthers[roll(options_.people ? 3 : 2)];
  }
  add_releases(d);
}

void Driver::add_releases(PipelineDecl& d) {
  if (!options_.outages) {
    d.catchup = Catchup::all;
    return;
  }
  if (chance(30)) d.catchup = static_cast<Catchup>(roll(3));
  if (chance(15)) d.max_parallel = 2;
}

// A clause more or less, another time or policy, or as it was.
PipelineDecl Driver::redeployed(int number) {
  PipelineDecl& d = decls_[static_cast<std::size_t>(number)];
  const int kind = roll(100);
  if (kind < 30 && d.condition && !d.condition->all_of.empty()) {
    const int up = roll(number);
    const Clause clause{.upstream = up};
    if (decls_[static_cast<std::size_t>(up)].grain == d.grain &&
        std::ranges::find(d.condition->all_of, clause) == d.condition->all_of.end())
      d.condition->all_of.push_back(clause);
  } else if (kind < 50 && d.condition && d.condition->all_of.size() > 1) {
    d.condition->all_of.pop_back();
  } else if (kind < 65 && d.schedule && d.grain == Grain::day && *d.schedule != cron(kFirstDays)) {
    d.schedule = cron(kDaily[roll(4)]);
  } else if (kind < 80) {
    if (d.condition) add_policy(d);
  }
  return d;
}

}  // namespace weir::model
