#include "tests/invariants/executions.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <map>

#include "json/text.hpp"

namespace weir::invariants {
namespace {

bool is_end(const std::string& type) {
  return type == "ExecutionSucceeded" || type == "ExecutionFailed" || type == "ExecutionAborted" ||
         type == "ExecutionTimedOut";
}

}  // namespace

ExecutionFindings check_executions(const std::vector<workflow::HistoryRow>& chunks,
                                   const std::vector<workflow::RecordRow>& records) {
  ExecutionFindings out;
  std::map<std::int64_t, std::int64_t> last_event;
  std::map<std::int64_t, int> ends;
  for (const auto& chunk : chunks) {
    const auto events = json::parse(chunk.events.text);
    if (!events || !events->array()) {
      out.violations.push_back("I5: a history cannot be read");
      return out;
    }
    for (const auto& event : *events->array()) {
      const auto id = event.find("id")->number()->as_int().value_or(-1);
      if (id != ++last_event[chunk.execution])
        out.violations.push_back(fmt::format("I5: execution {} has event {} where {} was next", chunk.execution, id,
                                             last_event[chunk.execution]));
      const auto& type = *event.find("type")->string();
      if (ends[chunk.execution] > 0) out.violations.push_back("I5: an event after the end: " + type);
      if (is_end(type)) ++ends[chunk.execution];
      if (type != "TaskSucceeded") continue;
      const auto text = json::print(event);
      const auto at = text.find("token\\\":");
      if (at != std::string::npos)
        out.results.push_back(
            {fmt::format("execution {}", chunk.execution), std::atoll(text.c_str() + at + 8), chunk.at});
    }
  }
  for (const auto& record : records) {
    if (record.status == api::ExecutionStatus::RUNNING)
      out.violations.push_back("I8: execution " + record.name + " never ended");
    if (ends[record.id] != 1)
      out.violations.push_back(fmt::format("I5: execution {} has {} ends", record.name, ends[record.id]));
  }
  return out;
}

}  // namespace weir::invariants
