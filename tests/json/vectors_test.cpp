// Every case of vectors.json: what is accepted, what is refused, and what is printed again.
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "json/text.hpp"

namespace weir::json {
namespace {

TEST(Vectors, are_read_and_printed_as_they_say) {
  std::ifstream file(WEIR_SOURCE_DIR "/tests/json/vectors.json");
  std::stringstream content;
  content << file.rdbuf();
  const auto vectors = parse(content.str());
  ASSERT_TRUE(vectors) << vectors.error().text();
  ASSERT_GE(vectors->array()->size(), 100u);
  for (const auto& vector : *vectors->array()) {
    SCOPED_TRACE(*vector.find("name")->string());
    const auto& text = *vector.find("text")->string();
    const bool valid = *vector.find("expect")->string() == "valid";
    const auto value = parse(text);
    EXPECT_EQ(value.has_value(), valid) << (value ? "accepted" : value.error().text());
    EXPECT_EQ(validate(text).has_value(), valid);
    if (!value || !valid) continue;
    const auto printed = print(*value);
    EXPECT_EQ(printed, *vector.find("printed")->string());
    EXPECT_EQ(parse(printed).value(), *value);
    EXPECT_EQ(parse(print_pretty(*value)).value(), *value);
  }
}

}  // namespace
}  // namespace weir::json
