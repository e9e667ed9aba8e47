#include "run/worker_step.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "json/text.hpp"

namespace weir::run {
namespace {

using json::Value;

constexpr int kCauseLines = 20;

// A text bare, anything else as JSON; nothing when it is absent or null.
std::optional<std::string> plain(const Value* value) {
  if (!value || value->is_null()) return std::nullopt;
  if (const auto* text = value->string()) return *text;
  return json::print(*value);
}

bool usable_name(std::string_view name) {
  if (name.empty() || (name[0] >= '0' && name[0] <= '9')) return false;
  for (const char c : name)
    if (!(c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))) return false;
  return true;
}

std::vector<std::string> texts_of(const Value* list) {
  std::vector<std::string> out;
  if (list && list->array())
    for (const auto& value : *list->array()) out.push_back(plain(&value).value_or(""));
  return out;
}

// spark-submit [OPTIONS] [--class C] [--conf K=V]... FILE [ARGS]
std::vector<std::string> spark_submit(const Value& spark) {
  std::vector<std::string> out{"spark-submit"};
  const auto options = texts_of(spark.find("options"));
  const char* master = std::getenv("WEIR_SPARK_MASTER");
  if (master && std::ranges::find(options, "--master") == options.end()) {
    out.emplace_back("--master");
    out.emplace_back(master);
  }
  out.insert(out.end(), options.begin(), options.end());
  if (auto name = plain(spark.find("class"))) {
    out.emplace_back("--class");
    out.push_back(std::move(*name));
  }
  if (const auto* conf = spark.find("conf"); conf && conf->object())
    for (const auto& [key, value] : *conf->object()) {
      out.emplace_back("--conf");
      out.push_back(key + "=" + plain(&value).value_or(""));
    }
  out.push_back(plain(spark.find("file")).value_or(""));
  for (auto& argument : texts_of(spark.find("args"))) out.push_back(std::move(argument));
  return out;
}

std::string utf8(std::string_view bytes) {
  std::string out;
  for (std::size_t i = 0; i < bytes.size();) {
    const auto lead = static_cast<unsigned char>(bytes[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    std::string_view part = bytes.substr(i, length);
    bool good = length > 0 && part.size() == length;
    for (std::size_t k = 1; good && k < length; ++k) good = (static_cast<unsigned char>(part[k]) & 0xC0) == 0x80;
    // Overlong forms and surrogates pass the test above; the parser of JSON texts is the judge of those.
    if (good && length > 2) good = json::validate('"' + std::string(part) + '"').has_value();
    if (good) {
      if (lead >= 0x20 || lead == '\n' || lead == '\t') out += part;
      i += length;
    } else {
      out += "\xEF\xBF\xBD";
      ++i;
    }
  }
  return out;
}

}  // namespace

Result<StepPlan> read_step(const std::string& payload) {
  const auto parsed = json::parse(payload);
  if (!parsed || !parsed->is_object())
    return fail("the payload of the work item is no JSON object", "work item", "deploy the pipeline again");
  const Value& root = *parsed;
  StepPlan out;
  const auto* command = root.find("command");
  const auto* spark = root.find("spark");
  if (spark && spark->object())
    out.argv = spark_submit(*spark);
  else if (!command || !command->string())
    return fail("the work item has no command", "work item, key 'command'", "deploy the pipeline again");
  else
    out.command = *command->string();
  if (auto text = plain(root.find("step"))) out.step = *text;
  if (auto text = plain(root.find("result"))) out.result_file = *text;
  if (const auto* timeout = root.find("timeout_s"); timeout && timeout->number())
    if (const auto s = timeout->number()->as_int(); s && *s > 0) out.timeout = std::chrono::seconds(*s);
  if (const auto* steps = root.find("steps"); steps && steps->is_object()) out.steps_json = json::print(*steps);

  const Value* run = root.find("run");
  if (run) {
    if (const auto* parameters = run->find("parameters"); parameters && parameters->is_object()) {
      out.parameters_json = json::print(*parameters);
      for (const auto& [name, value] : *parameters->object())
        if (const auto text = plain(&value); text && usable_name(name)) out.environment[name] = *text;
    }
    if (const auto* upstream = run->find("upstream"); upstream && upstream->is_object())
      out.upstreams_json = json::print(*upstream);
    if (auto text = plain(run->find("bundle"))) out.bundle = *text;
    if (const auto* event = run->find("event"); event && event->is_object())
      if (const auto* input = run->find("input")) out.input_json = json::print(*input);
  }
  if (const auto* env = root.find("env"); env && env->is_object())
    for (const auto& [name, value] : *env->object())
      if (const auto text = plain(&value)) out.environment[name] = *text;
  if (run) {
    static constexpr std::pair<const char*, const char*> kFacts[] = {{"WEIR_RUN_ID", "run_id"},
                                                                     {"WEIR_PIPELINE", "pipeline"},
                                                                     {"WEIR_ACCOUNT", "account"},
                                                                     {"WEIR_KEY", "key"},
                                                                     {"WEIR_DATE", "date"},
                                                                     {"WEIR_WINDOW_START", "window_start"},
                                                                     {"WEIR_WINDOW_END", "window_end"},
                                                                     {"WEIR_MISSING", "missing"}};
    for (const auto& [name, key] : kFacts)
      if (const auto text = plain(run->find(key))) out.environment[name] = *text;
    if (const auto* event = run->find("event"); event && event->is_object()) {
      if (const auto text = plain(event->find("id"))) out.environment["WEIR_EVENT_ID"] = *text;
      if (const auto text = plain(event->find("time"))) out.environment["WEIR_EVENT_TIME"] = *text;
    }
  }
  out.environment["WEIR_STEP"] = out.step;
  if (const auto text = plain(root.find("item"))) out.environment["WEIR_ITEM"] = *text;
  if (const auto* secrets = root.find("secrets"); secrets && secrets->is_object())
    for (const auto& [name, secret] : *secrets->object())
      if (secret.string()) out.secrets[name] = *secret.string();
  if (const auto* cache = root.find("cache"); cache && cache->is_object())
    out.cache_inputs = texts_of(cache->find("inputs"));
  if (const auto* error = root.find("error"); error && error->is_object()) {
    if (auto text = plain(error->find("Error"))) out.environment["WEIR_ERROR"] = *text;
    if (auto text = plain(error->find("Cause"))) out.environment["WEIR_CAUSE"] = *text;
  }
  return out;
}

std::string last_lines(std::string_view log_tail, int lines) {
  while (!log_tail.empty() && log_tail.back() == '\n') log_tail.remove_suffix(1);
  std::size_t from = log_tail.size();
  while (lines-- > 0 && from > 0) {
    const auto line_end = log_tail.rfind('\n', from - 1);
    from = line_end == std::string_view::npos ? 0 : line_end;
  }
  if (from < log_tail.size() && log_tail[from] == '\n') ++from;
  return utf8(log_tail.substr(from));
}

StepEnd end_of(const ProcessOutcome& outcome, const StepPlan& plan, const std::optional<Result<std::string>>& file) {
  using End = ProcessOutcome::End;
  StepEnd out;
  const auto failed = [&](std::string error, const std::string& sentence) {
    out.error = std::move(error);
    const std::string tail = last_lines(outcome.log_tail, kCauseLines);
    out.cause = tail.empty() ? sentence : sentence + "\n" + tail;
    return out;
  };
  const std::string place = fmt::format("step '{}'", plan.step);
  switch (outcome.end) {
    case End::TIMED_OUT:
      return failed(kStepTimedOut, fmt::format("{} ran longer than its timeout of {}", place,
                                               weir::to_text(plan.timeout.value_or(Millis{0}))));
    case End::STOPPED:
      return failed(kStepStopped, fmt::format("{} was stopped", place));
    case End::NOT_STARTED:
      if (!plan.argv.empty() && plan.argv[0] == "spark-submit" && outcome.error.find("not found") != std::string::npos)
        return failed(kStepFailed,
                      fmt::format("{} needs Spark, and this worker has no spark-submit on its PATH; install "
                                  "Spark there, or send the step to workers that have it with `queue:` in "
                                  "its compute block",
                                  place));
      return failed(kStepFailed, fmt::format("{} could not be started: {}", place, outcome.error));
    case End::SIGNALLED:
      return failed(kStepFailed, fmt::format("{} was ended by signal {}", place, outcome.signal));
    case End::EXITED:
      break;
  }
  if (outcome.exit_code != 0)
    return failed(kStepFailed, fmt::format("{} ended with exit code {}", place, outcome.exit_code));
  if (!outcome.error.empty()) return failed(kStepFailed, fmt::format("{}: {}", place, outcome.error));

  std::string result = outcome.result_json;
  if (file) {
    if (!*file) return failed(kStepFailed, fmt::format("{}: {}", place, file->error().text()));
    if (!(*file)->empty()) result = **file;
    if (result.empty())
      return failed(kStepFailed, fmt::format("{} succeeded but left no file '{}', its `result:`; write it, or take the "
                                             "key out of pipeline.yaml",
                                             place, plan.result_file));
  }
  if (!result.empty())
    if (const auto valid = json::validate(result); !valid)
      return failed(kStepFailed, fmt::format("{}: its result is no JSON: {}", place, valid.error().text()));
  out.succeeded = true;
  out.result = std::move(result);
  return out;
}

}  // namespace weir::run
