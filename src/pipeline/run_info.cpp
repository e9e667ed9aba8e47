#include "pipeline/run_info.hpp"

#include <algorithm>

namespace weir::pipeline {

api::RunInfo info_of(const RunRow& row) {
  api::RunInfo out;
  out.run = row.run;
  out.pipeline = row.name;
  out.account = row.account;
  out.window = row.label;
  out.logical_date = row.logical_date;
  out.status = name_of(row.status);
  out.firing = row.firing;
  out.cause = name_of(row.cause);
  out.why = row.why;
  out.adhoc = row.adhoc;
  out.version = static_cast<int>(row.version);
  out.created = row.created;
  out.started = row.started;
  out.ended = row.ended;
  out.error = row.error;
  out.cause_text = row.cause_text;
  out.parameters = row.parameters;
  out.result = row.result;
  for (const auto& used : row.used)
    if (std::ranges::find(out.used, used.run) == out.used.end()) out.used.push_back(used.run);
  out.missing = row.missing;
  return out;
}

}  // namespace weir::pipeline
