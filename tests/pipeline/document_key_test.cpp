#include "pipeline/document_key.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"

namespace weir::pipeline {
namespace {

std::string window(Grain grain, const std::string& zone, const std::string& date) {
  PipelineRow row;
  row.name = "p";
  row.grain = grain;
  row.timezone = zone;
  const auto choice = window_of_date(row, date);
  return choice ? label({grain, choice->window}) : choice.error().what;
}

TEST(DocumentKey, reads_dates_as_documents_write_them) {
  for (const auto* date : {"2026-01-02", "20260102", "2026-01-02T05", "2026-01-02 05:30", "2026-01-02T05:30:10.250",
                           "20260102T0530", "2026-01-01T23:30:00Z", "2026-01-02T00:30:00+01:00", "1767308400000"})
    EXPECT_EQ(window(Grain::day, "Europe/Berlin", date), "2026-01-02") << date;
  EXPECT_EQ(window(Grain::month, "UTC", "2026-01"), "2026-01");
  EXPECT_EQ(window(Grain::month, "UTC", "2026-01-31"), "2026-01");
  EXPECT_EQ(window(Grain::week, "UTC", "2026-W01"), "2026-W01");
}

TEST(DocumentKey, an_hour_is_on_the_pipelines_clock) {
  EXPECT_EQ(window(Grain::hour, "Europe/Berlin", "2026-01-02T05"), "2026-01-02T04Z");
  EXPECT_EQ(window(Grain::hour, "Europe/Berlin", "2026-01-02T05:00:00Z"), "2026-01-02T05Z");
}

TEST(DocumentKey, says_what_is_no_date) {
  for (const auto* date : {"", "soon", "2026-13-01", "2026-02-30", "2026-01-02T25", "2026-01-02T05:61", "2026-01-02x"})
    EXPECT_NE(window(Grain::day, "UTC", date).find("is no date"), std::string::npos) << date;
}

TEST(DocumentKey, names_the_place_that_is_missing) {
  const auto document = *json::parse(R"({"order": {"id": 17, "lines": []}, "region": "de"})");
  EXPECT_EQ(*text_at_path(document, "$.order.id", "id"), "17");
  EXPECT_EQ(*text_at_path(document, "$.region", "id"), "de");
  EXPECT_EQ(text_at_path(document, "$.order.day", "trigger.webhook.date").error().where, "trigger.webhook.date");
  EXPECT_NE(text_at_path(document, "$.order.lines", "id").error().what.find("not a text or a number"),
            std::string::npos);
  EXPECT_EQ(parameters_at_paths(document, {{"n", "$.order.id"}, {"r", "$.region"}})->text, R"({"n":17,"r":"de"})");
  EXPECT_FALSE(parameters_at_paths(document, {{"n", "$.nothing"}}));
}

}  // namespace
}  // namespace weir::pipeline
