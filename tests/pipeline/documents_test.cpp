// Documents at the service's door (rule 9): the bounds, the counts and what people are told. What starts when is played
// in tests/rules/rule_09_documents.test.yaml.
#include "api/documents.hpp"

#include "base/limits.hpp"
#include "json/described.hpp"
#include "tests/pipeline/service_world.hpp"

namespace weir::pipeline {
namespace {

class Documents : public ServiceWorld {
 protected:
  Documents() { deploy("name: orders\nwindow: day\ntrigger: {webhook: {date: $.day}}"); }

  api::Reply<api::DocumentReply> put(const std::string& event, const std::string& document = R"({"day":"2026-01-02"})",
                                     const std::string& pipeline = "orders") {
    api::PutDocument request;
    request.pipeline = pipeline;
    request.event = event;
    request.document.text = document;
    return ask(request);
  }
  api::DocumentCounts counts(const std::string& pipeline = "orders") {
    const auto info = ask(api::DescribePipeline{pipeline, {}});
    EXPECT_TRUE(info && info->documents);
    return info && info->documents ? *info->documents : api::DocumentCounts{};
  }
  std::int64_t id_of(const std::string& name) { return service.tables().find_pipeline(AccountId{kA}, name)->id; }
  api::ReportFiles files(const std::string& pipeline, int from, int count) {
    api::ReportFiles out;
    out.pipeline = id_of(pipeline);
    for (int i = from; i < from + count; ++i) out.files.push_back({"/in/" + std::to_string(i), drive.now, 1});
    return out;
  }
  int n_ = 0;
  std::size_t rows() const {
    const auto& t = service.tables();
    return t.waiting_documents.rows().size() + t.seen_events.rows().size() + t.seen_files.rows().size() +
           t.document_sources.rows().size();
  }
};

TEST_F(Documents, counts_what_became_of_them) {
  EXPECT_TRUE(put("e-1"));
  EXPECT_TRUE(put("e-1"));
  EXPECT_EQ(put("e-2", R"({"day":"2025-01-01"})")->ignored,
            "2025-01-01 lies before 2026-01-01, since when orders starts by itself");
  EXPECT_FALSE(put("e-3", "{}"));
  EXPECT_TRUE(ask(api::RefuseDocument{"orders", {}, "the document has nothing at $.day"}));
  EXPECT_TRUE(put("e-4"));
  const auto got = counts();
  EXPECT_EQ(got.accepted, 2);
  EXPECT_EQ(got.duplicates, 1);
  EXPECT_EQ(got.ignored, 1);
  EXPECT_EQ(got.refused, 1);
  EXPECT_EQ(got.refusal, "the document has nothing at $.day");
  EXPECT_EQ(got.waiting, 1) << "e-4 waits for the run of e-1";
  const auto told = ask(api::Explain{"orders", {}, "2026-01-02"});
  ASSERT_TRUE(told);
  EXPECT_NE(told->state.find("webhook event e-4"), std::string::npos) << told->state;
  EXPECT_NE(told->state.find("1 documents were refused"), std::string::npos) << told->state;
}

TEST_F(Documents, why_names_the_event_as_the_first_cause) {
  EXPECT_TRUE(put("e-1"));
  deploy("name: after\ntrigger: {executions: {allOf: [{name: orders}]}}");
  const auto run = end("orders");
  const auto last = ask(api::DescribePipeline{"after", {}});
  ASSERT_TRUE(last && last->last_run);
  const auto why = ask(api::WhyRun{last->last_run->run});
  ASSERT_TRUE(why);
  EXPECT_EQ(why->first_causes, std::vector<std::int64_t>{run});
  EXPECT_NE(why->links.back().rule.find("rule 9: webhook event e-1"), std::string::npos) << why->links.back().rule;
}

TEST_F(Documents, the_answer_to_a_duplicate_is_that_of_the_first) {
  deploy("name: pings\ntrigger: {webhook: {}}");
  const auto first = put("p-1", "{}", "pings"), again = put("p-1", "{}", "pings");
  ASSERT_TRUE(first && again);
  EXPECT_NE(first->window, "");
  EXPECT_EQ(json::print_described(*first), json::print_described(*again));
}

TEST_F(Documents, an_id_has_a_bound_and_so_has_a_document) {
  EXPECT_TRUE(put(std::string(limits::kEventIdBytes - 1, 'e')));
  EXPECT_TRUE(put(std::string(limits::kEventIdBytes, 'e')));
  EXPECT_FALSE(put(std::string(limits::kEventIdBytes + 1, 'e')));
  const auto of = [](std::size_t bytes) {
    std::string out = R"({"day":"2026-01-02","x":""})";
    return out.insert(out.size() - 2, std::string(bytes - out.size(), 'x'));
  };
  EXPECT_TRUE(put("n-1", of(limits::kPayloadBytes - 1)));
  EXPECT_TRUE(put("n", of(limits::kPayloadBytes)));
  EXPECT_FALSE(put("n+1", of(limits::kPayloadBytes + 1)));
}

TEST_F(Documents, a_pipeline_without_a_webhook_takes_none_and_says_what_to_add) {
  deploy("name: quiet");
  const auto refused = put("e-1", "{}", "quiet");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, api::ErrorCode::NotFound);
  EXPECT_NE(refused.error().message.find("add 'webhook: {}' to its trigger"), std::string::npos);
}

TEST_F(Documents, forgets_ids_after_their_time_and_not_before) {
  EXPECT_TRUE(put("e-1"));
  drive.pass(Millis{limits::kEventRememberedMs - 1});
  EXPECT_TRUE(put("e-1"));
  EXPECT_EQ(counts().duplicates, 1);
  drive.pass(Millis{1});
  EXPECT_TRUE(put("e-1"));
  EXPECT_EQ(counts().accepted, 2);
  EXPECT_EQ(service.tables().seen_events.rows().size(), 1U);
  EXPECT_EQ(service.tables().document_sources.find(id_of("orders"))->remembered, 1);
}

TEST_F(Documents, keeps_what_it_can_and_refuses_the_rest_so_that_the_sender_keeps_it) {
  deploy("name: landed\nwindow: run\ntrigger: {file: {path: /in/*}}");
  ASSERT_TRUE(ask(api::Pause{"landed", {}, "a test"}));
  constexpr auto kMost = static_cast<int>(limits::kFilesReported);
  int sent = 0;
  for (; sent < limits::kDocumentsWaiting - kMost; sent += kMost) ASSERT_TRUE(ask(files("landed", sent, kMost)));
  EXPECT_EQ(ask(files("landed", sent, kMost - 1))->started, kMost - 1);
  EXPECT_FALSE(ask(files("landed", sent + kMost, 1))->again);
  const auto full = ask(files("landed", sent + kMost + 1, 1));
  EXPECT_TRUE(full->again);
  EXPECT_EQ(counts("landed").waiting, limits::kDocumentsWaiting);
  // Deleting takes all of it away, in pieces.
  api::DeletePipeline gone;
  gone.pipeline = "landed";
  gone.reason = "a test";
  ASSERT_TRUE(ask(gone));
  drive.pass(Millis{1});
  EXPECT_EQ(rows(), 1U) << "the source of orders";
}

TEST_F(Documents, a_report_of_files_has_a_bound) {
  deploy("name: landed\nwindow: run\ntrigger: {file: {path: /in/*}}");
  constexpr auto kMost = static_cast<int>(limits::kFilesReported);
  EXPECT_TRUE(ask(files("landed", 0, kMost)));
  EXPECT_FALSE(ask(files("landed", kMost, kMost + 1)));
  EXPECT_EQ(counts("landed").accepted, kMost);
}

TEST_F(Documents, the_watch_is_told_what_to_look_for_and_what_has_counted) {
  deploy("name: landed\nwindow: day\ntrigger: {file: {path: '/in/{year}/{month}/{day}.csv'}}");
  const auto watches = ask(api::ListWatchedFiles{});
  ASSERT_TRUE(watches);
  ASSERT_EQ(watches->watches.size(), 1U);
  EXPECT_EQ(watches->watches[0].glob, "/in/*/*/*.csv");
  EXPECT_EQ(watches->watches[0].name, kA + "/landed");
  api::ReportFiles report;
  report.pipeline = watches->watches[0].pipeline;
  report.files = {{"/in/2026/01/02.csv", drive.now, 1}, {"/in/2026/01/99.csv", drive.now, 1}};
  report.problem = "/in/2025 cannot be read";
  ASSERT_TRUE(ask(report));
  EXPECT_EQ(counts("landed").refused, 1) << "a day 99";
  EXPECT_EQ(counts("landed").problem, "/in/2025 cannot be read");
  const auto seen = ask(api::ListSeenFiles{report.pipeline, ""});
  ASSERT_TRUE(seen);
  EXPECT_EQ(seen->files.size(), 2U) << "also what was refused: it would be refused again with every look";
  EXPECT_TRUE(ask(api::ListSeenFiles{report.pipeline, "/in/2026/01/99.csv"})->files.empty());
  deploy("name: landed\nwindow: day\ntrigger: {webhook: {}}");
  EXPECT_TRUE(ask(api::ListWatchedFiles{})->watches.empty());
  EXPECT_EQ(counts("landed").problem, "");
}

TEST_F(Documents, the_sentence_says_what_starts_it) {
  const auto sentence = [&](const std::string& yaml) {
    deploy("name: p" + std::to_string(++n_) + "\n" + yaml);
    return ask(api::DescribePipeline{"p" + std::to_string(n_), {}})->sentence;
  };
  EXPECT_EQ(sentence("trigger: {webhook: {}}"), "p1 runs once for each document of its webhook.");
  EXPECT_EQ(sentence("window: day\ntimezone: Europe/Berlin\ntrigger: {file: {path: '/in/{date}'}}"),
            "p2 runs once for each file that appears at /in/{date}, for its day (Berlin).");
  EXPECT_EQ(sentence("window: day\ntrigger: {operator: AND, webhook: {}, schedule: {hour: 6}, executions: {allOf: "
                     "[{name: orders}]}}"),
            "p3 runs once for each document of its webhook, for its day (UTC), not before 06:00, when for that day "
            "orders has SUCCEEDED; next: 2026-01-01 06:00.");
  EXPECT_EQ(sentence("window: day\ntrigger: {operator: OR, webhook: {}, file: {path: /in/x}, schedule: {hour: 6}}"),
            "p4 runs once for each document of its webhook and each file that appears at /in/x, for its day (UTC); or "
            "at 06:00, whichever is first; next: 2026-01-01 06:00.");
}

}  // namespace
}  // namespace weir::pipeline
