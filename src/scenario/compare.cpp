// What was expected beside what came.
#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "base/folded.hpp"
#include "json/described.hpp"
#include "pipeline/window_choice.hpp"
#include "scenario/moment.hpp"
#include "scenario/stage.hpp"

namespace weir::scenario {
namespace {

using pipeline::RunRow;
using pipeline::RunState;

std::string list(const std::vector<std::string>& items) {
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return out.empty() ? "none" : out;
}

std::string status_word(const std::string& text) {
  if (folded(text) == "none") return "none";
  std::string out;
  for (const char c : text) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c;
  return out == "SUCCESS" ? "SUCCEEDED" : out;
}

std::string missing_words(const api::ClauseState& state) {
  constexpr std::size_t kNamed = 5;
  if (state.missing.size() < 2 && state.runs.empty()) return {};  // `why` names the one
  std::string out;
  for (std::size_t i = 0; i < state.missing.size() && i < kNamed; ++i) out += (i == 0 ? " (" : ", ") + state.missing[i];
  return out.empty() ? out : out + (state.missing.size() > kNamed ? ", ...)" : ")");
}

// Each expected text is matched by a text of its own, in any order.
bool match_all(std::vector<std::string> got, const std::vector<std::string>& expected,
               const std::function<bool(const std::string& got, const std::string& expected)>& fits) {
  if (got.size() != expected.size()) return false;
  for (const auto& e : expected) {
    const auto at = std::ranges::find_if(got, [&](const auto& g) { return fits(g, e); });
    if (at == got.end()) return false;
    got.erase(at);
  }
  return true;
}

// "b" fits "b 2026-01-02#2", as do "b#2" and "b 2026-01-02".
bool fits_used(const std::string& got, const std::string& expected) {
  const auto number = [](const std::string& t) {
    return t.find('#') == std::string::npos ? "" : t.substr(t.find('#'));
  };
  const auto rest = [](const std::string& t) { return t.substr(0, t.find('#')); };
  if (!number(expected).empty() && number(expected) != number(got)) return false;
  const auto e = key_ref(rest(expected)), g = key_ref(rest(got));
  return folded(e.pipeline) == g.pipeline && (e.window.empty() || e.window == g.window);
}

}  // namespace

void Stage::same(const std::string& what, const std::string& expected, const std::string& got) {
  outcome_.compared.push_back({what, expected, got, expected == got});
}

bool Stage::expect(const std::map<std::string, Expectation>& expected) {
  for (const auto& [text, expectation] : expected) {
    const auto key = key_of(key_ref(text));
    if (!key) return false;
    if (key->windows.empty()) compare(text, *key, std::nullopt, expectation);
    for (const auto w : key->windows)
      compare(key_ref(text).pipeline + " " + label_of(*key->pipeline, w), *key, w, expectation);
  }
  if (std::ranges::all_of(outcome_.compared, &Compared::ok)) {
    outcome_.compared.clear();
    return true;
  }
  return false;
}

std::vector<std::string> Stage::used_by(const RunRow& run) {
  std::vector<std::string> out;
  for (const auto& used : run.used) {
    const auto* upstream = world_.tables().pipelines.find(used.upstream);
    if (!upstream) continue;
    auto text = fmt::format("{} {}#{}", upstream->name, label_of(*upstream, used.window), used.number);
    if (std::ranges::find(out, text) == out.end()) out.push_back(std::move(text));
  }
  return out;
}

void Stage::compare(const std::string& name, const Key& key, std::optional<std::int64_t> window,
                    const Expectation& expected) {
  const auto& row = *key.pipeline;
  std::vector<std::shared_ptr<const RunRow>> runs;
  for (auto& run : world_.runs_of(row.id))
    if (!run->adhoc && (!window || run->window == *window)) runs.push_back(std::move(run));
  // Its current run, which is the one started last; of a window in which none has started, the last that was to start.
  const RunRow* newest = runs.empty() ? nullptr : runs.back().get();
  for (const auto& run : runs)
    if (run->number > 0 &&
        (newest->number == 0 || std::tie(run->started, run->run) > std::tie(newest->started, newest->run)))
      newest = run.get();
  const auto say = [&](const char* what) { return name + " " + what; };
  const auto count = [&](RunState state) {
    return std::ranges::count_if(runs, [&](const auto& r) { return r->status == state; });
  };
  const auto texts = [&](const char* what, const std::vector<std::string>& want, const std::vector<std::string>& got,
                         const std::function<bool(const std::string&, const std::string&)>& fits) {
    outcome_.compared.push_back({say(what), list(want), list(got), match_all(got, want, fits)});
  };
  const auto word_in = [](const std::string& text, const std::string& words) { return holds(text, words); };

  if (expected.runs)
    same(say("runs"), std::to_string(*expected.runs),
         std::to_string(std::ranges::count_if(runs, [](const auto& r) { return r->number > 0; })));
  if (expected.active) same(say("active"), std::to_string(*expected.active), std::to_string(count(RunState::RUNNING)));
  if (expected.waiting)
    same(say("waiting"), std::to_string(*expected.waiting),
         std::to_string(count(RunState::QUEUED) + waiting_documents(*key.pipeline, window)));
  if (expected.status)
    same(say("status"), status_word(*expected.status), newest ? std::string(weir::name_of(newest->status)) : "none");
  if (expected.statuses) {
    std::vector<std::string> want, got;
    for (const auto& s : *expected.statuses) want.push_back(status_word(s));
    for (const auto& r : runs) got.emplace_back(weir::name_of(r->status));
    same(say("statuses"), list(want), list(got));
  }
  if (expected.windows) {
    std::vector<std::string> got;
    for (const auto& r : runs) got.push_back(r->label);
    same(say("windows"), list(*expected.windows), list(got));
  }
  if (expected.used) {
    std::vector<std::string> want;
    for (const auto& text : *expected.used) {
      const auto ref = key_ref(text);
      const auto dots = ref.window.find("..");
      const auto range = dots == std::string::npos ? std::nullopt : key_of(ref);
      if (!range) want.push_back(text);
      if (range)
        for (const auto w : range->windows) want.push_back(ref.pipeline + " " + label_of(*range->pipeline, w));
    }
    texts("used", want, newest ? used_by(*newest) : std::vector<std::string>{}, fits_used);
  }
  if (expected.decisions) {
    std::vector<std::string> got;
    for (const auto& e : world_.evidence_of(row.id))
      if (!window || e->window == *window) got.push_back(e->decision);
    same(say("decisions"), list(*expected.decisions), list(got));
  }
  if (expected.cause) same(say("cause"), *expected.cause, newest ? std::string(weir::name_of(newest->cause)) : "none");
  if (expected.out_of_date.value_or(false) && window) film_stale(key, *window);
  if (expected.out_of_date)
    same(say("outOfDate"), *expected.out_of_date ? "true" : "false",
         newest && world_.engine().out_of_date(newest->run) ? "true" : "false");
  if (expected.waits_for) {
    std::vector<std::string> got;
    if (window) {
      film_wait(key, *window);
      const auto judgement = world_.engine().judge(row.id, *window);
      const auto states = world_.engine().states(judgement);
      for (std::size_t i = 0; i < states.size(); ++i)
        if (!states[i].met)
          got.push_back(fmt::format("{}: {}{}", judgement.clauses[i].clause->upstream_name, states[i].why,
                                    missing_words(states[i])));
    }
    texts("waitsFor", *expected.waits_for, got, [](const std::string& g, const std::string& e) {
      const auto ref = key_ref(e);
      return g.starts_with(folded(ref.pipeline) + ":") && holds(g, ref.window);
    });
  }
  if (expected.why || expected.sees) {
    std::string explained;
    if (expected.why) {
      api::Explain request;
      request.pipeline = row.name;
      if (window) request.window = label_of(row, *window);
      const auto reply = world_.ask(std::move(request), row.account);
      explained = reply ? json::print_described(*reply) : reply.error().message;
    }
    const auto input = newest ? world_.input_of(newest->run) : std::string();
    const auto each = [&](const char* what, const std::optional<std::vector<std::string>>& want,
                          const std::string& got) {
      if (want)
        for (const auto& words : *want) outcome_.compared.push_back({say(what), words, got, word_in(got, words)});
    };
    each("why", expected.why, explained);
    each("sees", expected.sees, input);
  }
  if (expected.notified) {
    std::vector<std::string> got;
    for (const auto& n : world_.notifications())
      if (n.pipeline == row.name && n.account == row.account && (!window || n.window == label_of(row, *window)))
        got.push_back(n.text);
    texts("notified", *expected.notified, got, word_in);
  }
  if (expected.alerts) {
    std::vector<std::string> got;
    for (const auto& a : world_.alerts())
      if (a.pipeline == row.name && a.account == row.account && (!window || a.window == label_of(row, *window)))
        got.push_back(a.text);
    texts("alerts", *expected.alerts, got, word_in);
  }
  if (expected.next) {
    const auto next = world_.engine().next_scheduled(row.id);
    const auto want = moment_of(*expected.next, zone_, world_.now());
    same(say("next"), want ? text_of(*want, zone_) : *expected.next, next ? text_of(*next, zone_) : "none");
  }
}

}  // namespace weir::scenario
