// Whatever bytes a file has, parsing ends with a spec or with problems that have a text; a spec can be synthesised.
#include <gtest/gtest.h>

#include <cstdlib>
#include <random>

#include "json/text.hpp"
#include "pipeline/sentence.hpp"
#include "pipeline/spec_parse.hpp"
#include "pipeline/synth.hpp"
#include "tests/pipeline/spec_files.hpp"

namespace weir::pipeline {
namespace {

std::string mutated(std::string text, std::mt19937_64& random) {
  static constexpr std::string_view kBytes = "[]{}:,-?&*!|>'\"%@`#\n\t \\~<0a\xff\xc3\x01";
  const auto at = [&] { return static_cast<std::size_t>(random() % (text.size() + 1)); };
  for (int n = static_cast<int>(random() % 6) + 1; n > 0; --n) {
    const std::size_t i = at();
    switch (random() % 4) {
      case 0:
        text.insert(i, 1, kBytes[random() % kBytes.size()]);
        break;
      case 1:
        text.erase(i, random() % 20);
        break;
      case 2:
        text.insert(i, text.substr(at(), random() % 40));
        break;
      default:
        if (i < text.size()) text[i] = static_cast<char>(random());
    }
  }
  return text;
}

TEST(ParseRandom, never_crashes_on_changed_bytes) {
  const char* given = std::getenv("WEIR_SEED");
  const char* rounds = std::getenv("WEIR_ROUNDS");
  const std::uint64_t first = given ? std::strtoull(given, nullptr, 10) : 1;
  const std::uint64_t count = given ? 1 : rounds ? std::strtoull(rounds, nullptr, 10) : 3'000;
  std::uint64_t good = 0;
  for (std::uint64_t seed = first; seed < first + count; ++seed) {
    SCOPED_TRACE("replay with WEIR_SEED=" + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::string_view files[] = {test::kMinimal, test::kServed, test::kRich};
    const std::string text = mutated(std::string(files[seed % 3]), random);
    const auto spec = parse_pipeline(text, "pipeline.yaml");
    if (!spec) {
      ASSERT_FALSE(spec.error().empty());
      for (const auto& p : spec.error()) ASSERT_FALSE(p.what.empty());
      continue;
    }
    ++good;
    ASSERT_TRUE(json::validate(synthesise(*spec).definition));
    ASSERT_FALSE(trigger_sentence(*spec, {}).empty());
  }
  if (!given) {
    EXPECT_GT(good, count / 50);
  }
}

}  // namespace
}  // namespace weir::pipeline
