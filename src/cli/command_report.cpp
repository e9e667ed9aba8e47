// weir report: what became of a run that another system made.
#include <CLI/CLI.hpp>

#include <fstream>
#include <sstream>

#include "cli/context.hpp"
#include "json/text.hpp"

namespace weir::cli {
namespace {

struct ReportOptions {
  api::ReportRun request;
  std::string started, ended, result;
};

Result<std::optional<Instant>> instant_of(const std::string& text, const char* option) {
  if (text.empty()) return std::nullopt;
  const auto at = instant_from_text(text);
  if (!at) return fail("'" + text + "' is no time", option, "write it like 2026-01-02T03:00:00Z");
  return at;
}

// JSON as written, or of @FILE.
Result<JsonText> json_of(const std::string& text) {
  std::string whole = text;
  if (text.starts_with("@")) {
    std::ifstream in(text.substr(1), std::ios::binary);
    std::ostringstream out;
    out << in.rdbuf();
    if (!in) return fail("cannot be read", text.substr(1), "name a file of JSON after the @");
    whole = out.str();
  }
  if (whole.empty()) return JsonText{};
  if (const auto value = json::parse(whole); !value)
    return fail(value.error().text(), "--result", "give JSON, or @FILE");
  return JsonText{whole};
}

int report(Context& context, ReportOptions& options) {
  const auto ref = pipeline_ref(options.request.pipeline);
  options.request.pipeline = ref.name;
  options.request.account = ref.account;
  const auto started = instant_of(options.started, "--started");
  if (!started) return context.fail(started.error());
  const auto ended = instant_of(options.ended, "--ended");
  if (!ended) return context.fail(ended.error());
  auto result = json_of(options.result);
  if (!result) return context.fail(result.error());
  options.request.started = *started;
  options.request.ended = *ended;
  options.request.result = std::move(*result);
  return context.show<api::ReportRun>(options.request, [&](const api::ReportReply& reply) {
    return run_line(reply.run, context.look()) + (reply.changed ? "" : "  (nothing has changed: " + reply.why + ")") +
           "\n";
  });
}

}  // namespace

void add_report_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("report", "Say what became of a run of an external pipeline");
  auto options = std::make_shared<ReportOptions>();
  auto& request = options->request;
  command->add_option("PIPELINE", request.pipeline, "NAME or ACCOUNT/NAME")->required();
  command->add_option("-d,--date", request.date, "any date in the window; default: that of the start");
  command->add_option("-s,--status", request.status, "RUNNING, SUCCEEDED, FAILED, TIMED_OUT or ABORTED")->required();
  command->add_option("--run-id", request.run_id,
                      "as the other system calls the run; the same id again is the same run");
  command->add_option("--started", options->started, "when it started, for example 2026-01-02T03:00:00Z; default: now");
  command->add_option("--ended", options->ended, "when it ended; default: now");
  command->add_option("--result", options->result, "small JSON that dependants see, or @FILE");
  command->add_option("--error", request.error, "the name of the error");
  command->add_option("--cause", request.cause, "what went wrong");
  command->callback([&context, options] { context.exit = report(context, *options); });
}

}  // namespace weir::cli
