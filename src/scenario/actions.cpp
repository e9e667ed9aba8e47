// What people and the world do in a test.
#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/account.hpp"
#include "api/decisions.hpp"
#include "api/plan.hpp"
#include "api/pool.hpp"
#include "base/limits.hpp"
#include "json/described.hpp"
#include "json/text.hpp"
#include "scenario/moment.hpp"
#include "scenario/stage.hpp"
#include "scenario/stage_answers.hpp"

namespace weir::scenario {
namespace {

const AccountId kHouse{"000000000000"};
const std::string kReason = "the test says so";

std::string words(const std::string& pipeline, const std::string& window) {
  return window.empty() ? pipeline : pipeline + " " + window;
}

}  // namespace

bool Stage::check_answers(const Entry& entry) {
  if (entry.refused.empty() && !refusals_.empty()) return wrong("refused: " + refusals_.front());
  const auto hold = [&](const std::string& what, const std::string& text, const std::string& expected) {
    outcome_.compared.push_back({what, expected, text, holds(text, expected)});
    return outcome_.compared.back().ok;
  };
  bool ok = true;
  if (!entry.refused.empty()) {
    std::string all;
    for (const auto& r : refusals_) all += (all.empty() ? "" : "\n") + r;
    ok = hold("refused", refusals_.empty() ? "it was done" : all, entry.refused) && !refusals_.empty();
  }
  for (const auto& expected : entry.says) ok = hold("says", said_, expected) && ok;
  if (ok) outcome_.compared.clear();
  if (ok && !entry.refused.empty()) film_refusal();
  return ok;
}

bool Stage::act(const Entry& entry, const std::string& path) {
  bool ok = true;
  const auto all = [&](const auto& list, const auto& one) {
    for (const auto& item : list) ok = ok && one(item);
  };
  all(entry.run, [&](const auto& a) { return start(a); });
  all(entry.end, [&](const auto& a) { return end(a); });
  all(entry.stop, [&](const auto& a) { return stop(a); });
  all(entry.retry, [&](const auto& a) { return retry(a); });
  all(entry.mark, [&](const auto& a) { return mark(a); });
  all(entry.skip, [&](const auto& a) { return decide<api::SkipWindow>(a, "skip"); });
  all(entry.accept, [&](const auto& a) { return decide<api::AcceptWindow>(a, "accept"); });
  all(entry.approve, [&](const auto& a) { return decide<api::ApproveWindow>(a, "approve"); });
  all(entry.pause, [&](const auto& a) { return hold<api::Pause>(a, "pause"); });
  all(entry.resume, [&](const auto& a) { return hold<api::Resume>(a, "resume"); });
  all(entry.rerun, [&](const auto& a) { return rerun(a); });
  all(entry.report, [&](const auto& a) { return report(a); });
  all(entry.remove, [&](const auto& a) { return remove(a, entry.force); });
  all(entry.grant, [&](const auto& a) { return grant(a, false); });
  all(entry.withdraw, [&](const auto& a) { return grant(a, true); });
  all(entry.document, [&](const auto& a) { return document(a); });
  all(entry.file, [&](const auto& a) { return file(a); });
  if (ok && !entry.deploy.empty()) ok = deploy(entry, path);
  if (ok && !entry.pool.empty()) ok = set_pools(entry.pool);
  if (ok && entry.backfill) ok = backfill(*entry.backfill);
  if (ok && entry.outage) {
    note("outage " + to_text(*entry.outage));
    ok = world_.outage_until(world_.now() + *entry.outage) || restless();
  }
  return ok;
}

bool Stage::deploy(const Entry& entry, const std::string& path) {
  for (const auto& text : entry.deploy) {
    const auto prepared = player_.prepare(text, path + ".deploy");
    if (!prepared) {
      std::string all;
      for (const auto& p : prepared.error()) all += (all.empty() ? "" : "\n") + p.text();
      refusals_.push_back(std::move(all));
      continue;
    }
    for (const auto& account : (*prepared)->accounts) world_.account(account);
    want_pool(**prepared);
    note("deploy " + (*prepared)->name);
    auto request = (*prepared)->request;
    request.allow_missing = entry.allow_missing;
    if (answered<api::DeployPipeline>(world_.ask(std::move(request), kHouse)) != nullptr) came(**prepared);
  }
  return true;
}

bool Stage::set_pools(const std::map<std::string, std::string>& slots) {
  for (const auto& [pool, text] : slots) {
    const auto slash = pool.find('/');
    const auto account = slash == std::string::npos ? kHouse : world_.account(pool.substr(0, slash));
    api::SetPool request;
    request.pool = slash == std::string::npos ? pool : pool.substr(slash + 1);
    std::from_chars(text.data(), text.data() + text.size(), request.slots);
    request.reason = kReason;
    if (world_.tables().pipelines.size() > 0) note(fmt::format("pool {} has {} slots", pool, text));
    answered<api::SetPool>(world_.ask(std::move(request), account));
  }
  return true;
}

void Stage::want_pool(const Prepared& prepared) {
  if (prepared.pool.empty()) return;
  const auto account = prepared.account.empty() ? kHouse : world_.account(prepared.account);
  if (world_.tables().find_pool(account, prepared.pool) != nullptr) return;
  api::SetPool request;
  request.pool = prepared.pool;
  request.slots = limits::kPoolSlots;
  (void)world_.ask(std::move(request), account);
}

bool Stage::start(const StartAction& action) {
  const auto key = key_of({action.pipeline, action.window});
  if (!key) return false;
  const auto one = [&](std::optional<std::int64_t> window) {
    api::StartRun request;
    request.pipeline = key->pipeline->name;
    if (window) request.date = label_of(*key->pipeline, *window);
    request.adhoc = action.adhoc;
    request.now = action.now;
    request.reason = kReason;
    if (!action.parameters.empty()) {
      json::Object parameters;
      for (const auto& [name, value] : action.parameters) parameters[name] = value;
      request.parameters.text = json::print(parameters);
    }
    auto what = words(action.pipeline, request.date.value_or(""));
    for (const auto& [name, value] : action.parameters) what += fmt::format(" {}={}", name, value);
    note(fmt::format("run {}{}", what, action.adhoc ? " adhoc" : action.now ? " now" : ""));
    const auto reply = world_.ask(std::move(request), key->pipeline->account);
    const auto* started = answered<api::StartRun>(reply);
    if (started && (action.status || action.after))
      world_.will_end(started->run.run, {action.status, action.after, {}});
  };
  if (key->windows.empty()) one(std::nullopt);
  for (const auto w : key->windows) one(w);
  return true;
}

bool Stage::end(const EndAction& action) {
  const auto key = key_of({action.pipeline, action.window});
  if (!key) return false;
  const auto working = [&](std::optional<std::int64_t> window) -> std::int64_t {
    std::int64_t adhoc = 0;  // ends when no other works
    for (const auto& row : world_.tables().active.rows()) {
      if (row->pipeline != key->pipeline->id || row->status != pipeline::RunState::RUNNING ||
          (window && row->window != *window))
        continue;
      if (!row->adhoc) return row->run;
      if (adhoc == 0) adhoc = row->run;
    }
    return adhoc;
  };
  const auto one = [&](std::optional<std::int64_t> window) {
    const auto name = words(action.pipeline, window ? label_of(*key->pipeline, *window) : "");
    const auto run = working(window);
    if (run == 0) return wrong(fmt::format("no run of {} works, so none can end", name));
    note(fmt::format("end {} {}", name, weir::name_of(action.status.value_or(pipeline::RunStatus::SUCCEEDED))));
    world_.end_now(run, {action.status, {}, {}});
    return world_.settle() || restless();
  };
  if (key->windows.empty()) return one(std::nullopt);
  return std::ranges::all_of(key->windows, one);
}

bool Stage::stop(const KeyRef& ref) {
  const auto key = key_of(ref);
  if (!key) return false;
  // What works; else what waits.
  std::vector<std::int64_t> runs, waiting;
  for (const auto& row : world_.tables().active.rows())
    if (row->pipeline == key->pipeline->id && !row->adhoc &&
        (key->windows.empty() || std::ranges::find(key->windows, row->window) != key->windows.end()))
      (row->status == pipeline::RunState::RUNNING ? runs : waiting).push_back(row->run);
  if (runs.empty()) runs = waiting;
  if (runs.empty()) return wrong(fmt::format("no run of {} works or waits", words(ref.pipeline, ref.window)));
  note("stop " + words(ref.pipeline, ref.window));
  for (const auto run : runs) answered<api::StopRun>(world_.ask(api::StopRun{run, kReason}, key->pipeline->account));
  return true;
}

bool Stage::retry(const KeyRef& ref) {
  const auto key = key_of(ref);
  if (!key) return false;
  std::int64_t newest = 0;
  for (const auto& run : world_.runs_of(key->pipeline->id))
    if (!run->adhoc && (key->windows.empty() || std::ranges::find(key->windows, run->window) != key->windows.end()))
      newest = run->run;
  if (newest == 0) return wrong(fmt::format("{} has no run yet", words(ref.pipeline, ref.window)));
  note("retry " + words(ref.pipeline, ref.window));
  answered<api::RetryRun>(world_.ask(api::RetryRun{newest, kReason}, key->pipeline->account));
  return true;
}

bool Stage::mark(const MarkAction& action) {
  const auto key = key_of({action.pipeline, action.window});
  if (!key) return false;
  for (const auto w : key->windows) {
    api::MarkWindow request;
    request.pipeline = key->pipeline->name;
    request.window = label_of(*key->pipeline, w);
    request.status = weir::name_of(action.status);
    request.reason = kReason;
    note(fmt::format("mark {} {} {}", action.pipeline, request.window, request.status));
    answered<api::MarkWindow>(world_.ask(std::move(request), key->pipeline->account));
  }
  return true;
}

template <class R>
bool Stage::decide(const KeyRef& ref, const char* verb) {
  const auto key = key_of(ref);
  if (!key) return false;
  const auto one = [&](std::optional<std::int64_t> window) {
    R request;
    request.pipeline = key->pipeline->name;
    if (window) request.window = label_of(*key->pipeline, *window);
    request.reason = kReason;
    note(fmt::format("{} {}", verb, words(ref.pipeline, window ? label_of(*key->pipeline, *window) : "")));
    answered<R>(world_.ask(std::move(request), key->pipeline->account));
  };
  if (key->windows.empty()) one(std::nullopt);
  for (const auto w : key->windows) one(w);
  return true;
}

template <class R>
bool Stage::hold(const KeyRef& ref, const char* verb) {
  R request;
  request.reason = kReason;
  auto account = kHouse;
  note(fmt::format("{} {}", verb, ref.pipeline));
  if (ref.pipeline.ends_with("/*")) {
    account = world_.account(ref.pipeline.substr(0, ref.pipeline.size() - 2));
  } else {
    const auto key = key_of({ref.pipeline, ""});
    if (!key) return false;
    account = key->pipeline->account;
    request.pipeline = key->pipeline->name;
  }
  answered<R>(world_.ask(std::move(request), account));
  return true;
}

bool Stage::remove(const KeyRef& ref, bool force) {
  const auto key = key_of({ref.pipeline, ""});
  if (!key) return false;
  note("delete " + ref.pipeline);
  api::DeletePipeline request;
  request.pipeline = key->pipeline->name;
  request.force = force;
  request.reason = kReason;
  answered<api::DeletePipeline>(world_.ask(std::move(request), key->pipeline->account));
  return true;
}

bool Stage::grant(const GrantAction& action, bool withdraw) {
  const auto key = key_of({action.pipeline, ""});
  if (!key) return false;
  note(fmt::format("{} {} to {}", withdraw ? "withdraw" : "grant", action.pipeline, action.to));
  api::PutGrant request;
  request.pipeline = key->pipeline->name;
  request.to = world_.account(action.to).value;
  request.withdraw = withdraw;
  request.reason = kReason;
  answered<api::PutGrant>(world_.ask(std::move(request), key->pipeline->account));
  return true;
}

bool Stage::rerun(const KeyRef& ref) {
  const auto key = key_of(ref);
  if (!key) return false;
  note("rerun " + words(ref.pipeline, ref.window));
  api::Rerun request;
  request.pipeline = key->pipeline->name;
  if (!key->windows.empty()) request.window = label_of(*key->pipeline, key->windows.front());
  if (key->windows.size() > 1) request.to = label_of(*key->pipeline, key->windows.back());
  request.accept = true;
  request.others = true;
  request.reason = kReason;
  answered<api::Rerun>(world_.ask(std::move(request), key->pipeline->account));
  return true;
}

bool Stage::report(const EndAction& action) {
  const auto key = key_of({action.pipeline, action.window});
  if (!key) return false;
  for (const auto w : key->windows) {
    api::ReportRun request;
    request.pipeline = key->pipeline->name;
    request.date = label_of(*key->pipeline, w);
    request.status = weir::name_of(action.status.value_or(pipeline::RunStatus::SUCCEEDED));
    note(fmt::format("report {} {} {}", action.pipeline, *request.date, request.status));
    answered<api::ReportRun>(world_.ask(std::move(request), key->pipeline->account));
  }
  return true;
}

bool Stage::backfill(const BackfillAction& action) {
  const auto key = key_of({action.pipeline, ""});
  if (!key) return false;
  note(fmt::format("backfill {} {} to {}", action.pipeline, action.from, action.to));
  api::Backfill request;
  request.pipeline = key->pipeline->name;
  request.from = action.from;
  request.to = action.to;
  request.redo = action.redo;
  request.parallel = action.parallel;
  request.downstream = action.downstream;
  request.accept = true;
  request.others = true;
  request.reason = kReason;
  answered<api::Backfill>(world_.ask(std::move(request), key->pipeline->account));
  return true;
}

}  // namespace weir::scenario
