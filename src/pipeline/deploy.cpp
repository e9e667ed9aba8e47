// Deploys: a text becomes a new version, a state machine, a trigger with its upstreams found, in one transaction.
#include <set>

#include "api/workflow.hpp"
#include "base/base64.hpp"
#include "base/limits.hpp"
#include "calendar/cron.hpp"
#include "json/described.hpp"
#include "json/nearest.hpp"
#include "json/text.hpp"
#include "pipeline/key.hpp"
#include "pipeline/pipeline_service.hpp"
#include "pipeline/sentence.hpp"
#include "pipeline/spec_calendar.hpp"
#include "pipeline/spec_diff.hpp"
#include "pipeline/spec_grain.hpp"
#include "pipeline/spec_parse.hpp"
#include "pipeline/synth.hpp"
#include "pipeline/trigger_plan.hpp"
#include "pipeline/yaml.hpp"

namespace weir::pipeline {
namespace {

// A clause with its upstream found, before the grain is known.
struct Found {
  ClauseRow row;
  std::shared_ptr<const PipelineRow> upstream;  // nullptr: not there yet, or the pipeline itself
};

std::size_t bytes_of(const std::vector<api::ProjectFile>& files) {
  std::size_t sum = 0;
  for (const auto& file : files) sum += file.path.size() + file.base64.size() / 4 * 3;
  return sum;
}

bool safe_path(const std::string& path) {
  if (path.empty() || path.front() == '/' || path.find('\0') != std::string::npos) return false;
  std::size_t at = 0;
  while (at <= path.size()) {
    const auto end = std::min(path.find('/', at), path.size());
    const auto part = std::string_view(path).substr(at, end - at);
    if (part.empty() || part == "." || part == "..") return false;
    at = end + 1;
  }
  return true;
}

bool same_files(const std::vector<api::ProjectFile>& a, const std::vector<api::ProjectFile>& b) {
  return a.size() == b.size() && std::ranges::equal(a, b, [](const auto& x, const auto& y) {
           return x.path == y.path && x.executable == y.executable && x.base64 == y.base64;
         });
}

Problem problem(const api::DeployPipeline& request, std::string what, std::string key, std::string fix) {
  const auto file = request.file.empty() ? std::string("pipeline.yaml") : request.file;
  return {std::move(what), where_in(request.yaml, file, key), std::move(fix)};
}

std::optional<std::string> file_text(const std::vector<api::ProjectFile>& files, const std::string& path) {
  for (const auto& file : files)
    if (file.path == path) return base64_decode(file.base64);
  return std::nullopt;
}

// The key of a start that says nothing; nothing when a part has no default.
std::optional<KeyValues> default_values(const PipelineSpec& spec) {
  KeyValues out;
  for (const auto& name : spec.key) {
    const auto value = json::parse(spec.parameters.at(name).default_value.text);
    if (!value || !value->string()) return std::nullopt;
    out.emplace(name, *value->string());
  }
  return out;
}

std::string local_minute(Instant t, const Zone& zone) {
  return to_text(Instant{zone.to_local(t).time_since_epoch()}).substr(0, 16).replace(10, 1, " ");
}

}  // namespace

void PipelineService::check_parts(const api::DeployPipeline& request, const ClauseSpec& clause,
                                  const PipelineRow& upstream, std::vector<Problem>& problems) const {
  const auto check = [&](const std::string& name, const char* key) {
    if (std::ranges::find(upstream.key, name) == upstream.key.end())
      problems.push_back(problem(request, "'" + name + "' is no part of the key of " + full_name(upstream),
                                 std::string("trigger.executions.") + key,
                                 upstream.key.empty() ? "it has none: remove it from the clause on " + clause.name
                                                      : "its key is " + upstream.key.front()));
  };
  for (const auto& [name, value] : clause.where) check(name, "where");
  for (const auto& name : clause.join_on) check(name, "joinOn");
}

// Rule 5: of a finer upstream that plans nothing nobody knows when all, or the last, are there.
void PipelineService::check_each(const api::DeployPipeline& request, Grain grain, const ClauseSpec& clause,
                                 const PipelineRow& upstream, std::vector<Problem>& problems) const {
  const bool values = std::ranges::any_of(upstream.key, [&](const auto& name) {
    return !clause.where.contains(name) && std::ranges::find(clause.join_on, name) == clause.join_on.end();
  });
  if (values && !clause.each && clause.match == Match::window && grain != Grain::none) {
    problems.push_back(problem(request,
                               full_name(upstream) + " has one run for each value of its key, and nothing plans them",
                               "trigger.executions",
                               "in the clause on " + clause.name +
                                   " write `each: any` (one is enough) or `each: all` (all that have happened by "
                                   "then), or pick by `where:` or `joinOn:`"));
    return;
  }
  const bool finer = is_calendar(grain) && (!is_calendar(upstream.grain) || coarser(grain, upstream.grain));
  if (values || !finer || clause.match == Match::newest || plans_windows(tables_, upstream.id)) return;
  const bool dated = is_calendar(upstream.grain);
  if (clause.each && !(dated && clause.each == Each::last)) return;
  problems.push_back(problem(
      request,
      full_name(upstream) + " is finer (" + std::string(name_of(upstream.grain)) + ") and plans nothing" +
          (clause.each ? ", so there is no last planned one" : ", so it must be said which of its runs are needed"),
      "trigger.executions",
      std::string("write `each: any` (one is enough)") +
          (dated ? " or `each: all` (all that have happened by then)"
                 : ", `each: all` (all that have happened by then) or `each: last` (the newest)") +
          " in the clause on " + clause.name));
}

api::Reply<api::DeployReply> PipelineService::deploy(core::Transaction& tx, const api::DeployPipeline& request,
                                                     const DeployOrigin& origin) {
  std::vector<Problem> problems;

  // --- the documents ---
  ProjectDefaults project;
  if (!request.project_yaml.empty()) {
    auto parsed =
        parse_project(request.project_yaml, request.project_file.empty() ? "weir.yaml" : request.project_file);
    if (!parsed) return api::refuse(std::move(parsed.error()));
    project = std::move(*parsed);
  }
  const auto file = request.file.empty() ? std::string("pipeline.yaml") : request.file;
  auto parsed = parse_pipeline(request.yaml, file, project, request.environment);
  if (!parsed) return api::refuse(std::move(parsed.error()));
  PipelineSpec& spec = *parsed;
  if (auto wrong = read_calendar(spec, file, [&](const std::string& path) { return file_text(request.files, path); }))
    problems.push_back(std::move(*wrong));
  for (const auto& f : request.files)
    if (!safe_path(f.path))
      problems.push_back(
          {"'" + f.path + "' is not a path inside the project", "files", "send relative paths without '..'"});
  if (bytes_of(request.files) > limits::kBundleBytes)
    problems.push_back({"the project's files have " + std::to_string(bytes_of(request.files)) + " bytes", "files",
                        "at most " + std::to_string(limits::kBundleBytes) +
                            " bytes travel with a deploy; leave data out of the project"});

  // --- whose it is ---
  auto owner = account_of(tx, spec.account);
  if (!owner) return std::unexpected(owner.error());
  // Without credentials (development mode) the file says whose it is; with them it must agree.
  if (owner->id != tx.account() && tx.account() != AccountId{"000000000000"})
    return api::refuse(api::ErrorCode::AccessDenied, file + " belongs to account " + owner->id.value +
                                                         ", and you are account " + tx.account().value +
                                                         "; deploy with --account " + owner->id.value);
  const auto zone_name = !spec.timezone.empty()     ? spec.timezone
                         : !owner->timezone.empty() ? owner->timezone
                                                    : std::string("UTC");
  const auto zone = find_zone(zone_name);
  if (!zone) return api::refuse(std::vector<Problem>{zone.error()});

  // --- the same as what is there? ---
  std::vector<std::string> warnings;
  const auto* found = tables_.find_pipeline(owner->id, spec.name);
  const auto* old = spec.formerly.empty() ? nullptr : tables_.find_pipeline(owner->id, spec.formerly);
  if (found && old)
    problems.push_back(
        problem(request, "account " + owner->id.value + " has both '" + spec.name + "' and '" + spec.formerly + "'",
                "formerly", "remove the key, or delete one of the two"));
  const bool renamed = !found && old;
  if (renamed) found = old;
  if (!found && !spec.formerly.empty())
    warnings.push_back("there is no pipeline '" + spec.formerly + "': " + spec.name + " is deployed as a new one");
  const auto existing = found ? tables_.pipelines.share(found->id) : nullptr;
  std::shared_ptr<const VersionRow> before;
  std::shared_ptr<const BundleRow> old_bundle;
  if (existing) {
    before = tx.read(tables_.versions, {existing->id, std::int64_t{existing->version}});
    if (before && !before->bundle.empty()) old_bundle = tx.read(tables_.bundles, {before->bundle});
    const bool same_bundle = old_bundle ? same_files(old_bundle->files, request.files) : request.files.empty();
    if (before && same_bundle && before->yaml == request.yaml && before->project_yaml == request.project_yaml &&
        before->environment == request.environment) {
      api::DeployReply reply{spec.name,
                             owner->id,
                             existing->version,
                             false,
                             std::string(name_of(existing->grain)),
                             existing->sentence,
                             {},
                             {},
                             true,
                             {},
                             {}};
      reply.next = engine_.next_scheduled(existing->id);
      return reply;
    }
  }
  const auto id = existing ? existing->id : tx.new_id();
  const int version = existing ? existing->version + 1 : 1;

  // --- the upstreams ---
  std::vector<Found> clauses;
  if (spec.trigger && spec.trigger->executions) {
    const auto add = [&](const std::vector<ClauseSpec>& list, Block block) {
      for (std::size_t i = 0; i < list.size(); ++i) {
        const auto& clause = list[i];
        const auto key = "trigger.executions." + std::string(name_of(block)) + "[" + std::to_string(i) + "]";
        auto account = account_of(tx, clause.account.empty() ? owner->id.value : clause.account);
        if (!account) {
          problems.push_back(problem(request, account.error().message, key + ".account", ""));
          continue;
        }
        Found f;
        f.row = {id,   version, static_cast<std::int64_t>(clauses.size()), block, 0, account->id, clause.name, clause,
                 true, false};
        const auto* upstream = tables_.find_pipeline(account->id, clause.name);
        if (!upstream && (upstream = tables_.find_formerly(account->id, clause.name))) {
          f.row.upstream_name = upstream->name;
          warnings.push_back(account->id.value + "/" + clause.name + " is now called " + upstream->name +
                             ": its clause follows it, and should say the new name");
        }
        const bool itself = account->id == owner->id && (clause.name == spec.name || (upstream && upstream->id == id));
        f.row.followed =
            clause.follow.value_or(lists(clause, RunStatus::SUCCEEDED) && clause.match != Match::newest && !itself);
        if (itself) {
          f.row.upstream = id;
        } else if (upstream) {
          f.row.upstream = upstream->id;
          f.upstream = tables_.pipelines.share(upstream->id);
          if (!may_depend(tx, PipelineRow(*upstream), owner->id))
            problems.push_back(
                problem(request, "account " + owner->id.value + " may not depend on " + full_name(*f.upstream), key,
                        "its owner grants it with: weir grant " + clause.name + " --to " + owner->id.value +
                            " --account " + account->id.value + ", or by share: {with: [" + owner->id.value + "]}"));
        } else if (const bool comes = origin.together.contains(account->id.value + "/" + clause.name);
                   !comes && !request.allow_missing) {
          std::vector<std::string_view> names;
          for (const auto& row : tables_.pipelines.rows())
            if (!row->deleted && row->account == account->id) names.push_back(row->name);
          const auto near = json::nearest(clause.name, names);
          problems.push_back(
              problem(request, "account " + account->id.value + " has no pipeline '" + clause.name + "'", key + ".name",
                      near.empty() ? "deploy it first, or deploy with --allow-missing: the clause then waits for it"
                                   : "did you mean '" + std::string(near) + "'?"));
        } else if (!comes) {
          warnings.push_back(account->id.value + "/" + clause.name + " does not exist yet: its clause waits for it");
        }
        clauses.push_back(std::move(f));
      }
    };
    add(spec.trigger->executions->all_of, Block::allOf);
    add(spec.trigger->executions->any_of, Block::anyOf);
  }

  // --- the grain ---
  const auto decision = decide_grain(spec, *zone, [&](const ClauseSpec& clause) -> std::optional<Grain> {
    for (const auto& f : clauses)
      if (f.upstream && f.row.upstream_name == clause.name && f.row.spec.account == clause.account)
        return f.upstream->grain;
    return std::nullopt;
  });
  if (auto wrong = check_grain(spec, decision.grain, *zone))
    problems.push_back(problem(request, wrong->what, wrong->where, wrong->fix));
  if (existing && existing->grain != decision.grain)
    problems.push_back(
        problem(request,
                "the grain would change from " + std::string(name_of(existing->grain)) + " to " +
                    std::string(name_of(decision.grain)) + ", and what has run would lose its keys",
                "window", "say `window: " + std::string(name_of(existing->grain)) + "`, or deploy under another name"));
  if (existing && existing->key != spec.key)
    problems.push_back(problem(request, "the key would change, and what has run would lose its keys", "key",
                               "leave it as it is, or deploy under another name"));
  if (!is_calendar(decision.grain) && decision.grain != Grain::run && !spec.key.empty())
    problems.push_back(problem(request, "a pipeline of the grain none has no keys", "key", "say 'window:'"));
  for (const auto& f : clauses)
    if (f.upstream) check_parts(request, f.row.spec, *f.upstream, problems);
  for (const auto& f : clauses)
    if (f.upstream) check_each(request, decision.grain, f.row.spec, *f.upstream, problems);

  const PoolRow* pool = nullptr;
  if (const auto& name = spec.concurrency.pool; !name.empty()) {
    pool = tables_.find_pool(owner->id, name);
    if (pool == nullptr)
      problems.push_back(problem(request, "account " + owner->id.value + " has no pool '" + name + "'",
                                 "concurrency.pool", missing_pool_fix(owner->id, name)));
  }

  // --- rule 11 ---
  std::set<std::int64_t> upstreams;
  for (const auto& f : clauses)
    if (f.row.upstream != 0 && f.row.spec.offset == 0 && f.row.spec.match == Match::window)
      upstreams.insert(f.row.upstream);
  if (const auto cycle = cycle_of(id, upstreams); !cycle.empty()) {
    std::string path;
    for (const auto node : cycle) {
      const auto* row = tables_.find_pipeline(node);
      path += (path.empty() ? "" : " -> ") + (node == id ? owner->id.value + "/" + spec.name
                                              : row      ? full_name(*row)
                                                         : "?");
    }
    problems.push_back(problem(request, "a circle of pipelines would wait for each other: " + path,
                               "trigger.executions", "offset: -1 in one of the clauses uses the window before"));
  }
  if (!problems.empty()) return api::refuse(std::move(problems));

  // --- the rows ---
  PipelineRow row = existing ? *existing : PipelineRow{};
  row.id = id;
  row.account = owner->id;
  row.name = spec.name;
  row.display_name = spec.display_name;
  row.owner = !spec.owner.empty() ? spec.owner : owner->owner;
  row.description = spec.description;
  row.version = version;
  row.grain = decision.grain;
  row.timezone = zone_name;
  row.max_runs = spec.concurrency.max_runs;
  row.on_limit = spec.concurrency.on_limit;
  row.pool = pool != nullptr ? pool->id : 0;
  row.priority = spec.concurrency.priority;
  row.deployed = tx.now();
  row.external = spec.external;
  row.key = spec.key;
  if (renamed) {
    std::erase(row.formerly, spec.formerly);
    row.formerly.push_back(spec.formerly);
  }
  std::erase(row.formerly, spec.name);
  if (!existing) row.first_deployed = tx.now();
  if (is_calendar(row.grain)) {
    if (!existing) row.first_window = window_at(row.grain, tx.now(), *zone).index;
    if (!spec.since.empty()) {
      const auto day = parse_window(spec.since, Grain::day);
      if (!day) return api::refuse(std::vector<Problem>{day.error()});
      row.since = window_at(row.grain, first_moment(*day, *zone), *zone).index;
    } else if (!existing) {
      row.since = row.first_window;
    }
  }
  const auto synthesised = synthesise(spec);
  std::optional<Instant> next;
  if (spec.trigger && spec.trigger->schedule) next = schedule_of(*spec.trigger->schedule).next_after(tx.now(), *zone);
  if (spec.trigger && spec.trigger->schedule && !next)
    warnings.push_back("the schedule (" + schedule_of(*spec.trigger->schedule).text() + ") has no time in the future");
  row.sentence = trigger_sentence(spec, {row.grain, zone_name, next ? local_minute(*next, *zone) : std::string()});

  std::optional<TriggerRow> trigger;
  if (spec.trigger) trigger = TriggerRow{id, version, *spec.trigger};
  std::vector<std::shared_ptr<const ClauseRow>> clause_rows;
  for (auto& f : clauses) clause_rows.push_back(std::make_shared<const ClauseRow>(f.row));

  api::DeployReply reply{spec.name, owner->id, version, true, std::string(name_of(row.grain)), row.sentence, warnings,
                         {},        true,      next,    {}};
  if (existing) {
    if (const auto spec_before = spec_of(tx, existing->id, existing->version))
      reply.changes = diff_specs(*spec_before, spec);
    diff_files(old_bundle ? old_bundle->files : std::vector<api::ProjectFile>{}, request.files, reply.changes);
  } else {
    reply.changes.push_back({api::ChangeKind::ADDED, "pipeline", spec.name, "", ""});
  }
  reply.open_keys = engine_.open_keys(row, trigger ? &*trigger : nullptr, clause_rows, tx.now());
  if (request.dry_run || (!request.confirm && !reply.open_keys.empty())) {
    reply.deployed = false;
    return reply;
  }

  VersionRow stored;
  stored.pipeline = id;
  stored.version = version;
  stored.spec.text = json::print_described(spec);
  stored.file = file;
  stored.yaml = request.yaml;
  stored.project_yaml = request.project_yaml;
  if (!spec.external) stored.machine = "pipeline-" + spec.name;
  stored.sentence = row.sentence;
  stored.deployed = tx.now();
  stored.who = tx.principal().who;
  stored.environment = request.environment;
  stored.files = static_cast<int>(request.files.size());
  stored.rolled_back_to = origin.rolled_back_to;
  if (!request.files.empty()) {
    // The digest names the files for workers' caches; files are kept once while they do not change.
    const bool same = old_bundle && same_files(old_bundle->files, request.files);
    stored.bundle = same ? before->bundle : "b" + std::to_string(tx.new_id());
    if (!same) tx.put(tables_.bundles, BundleRow{stored.bundle, owner->id, request.files});
  }
  const api::Principal house{owner->id, "weir", true};
  std::optional<api::ApiError> failed;
  if (!spec.external)
    tx.call(
        api::PutMachine{stored.machine, {synthesised.definition}},
        [&](core::Transaction&, api::Reply<api::MachineReply> machine) {
          if (!machine)
            failed = machine.error();
          else
            stored.machine_revision = std::to_string(machine->revision);
        },
        &house);
  if (failed) return std::unexpected(std::move(*failed));

  row.launch = launch_facts_of(spec, version, stored.machine, stored.bundle);
  if (const auto defaults = default_values(spec)) {
    const auto number = intern(tx, tables_, *defaults);
    if (!number) return api::refuse({number.error()});
    row.default_values = *number;
  }
  tx.put(tables_.versions, std::move(stored));
  tx.put(tables_.pipelines, row);
  if (trigger) tx.put(tables_.triggers, *trigger);
  for (const auto& clause : clause_rows) tx.put(tables_.clauses, *clause);
  put_report_sources(tx, row, spec);
  put_document_source(tx, row, spec);
  if (renamed) engine_.renamed(tx, row);
  engine_.deployed(tx, id);
  if (!existing || renamed) engine_.upstream_appeared(tx, id);
  sharing_changed(tx, row);
  const bool back = origin.rolled_back_to != 0;
  tx.emit(api::Audited{back ? "RollbackPipeline" : "DeployPipeline",
                       full_name(row) + " version " + std::to_string(version) +
                           (back ? ", the text of version " + std::to_string(origin.rolled_back_to) : "") +
                           (renamed ? ", formerly " + spec.formerly : std::string()),
                       origin.reason});
  return reply;
}

}  // namespace weir::pipeline
