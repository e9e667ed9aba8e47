// next: the scheduled times to come, of a pipeline of the server or of a file.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "base/limits.hpp"
#include "cli/context.hpp"
#include "cli/project.hpp"
#include "pipeline/next_times.hpp"
#include "pipeline/sentence.hpp"
#include "pipeline/spec_grain.hpp"
#include "pipeline/yaml.hpp"

namespace weir::cli {
namespace {

struct NextOptions {
  std::string pipeline;
  std::string file;
  std::string from;
  std::string environment;
  int count = 10;
};

// "2026-03-28" begins at midnight UTC.
std::optional<Instant> instant_of(const std::string& text) {
  return instant_from_text(text.size() == 10 ? text + "T00:00:00Z" : text);
}

int next_of_file(Context& context, const NextOptions& options, std::optional<Instant> from) {
  const auto project = find_project(options.file);
  if (!project) return context.fail(project.error());
  const auto spec = parse(*project, options.environment);
  if (!spec) return context.fail(spec.error());
  const auto zone = find_zone(spec->timezone.empty() ? "UTC" : spec->timezone);
  if (!zone) return context.fail(zone.error());
  // Without the server the upstreams' grains are not known, and they matter only where there is no schedule.
  const auto grain = pipeline::decide_grain(*spec, *zone, [](const auto&) { return std::nullopt; }).grain;
  api::NextTimesReply reply;
  reply.pipeline = spec->name;
  const bool known = spec->account.size() == 12 && spec->account.find_first_not_of("0123456789") == std::string::npos;
  if (known) reply.account = AccountId{spec->account};
  reply.grain = name_of(grain);
  reply.timezone = zone->name();
  reply.sentence = pipeline::trigger_sentence(*spec, {grain, reply.timezone, ""});
  if (spec->trigger && spec->trigger->schedule) {
    const auto& schedule = *spec->trigger->schedule;
    if (auto wrong = pipeline::check_grain(*spec, grain, *zone))
      return context.fail(
          Problem{wrong->what, pipeline::where_in(project->yaml, project->file, wrong->where), wrong->fix});
    reply.schedule = pipeline::schedule_of(schedule).text();
    reply.times = pipeline::next_times(schedule, {grain, *zone, known ? spec->account + "/" + spec->name : ""},
                                       from.value_or(context.look().now), options.count);
  }
  context.print(type_of<api::NextTimesReply>(), &reply, [&] { return render_next(reply, context.look()); });
  return kOk;
}

int next(Context& context, const NextOptions& options) {
  std::optional<Instant> from;
  if (!options.from.empty()) {
    from = instant_of(options.from);
    if (!from)
      return context.fail(
          Problem{"'" + options.from + "' is no time", "--from", "write 2026-03-28 or 2026-03-28T12:00:00Z"});
  }
  if (!options.file.empty()) return next_of_file(context, options, from);
  if (options.pipeline.empty())
    return context.fail(
        Problem{"no pipeline is named", "next", "weir next PIPELINE, or weir next --file pipeline.yaml"}, kUsage);
  const auto ref = pipeline_ref(options.pipeline);
  api::NextTimes request;
  request.pipeline = ref.name;
  request.account = ref.account;
  request.count = options.count;
  request.from = from;
  return context.show<api::NextTimes>(request, [&](const auto& reply) { return render_next(reply, context.look()); });
}

}  // namespace

void add_next_command(CLI::App& app, Context& context) {
  auto* command = app.add_subcommand("next", "The next scheduled times: local, UTC and the key of each");
  auto options = std::make_shared<NextOptions>();
  command->add_option("PIPELINE", options->pipeline, "NAME or ACCOUNT/NAME");
  command->add_option("--file", options->file, "of this pipeline.yaml instead, without a server");
  command->add_option("-n,--count", options->count, "how many (default 10)")->check(CLI::Range(1, limits::kNextTimes));
  command->add_option("--from", options->from, "after this time (default: now), for example 2026-03-28");
  command->add_option("--env", options->environment, "with --file: environment of weir.yaml's variables");
  command->callback([&context, options] { context.exit = next(context, *options); });
}

}  // namespace weir::cli
