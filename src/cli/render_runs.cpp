#include <fmt/format.h>

#include "cli/render.hpp"
#include "cli/table.hpp"

namespace weir::cli {
namespace {

std::string took(const std::optional<Instant>& started, const std::optional<Instant>& ended, Instant now) {
  if (!started) return {};
  if (!ended && now <= *started) return {};
  return span_text((ended ? *ended : now) - *started);
}

Table::Cell status_cell(const std::string& status) { return {status_text(status), status_color(status)}; }

std::string marks(const api::RunInfo& run) {
  std::string out;
  if (run.adhoc) out += "adhoc ";
  if (run.out_of_date) out += "out of date ";
  return out;
}

std::string runs_table(const std::vector<api::RunInfo>& runs, const Look& look, bool with_account) {
  Table table({"RUN", "ACCOUNT", "PIPELINE", "WINDOW", "STATUS", "STARTED", "TOOK", "WHY"});
  for (const auto& run : runs) {
    std::string why = marks(run) + (run.why.empty() ? run.cause : run.why);
    if (!run.waits.empty()) why = "waits for " + run.waits;
    if (!run.error.empty()) why = run.error + ": " + run.cause_text.substr(0, run.cause_text.find('\n'));
    table.row({std::to_string(run.run), with_account ? run.account.str() : "", run.pipeline, run.window,
               status_cell(run.status), run.started ? when_text(*run.started) : "",
               took(run.started, run.ended, look.now), why});
  }
  return table.text(look.width, look.color);
}

std::string indented(const std::string& text, const char* by) {
  std::string out;
  std::size_t from = 0;
  while (from < text.size()) {
    const auto to = std::min(text.find('\n', from), text.size());
    out += by + text.substr(from, to - from) + "\n";
    from = to + 1;
  }
  return out;
}

}  // namespace

std::string render_runs(const api::ListRunsReply& reply, const Look& look, bool with_account) {
  if (reply.runs.empty()) return "no runs\n";
  std::string out = runs_table(reply.runs, look, with_account);
  if (reply.next) out += fmt::format("older ones: --before {}\n", *reply.next);
  return out;
}

std::string run_line(const api::RunInfo& run, const Look& look) {
  const std::string time = took(run.started, run.ended, look.now);
  return fmt::format("{}  {} {} (run {}{})", paint(look.color, status_color(run.status), status_text(run.status)),
                     run.pipeline, run.window, run.run, time.empty() ? "" : ", " + time);
}

std::string render_run(const api::DescribeRunReply& reply, const Look& look) {
  const auto& run = reply.run;
  std::string out = run_line(run, look) + "\n";
  const auto fact = [&](const char* name, const std::string& value) {
    if (!value.empty()) out += fmt::format("  {} {}\n", padded(name, 11), value);
  };
  fact("account", run.account.str());
  fact("why", marks(run) + run.why);
  fact("waits for", run.waits);
  std::string missing;
  for (const auto& name : run.missing) missing += (missing.empty() ? "" : ", ") + name;
  fact("without", missing);
  fact("version", std::to_string(run.version));
  fact("created", when_text(run.created));
  if (run.started) fact("started", when_text(*run.started));
  if (run.ended) fact("ended", when_text(*run.ended));
  if (run.parameters.text != "{}") fact("parameters", run.parameters.text);
  fact("result", run.result.text);
  if (!run.error.empty()) {
    fact("error", paint(look.color, Color::red, run.error));
    out += indented(run.cause_text, "    ");
  }
  if (!reply.steps.empty()) {
    out += "\n";
    Table table({"STEP", "ATTEMPT", "STATUS", "WORKER", "STARTED", "TOOK", "ERROR"});
    for (const auto& step : reply.steps)
      table.row({step.step, std::to_string(step.attempt), status_cell(step.status), step.worker,
                 step.started ? when_text(*step.started) : "", took(step.started, step.ended, look.now),
                 step.error.empty() ? (step.status == "SKIPPED" ? step.cause_text : "")
                                    : step.error + ": " + step.cause_text.substr(0, step.cause_text.find('\n'))});
    out += table.text(look.width, look.color);
  }
  const auto others = [&](const char* title, const std::vector<api::RunInfo>& runs) {
    if (runs.empty()) return;
    out += fmt::format("\n{}\n", title);
    for (const auto& other : runs) out += "  " + run_line(other, look) + "\n";
  };
  others("used", reply.upstream_runs);
  others("used by", reply.downstream_runs);
  out += fmt::format("\nweir logs {}\n", run.run);
  return out;
}

}  // namespace weir::cli
