#include "json/described.hpp"

#include <gtest/gtest.h>

#include "json/text.hpp"

namespace weir::json {
namespace {

enum class Status { RUNNING, SUCCEEDED, FAILED = 7 };
BOOST_DESCRIBE_ENUM(Status, RUNNING, SUCCEEDED, FAILED)
using RunId = Id<struct RunTag>;
struct Step {
  std::string name;
  std::optional<int> timeout_s;
  bool operator==(const Step&) const = default;
};
BOOST_DESCRIBE_STRUCT(Step, (), (name, timeout_s))
struct Job {
  RunId id;
  AccountId account;
  Status status = Status::RUNNING;
  std::optional<Instant> ended;
  Millis lasted{0};
  double load = 0;
  std::int8_t tries = 0;
  bool quiet = false;
  JsonText input;
  std::vector<Step> steps;
  std::map<std::string, std::vector<std::int64_t>> counts;
  bool operator==(const Job&) const = default;
};
BOOST_DESCRIBE_STRUCT(Job, (), (id, account, status, ended, lasted, load, tries, quiet, input, steps, counts))

Result<Job> read(std::string_view text, ReadOptions options = {}) {
  return read_described<Job>(parse(text).value(), options);
}
std::string problem(std::string_view text) { return read(text).error().text(); }

constexpr std::string_view kFull =
    R"({"id":9007199254740993,"account":"000000000001","status":"FAILED","ended":"2026-11-21T03:50:07.123Z","lasted":1500,)"
    R"("load":0.5,"tries":-3,"quiet":true,"input":{"b":1.0,"a":1E400},"steps":[{"name":"a\nb","timeout_s":5},{"name":"c"}],)"
    R"("counts":{"x":[1,2],"y":[]}})";

TEST(Described, is_read_and_printed_alike) {
  const auto run = read(kFull);
  ASSERT_TRUE(run) << run.error().text();
  EXPECT_EQ(run->id.value, 9007199254740993);
  EXPECT_EQ(run->status, Status::FAILED);
  EXPECT_EQ(run->ended, instant_from_text("2026-11-21T03:50:07.123Z"));
  EXPECT_EQ(run->input.text, R"({"b":1.0,"a":1E400})");
  EXPECT_EQ(run->steps, (std::vector<Step>{{"a\nb", 5}, {"c", std::nullopt}}));
  EXPECT_EQ(print_described(*run), kFull);
}

TEST(Described, absent_fields_are_left_out_and_keep_their_defaults) {
  EXPECT_EQ(
      print_described(Job{}),
      R"({"id":0,"account":"","status":"RUNNING","lasted":0,"load":0.0,"tries":0,"quiet":false,"steps":[],"counts":{}})");
  EXPECT_EQ(read("{}").value(), Job{});
  EXPECT_EQ(read(R"({"ended":null})").value(), Job{});
}

TEST(Described, a_wrong_type_is_an_error_with_its_path) {
  EXPECT_EQ(problem(R"({"steps":[{},{},{"timeout_s":"5"}]})"), "steps[2].timeout_s: expected a number, got a string");
  EXPECT_EQ(problem(R"({"counts":{"a b":[1,null]}})"), "counts[\"a b\"][1]: expected a number, got null");
  EXPECT_EQ(problem(R"({"quiet":1})"), "quiet: expected true or false, got a number");
  EXPECT_EQ(problem("[]"), "expected an object, got an array");
  EXPECT_EQ(problem(R"({"lasted":"5s"})"), "lasted: expected a number of milliseconds, got a string");
  EXPECT_EQ(problem(R"({"ended":"yesterday"})"), "ended: \"yesterday\" is no time; write it as 2026-11-21T03:50:07Z");
}

TEST(Described, an_unknown_key_names_the_nearest) {
  EXPECT_EQ(problem(R"({"steps":[{"nmae":"x"}]})"), "steps[0]: unknown key 'nmae'; did you mean 'name'?");
  EXPECT_EQ(problem(R"({"steps":[{"colour":"x"}]})"), "steps[0]: unknown key 'colour'; the keys are name, timeout_s");
  EXPECT_TRUE(read(R"({"colour":"x"})", {.refuse_unknown = false}).has_value());
}

TEST(Described, integers_must_be_whole_and_fit) {
  EXPECT_EQ(problem(R"({"tries":128})"), "tries: the number 128 does not fit; use one nearer to 0");
  EXPECT_EQ(problem(R"({"tries":1.5})"), "tries: expected a whole number, got 1.5");
  EXPECT_EQ(read(R"({"tries":1.0e1})")->tries, 10);
  EXPECT_FALSE(read(R"({"id":9223372036854775808})").has_value());
  EXPECT_FALSE(read(R"({"load":1E400})").has_value());
}

TEST(Described, enums_take_exactly_their_names) {
  EXPECT_EQ(problem(R"({"status":"SUCEEDED"})"),
            "status: expected one of RUNNING, SUCCEEDED, FAILED, got \"SUCEEDED\"; did you mean 'SUCCEEDED'?");
  EXPECT_EQ(problem(R"({"status":7})"), "status: expected one of RUNNING, SUCCEEDED, FAILED, got a number");
}

}  // namespace
}  // namespace weir::json
