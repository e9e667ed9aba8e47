#include "pipeline/run_input.hpp"

#include "json/text.hpp"

namespace weir::pipeline {
namespace {

json::Value parsed(const JsonText& text) {
  if (text.text.empty()) return json::Object{};
  auto value = json::parse(text.text);
  return value ? std::move(*value) : json::Value{};
}

json::Object upstream_object(const UpstreamInput& upstream) {
  json::Object out;
  out["run_id"] = upstream.run_id;
  out["account"] = upstream.account.value;
  out["key"] = upstream.key;
  out["status"] = upstream.status;
  out["parameters"] = parsed(upstream.parameters);
  out["result"] = parsed(upstream.result);
  return out;
}

}  // namespace

std::string execution_input(const RunInput& input) {
  json::Object upstreams;
  for (const auto& upstream : input.upstream) {
    auto entry = upstream_object(upstream);
    json::Array runs;
    if (const auto* before = upstreams.find(upstream.name))
      if (const auto* list = before->find("runs")) runs = *list->array();
    runs.emplace_back(entry);
    entry["runs"] = std::move(runs);
    upstreams[upstream.name] = std::move(entry);
  }
  json::Object run;
  run["run_id"] = input.run_id;
  run["pipeline"] = input.pipeline;
  run["account"] = input.account.value;
  run["key"] = input.key;
  run["date"] = input.date;
  run["window_start"] = to_text(input.window_start);
  run["window_end"] = to_text(input.window_end);
  std::string missing;
  for (const auto& name : input.missing) missing += (missing.empty() ? "" : " ") + name;
  run["missing"] = missing;
  run["parameters"] = parsed(input.parameters);
  run["bundle"] = input.bundle;
  run["upstream"] = std::move(upstreams);
  if (input.takes_documents) {
    json::Value document, event;
    if (input.event) {
      document = parsed(input.event->document);
      json::Object about;
      about["source"] = input.event->source;
      about["id"] = input.event->id;
      about["time"] = to_text(input.event->time);
      event = std::move(about);
    }
    run["input"] = std::move(document);
    run["event"] = std::move(event);
  }
  json::Object out;
  out["run"] = std::move(run);
  out["steps"] = parsed(input.steps);
  return json::print(out);
}

}  // namespace weir::pipeline
