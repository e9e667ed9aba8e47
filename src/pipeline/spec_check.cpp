#include "pipeline/spec_check.hpp"

#include <fmt/format.h>

#include <map>
#include <set>

#include <algorithm>

#include "json/described.hpp"
#include "json/nearest.hpp"
#include "json/text.hpp"
#include "pipeline/deadline_time.hpp"
#include "pipeline/key.hpp"
#include "pipeline/report_events.hpp"
#include "pipeline/spec_check_documents.hpp"

namespace weir::pipeline {
namespace {

bool is_variable(std::string_view name) {
  if (name.empty() || name.size() > 128 || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name)
    if (c != '_' && !(c >= '0' && c <= '9') && !(c >= 'A' && c <= 'Z') && !(c >= 'a' && c <= 'z')) return false;
  return true;
}

void check_schedule(const ScheduleSpec& s, Reader& reader) {
  const std::string path = "trigger.schedule";
  if (reader.refused_under(path) || reader.mistaken(path)) return;
  const bool clock = reader.given(path + ".hour") || reader.given(path + ".minute");
  const bool cron = reader.given(path + ".cron"), rate = reader.given(path + ".rate"), at = reader.given(path + ".at");
  const int forms = (clock ? 1 : 0) + (cron ? 1 : 0) + (rate ? 1 : 0) + (at ? 1 : 0);
  if (forms == 0)
    reader.problem(path, "no time is given", "add 'hour: 3', or 'minute: 15' for every hour, or cron, rate or at");
  if (forms > 1) reader.problem(path, "hour and minute, cron, rate and at exclude each other", "keep one of them");
  if (reader.given(path + ".weekdays") && !reader.given(path + ".hour"))
    reader.problem(path + ".weekdays", "weekdays go with hour only", "add 'hour:', or name the days in the cron line");
  if (s.covers == Covers::previous && rate)
    reader.problem(path + ".covers", "'covers: previous' goes with times of a calendar, not with rate", "remove it");
  for (const auto* key : {".calendar", ".days", ".businessDay"})
    if (reader.given(path + key) && (rate || at))
      reader.problem(path + key, "days are chosen for hour, minute and cron only", "remove it");
  if (reader.given(path + ".calendar") && s.days == DayKind::all)
    reader.problem(path + ".days", "'days: all' leaves the calendar without a meaning", "remove one of the two");
  if (!reader.given(path + ".businessDay")) return;
  if (s.business_day == 0)
    reader.problem(path + ".businessDay", "there is no business day 0", "write 1 for the first, -1 for the last");
  if (s.days && *s.days != DayKind::businessDays)
    reader.problem(path + ".days", "businessDay counts business days", "remove 'days'");
}

// An account may be an alias, but digits alone are meant as an id.
void check_account(const std::string& account, const std::string& path, Reader& reader) {
  if (account.empty() || account.size() == 12 || account.find_first_not_of("0123456789") != std::string::npos) return;
  reader.problem(path, fmt::format("'{}' has {} digits, and an account's id has 12", account, account.size()),
                 "write all 12 digits, or the account's alias");
}

void check_expect(const ExpectSpec& e, Reader& reader) {
  const std::string path = "trigger.expect";
  if (reader.refused_under(path)) return;
  if (e.start_by.empty() && e.finish_by.empty())
    reader.problem(path, "neither startBy nor finishBy", "add 'startBy: \"07:00\"', or remove expect");
  std::optional<DeadlineTime> start;
  for (const auto& [key, text] : {std::pair{".startBy", &e.start_by}, std::pair{".finishBy", &e.finish_by}}) {
    if (text->empty()) continue;
    const auto time = deadline_time(*text);
    if (!time) {
      reader.problem(path + key, time.error().what, time.error().fix);
    } else if (!start) {
      start = *time;
    } else if (*time < *start) {
      reader.problem(path + key, "finishBy lies before startBy", "change one of the two");
    }
  }
}

void check_clause(const PipelineSpec& spec, const ClauseSpec& c, const std::string& path, Reader& reader) {
  check_account(c.account, path + ".account", reader);
  if (c.max_age && c.match != Match::newest)
    reader.problem(path + ".maxAge", "maxAge goes with 'match: newest' only", "add 'match: newest', or remove it");
  if (c.match == Match::newest && c.each)
    reader.problem(path + ".each", "'match: newest' is one occurrence, so each says nothing", "remove one of the two");
  if (is_on_itself(spec, c) && c.match == Match::window && c.offset == 0)
    reader.problem(path, fmt::format("'{}' would wait for itself in the same window: {} -> {}", c.name, c.name, c.name),
                   "add 'offset: -1' for the window before");
}

void check_clauses(const PipelineSpec& spec, const std::vector<ClauseSpec>& list, const std::string& path,
                   Reader& reader) {
  std::map<std::string, std::size_t> seen;
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string inner = fmt::format("{}[{}]", path, i);
    check_clause(spec, list[i], inner, reader);
    if (list[i].name.empty()) continue;
    const auto [it, fresh] = seen.emplace(json::print_described(list[i]), i);
    if (!fresh) reader.problem(inner, fmt::format("the same as {}[{}]", path, it->second), "remove one of the two");
  }
}

struct Listed {
  const std::vector<StepSpec>* steps;
  std::string path;
};

std::string nearest_step(const std::vector<StepSpec>& steps, const std::string& name) {
  std::vector<std::string_view> names;
  for (const auto& step : steps) names.push_back(step.name);
  const auto near = json::nearest(name, names);
  return near.empty() ? "name a step of 'steps'" : fmt::format("did you mean '{}'?", near);
}

void check_needs(const std::vector<StepSpec>& steps, Reader& reader) {
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < steps.size(); ++i) index.emplace(steps[i].name, i);
  std::vector<std::vector<std::size_t>> needs(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (!steps[i].needs) {
      if (i > 0) needs[i].push_back(i - 1);
      continue;
    }
    for (const auto& name : *steps[i].needs) {
      if (name.empty()) continue;
      if (const auto found = index.find(name); found != index.end())
        needs[i].push_back(found->second);
      else
        reader.problem(fmt::format("steps[{}].needs", i), fmt::format("there is no step '{}'", name),
                       nearest_step(steps, name));
    }
  }
  // Depth first with the way kept, so that a cycle can be printed; 0 new, 1 on the way, 2 done.
  std::vector<int> state(steps.size(), 0);
  std::vector<std::pair<std::size_t, std::size_t>> way;
  for (std::size_t start = 0; start < steps.size(); ++start) {
    if (state[start] != 0) continue;
    way.assign(1, {start, 0});
    state[start] = 1;
    while (!way.empty()) {
      auto& [at, next] = way.back();
      if (next == needs[at].size()) {
        state[at] = 2;
        way.pop_back();
        continue;
      }
      const std::size_t to = needs[at][next++];
      if (state[to] == 0) {
        state[to] = 1;
        way.emplace_back(to, 0);
      } else if (state[to] == 1) {
        std::string cycle;
        bool inside = false;
        for (const auto& [step, unused] : way)
          if (inside = inside || step == to; inside) cycle += steps[step].name + " -> ";
        reader.problem(fmt::format("steps[{}].needs", at),
                       fmt::format("steps need each other in a circle: {}{}", cycle, steps[to].name),
                       "remove one of these needs");
      }
    }
  }
}

}  // namespace

