#include <array>
#include <cstdio>
#include <filesystem>

#include "json/text.hpp"
#include "tests/workflow/play.hpp"

namespace weir::workflow {
namespace {

std::vector<std::string> problems(const std::string& definition) {
  std::vector<std::string> out;
  if (const auto made = compile(definition); !made)
    for (const auto& p : made.error()) out.push_back(p.text());
  return out;
}

TEST(Compile, reports_every_problem_with_its_place) {
  const auto found = problems(R"({"StartAt":"Xyz","States":{"A":{"Type":"Pass","Next":"Bb"},"B":{"Type":"Tusk"},
    "C":{"Type":"Wait","Seconds":1,"Timestamp":"2026-01-01T00:00:00Z","End":true}}})");
  ASSERT_EQ(found.size(), 4u);
  EXPECT_EQ(found[0], "/StartAt: there is no state 'Xyz' here");
  EXPECT_EQ(found[1], "/States/A/Next: there is no state 'Bb' here; did you mean 'B'?");
  EXPECT_EQ(found[2], "/States/B/Type: unknown type 'Tusk'; did you mean 'Task'?");
  EXPECT_EQ(found[3], "/States/C: a Wait has exactly one of Seconds, Timestamp, SecondsPath, TimestampPath");
}

TEST(Compile, refuses_what_is_not_served_and_says_so) {
  EXPECT_NE(problems(R"({"QueryLanguage":"JSONata","StartAt":"A","States":{"A":{"Type":"Succeed"}}})")
                .at(0)
                .find("JSONata comes with"),
            std::string::npos);
  EXPECT_NE(problems(R"({"StartAt":"A","States":{"A":{"Type":"Task","Resource":"arn:aws:lambda:x","End":true}}})")
                .at(0)
                .find("is not served"),
            std::string::npos);
  EXPECT_NE(
      problems(
          R"~({"StartAt":"A","States":{"A":{"Type":"Pass","Parameters":{"h.$":"States.Hash($.a,'MD5')"},"End":true}}})~")
          .at(0)
          .find("'States.Hash' is not served"),
      std::string::npos);
}

TEST(Compile, refuses_invalid_definitions_of_the_linters) {
  const std::string file = std::string(WEIR_SOURCE_DIR) + "/../shared/conformance/asl_validation.jsonl.xz";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "no conformance data beside the project";
  FILE* pipe = popen(("xz -dc '" + file + "'").c_str(), "r");
  ASSERT_TRUE(pipe);
  std::string text;
  std::array<char, 65536> buffer;
  for (std::size_t n; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) text.append(buffer.data(), n);
  pclose(pipe);
  int valid = 0, accepted = 0, invalid = 0, refused = 0;
  for (std::size_t at = 0; at < text.size();) {
    auto end = text.find('\n', at);
    if (end == std::string::npos) end = text.size();
    const auto line = json::parse(std::string_view(text).substr(at, end - at));
    at = end + 1;
    ASSERT_TRUE(line);
    const auto made = compile(*line->find("text")->string());
    if (*line->find("expect")->string() == "invalid") {
      ++invalid;
      if (made.has_value()) printf("accepted: %s\n", line->find("name")->string()->c_str());
      refused += !made.has_value();
      continue;
    }
    // Valid ones may use what is not served here (other resources, JSONata); those must not fail for another reason.
    ++valid;
    accepted += made.has_value();
  }
  printf("linters: %d of %d invalid refused, %d of %d valid accepted\n", refused, invalid, accepted, valid);
  EXPECT_GE(refused * 10, invalid * 9);
}

}  // namespace
}  // namespace weir::workflow
