#include "pipeline/synth_task.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "pipeline/expression.hpp"
#include "pipeline/synth.hpp"

namespace weir::pipeline {
namespace {

using json::Array;
using json::Object;

constexpr int kLostRetries = 3;

std::int64_t seconds(Millis span) { return span.count() / 1000; }

Object retrier(std::string_view error, std::int64_t interval_s, int retries, double backoff) {
  Object out;
  out["ErrorEquals"] = Array{error};
  out["IntervalSeconds"] = interval_s;
  out["MaxAttempts"] = retries;
  out["BackoffRate"] = backoff;
  return out;
}

// The text, or what makes it; `$${` has become `${` either way.
void put(Object& into, const std::string& key, const std::string& text) {
  if (has_paths(text)) {
    into[key + ".$"] = states_text(text);
    return;
  }
  const auto parts = read_template(text);
  into[key] = parts && !parts->empty() ? parts->front().text : text;
}

void put(Object& into, const std::string& key, const std::vector<std::string>& texts) {
  if (std::ranges::none_of(texts, [](const auto& text) { return has_paths(text); })) {
    Array list;
    for (const auto& text : texts) {
      Object one;
      put(one, "text", text);
      list.emplace_back(*one.find("text"));
    }
    into[key] = std::move(list);
    return;
  }
  std::string arguments;
  for (const auto& text : texts) arguments += (arguments.empty() ? "" : ", ") + states_argument(text);
  into[key + ".$"] = fmt::format("States.Array({})", arguments);
}

Array spark_options(const ComputeSpec& compute) {
  Array out;
  const auto add = [&](std::string_view option, std::string value) {
    out.emplace_back(option);
    out.emplace_back(std::move(value));
  };
  if (!compute.master.empty()) add("--master", compute.master);
  if (compute.workers > 0) add("--num-executors", std::to_string(compute.workers));
  if (compute.worker && compute.worker->cores > 0) add("--executor-cores", std::to_string(compute.worker->cores));
  if (compute.worker && !compute.worker->memory.empty()) add("--executor-memory", spark_memory(compute.worker->memory));
  return out;
}

Object spark_object(const SparkSpec& spark, const ComputeSpec& compute) {
  Object out;
  put(out, "file", spark.file);
  if (!spark.class_name.empty()) out["class"] = spark.class_name;
  put(out, "args", spark.args);
  Object conf;
  for (const auto& [name, value] : spark.conf) put(conf, name, value);
  out["conf"] = std::move(conf);
  out["options"] = compute.type == ComputeType::spark ? spark_options(compute) : Array{};
  return out;
}

}  // namespace

std::string spark_memory(const std::string& size) {
  int n = 0;
  const auto [end, error] = std::from_chars(size.data(), size.data() + size.size(), n);
  std::string_view unit(end, static_cast<std::size_t>(size.data() + size.size() - end));
  while (unit.starts_with(' ')) unit.remove_prefix(1);
  if (error != std::errc{} || n < 1) return {};
  if (unit == "GiB") return fmt::format("{}g", n);
  if (unit == "MiB") return fmt::format("{}m", n);
  return {};
}

Object task(const PipelineSpec& spec, const StepSpec& step, bool failed) {
  const ComputeSpec& compute = step.compute ? *step.compute : spec.compute;
  Object parameters;
  parameters["step"] = step.name;
  if (step.spark)
    parameters["spark"] = spark_object(*step.spark, compute);
  else
    parameters["command"] = step.run;
  std::map<std::string, std::string> merged = spec.variables;
  Object env;
  for (const auto& [name, value] : step.env) merged.erase(name);
  for (const auto& [name, value] : merged) env[name] = value;
  for (const auto& [name, value] : step.env) put(env, name, value);
  parameters["env"] = std::move(env);
  parameters["timeout_s"] = seconds(step.timeout);
  if (!step.result.empty()) parameters["result"] = step.result;
  if (!spec.secrets.empty()) {
    Object secrets;
    for (const auto& [name, secret] : spec.secrets) secrets[name] = secret;
    parameters["secrets"] = std::move(secrets);
  }
  if (step.cache) {
    Object cache;
    put(cache, "inputs", step.cache->inputs);
    parameters["cache"] = std::move(cache);
  }
  if (!step.foreach.empty()) parameters["item.$"] = "$.item";
  parameters["run.$"] = "$.run";
  parameters["steps.$"] = "$.steps";
  if (failed) parameters["error.$"] = "$.error";

  Object out;
  out["Type"] = "Task";
  out["Resource"] =
      compute.queue.empty() ? std::string(kWorkResource) : fmt::format("{}{}", kWorkQueues, compute.queue);
  out["Parameters"] = std::move(parameters);
  out["TimeoutSeconds"] = seconds(step.timeout);
  Array retry{retrier(kWorkerLost, 1, kLostRetries, 2)};
  if (step.retry.attempts > 1)
    retry.emplace_back(retrier("States.ALL", seconds(step.retry.delay), step.retry.attempts - 1, step.retry.backoff));
  out["Retry"] = std::move(retry);
  return out;
}

bool makes_items(const StepSpec& step) {
  return step.foreach.size() != 1 || !is_path_alone(step.foreach[0]) ||
         states_text(step.foreach[0]).starts_with("$.run.parameters");
}

Object items_state(const StepSpec& step, const std::string& next) {
  Object made;
  // A parameter is no list: it is a text with commas.
  if (step.foreach.size() == 1 && is_path_alone(step.foreach[0]))
    made["list.$"] = fmt::format("States.StringSplit({}, ', ')", states_text(step.foreach[0]));
  else
    put(made, "list", step.foreach);
  Object out;
  out["Type"] = "Pass";
  out["Parameters"] = std::move(made);
  out["ResultPath"] = "$.items";
  out["Next"] = next;
  return out;
}

Object map_state(const StepSpec& step, const std::string& name, Object task) {
  const bool failed = task.find("Parameters")->find("error.$") != nullptr;
  task["End"] = true;
  Object states;
  states[name] = std::move(task);
  Object processor;
  processor["StartAt"] = name;
  processor["States"] = std::move(states);
  Object item;
  item["item.$"] = "$$.Map.Item.Value";
  item["run.$"] = "$.run";
  item["steps.$"] = "$.steps";
  if (failed) item["error.$"] = "$.error";
  Object out;
  out["Type"] = "Map";
  out["ItemsPath"] = makes_items(step) ? "$.items.list" : states_text(step.foreach[0]);
  out["ItemSelector"] = std::move(item);
  out["ItemProcessor"] = std::move(processor);
  if (step.max_parallel > 0) out["MaxConcurrency"] = step.max_parallel;
  return out;
}

}  // namespace weir::pipeline