void check_variable(const std::string& name, const std::string& path, Reader& reader) {
  if (!is_variable(name))
    reader.problem(path, fmt::format("'{}' is no name of an environment variable", name),
                   "use letters, digits and '_', not beginning with a digit");
  else if (name.starts_with("WEIR_"))
    reader.problem(path, "names that begin with WEIR_ are Weir's own", "choose another name");
}

void check_parameters(const PipelineSpec& spec, Reader& reader) {
  for (const auto& [name, parameter] : spec.parameters) {
    const std::string path = "parameters." + name;
    check_variable(name, path, reader);
    if (!reader.given(path + ".default")) continue;
    const auto value = json::parse(parameter.default_value.text);
    const bool fits = value && (parameter.type == ParameterType::string    ? value->is_string()
                                : parameter.type == ParameterType::boolean ? value->is_bool()
                                : parameter.type == ParameterType::integer
                                    ? value->is_number() && value->number()->as_int().has_value()
                                    : value->is_number());
    if (!fits)
      reader.problem(path + ".default",
                     fmt::format("expected {} {}, got '{}'", parameter.type == ParameterType::integer ? "an" : "a",
                                 name_of(parameter.type), parameter.default_value.text),
                     "change the default, or the type");
  }
}

void check_key(const PipelineSpec& spec, Reader& reader) {
  if (spec.key.size() > kKeyParameters)
    reader.problem("key", fmt::format("{} parameters, more than {}", spec.key.size(), kKeyParameters),
                   "a key is for things like a region; leave what differs with each run a parameter");
  if (spec.window == Grain::none && !spec.key.empty())
    reader.problem("key", "a pipeline with 'window: none' has no keys", "remove one of the two");
  if (std::adjacent_find(spec.key.begin(), spec.key.end()) != spec.key.end())
    reader.problem("key", "a parameter is there twice", "name each once");
  for (const auto& name : spec.key) {
    const auto found = spec.parameters.find(name);
    if (found == spec.parameters.end())
      reader.problem("key", fmt::format("there is no parameter '{}'", name), "declare it below 'parameters:'");
    else if (found->second.type != ParameterType::string)
      reader.problem("parameters." + name + ".type", "the values of a key are texts", "write 'type: string'");
    else if (!found->second.default_value.text.empty())
      if (const auto value = json::parse(found->second.default_value.text); value && value->string())
        if (const auto problem = check_key_value(name, *value->string()))
          reader.problem("parameters." + name + ".default", problem->what, problem->fix);
  }
  if (!spec.key.empty() && spec.trigger && spec.trigger->expect)
    reader.problem("trigger.expect", "a deadline does not know which values of the key there will be",
                   "remove one of the two");
  if (spec.key.empty() || !spec.trigger || !spec.trigger->schedule) return;
  if ((spec.trigger->executions || takes_documents(*spec.trigger)) && spec.trigger->op == Operator::AND) return;
  for (const auto& name : spec.key)
    if (const auto found = spec.parameters.find(name);
        found != spec.parameters.end() && found->second.default_value.text.empty())
      reader.problem("trigger.schedule", fmt::format("a scheduled time does not know the '{}' of the key", name),
                     fmt::format("give the parameter a default, or start it by a condition with 'joinOn: {}'", name));
}

