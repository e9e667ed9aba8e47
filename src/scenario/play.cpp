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

std::string names_of(const std::vector<pipeline::ClauseSpec>& clauses, const char* last) {
  std::string out;
  for (std::size_t i = 0; i < clauses.size(); ++i)
    out += (i == 0 ? "" : i + 1 < clauses.size() ? ", " : last) + clauses[i].name;
  return out;
}

std::string schedule_words(const pipeline::ScheduleSpec& schedule) {
  if (schedule.rate) return "every " + to_text(*schedule.rate);
  if (schedule.hour) {
    const auto time = fmt::format("at {:02}:{:02}", *schedule.hour, schedule.minute.value_or(0));
    return schedule.weekdays.empty() && schedule.calendar.empty() ? time : time + " on some days";
  }
  if (schedule.minute) return fmt::format("every hour at :{:02}", *schedule.minute);
  return "at its times";
}

// "at 06:00, and needs b and c"
std::string trigger_words(const pipeline::PipelineSpec& spec) {
  if (spec.external) return "is reported";
  if (!spec.trigger) return "by hand";
  std::string out = spec.trigger->schedule ? schedule_words(*spec.trigger->schedule) : "";
  const auto& executions = spec.trigger->executions;
  if (!executions) return out;
  if (!out.empty()) out += spec.trigger->op == pipeline::Operator::OR ? ", or " : ", and ";
  std::string some = names_of(executions->any_of, " or ");
  if (executions->at_least > 1) some = fmt::format("{} of {}", executions->at_least, some);
  const auto all = names_of(executions->all_of, " and ");
  const auto between = executions->op == pipeline::Operator::OR ? ", or " : ", and ";
  return out + "needs " + all + (all.empty() || some.empty() ? "" : between) + some;
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
  out->trigger = trigger_words(*spec);
  out->account = spec->account;
  out->pool = spec->concurrency.pool;
  name_accounts(*out, *spec);
  prepared_.emplace(text, out);
  return out;
}

Outcome Player::play(std::size_t test, const PlayOptions& options) {
  const auto& file = file_.file;
  const auto zone = find_zone(file.timezone);
  const auto& at = file.tests[test].at.empty() ? file.at : file.tests[test].at;
  const auto begin = moment_of(at, zone.value_or(Zone{}), std::nullopt);
  // Both were checked when the file was read.
  return Stage(*this, test, zone.value_or(Zone{}), begin.value_or(Instant{}), options).play();
}

}  // namespace weir::scenario
