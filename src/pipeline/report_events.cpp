#include "pipeline/report_events.hpp"

#include <fmt/format.h>

#include "json/path.hpp"
#include "json/text.hpp"

namespace weir::pipeline {
namespace {

std::string text_at(const json::Value& object, std::string_view key) {
  const auto* value = object.find(key);
  return value != nullptr && value->string() ? *value->string() : std::string();
}

// Milliseconds since 1970, or a text.
std::optional<Instant> instant_at(const json::Value& object, std::string_view key) {
  const auto* value = object.find(key);
  if (value == nullptr) return std::nullopt;
  if (value->string()) return instant_from_text(*value->string());
  if (const auto* number = value->number())
    if (const auto ms = number->as_int()) return instant_of_ms(*ms);
  return std::nullopt;
}

Result<json::Value> object_of(const std::string& text) {
  auto value = json::parse(text);
  if (!value) return fail(value.error().text(), "body", "post the event as it comes");
  if (!value->is_object()) return fail("the event is no JSON object", "body", "post the event as it comes");
  return std::move(*value);
}

// "{\"date\": ...}" becomes the object that it spells.
void unfold(json::Value& detail, std::string_view key) {
  const auto text = text_at(detail, key);
  if (text.empty()) return;
  if (auto value = json::parse(text)) (*detail.object())[key] = std::move(*value);
}

}  // namespace

Result<ReportedEvent> read_step_functions_event(const std::string& text) {
  auto event = object_of(text);
  if (!event) return std::unexpected(event.error());
  ReportedEvent out;
  const auto type = text_at(*event, "detail-type");
  if (type != "Step Functions Execution Status Change") {
    out.ignored = fmt::format("the detail type is '{}', not 'Step Functions Execution Status Change'", type);
    return out;
  }
  const auto* found = event->find("detail");
  if (found == nullptr || !found->is_object()) return fail("the event has no detail", "detail", "post it as it comes");
  json::Value detail = *found;
  const auto status = text_at(detail, "status");
  if (status == "PENDING_REDRIVE") {
    out.ignored = "the status PENDING_REDRIVE is none of a run";
    return out;
  }
  out.run.status = status;
  out.run.run_id = text_at(detail, "executionArn");
  out.source = text_at(detail, "stateMachineArn");
  if (out.run.run_id.empty() || out.source.empty() || status.empty())
    return fail("executionArn, stateMachineArn and status are needed", "detail", "post the event as it comes");
  out.run.started = instant_at(detail, "startDate");
  const auto* redrives = detail.find("redriveCount");
  if (const auto count = redrives != nullptr && redrives->number() ? redrives->number()->as_int().value_or(0) : 0;
      count > 0) {
    out.run.run_id += fmt::format("#redrive-{}", count);
    if (const auto at = instant_at(detail, "redriveDate")) out.run.started = at;
  }
  if (status != "RUNNING") out.run.ended = instant_at(detail, "stopDate");
  out.run.error = text_at(detail, "error");
  out.run.cause = text_at(detail, "cause");
  unfold(detail, "input");
  unfold(detail, "output");
  if (const auto* output = detail.find("output"); output != nullptr && !output->is_null())
    out.run.result.text = json::print(*output);
  out.document.text = json::print(detail);
  return out;
}

Result<ReportedEvent> read_lineage_event(const std::string& text) {
  const auto event = object_of(text);
  if (!event) return std::unexpected(event.error());
  ReportedEvent out;
  const auto type = text_at(*event, "eventType");
  const auto* run = event->find("run");
  const auto* job = event->find("job");
  if (run == nullptr || job == nullptr || type.empty() || type == "OTHER") {
    out.ignored = type.empty() || type == "OTHER" ? "the event does not say that a run has started or ended"
                                                  : "the event is not about a run";
    return out;
  }
  if (type == "START" || type == "RUNNING")
    out.run.status = "RUNNING";
  else if (type == "COMPLETE")
    out.run.status = "SUCCEEDED";
  else if (type == "FAIL")
    out.run.status = "FAILED";
  else if (type == "ABORT")
    out.run.status = "ABORTED";
  else
    return fail(fmt::format("'{}' is no event type", type), "eventType",
                "one of START, RUNNING, COMPLETE, FAIL, ABORT, OTHER");
  out.run.run_id = text_at(*run, "runId");
  const auto name_space = text_at(*job, "namespace"), name = text_at(*job, "name");
  const auto at = instant_at(*event, "eventTime");
  if (out.run.run_id.empty() || name_space.empty() || name.empty() || !at)
    return fail("run.runId, job.namespace, job.name and eventTime are needed", "body", "send a whole run event");
  out.source = name_space + "\n" + name;
  out.run.started = at;
  if (out.run.status != "RUNNING") out.run.ended = at;
  json::Object document;
  document["date"] = text_at(*event, "eventTime");
  if (const auto* facets = run->find("facets")) {
    if (const auto* nominal = facets->find("nominalTime"))
      if (const auto date = text_at(*nominal, "nominalStartTime"); !date.empty()) document["date"] = date;
    if (const auto* error = facets->find("errorMessage")) out.run.cause = text_at(*error, "message");
  }
  out.document.text = json::print(document);
  return out;
}

Result<std::string> date_in(const JsonText& document, const std::string& path) {
  const auto root = json::parse(document.text);
  const auto compiled = json::compile_path(path);
  if (!root) return fail(root.error().text(), "document");
  if (!compiled) return std::unexpected(compiled.error());
  const auto* value = compiled->find(*root);
  if (value != nullptr && value->string()) return *value->string();
  if (value != nullptr && value->number())
    if (const auto ms = value->number()->as_int()) return to_text(instant_of_ms(*ms));
  return fail(value == nullptr ? fmt::format("the event has nothing at {}", path)
                               : fmt::format("{} is no date: {}", path, json::print(*value)),
              "date", "the path in the pipeline's `reports:` must name a date like 2026-01-02");
}

std::optional<Problem> check_date_path(const std::string& path) {
  const auto compiled = json::compile_path(path);
  if (!compiled) return compiled.error();
  if (!compiled->is_reference())
    return Problem{fmt::format("'{}' may name several places", path), "", "write a path like $.input.date"};
  return std::nullopt;
}

}  // namespace weir::pipeline
