#include "pipeline/key.hpp"

#include <gtest/gtest.h>

#include "tests/pipeline/trigger_bench.hpp"

namespace weir::pipeline {
namespace {

constexpr std::int64_t kMost = (std::int64_t{1} << kKeyValuesBits) - 1;

TEST(Key, without_values_is_the_window) {
  for (const std::int64_t window : {-5, 0, 20454}) {
    EXPECT_EQ(key_of(false, window, 0), window);
    EXPECT_EQ(parts_of(false, window).window, window);
  }
}

TEST(Key, holds_a_window_and_values_and_orders_by_window) {
  for (const std::int64_t window :
       {std::int64_t{-700'000}, std::int64_t{-1}, std::int64_t{0}, std::int64_t{20454}, std::int64_t{1} << 38})
    for (const std::int64_t values : {std::int64_t{0}, std::int64_t{1}, kMost - 1, kMost}) {
      const auto parts = parts_of(true, key_of(true, window, values));
      EXPECT_EQ(parts.window, window);
      EXPECT_EQ(parts.values, values);
      EXPECT_LT(key_of(true, window, values), key_of(true, window + 1, 0));
    }
}

TEST(Key, the_keys_of_windows_are_a_range) {
  PipelineRow plain, keyed;
  keyed.key = {"region"};
  EXPECT_EQ(keys_of_windows(plain, 3, 5).first, 3);
  EXPECT_EQ(keys_of_windows(plain, 3, 5).last, 5);
  EXPECT_EQ(keys_of_windows(keyed, 3, 5).first, key_of(true, 3, 0));
  EXPECT_EQ(keys_of_windows(keyed, 3, 5).last, key_of(true, 5, kMost));
  constexpr auto kMin = std::numeric_limits<std::int64_t>::min(), kMax = std::numeric_limits<std::int64_t>::max();
  EXPECT_EQ(keys_of_windows(keyed, kMin, kMax).first, kMin);
  EXPECT_EQ(keys_of_windows(keyed, kMin, kMax).last, kMax);
}

TEST(Key, is_typed_as_it_is_shown) {
  const auto key = read_typed_key("2026-01-02 shop=12 region=de");
  ASSERT_TRUE(key);
  EXPECT_EQ(key->date, "2026-01-02");
  EXPECT_EQ(text_of(key->values), "region=de shop=12");
  EXPECT_EQ(values_from_text("region=de shop=12"), key->values);
  EXPECT_EQ(read_typed_key("region=de")->date, "");
  EXPECT_FALSE(read_typed_key("2026-01-02 de"));
  EXPECT_FALSE(read_typed_key("2026-01-02 region=de region=fr"));
}

TEST(Key, values_are_plain_and_short) {
  EXPECT_FALSE(check_key_value("region", "eu-central_1.a:b/c+d@e"));
  for (const char* bad : {"", "a b", "a=b", "a\nb", "'"}) EXPECT_TRUE(check_key_value("region", bad)) << bad;
  EXPECT_FALSE(check_key_value("region", std::string(kKeyValueBytes - 1, 'x')));
  EXPECT_FALSE(check_key_value("region", std::string(kKeyValueBytes, 'x')));
  EXPECT_TRUE(check_key_value("region", std::string(kKeyValueBytes + 1, 'x')));
}

TEST(Key, values_get_a_number_once_and_their_parts_too) {
  TriggerBench bench;
  std::int64_t first = 0, again = 0;
  bench.act([&](core::Transaction& tx) {
    first = *intern(tx, bench.tables, {{"region", "de"}, {"shop", "12"}});
    again = *intern(tx, bench.tables, {{"region", "de"}, {"shop", "12"}});
  });
  EXPECT_EQ(first, again);
  EXPECT_EQ(bench.tables.key_values.rows().size(), 3u);
  EXPECT_TRUE(number_of(bench.tables, {{"region", "de"}}));
  EXPECT_TRUE(number_of(bench.tables, {{"shop", "12"}}));
  EXPECT_FALSE(number_of(bench.tables, {{"shop", "13"}}));
  EXPECT_EQ(values_of(bench.tables, first), (KeyValues{{"region", "de"}, {"shop", "12"}}));
  bench.restart();
  EXPECT_EQ(number_of(bench.tables, {{"region", "de"}, {"shop", "12"}}), first);
}

TEST(Key, no_more_values_than_there_is_room_for) {
  for (const auto known : {kKeyValuesKnown - 2, kKeyValuesKnown - 1, kKeyValuesKnown}) {
    TriggerBench bench;
    bench.act([&](core::Transaction& tx) {
      tx.put(bench.tables.key_values, KeyValuesRow{known, "region=last"});
      EXPECT_EQ(intern(tx, bench.tables, {{"region", "de"}}).has_value(), known < kKeyValuesKnown) << known;
    });
  }
}

}  // namespace
}  // namespace weir::pipeline
