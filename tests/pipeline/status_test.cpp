// What people see: status, why, dependants, notifications of what is late.
#include "tests/pipeline/service_world.hpp"

namespace weir::pipeline {
namespace {

using Seen = ServiceWorld;

constexpr auto kDaily = "trigger: {schedule: {hour: 3}}\n";
const std::string kOnA = "trigger: {executions: {allOf: [{name: a, account: Account_A_ID}]}}\n";

TEST_F(Seen, status_names_everything_that_needs_somebody) {
  deploy(std::string("name: a\nowner: zoo\n") + kDaily);
  deploy(std::string("name: f\nowner: alpha\n") + kDaily);
  deploy("name: d\ntrigger: {onUpstreamRerun: ask, executions: {allOf: [{name: a}]}}\n");
  deploy("name: late\nwindow: day\ntrigger: {expect: {startBy: \"07:00\"}, executions: {allOf: [{name: gone}]}}\n");
  until("2026-01-01 04:00");
  end("f", kA, api::ExecutionStatus::FAILED);
  end("a");
  end("d");
  ASSERT_TRUE(ask(api::StartRun{"a", {}, "2026-01-01"}));
  end("a", kA, api::ExecutionStatus::FAILED);
  ASSERT_TRUE(ask(api::Pause{"f", {}, "a migration"}));
  until("2026-01-01 07:00");

  auto status = ask(api::Status{});
  ASSERT_TRUE(status);
  ASSERT_EQ(status->failed.size(), 2u);
  EXPECT_EQ(status->failed[0].owner, "alpha") << "by owner";
  EXPECT_EQ(status->failed[1].owner, "zoo");
  ASSERT_EQ(status->late.size(), 1u);
  EXPECT_EQ(status->late[0].state, "not started by 07:00");
  EXPECT_EQ(status->late[0].next_command, "weir explain 111111111111/late --window 2026-01-01");
  ASSERT_EQ(status->blocked.size(), 1u);
  EXPECT_EQ(status->blocked[0].state, "there is no 111111111111/gone");
  ASSERT_EQ(status->paused.size(), 1u);
  EXPECT_NE(status->paused[0].state.find("a migration"), std::string::npos);
  EXPECT_EQ(status->paused[0].next_command, "weir resume 111111111111/f --reason WHY");
  EXPECT_TRUE(status->approvals.empty());

  ASSERT_TRUE(ask(api::StartRun{"a", {}, "2026-01-01"}));
  end("a");
  status = ask(api::Status{});
  ASSERT_EQ(status->approvals.size(), 1u);
  EXPECT_EQ(status->approvals[0].next_command, "weir approve 111111111111/d --window 2026-01-01 --reason WHY");
  const auto explained = ask(api::Explain{"d", {}, "2026-01-01"});
  EXPECT_EQ(explained->next_command, status->approvals[0].next_command);
  EXPECT_EQ(ask(api::Status{}, kB)->failed.size(), 0u) << "of the own account";
}

TEST_F(Seen, explain_says_what_is_late_missed_or_many_and_ends_with_the_command) {
  deploy("name: b\nwindow: day\n");
  deploy("name: c\nwindow: day\n");
  deploy("name: e\nwindow: day\n");
  deploy("name: f\nwindow: day\n");
  deploy(
      "name: d\ntrigger: {expect: {startBy: \"07:00\"}, executions: {allOf: [{name: b}, {name: c}, {name: e}, {name: "
      "f}]}}\n");
  until("2026-01-01 07:00");
  auto explained = ask(api::Explain{"d", {}, "2026-01-01"});
  ASSERT_TRUE(explained);
  EXPECT_EQ(explained->state,
            "late, not started by 07:00; waits for b (111111111111) SUCCEEDED, c (111111111111) SUCCEEDED, e "
            "(111111111111) SUCCEEDED and 1 more");
  EXPECT_EQ(explained->next_command, "weir explain 111111111111/b --window 2026-01-01");
  deploy("name: g\ntrigger: {catchup: none, schedule: {hour: 3}}\n");
  ASSERT_TRUE(ask(api::Pause{"g", {}, "why"}));
  until("2026-01-02 12:00");
  ASSERT_TRUE(ask(api::Resume{"g", {}, "why"}));
  explained = ask(api::Explain{"g", {}, "2026-01-02"});
  EXPECT_EQ(explained->state, "was due and did not run: catchup left it out");
  EXPECT_EQ(explained->next_command, "weir backfill 111111111111/g --from 2026-01-02 --to 2026-01-02");
}

TEST_F(Seen, status_names_what_catchup_left_out) {
  deploy(std::string("name: a\ntrigger: {catchup: none, schedule: {hour: 3}}\n"));
  ASSERT_TRUE(ask(api::Pause{"a", {}, "why"}));
  until("2026-01-03 12:00");
  ASSERT_TRUE(ask(api::Resume{"a", {}, "why"}));
  const auto status = ask(api::Status{});
  ASSERT_EQ(status->missed.size(), 1u);
  EXPECT_EQ(status->missed[0].next_command, "weir backfill 111111111111/a --from 2026-01-01 --to 2026-01-03");
}

TEST_F(Seen, why_walks_back_to_the_first_causes_across_accounts) {
  deploy(std::string("name: a\n") + kDaily);
  deploy("name: b\n" + kOnA, kB);
  deploy("name: c\n" + kOnA, kB);
  deploy("name: d\ntrigger: {executions: {allOf: [{name: b}, {name: c}]}}\n", kB);
  until("2026-01-01 03:00");
  const auto a = end("a");
  end("b", kB);
  end("c", kB);
  const auto d = end("d", kB);
  const auto why = ask(api::WhyRun{d}, kB);
  ASSERT_TRUE(why) << why.error().message;
  std::string said;
  for (const auto& link : why->links)
    said += std::to_string(link.depth) + link.run.pipeline + (link.first ? "!" : "") + " ";
  EXPECT_EQ(said, "0d 1b 2a! 1c 2a! ");
  EXPECT_EQ(why->first_causes, std::vector<std::int64_t>{a});
  EXPECT_EQ(why->links[2].rule, "rule 7: its scheduled time has come");
  EXPECT_NE(ask(api::WhyRun{999'999}).error().message.find("no run"), std::string::npos);
}

TEST_F(Seen, dependants_are_transitive_with_owner_and_state) {
  deploy(std::string("name: a\n") + kDaily);
  deploy("name: b\n" + kOnA, kB);
  deploy("name: c\nowner: web\ntrigger: {executions: {allOf: [{name: b}]}}\n", kB);
  deploy("name: other\n" + std::string(kDaily), kB);
  until("2026-01-01 03:00");
  end("a");
  ASSERT_TRUE(ask(api::Pause{"c", {}, "why"}, kB));
  const auto reply = ask(api::Dependants{"a", {}});
  ASSERT_TRUE(reply);
  ASSERT_EQ(reply->dependants.size(), 2u);
  const auto& b = reply->dependants[0];
  EXPECT_EQ(b.pipeline + " " + b.owner + " " + b.window + " " + b.status + " " + b.via,
            "b search 2026-01-01 RUNNING 111111111111/a");
  const auto& c = reply->dependants[1];
  EXPECT_EQ(c.depth, 2);
  EXPECT_EQ(c.owner, "web");
  EXPECT_TRUE(c.paused);
  EXPECT_EQ(c.via, "222222222222/b");
}

TEST_F(Seen, late_and_recovered_are_told_by_every_notification) {
  deploy(
      "name: d\nwindow: day\ntrigger: {expect: {startBy: \"07:00\"}, executions: {allOf: [{name: a}]}}\n"
      "notifications: {type: ON_FAILURE, targets: [{channel: LOG}]}\n");
  deploy(std::string("name: a\n") + kDaily);
  until("2026-01-01 07:00");
  ASSERT_EQ(told.size(), 1u);
  EXPECT_NE(told[0].find("LATE_START: not started by 07:00"), std::string::npos) << told[0];
  until("2026-01-01 07:20");
  end("a");
  ASSERT_EQ(told.size(), 2u);
  EXPECT_NE(told[1].find("LATE_START RECOVERED: run "), std::string::npos) << told[1];
  EXPECT_NE(told[1].find("20m after it was late"), std::string::npos) << told[1];
}

TEST_F(Seen, missing_upstreams_are_in_the_input_of_a_run_that_starts_without_them) {
  deploy(std::string("name: a\n") + kDaily);
  deploy("name: d\n" + kOnA, kB);
  api::StartRun request{"d", {}, "2026-01-01"};
  request.now = true;
  request.reason = "the board meets";
  const auto run = ask(request, kB);
  ASSERT_TRUE(run) << run.error().message;
  EXPECT_EQ(run->run.missing, std::vector<std::string>{"a"});
  EXPECT_NE(inputs["run/" + std::to_string(run->run.run)].find(R"("missing":"a")"), std::string::npos);
}

TEST_F(Seen, a_decision_is_audited_with_its_reason) {
  deploy(std::string("name: a\n") + kDaily);
  std::vector<std::string> audited;
  ASSERT_TRUE(ask(api::SkipWindow{"a", {}, "2026-01-05", "a holiday"}));
  ASSERT_TRUE(ask(api::Pause{"a", {}, "a migration"}));
  ASSERT_TRUE(ask(api::Resume{"a", {}, "it is over"}));
  const auto entries = account::list_audit(store_, {AccountId{kA}, "test", false}, {});
  ASSERT_TRUE(entries);
  for (const auto& e : entries->entries) audited.push_back(e.action + " " + e.what + ": " + e.reason);
  ASSERT_GE(audited.size(), 3u);
  EXPECT_EQ(audited[0], "Resume 111111111111/a: it is over");
  EXPECT_EQ(audited[1], "Pause 111111111111/a: a migration");
  EXPECT_EQ(audited[2], "SkipWindow a 2026-01-05: a holiday");
}

}  // namespace
}  // namespace weir::pipeline
