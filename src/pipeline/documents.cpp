// Documents at the service's door (rule 9): who they are for, whether they came before, what people are told of them.
#include <fmt/format.h>

#include "api/documents.hpp"
#include "base/limits.hpp"
#include "json/text.hpp"
#include "pipeline/document_key.hpp"
#include "pipeline/file_pattern.hpp"
#include "pipeline/pipeline_service.hpp"

namespace weir::pipeline {

using api::ErrorCode;

namespace {

constexpr std::size_t kSeenListed = 1'000;
constexpr int kForgottenAtOnce = 2;         // more than come, so that what is remembered shrinks to its bound
constexpr std::size_t kErasedAtOnce = 300;  // rows of a deleted pipeline, in one command
constexpr std::size_t kRefusalBytes = 500;

TriggerEngine::Arrival arrival_of(const api::FileState& file, const FilePattern::Match& match) {
  TriggerEngine::Arrival out;
  out.source = "file";
  out.event = fmt::format("{}@{}", file.path, to_text(file.modified));
  out.time = file.modified;
  out.date = match.date;
  json::Object document, parameters;
  document["path"] = file.path;
  document["size"] = file.size;
  document["modified"] = to_text(file.modified);
  if (!match.date.empty()) document["date"] = match.date;
  for (const auto& [name, value] : match.parameters) document[name] = parameters[name] = value;
  out.document.text = json::print(document);
  if (!parameters.empty()) out.parameters.text = json::print(parameters);
  return out;
}

}  // namespace

void PipelineService::put_document_source(core::Transaction& tx, const PipelineRow& row, const PipelineSpec& spec) {
  const auto known = tables_.document_sources.share(row.id);
  const bool webhook = spec.trigger && spec.trigger->webhook, file = spec.trigger && spec.trigger->file;
  if (!known && !webhook && !file) return;
  DocumentSourceRow source = known ? *known : DocumentSourceRow{};
  source.pipeline = row.id;
  source.webhook = webhook;
  source.file = file;
  if (!file) source.problem.clear();
  tx.put(tables_.document_sources, std::move(source));
}

void PipelineService::forget_documents(core::Transaction& tx, std::int64_t pipeline) {
  std::size_t erased = 0;
  const auto sweep = [&](auto& table) {
    const auto [first, last] = table.rows().equal_range(std::make_tuple(pipeline));
    for (auto at = first; at != last && erased < kErasedAtOnce; ++erased) {
      const auto row = *at++;
      tx.erase(table, *row);
    }
  };
  sweep(tables_.waiting_documents);
  sweep(tables_.seen_events);
  sweep(tables_.seen_files);
  if (erased < kErasedAtOnce) {
    if (const auto source = tables_.document_sources.share(pipeline)) tx.erase(tables_.document_sources, *source);
    return;
  }
  const auto* row = tables_.pipelines.find(pipeline);
  tx.deliver(row != nullptr ? row->account : tx.account(), ForgetDocuments{pipeline});
}

void PipelineService::remember(core::Transaction& tx, SeenEventRow seen) {
  DocumentSourceRow source = *tables_.document_sources.share(seen.pipeline);
  const auto& by_time = tables_.seen_events.index<by_age>();
  const auto horizon = tx.now() - Millis{limits::kEventRememberedMs};
  for (int i = 0; i < kForgottenAtOnce; ++i) {
    const auto oldest = by_time.lower_bound(std::make_tuple(seen.pipeline));
    if (oldest == by_time.end() || (*oldest)->pipeline != seen.pipeline) break;
    if ((*oldest)->at > horizon && source.remembered < limits::kEventsRemembered) break;
    const auto row = *oldest;
    tx.erase(tables_.seen_events, *row);
    --source.remembered;
  }
  ++source.remembered;
  ++(seen.ignored.empty() ? source.accepted : source.ignored);
  tx.put(tables_.seen_events, std::move(seen));
  tx.put(tables_.document_sources, std::move(source));
}

api::Reply<std::shared_ptr<const PipelineRow>> PipelineService::find_webhook(
    core::Transaction& tx, const std::string& pipeline, const std::optional<std::string>& account) {
  auto row = find(tx, pipeline, account);
  if (!row) return row;
  const auto* trigger = tables_.find_trigger((*row)->id);
  if (trigger == nullptr || !trigger->spec.webhook)
    return api::refuse(ErrorCode::NotFound, full_name(**row) +
                                                " takes no documents by HTTP; add 'webhook: {}' to its trigger, and "
                                                "deploy it");
  return row;
}

api::Reply<api::DocumentReply> PipelineService::put_document(core::Transaction& tx, const api::PutDocument& request) {
  const auto found = find_webhook(tx, request.pipeline, request.account);
  if (!found) return std::unexpected(found.error());
  const PipelineRow row = **found;
  const WebhookSpec webhook = *tables_.find_trigger(row.id)->spec.webhook;
  if (request.document.text.size() > limits::kPayloadBytes)
    return api::refuse({Problem{fmt::format("the document has {} bytes", request.document.text.size()), "body",
                                fmt::format("at most {}; send a reference instead", limits::kPayloadBytes)}});
  const auto document = json::parse(request.document.text);
  if (!document) return api::refuse({Problem{document.error().text(), "body", "send one JSON document"}});

  TriggerEngine::Arrival arrival;
  arrival.source = "webhook";
  arrival.event = request.event;
  arrival.time = request.time.value_or(tx.now());
  arrival.document = request.document;
  if (!webhook.id.empty()) {
    auto id = text_at_path(*document, webhook.id, "trigger.webhook.id");
    if (!id) return api::refuse({id.error()});
    arrival.event = std::move(*id);
  }
  if (arrival.event.empty()) arrival.event = fmt::format("request-{}", tx.new_id());
  if (arrival.event.size() > limits::kEventIdBytes)
    return api::refuse({Problem{fmt::format("the event's id has {} bytes", arrival.event.size()), "event",
                                fmt::format("at most {}", limits::kEventIdBytes)}});
  if (!webhook.date.empty()) {
    auto date = text_at_path(*document, webhook.date, "trigger.webhook.date");
    if (!date) return api::refuse({date.error()});
    arrival.date = std::move(*date);
  }
  auto parameters = parameters_at_paths(*document, webhook.parameters);
  if (!parameters) return api::refuse({parameters.error()});
  arrival.parameters = std::move(*parameters);

  api::DocumentReply reply{row.name, row.account, arrival.event, "", ""};
  const auto before = tables_.seen_events.share(std::make_tuple(row.id, arrival.event));
  if (before && before->at > tx.now() - Millis{limits::kEventRememberedMs}) {
    DocumentSourceRow source = *tables_.document_sources.share(row.id);
    ++source.duplicates;
    tx.put(tables_.document_sources, std::move(source));
    reply.window = before->window;
    reply.ignored = before->ignored;
    return reply;
  }
  auto taken = std::move(engine_.take(tx, row, {arrival}).front());
  if (!taken) return std::unexpected(taken.error());
  if (before) {  // its time is over, and it was not swept yet
    tx.erase(tables_.seen_events, *before);
    DocumentSourceRow source = *tables_.document_sources.share(row.id);
    --source.remembered;
    tx.put(tables_.document_sources, std::move(source));
  }
  remember(tx, {row.id, arrival.event, tx.now(), taken->window, taken->ignored});
  reply.window = taken->window;
  reply.ignored = taken->ignored;
  return reply;
}

void PipelineService::count_refusal(core::Transaction& tx, std::int64_t pipeline, const std::string& why) {
  const auto known = tables_.document_sources.share(pipeline);
  if (!known) return;
  DocumentSourceRow source = *known;
  ++source.refused;
  source.refusal = why.substr(0, kRefusalBytes);
  if (!json::validate(json::quote(source.refusal))) source.refusal = "what was sent is no UTF-8";
  source.refused_at = tx.now();
  tx.put(tables_.document_sources, std::move(source));
}

api::Reply<api::ReportFilesReply> PipelineService::report_files(core::Transaction& tx,
                                                                const api::ReportFiles& request) {
  api::ReportFilesReply reply;
  const auto row = tables_.pipelines.share(request.pipeline);
  const auto* trigger = row && !row->deleted ? tables_.find_trigger(row->id) : nullptr;
  if (trigger == nullptr || !trigger->spec.file) return reply;  // redeployed meanwhile
  const auto pattern = FilePattern::compile(trigger->spec.file->path);
  if (!pattern) return api::refuse({pattern.error()});
  if (request.files.size() + request.gone.size() > limits::kFilesReported)
    return api::refuse(ErrorCode::LimitExceeded, fmt::format("{} files in one report", request.files.size()));
  if (engine_.waiting_documents(row->id) + static_cast<int>(request.files.size()) > limits::kDocumentsWaiting) {
    reply.again = true;
    return reply;
  }
  std::vector<TriggerEngine::Arrival> arrivals;
  for (const auto& file : request.files) {
    const auto before = tables_.seen_files.share(std::make_tuple(row->id, file.path));
    const bool same = before && before->modified == file.modified && before->size == file.size;
    if (same && before->gone == Instant{}) continue;
    const auto match = pattern->match(file.path);
    if (!match) continue;
    tx.put(tables_.seen_files, SeenFileRow{row->id, file.path, file.modified, file.size, {}});
    if (!same) arrivals.push_back(arrival_of(file, *match));  // else it was away, and is back
  }
  std::int64_t accepted = 0, ignored = 0;
  const auto taken = engine_.take(tx, *row, arrivals);
  for (std::size_t i = 0; i < taken.size(); ++i) {
    if (!taken[i])
      count_refusal(tx, row->id, arrivals[i].event + ": " + taken[i].error().message);
    else
      ++(taken[i]->ignored.empty() ? accepted : ignored);
  }
  reply.started = static_cast<int>(accepted);
  for (const auto& path : request.gone)
    if (const auto before = tables_.seen_files.share(std::make_tuple(row->id, path));
        before && before->gone == Instant{}) {
      SeenFileRow gone = *before;
      gone.gone = tx.now();
      tx.put(tables_.seen_files, std::move(gone));
    }
  const auto& by_time = tables_.seen_files.index<by_gone>();
  for (std::size_t i = 0; i < limits::kFilesReported; ++i) {
    const auto oldest = by_time.upper_bound(std::make_tuple(row->id, Instant{}));
    if (oldest == by_time.end() || (*oldest)->pipeline != row->id ||
        (*oldest)->gone > tx.now() - Millis{limits::kGoneFileRememberedMs})
      break;
    const auto forgotten = *oldest;
    tx.erase(tables_.seen_files, *forgotten);
  }
  DocumentSourceRow source = *tables_.document_sources.share(row->id);
  if (accepted == 0 && ignored == 0 && source.problem == request.problem) return reply;
  source.accepted += accepted;
  source.ignored += ignored;
  source.problem = request.problem.substr(0, kRefusalBytes);
  tx.put(tables_.document_sources, std::move(source));
  return reply;
}

std::optional<api::DocumentCounts> PipelineService::document_counts(std::int64_t pipeline) const {
  const auto* source = tables_.document_sources.find(pipeline);
  if (source == nullptr) return std::nullopt;
  api::DocumentCounts out{
      source->accepted, source->duplicates, source->ignored, source->refused, engine_.waiting_documents(pipeline),
      source->refusal,  std::nullopt,       source->problem};
  if (source->refused > 0) out.refused_at = source->refused_at;
  return out;
}

void PipelineService::install_documents(core::Registry& registry) {
  using core::Transaction;
  registry.on<api::PutDocument>([this](Transaction& tx, const api::PutDocument& r) { return put_document(tx, r); });
  registry.on<api::DescribeWebhook>(
      [this](Transaction& tx, const api::DescribeWebhook& r) -> api::Reply<api::WebhookInfo> {
        const auto row = find_webhook(tx, r.pipeline, r.account);
        if (!row) return std::unexpected(row.error());
        return api::WebhookInfo{(*row)->account, tables_.find_trigger((*row)->id)->spec.webhook->secret};
      });
  registry.on<api::RefuseDocument>(
      [this](Transaction& tx, const api::RefuseDocument& r) -> api::Reply<api::EmptyReply> {
        const auto row = find_webhook(tx, r.pipeline, r.account);
        if (!row) return std::unexpected(row.error());
        count_refusal(tx, (*row)->id, r.why);
        return api::EmptyReply{};
      });
  registry.on<api::ListWatchedFiles>(
      [this](Transaction&, const api::ListWatchedFiles&) -> api::Reply<api::ListWatchedFilesReply> {
        api::ListWatchedFilesReply reply;
        for (const auto& source : tables_.document_sources.rows()) {
          const auto* row = source->file ? tables_.find_pipeline(source->pipeline) : nullptr;
          const auto* trigger = row != nullptr ? tables_.find_trigger(row->id) : nullptr;
          if (trigger == nullptr || !trigger->spec.file) continue;
          if (const auto pattern = FilePattern::compile(trigger->spec.file->path))
            reply.watches.push_back({row->id, full_name(*row), pattern->glob()});
        }
        return reply;
      });
  registry.on<api::ListSeenFiles>(
      [this](Transaction&, const api::ListSeenFiles& r) -> api::Reply<api::ListSeenFilesReply> {
        api::ListSeenFilesReply reply;
        const auto& rows = tables_.seen_files.rows();
        for (auto at = rows.upper_bound(std::make_tuple(r.pipeline, r.after));
             at != rows.end() && (*at)->pipeline == r.pipeline && reply.files.size() < kSeenListed; ++at)
          if ((*at)->gone == Instant{}) reply.files.push_back({(*at)->path, (*at)->modified, (*at)->size});
        return reply;
      });
  registry.on<api::ReportFiles>([this](Transaction& tx, const api::ReportFiles& r) { return report_files(tx, r); });
  registry.on_delivery<ForgetDocuments>([this](Transaction& tx, const AccountId&, const ForgetDocuments& rest) {
    forget_documents(tx, rest.pipeline);
    return Result<void>{};
  });
}

}  // namespace weir::pipeline