namespace {

void check_join(const PipelineSpec& spec, const std::vector<ClauseSpec>& list, const std::string& path, bool& opens,
                Reader& reader) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const auto inner = fmt::format("{}[{}]", path, i);
    for (const auto& name : list[i].join_on) {
      if (std::ranges::find(spec.key, name) == spec.key.end())
        reader.problem(inner + ".joinOn", fmt::format("'{}' is no part of this pipeline's key", name),
                       fmt::format("add 'key: [{}]', or use 'where'", name));
      if (list[i].where.contains(name))
        reader.problem(inner + ".where", fmt::format("'{}' is joined on already", name), "keep one of the two");
    }
    opens = opens || (std::ranges::includes(list[i].join_on, spec.key) && list[i].match == Match::window);
  }
}

}  // namespace

void check_trigger(const PipelineSpec& spec, Reader& reader) {
  check_account(spec.account, "account", reader);
  if (!spec.trigger) return;
  const TriggerSpec& t = *spec.trigger;
  const bool documents = takes_documents(t) || reader.given("trigger.webhook") || reader.given("trigger.file");
  const int kinds = (t.schedule ? 1 : 0) + (t.executions ? 1 : 0) + (documents ? 1 : 0);
  if (kinds == 0 && !reader.refused_under("trigger") && !reader.mistaken("trigger"))
    reader.problem("trigger", "neither schedule nor executions, nor webhook nor file",
                   "add one of them, or remove trigger");
  if (kinds > 1 && !t.op && !reader.given("trigger.operator"))
    reader.problem(
        "trigger",
        fmt::format("the key 'operator' is missing: {} are both there", !documents    ? "schedule and executions"
                                                                        : !t.schedule ? "executions and documents"
                                                                                      : "schedule and documents"),
        "add 'operator: AND' (both) or 'operator: OR' (either)");
  check_documents(spec, reader);
  if (reader.given("trigger.onLate") && !(t.op == Operator::OR && (t.schedule || documents) && t.executions))
    reader.problem("trigger.onLate", "onLate goes with 'operator: OR' of schedule and executions", "remove it");
  if (t.schedule) check_schedule(*t.schedule, reader);
  if (t.expect) check_expect(*t.expect, reader);
  if (!t.executions) return;
  const std::string path = "trigger.executions";
  if (t.executions->all_of.empty() && t.executions->any_of.empty() && !reader.refused_under(path))
    reader.problem(path, "neither allOf nor anyOf names a pipeline", "add 'allOf:' with a list of pipelines");
  if (const auto size = t.executions->any_of.size();
      reader.given(path + ".atLeast") && static_cast<std::size_t>(t.executions->at_least) > size)
    reader.problem(path + ".atLeast",
                   size == 0 ? "atLeast counts the clauses of anyOf, and there is none"
                             : fmt::format("{} of {} clauses can never hold", t.executions->at_least, size),
                   size == 0 ? "move the clauses to 'anyOf:'" : fmt::format("a number from 1 to {}", size));
  check_clauses(spec, t.executions->all_of, path + ".allOf", reader);
  check_clauses(spec, t.executions->any_of, path + ".anyOf", reader);
  bool opens = spec.key.empty();
  check_join(spec, t.executions->all_of, path + ".allOf", opens, reader);
  check_join(spec, t.executions->any_of, path + ".anyOf", opens, reader);
  if (!opens && !reader.refused_under(path))
    reader.problem(path, "no clause says which values of the key there are",
                   fmt::format("add 'joinOn: [{}]' to one", fmt::join(spec.key, ", ")));
}

