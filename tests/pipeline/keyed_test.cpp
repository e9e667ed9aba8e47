// Keys with values: `key`, `joinOn`, `where` (rules 1 and 5).
#include <gtest/gtest.h>

#include "tests/pipeline/service_bench.hpp"

namespace weir::pipeline {
namespace {

std::string head(const std::string& name, const std::string& key) {
  std::string out = "name: " + name + "\nwindow: day\nsince: 2026-01-01\nsteps: [{run: echo}]\n";
  if (!key.empty()) {
    out += "key: [" + key + "]\nparameters: {";
    out += key.find("shop") == std::string::npos ? "region: {}}\n" : "region: {}, shop: {}}\n";
  }
  return out;
}
std::string after(const std::string& name, const std::string& key, const std::string& clauses) {
  return head(name, key) + "trigger: {executions: {allOf: [" + clauses + "]}}\n";
}

struct Keyed : ServiceBench {
  void ok(const std::string& yaml) {
    const auto reply = deploy(yaml, A);
    ASSERT_TRUE(reply) << reply.error().message;
  }
  std::string refused(const std::string& yaml) {
    const auto reply = deploy(yaml, A);
    if (reply) return "it was deployed";
    std::string out;
    for (const auto& p : reply.error().problems) out += p.text() + "\n";
    return out.empty() ? reply.error().message : out;
  }
  // Runs the pipeline for the key and ends it.
  void run(const std::string& name, const std::string& key, bool good = true) {
    const auto reply = ask(api::StartRun{name, {}, key}, A);
    ASSERT_TRUE(reply) << reply.error().message;
    end_all(name, good);
  }
  // Ends the runs of the pipeline that work.
  void end_all(const std::string& name, bool good = true) {
    for (std::size_t i = 0; i < started.size(); ++i)
      if (started[i].machine == "pipeline-" + name && !ended.contains(i)) {
        ended.insert(i);
        end(i, "{}", good ? api::ExecutionStatus::SUCCEEDED : api::ExecutionStatus::FAILED);
      }
  }
  // Labels of the pipeline's runs, in the order of their starts.
  std::string runs(const std::string& name) {
    std::string out;
    for (const auto& start : started) {
      if (start.machine != "pipeline-" + name) continue;
      const auto at = start.input.text.find("\"key\":\"") + 7;
      out += (out.empty() ? "" : ", ") + start.input.text.substr(at, start.input.text.find('"', at) - at);
    }
    return out;
  }
  std::set<std::size_t> ended;
};

TEST_F(Keyed, each_value_is_a_key_of_its_own) {
  ok(head("a", "region"));
  run("a", "2026-01-02 region=de");
  run("a", "2026-01-02 region=fr");
  run("a", "2026-01-02 region=de");
  EXPECT_EQ(runs("a"), "2026-01-02 region=de, 2026-01-02 region=fr, 2026-01-02 region=de");
  EXPECT_EQ(ask(api::Explain{"a", {}, "2026-01-02 region=de"}, A)->runs.size(), 2u);
  EXPECT_EQ(ask(api::Explain{"a", {}, "2026-01-02 region=fr"}, A)->runs.size(), 1u);
}

TEST_F(Keyed, two_values_of_a_window_work_side_by_side_and_one_value_waits) {
  ok(head("a", "region"));
  for (const char* key : {"2026-01-02 region=de", "2026-01-02 region=fr", "2026-01-02 region=de"})
    ASSERT_TRUE(ask(api::StartRun{"a", {}, key}, A));
  EXPECT_EQ(started.size(), 2u);
  end(0);
  EXPECT_EQ(started.size(), 3u);
}

TEST_F(Keyed, the_values_are_parameters_of_the_run_and_may_be_given_as_such) {
  ok(head("a", "region"));
  api::StartRun request{"a", {}, "2026-01-02"};
  request.parameters.text = R"({"region":"de"})";
  ASSERT_TRUE(ask(request, A));
  EXPECT_EQ(runs("a"), "2026-01-02 region=de");
  EXPECT_NE(started[0].input.text.find(R"("parameters":{"region":"de"})"), std::string::npos) << started[0].input.text;
  run("a", "2026-01-02 region=fr");
  EXPECT_NE(started[1].input.text.find(R"("parameters":{"region":"fr"})"), std::string::npos) << started[1].input.text;
  request.date = "2026-01-02 region=fr";
  EXPECT_FALSE(ask(request, A)) << "de and fr at once";
}

TEST_F(Keyed, a_start_without_a_value_is_refused_unless_there_is_a_default) {
  ok(head("a", "region"));
  const auto reply = ask(api::StartRun{"a", {}, "2026-01-02"}, A);
  ASSERT_FALSE(reply);
  EXPECT_NE(reply.error().message.find("--param region=VALUE"), std::string::npos) << reply.error().message;
  ok("name: b\nwindow: day\nsince: 2026-01-01\nkey: [region]\nparameters: {region: {default: de}}\nsteps: [{run: "
     "echo}]\n");
  run("b", "2026-01-02");
  EXPECT_EQ(runs("b"), "2026-01-02 region=de");
}

TEST_F(Keyed, join_on_joins_the_same_values) {
  ok(head("a", "region"));
  ok(head("b", "region"));
  ok(after("d", "region", "{name: a, joinOn: region}, {name: b, joinOn: region}"));
  run("a", "2026-01-02 region=de");
  run("b", "2026-01-02 region=fr");
  EXPECT_EQ(runs("d"), "");
  run("b", "2026-01-03 region=de");
  EXPECT_EQ(runs("d"), "");
  run("b", "2026-01-02 region=de");
  EXPECT_EQ(runs("d"), "2026-01-02 region=de");
  run("a", "2026-01-02 region=fr");
  EXPECT_EQ(runs("d"), "2026-01-02 region=de, 2026-01-02 region=fr");
}

TEST_F(Keyed, a_correction_of_one_value_runs_that_value_again) {
  ok(head("a", "region"));
  ok(after("d", "region", "{name: a, joinOn: region}"));
  run("a", "2026-01-02 region=de");
  run("a", "2026-01-02 region=fr");
  end_all("d");
  run("a", "2026-01-02 region=fr");
  EXPECT_EQ(runs("d"), "2026-01-02 region=de, 2026-01-02 region=fr, 2026-01-02 region=fr");
}

TEST_F(Keyed, a_diamond_agrees_value_by_value) {
  ok(head("a", "region"));
  ok(after("b", "region", "{name: a, joinOn: region}"));
  ok(after("c", "region", "{name: a, joinOn: region}"));
  ok(after("d", "region", "{name: b, joinOn: region}, {name: c, joinOn: region}"));
  for (const char* key : {"2026-01-02 region=de", "2026-01-02 region=fr"}) {
    run("a", key);
    end_all("b");
    end_all("c");
    end_all("d");
  }
  EXPECT_EQ(runs("d"), "2026-01-02 region=de, 2026-01-02 region=fr");
  run("a", "2026-01-02 region=de");
  end_all("b");
  EXPECT_EQ(runs("d"), "2026-01-02 region=de, 2026-01-02 region=fr") << "c is not there yet";
  end_all("c");
  EXPECT_EQ(runs("d"), "2026-01-02 region=de, 2026-01-02 region=fr, 2026-01-02 region=de");
}

TEST_F(Keyed, where_picks_a_value) {
  ok(head("a", "region"));
  ok(after("d", "", "{name: a, where: {region: de}}"));
  run("a", "2026-01-02 region=fr");
  EXPECT_EQ(runs("d"), "");
  run("a", "2026-01-02 region=de");
  EXPECT_EQ(runs("d"), "2026-01-02");
  end_all("d");
  run("a", "2026-01-02 region=fr");
  EXPECT_EQ(runs("d"), "2026-01-02") << "another value corrects nothing";
}

TEST_F(Keyed, without_join_on_each_value_is_an_occurrence_of_the_window) {
  ok(head("a", "region"));
  EXPECT_NE(refused(after("d", "", "{name: a}")).find("each: any"), std::string::npos);
  ok(after("all", "", "{name: a, each: all}"));
  ok(after("any", "", "{name: a, each: any}"));
  ASSERT_TRUE(ask(api::StartRun{"a", {}, "2026-01-02 region=de"}, A));
  ASSERT_TRUE(ask(api::StartRun{"a", {}, "2026-01-02 region=fr"}, A));
  end(0);
  EXPECT_EQ(runs("any"), "2026-01-02");
  EXPECT_EQ(runs("all"), "") << "fr has started, and is not there yet";
  end(1);
  EXPECT_EQ(runs("all"), "2026-01-02");
}

TEST_F(Keyed, a_coarser_key_takes_all_that_it_joins) {
  ok(head("a", "region, shop"));
  ok(after("d", "region", "{name: a, joinOn: region, each: all}"));
  ASSERT_TRUE(ask(api::StartRun{"a", {}, "2026-01-02 region=de shop=1"}, A));
  ASSERT_TRUE(ask(api::StartRun{"a", {}, "2026-01-02 region=de shop=2"}, A));
  ASSERT_TRUE(ask(api::StartRun{"a", {}, "2026-01-02 region=fr shop=1"}, A));
  end(2);
  end(0);
  EXPECT_EQ(runs("d"), "2026-01-02 region=fr");
  end(1);
  EXPECT_EQ(runs("d"), "2026-01-02 region=fr, 2026-01-02 region=de");
}

TEST_F(Keyed, an_upstream_without_the_key_is_for_all_values) {
  ok(head("a", "region"));
  ok(head("rates", ""));
  ok(after("d", "region", "{name: a, joinOn: region}, {name: rates}"));
  run("a", "2026-01-02 region=de");
  run("a", "2026-01-02 region=fr");
  EXPECT_EQ(runs("d"), "");
  run("rates", "2026-01-02");
  EXPECT_EQ(runs("d"), "2026-01-02 region=de, 2026-01-02 region=fr");
}

TEST_F(Keyed, its_own_day_before_is_that_of_the_same_value) {
  ok(head("a", "region"));
  ok(after("d", "region", "{name: a, joinOn: region}, {name: d, joinOn: region, offset: -1}"));
  run("a", "2026-01-01 region=de");
  EXPECT_EQ(runs("d"), "2026-01-01 region=de");
  run("a", "2026-01-02 region=de");
  run("a", "2026-01-02 region=fr");
  EXPECT_EQ(runs("d"), "2026-01-01 region=de") << "de waits for its 1st, fr never had one";
  end_all("d");
  EXPECT_EQ(runs("d"), "2026-01-01 region=de, 2026-01-02 region=de");
}

TEST_F(Keyed, a_scheduled_time_and_a_condition_hold_for_each_value) {
  ok(head("a", "region"));
  ok(head("d", "region") +
     "trigger: {operator: AND, schedule: {hour: 13}, executions: {allOf: [{name: a, joinOn: region}]}}\n");
  run("a", "2026-11-20 region=de");
  run("a", "2026-11-20 region=fr");
  EXPECT_EQ(runs("d"), "") << "not before 13:00";
  drive.pass(std::chrono::hours{1});
  EXPECT_EQ(runs("d"), "2026-11-20 region=de, 2026-11-20 region=fr");
  run("a", "2026-11-20 region=it");
  EXPECT_EQ(runs("d"), "2026-11-20 region=de, 2026-11-20 region=fr, 2026-11-20 region=it");
}

TEST_F(Keyed, a_scheduled_time_alone_starts_the_default_value) {
  const std::string at_one = "trigger: {schedule: {hour: 13}}\n";
  EXPECT_NE(refused(head("a", "region") + at_one).find("a scheduled time does not know the 'region'"),
            std::string::npos);
  ok("name: a\nsince: 2026-01-01\nkey: region\nparameters: {region: {default: de}}\nsteps: [{run: echo}]\n" + at_one);
  drive.pass(std::chrono::hours{1});
  EXPECT_EQ(runs("a"), "2026-11-20 region=de");
}

TEST_F(Keyed, hours_of_a_value_make_its_day) {
  auto hourly = head("a", "region");
  hourly.replace(hourly.find("window: day"), 11, "window: hour");
  ok(hourly);
  ok(after("d", "region", "{name: a, joinOn: region, each: any}"));
  run("a", "2026-01-02T05Z region=de");
  EXPECT_EQ(runs("d"), "2026-01-02 region=de");
}

TEST_F(Keyed, newest_looks_at_the_same_value) {
  ok(head("a", "region"));
  ok(head("fx", "region"));
  ok(after("d", "region", "{name: a, joinOn: region}, {name: fx, joinOn: region, match: newest}"));
  run("fx", "2026-01-01 region=fr");
  run("a", "2026-01-02 region=de");
  EXPECT_EQ(runs("d"), "");
  run("a", "2026-01-02 region=fr");
  EXPECT_EQ(runs("d"), "2026-01-02 region=fr");
}

TEST_F(Keyed, chains_without_a_calendar_carry_the_values) {
  ok("name: a\nkey: region\nparameters: {region: {}}\nsteps: [{run: echo}]\n");
  ok("name: d\nkey: region\nparameters: {region: {}}\nsteps: [{run: echo}]\n"
     "trigger: {executions: {allOf: [{name: a, joinOn: region}]}}\n");
  ASSERT_TRUE(ask(api::StartRun{"a", {}, "region=de"}, A));
  const auto chain = runs("a");
  EXPECT_EQ(chain.substr(chain.find(' ')), " region=de");
  end(0);
  EXPECT_EQ(runs("d"), chain);
}

TEST_F(Keyed, a_mark_is_for_one_value) {
  ok(head("a", "region"));
  ok(after("d", "region", "{name: a, joinOn: region}"));
  ASSERT_TRUE(ask(api::MarkWindow{"a", {}, "2026-01-02 region=de", "SUCCEEDED", "checked by hand"}, A));
  EXPECT_EQ(runs("d"), "2026-01-02 region=de");
  EXPECT_FALSE(ask(api::MarkWindow{"a", {}, "2026-01-02", "SUCCEEDED", "checked by hand"}, A)) << "which region?";
}

TEST_F(Keyed, external_runs_have_values_too) {
  ok("name: ext\nexternal: true\nwindow: day\nkey: region\nparameters: {region: {}}\n");
  ok(after("d", "region", "{name: ext, joinOn: region}"));
  api::ReportRun report;
  report.pipeline = "ext";
  report.date = "2026-01-02 region=de";
  report.status = "SUCCEEDED";
  ASSERT_TRUE(ask(report, A));
  report.date = "2026-01-02";
  report.parameters.text = R"({"region":"fr"})";
  ASSERT_TRUE(ask(report, A));
  EXPECT_EQ(runs("d"), "2026-01-02 region=de, 2026-01-02 region=fr");
}

TEST_F(Keyed, a_restart_changes_nothing) {
  ok(head("a", "region"));
  ok(head("b", "region"));
  ok(after("d", "region", "{name: a, joinOn: region}, {name: b, joinOn: region}"));
  run("a", "2026-01-02 region=de");
  drive.load();
  run("b", "2026-01-02 region=de");
  EXPECT_EQ(runs("d"), "2026-01-02 region=de");
}

TEST_F(Keyed, explain_names_the_value_that_is_missing) {
  ok(head("a", "region"));
  ok(head("b", "region"));
  ok(after("d", "region", "{name: a, joinOn: region}, {name: b, joinOn: region}"));
  run("a", "2026-01-02 region=de");
  const auto explained = ask(api::Explain{"d", {}, {}}, A);
  ASSERT_TRUE(explained) << explained.error().message;
  EXPECT_EQ(explained->window, "2026-01-02 region=de");
  EXPECT_EQ(explained->clauses[1].missing, std::vector<std::string>{"b 2026-01-02 region=de"});
  EXPECT_EQ(explained->next_command, "weir explain 111111111111/b --window '2026-01-02 region=de'");
  EXPECT_FALSE(ask(api::Explain{"d", {}, "2026-01-02 region=xx"}, A)) << "never seen";
}

TEST_F(Keyed, what_does_not_fit_is_refused_with_the_fix) {
  ok(head("a", "region"));
  ok(head("plain", ""));
  EXPECT_NE(refused(after("d", "region", "{name: a, each: any}")).find("no clause says which values"),
            std::string::npos);
  EXPECT_NE(refused(after("d", "", "{name: a, joinOn: region}")).find("no part of this pipeline's key"),
            std::string::npos);
  EXPECT_NE(refused(after("d", "region", "{name: plain, joinOn: region}")).find("no part of the key of"),
            std::string::npos);
  EXPECT_NE(refused(after("d", "", "{name: a, where: {shop: 1}}")).find("no part of the key of"), std::string::npos);
  EXPECT_NE(refused("name: d\nkey: region\nsteps: [{run: echo}]\n").find("there is no parameter 'region'"),
            std::string::npos);
  EXPECT_NE(refused("name: d\nkey: n\nparameters: {n: {type: number}}\nsteps: [{run: echo}]\n").find("are texts"),
            std::string::npos);
  EXPECT_NE(refused(head("a", "")).find("the key would change"), std::string::npos);
  for (int n : {3, 4, 5}) {
    std::string names, parameters;
    for (int i = 0; i < n; ++i) {
      names += (i > 0 ? ", p" : "p") + std::to_string(i);
      parameters += (i > 0 ? ", p" : "p") + std::to_string(i) + ": {}";
    }
    const auto reply = deploy("name: n" + std::to_string(n) + "\nkey: [" + names + "]\nparameters: {" + parameters +
                                  "}\nsteps: [{run: echo}]\n",
                              A);
    EXPECT_EQ(reply.has_value(), n <= static_cast<int>(kKeyParameters)) << n;
  }
}

TEST_F(Keyed, the_sentence_says_the_key) {
  ok(head("a", "region"));
  const auto reply = deploy(after("d", "region", "{name: a, joinOn: region}"), A);
  EXPECT_EQ(reply->sentence,
            "d runs once for each day (UTC) and region, when for that day a of the same region has SUCCEEDED.");
}

}  // namespace
}  // namespace weir::pipeline
