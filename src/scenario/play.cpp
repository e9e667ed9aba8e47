#include "scenario/play.hpp"

#include <fmt/format.h>

#include <charconv>

#include "pipeline/spec_parse.hpp"
#include "scenario/flow.hpp"
#include "scenario/moment.hpp"
#include "scenario/stage.hpp"

namespace weir::scenario {
namespace {

void name_accounts(Prepared& out, const pipeline::PipelineSpec& spec) {
  const auto add = [&](const std::string& account) {
    if (!account.empty()) out.accounts.push_back(account);
  };
  add(spec.account);
  if (spec.share)
    for (const auto& account : spec.share->with) add(account);
  if (!spec.trigger || !spec.trigger->executions) return;
  for (const auto* block : {&spec.trigger->executions->all_of, &spec.trigger->executions->any_of})
    for (const auto& clause : *block) {
      add(clause.account);
      out.upstreams.push_back(clause.name);
    }
}

}  // namespace

Player::Player(const ReadFile& file, Loader loader) : file_(file), loader_(std::move(loader)) {}
Player::~Player() = default;

Result<std::shared_ptr<const Prepared>, std::vector<Problem>> Player::prepare(const PipelineText& text,
                                                                              const std::string& path) {
  if (const auto known = prepared_.find(text); known != prepared_.end()) return known->second;
  auto out = std::make_shared<Prepared>();
  std::expected<pipeline::PipelineSpec, std::vector<Problem>> spec;
  if (text.starts_with('#')) {
    std::size_t index = 0;
    std::from_chars(text.data() + 1, text.data() + text.size(), index);
    if (index >= file_.blocks.size())
      return std::unexpected(std::vector<Problem>{{"'" + text + "' is no pipeline", file_.place(path), ""}});
    const auto& block = *file_.blocks[index];
    out->request.file = fmt::format("{}:{}", file_.name, block.mark.line);
    out->request.yaml = flow_text(block);
    spec = pipeline::parse_pipeline(block, file_.name);
  } else {
    auto loaded = loader_(text);
    if (!loaded) return std::unexpected(std::vector<Problem>{std::move(loaded.error()).in(file_.place(path))});
    out->request.file = loaded->file;
    out->request.yaml = std::move(loaded->yaml);
    out->request.project_file = loaded->project_file;
    out->request.project_yaml = std::move(loaded->project_yaml);
    pipeline::ProjectDefaults project;
    if (!out->request.project_yaml.empty()) {
      auto parsed = pipeline::parse_project(out->request.project_yaml, out->request.project_file);
      if (!parsed) return std::unexpected(std::move(parsed.error()));
      project = std::move(*parsed);
    }
    spec = pipeline::parse_pipeline(out->request.yaml, out->request.file, project);
  }
  if (!spec) return std::unexpected(std::move(spec.error()));
  out->name = spec->name;
  out->account = spec->account;
  out->pool = spec->concurrency.pool;
  name_accounts(*out, *spec);
  prepared_.emplace(text, out);
  return out;
}

Outcome Player::play(std::size_t test) {
  const auto& file = file_.file;
  const auto zone = find_zone(file.timezone);
  const auto& at = file.tests[test].at.empty() ? file.at : file.tests[test].at;
  const auto begin = moment_of(at, zone.value_or(Zone{}), std::nullopt);
  // Both were checked when the file was read.
  return Stage(*this, test, zone.value_or(Zone{}), begin.value_or(Instant{})).play();
}

}  // namespace weir::scenario