void check_external(const PipelineSpec& spec, Reader& reader) {
  if (!spec.formerly.empty() && spec.formerly == spec.name)
    reader.problem("formerly", "this is the name it has now", "write the name before, or remove it");
  if (!spec.external) {
    if (reader.given("reports"))
      reader.problem("reports", "only the runs of an external pipeline are reported", "add 'external: true'");
    if (reader.given("external") && !reader.given("steps"))
      reader.problem("external", "it is not external, and has no steps", "add 'steps:', or write 'external: true'");
    return;
  }
  if (const auto& source = spec.reports.step_functions; source && !source->date.empty())
    if (const auto problem = check_date_path(source->date))
      reader.problem("reports.stepFunctions.date", problem->what, problem->fix);
  for (const char* key : {"steps", "onFailure", "finally", "trigger", "compute", "concurrency"})
    if (reader.given(key))
      reader.problem(key, fmt::format("an external pipeline runs elsewhere, so '{}' says nothing", key),
                     "remove it, or remove 'external'");
}

void check_concurrency(const PipelineSpec& spec, Reader& reader) {
  const auto& pool = spec.concurrency.pool;
  if (pool.find('/') != std::string::npos)
    reader.problem("concurrency.pool",
                   fmt::format("'{}' names an account: a pool is for the pipelines of its own account, so that nobody "
                               "else's runs hold yours back",
                               pool),
                   "name a pool of this account; weir pool list shows them");
  else if (reader.given("concurrency.pool") && !is_name(pool))
    reader.problem("concurrency.pool", fmt::format("'{}' is no name", pool), "letters, digits, '-', '_' and '.'");
  if (reader.given("concurrency.priority") && !reader.given("concurrency.pool"))
    reader.problem("concurrency.priority", "a priority is one in the line of a pool, and there is none",
                   "add 'pool:', or remove it");
  if (spec.concurrency.on_limit != OnLimit::queue && spec.concurrency.max_runs == 0 && pool.empty())
    reader.problem("concurrency.onLimit", "there is no limit", "add 'maxRuns:' or 'pool:', or remove it");
}

