// Documents and files that come in a test (rule 9).
#include <fmt/format.h>

#include <algorithm>

#include "api/documents.hpp"
#include "scenario/moment.hpp"
#include "scenario/stage.hpp"
#include "scenario/stage_answers.hpp"

namespace weir::scenario {
namespace {

const AccountId kHouse{"000000000000"};

}  // namespace

bool Stage::document(const DocumentAction& action) {
  const auto key = key_of({action.pipeline, ""});
  if (!key) return false;
  note(fmt::format("document {} {}", action.pipeline, action.id.empty() ? action.body : action.id));
  api::PutDocument request;
  request.pipeline = key->pipeline->name;
  request.event = action.id;
  request.document.text = action.body;
  if (!action.time.empty()) {
    const auto time = moment_of(action.time, zone_, world_.now());
    if (!time) return wrong(time.error().text());
    request.time = *time;
  }
  answered<api::PutDocument>(world_.ask(std::move(request), key->pipeline->account));
  return true;
}

bool Stage::file(const FileAction& action) {
  Instant modified = world_.now();
  if (!action.modified.empty()) {
    const auto time = moment_of(action.modified, zone_, world_.now());
    if (!time) return wrong(time.error().text());
    modified = *time;
  }
  note(fmt::format("file {}{}", action.path, action.gone ? " gone" : ""));
  const auto watches = world_.ask(api::ListWatchedFiles{}, kHouse);
  if (!watches) return wrong(watches.error().message);
  // Who is not meant by the path's pattern takes no notice.
  for (const auto& watch : watches->watches) {
    api::ReportFiles report;
    report.pipeline = watch.pipeline;
    if (action.gone)
      report.gone.push_back(action.path);
    else
      report.files.push_back({action.path, modified, 1});
    answered<api::ReportFiles>(world_.ask(std::move(report), kHouse));
  }
  return true;
}

std::ptrdiff_t Stage::waiting_documents(const pipeline::PipelineRow& pipeline,
                                        std::optional<std::int64_t> window) const {
  const auto [first, last] = world_.tables().waiting_documents.rows().equal_range(std::make_tuple(pipeline.id));
  return std::count_if(first, last, [&](const auto& row) { return !window || row->window == *window; });
}

}  // namespace weir::scenario