void check_steps(const PipelineSpec& spec, Reader& reader) {
  const Listed lists[] = {{&spec.steps, "steps"}, {&spec.on_failure, "onFailure"}, {&spec.finally, "finally"}};
  std::map<std::string, std::string> names;
  for (const auto& [steps, path] : lists) {
    if (steps->size() > kStepsMax) {
      reader.problem(path, fmt::format("{} steps, more than {}", steps->size(), kStepsMax),
                     "make several pipelines of it");
      return;
    }
    for (std::size_t i = 0; i < steps->size(); ++i) {
      const StepSpec& step = (*steps)[i];
      const std::string inner = fmt::format("{}[{}]", path, i);
      if (const auto [it, fresh] = names.emplace(step.name, inner); !fresh && !step.name.empty())
        reader.problem(inner + ".name", fmt::format("the name '{}' is already that of {}", step.name, it->second),
                       "give each step a name of its own");
      const bool run = reader.given(inner + ".run"), spark = reader.given(inner + ".spark");
      if (!run && !spark && !step.name.empty() && !reader.refused_under(inner))
        reader.problem(inner, "the step has no work", "add 'run:' with a command, or 'spark:'");
      if (run && spark) reader.problem(inner, "run and spark exclude each other", "make two steps of it");
      if (step.max_parallel > 0 && step.foreach.empty())
        reader.problem(inner + ".maxParallel", "maxParallel goes with foreach", "add 'foreach:', or remove it");
      if (reader.given(inner + ".foreach") && step.foreach.empty())
        reader.problem(inner + ".foreach", "the list is empty", "add an item, or remove the key");
      if (reader.given(inner + ".run") && step.run.find_first_not_of(" \t\r\n") == std::string::npos)
        reader.problem(inner + ".run", "the command is empty", "write what the shell shall run");
      for (const auto& [name, value] : step.env) check_variable(name, inner + ".env." + name, reader);
      if (steps != &spec.steps && step.needs)
        reader.problem(inner + ".needs", fmt::format("steps of {} run one after the other", path), "remove 'needs'");
    }
  }
  check_needs(spec.steps, reader);
}

void check_notifications(const std::vector<NotificationSpec>& list, const std::string& path, Reader& reader) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    const std::string outer = fmt::format("{}[{}].targets", path, i);
    for (std::size_t k = 0; k < list[i].targets.size(); ++k) {
      const auto& target = list[i].targets[k];
      const std::string inner = fmt::format("{}[{}]", outer, k);
      if (!reader.given(inner + ".channel")) continue;
      if (target.addresses.empty() && target.channel != Channel::LOG)
        reader.problem(inner, fmt::format("{} needs an address", name_of(target.channel)), "add 'addresses:'");
      for (std::size_t a = 0; a < target.addresses.size(); ++a) {
        const std::string& address = target.addresses[a];
        const std::string where =
            target.addresses.size() == 1 ? inner + ".addresses" : fmt::format("{}.addresses[{}]", inner, a);
        if (target.channel == Channel::EMAIL && address.find('@') == std::string::npos)
          reader.problem(where, fmt::format("'{}' is no mail address", address), "write it as name@example.org");
        if (target.channel == Channel::WEBHOOK && !address.starts_with("https://") && !address.starts_with("http://"))
          reader.problem(where, fmt::format("'{}' is no URL", address), "begin it with https://");
      }
    }
  }
}

}  // namespace weir::pipeline
