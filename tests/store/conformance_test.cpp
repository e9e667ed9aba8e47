#include "tests/store/conformance.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <thread>

#include "base/limits.hpp"

namespace weir::store::test {
namespace {

class Conformance : public testing::TestWithParam<PlaceKind> {
 protected:
  Conformance() : place_(GetParam().make()) { open(); }
  Store& store() { return place_->store(); }
  void open() {
    const auto opened = store().open(kTables);
    ASSERT_TRUE(opened) << opened.error().text();
  }
  void restart() {
    place_->restart();
    open();
  }
  void commit_durably(std::vector<Write> writes) {
    const auto result = commit(store(), std::move(writes));
    ASSERT_EQ(result.outcome, CommitOutcome::durable) << result.why;
  }
  std::optional<BoatRow> fetched(std::int64_t id) {
    auto row = store().fetch(kBoat, {id});
    if (!row) ADD_FAILURE() << row.error().text();
    if (!row || !*row) return std::nullopt;
    return as<BoatRow>(*row);
  }
  Page page(Query query) {
    auto found = store().query(query);
    if (!found) ADD_FAILURE() << found.error().text();
    return found ? std::move(*found) : Page{};
  }
  std::vector<std::string> names(Query query) {
    std::vector<std::string> out;
    for (const auto& row : page(std::move(query)).rows) out.push_back(as<BoatRow>(row).name);
    return out;
  }

  std::unique_ptr<Place> place_;
};

INSTANTIATE_TEST_SUITE_P(Stores, Conformance, testing::ValuesIn(kinds()),
                         [](const auto& info) { return std::string(info.param.name); });

TEST_P(Conformance, new_store_is_empty) {
  EXPECT_EQ(store().last_batch(), 0);
  EXPECT_TRUE(all<BoatRow>(store(), kBoat).empty());
  EXPECT_EQ(fetched(1), std::nullopt);
  EXPECT_FALSE(store().name().empty());
}

TEST_P(Conformance, commits_rows_of_several_tables_and_the_number_together) {
  commit_durably({put(boat(1)), put(VisitRow{"Kiel", instant_of_ms(5), 1, "coal", 9}), put(OrderRow{"a", "b"})});
  EXPECT_EQ(store().last_batch(), 1);
  restart();
  EXPECT_EQ(store().last_batch(), 1);
  EXPECT_EQ(fetched(1), boat(1));
  EXPECT_EQ(all<VisitRow>(store(), kVisit),
            (std::vector<VisitRow>{{"Kiel", instant_of_ms(5), 1, std::optional<std::string>("coal"), 9}}));
  EXPECT_EQ(all<OrderRow>(store(), kOrder), (std::vector<OrderRow>{{"a", "b"}}));
}

TEST_P(Conformance, refuses_a_batch_out_of_turn_and_goes_on) {
  commit_durably({put(boat(1))});
  for (const BatchNumber number : {0, 1, 3}) {
    const auto result = store().commit(Batch{number, {put(boat(2))}});
    EXPECT_EQ(result.outcome, CommitOutcome::refused);
    EXPECT_FALSE(result.why.empty());
  }
  EXPECT_EQ(fetched(2), std::nullopt);
  commit_durably({put(boat(2))});
  EXPECT_EQ(store().last_batch(), 2);
}

TEST_P(Conformance, refuses_a_whole_batch_with_one_wrong_write) {
  static const TableInfo kUnknown{"unknown", Keeping::live, 1, &type_of<OrderRow>};
  auto stranger = put(OrderRow{"a", "b"});
  stranger.table = &kUnknown;
  EXPECT_EQ(commit(store(), {put(boat(1)), stranger}).outcome, CommitOutcome::refused);
  EXPECT_EQ(commit(store(), {put(boat(1)), Write{&kBoat, Write::Op::put, nullptr}}).outcome, CommitOutcome::refused);
  EXPECT_EQ(fetched(1), std::nullopt);
  EXPECT_EQ(store().last_batch(), 0);
}

TEST_P(Conformance, empty_batch_only_moves_the_number) {
  commit_durably({});
  restart();
  EXPECT_EQ(store().last_batch(), 1);
}

TEST_P(Conformance, last_write_of_a_key_counts) {
  commit_durably({put(boat(1, "first")), put(boat(1, "second")), put(boat(2)), erase(put(boat(2))), put(boat(3)),
                  erase(put(boat(3))), put(boat(3, "again"))});
  EXPECT_EQ(all<BoatRow>(store(), kBoat), (std::vector<BoatRow>{boat(1, "second"), boat(3, "again")}));
  commit_durably({put(boat(1, "third")), erase(put(boat(3))), erase(put(boat(99)))});
  EXPECT_EQ(all<BoatRow>(store(), kBoat), (std::vector<BoatRow>{boat(1, "third")}));
}

TEST_P(Conformance, replaces_a_row_whole) {
  auto rich = boat(1);
  rich.owner = "Ada";
  rich.tags = {"x"};
  commit_durably({put(rich)});
  commit_durably({put(boat(1))});
  EXPECT_EQ(fetched(1), boat(1));
}

TEST_P(Conformance, keeps_every_kind_of_field) {
  BoatRow row = boat(7, "Nele");
  row.weather = Weather::STORMY;
  row.afloat = true;
  row.crew = -5;
  row.sails = 4'000'000'000u;
  row.height_m = 0.1;
  row.built = instant_of_ms(-1);
  row.age = Millis{86'400'000};
  row.owner = "Ada";
  row.berth = 0;
  row.forecast = Weather::CALM;
  row.notes.text = R"({"b":1.0,"a":1E400,"b":2})";
  row.tags = {"", "two words", "quote\" and \\", "\xc3\xa9"};
  row.ports = {{"Kiel", 1.5}, {"Rostock", -0.25}};
  row.cargo = {{"coal", std::numeric_limits<std::int64_t>::max()}, {"", std::numeric_limits<std::int64_t>::min()}};
  row.home = {"Bremen", 3};
  commit_durably({put(row)});
  restart();
  EXPECT_EQ(fetched(7), row);
}

TEST_P(Conformance, keeps_the_ends_of_numbers) {
  BoatRow low = boat(std::numeric_limits<std::int64_t>::min());
  low.crew = -128;
  low.height_m = std::numeric_limits<double>::lowest();
  low.built = instant_of_ms(std::numeric_limits<std::int64_t>::min());
  BoatRow high = boat(std::numeric_limits<std::int64_t>::max());
  high.crew = 127;
  high.sails = std::numeric_limits<std::uint32_t>::max();
  high.height_m = std::numeric_limits<double>::infinity();
  high.berth = std::numeric_limits<std::int64_t>::max();
  BoatRow tiny = boat(0);
  tiny.height_m = std::numeric_limits<double>::denorm_min();
  commit_durably({put(high), put(tiny), put(low)});
  restart();
  EXPECT_EQ(all<BoatRow>(store(), kBoat), (std::vector<BoatRow>{low, tiny, high}));
}

TEST_P(Conformance, keeps_no_number_as_no_number) {
  BoatRow row = boat(1);
  row.height_m = std::nan("");
  commit_durably({put(row)});
  restart();
  const auto found = fetched(1);
  ASSERT_TRUE(found);
  EXPECT_TRUE(std::isnan(found->height_m));
}

TEST_P(Conformance, keeps_texts_with_zero_bytes_apart) {
  const std::string a("a\0x", 3);
  const std::string b("a\0y", 3);
  commit_durably({put(OrderRow{b, "b"}), put(OrderRow{a, a}), put(OrderRow{"", ""}), put(OrderRow{"a", "short"})});
  restart();
  EXPECT_EQ(all<OrderRow>(store(), kOrder), (std::vector<OrderRow>{{"", ""}, {"a", "short"}, {a, a}, {b, "b"}}));
  const auto row = store().fetch(kOrder, {b});
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(as<OrderRow>(*row).select, "b");
}

TEST_P(Conformance, keeps_a_large_text) {
  const std::string large(3'000'000, 'x');
  commit_durably({put(OrderRow{"large", large})});
  restart();
  EXPECT_EQ(all<OrderRow>(store(), kOrder).at(0).select, large);
}

TEST_P(Conformance, loads_in_the_order_of_the_key) {
  const auto visit = [](std::string port, std::int64_t at_ms, std::int64_t seq) {
    return VisitRow{std::move(port), instant_of_ms(at_ms), seq, std::nullopt, 0};
  };
  const std::vector<VisitRow> sorted{visit("A", 9, 9), visit("a", -1, 2), visit("a", 1, -2),      visit("a", 1, 10),
                                     visit("a", 2, 0), visit("b", 0, 0),  visit("\xc3\xa9", 0, 0)};
  std::vector<Write> writes;
  for (const int i : {3, 0, 6, 1, 5, 2, 4}) writes.push_back(put(sorted[static_cast<std::size_t>(i)]));
  commit_durably(writes);
  EXPECT_EQ(all<VisitRow>(store(), kVisit), sorted);
  const auto row = store().fetch(kVisit, {std::string("a"), std::int64_t{1}, std::int64_t{10}});
  ASSERT_TRUE(row && *row);
  EXPECT_EQ(as<VisitRow>(*row), visit("a", 1, 10));
}

TEST_P(Conformance, fetch_with_a_key_that_is_none_is_a_problem) {
  EXPECT_FALSE(store().fetch(kBoat, {}));
  EXPECT_FALSE(store().fetch(kBoat, {std::string("1")}));
  EXPECT_FALSE(store().fetch(kBoat, {std::int64_t{1}, std::int64_t{2}}));
}

TEST_P(Conformance, query_meets_all_conditions) {
  std::vector<Write> writes;
  for (int i = 1; i <= 6; ++i) {
    BoatRow row = boat(i, "b" + std::to_string(i));
    row.crew = static_cast<std::int8_t>(i);
    row.weather = i % 2 ? Weather::CALM : Weather::STORMY;
    if (i > 4) row.owner = "Ada";
    if (i == 3) row.berth = 3;
    row.height_m = i / 2.0;
    writes.push_back(put(row));
  }
  commit_durably(writes);
  using Op = Condition::Op;
  const auto where = [&](std::vector<Condition> conditions) { return names({&kBoat, std::move(conditions)}); };
  using Names = std::vector<std::string>;
  EXPECT_EQ(where({}), (Names{"b1", "b2", "b3", "b4", "b5", "b6"}));
  EXPECT_EQ(where({{"crew", Op::greater, std::int64_t{4}}}), (Names{"b5", "b6"}));
  EXPECT_EQ(where({{"crew", Op::greater_or_equal, std::int64_t{2}}, {"crew", Op::less, std::int64_t{4}}}),
            (Names{"b2", "b3"}));
  EXPECT_EQ(where({{"height_m", Op::less_or_equal, 1.0}}), (Names{"b1", "b2"}));
  EXPECT_EQ(where({{"height_m", Op::equal, std::int64_t{1}}}), (Names{"b2"}));
  EXPECT_EQ(where({{"name", Op::equal, std::string("b4")}}), (Names{"b4"}));
  EXPECT_EQ(where({{"weather", Op::equal, std::string("STORMY")}}), (Names{"b2", "b4", "b6"}));
  EXPECT_EQ(where({{"weather", Op::equal, std::int64_t{7}}}), (Names{"b2", "b4", "b6"}));
  EXPECT_EQ(where({{"owner", Op::equal, std::monostate{}}}), (Names{"b1", "b2", "b3", "b4"}));
  EXPECT_EQ(where({{"owner", Op::less, std::string("Z")}}), (Names{"b5", "b6"}));
  EXPECT_EQ(where({{"berth", Op::greater_or_equal, std::int64_t{0}}}), (Names{"b3"}));
  EXPECT_EQ(where({{"berth", Op::less, std::monostate{}}}), Names{});
  EXPECT_EQ(where({{"id", Op::equal, std::int64_t{3}}}), (Names{"b3"}));
}

TEST_P(Conformance, query_that_cannot_be_meant_is_a_problem) {
  using Op = Condition::Op;
  EXPECT_FALSE(store().query({&kBoat, {{"colour", Op::equal, std::int64_t{1}}}}));
  EXPECT_FALSE(store().query({&kBoat, {{"tags", Op::equal, std::string("x")}}}));
  EXPECT_FALSE(store().query({&kBoat, {{"name", Op::equal, std::int64_t{1}}}}));
  Query query{&kBoat};
  query.limit = 0;
  EXPECT_FALSE(store().query(query));
  query.limit = limits::kQueryPageRows;
  EXPECT_TRUE(store().query(query));
  query.limit = limits::kQueryPageRows + 1;
  EXPECT_FALSE(store().query(query));
  query.limit = 1;
  query.after = Key{std::string("x")};
  EXPECT_FALSE(store().query(query));
}

TEST_P(Conformance, query_pages_meet_every_row_once_in_both_directions) {
  std::vector<Write> writes;
  std::vector<VisitRow> expected;
  for (const char* port : {"Kiel", "Rostock"})
    for (std::int64_t at = 0; at < 3; ++at)
      for (std::int64_t seq = 0; seq < 4; ++seq) {
        expected.push_back(
            {port, instant_of_ms(at), seq, seq % 2 ? std::optional<std::string>("odd") : std::nullopt, at});
        writes.push_back(put(expected.back()));
      }
  commit_durably(writes);
  const auto odd = [](const VisitRow& row) { return row.kind.has_value(); };
  for (const bool filtered : {false, true}) {
    for (const bool descending : {false, true}) {
      for (const int limit : {1, 2, 5, 11, 12, 13, 24, 25}) {
        Query query{&kVisit};
        if (filtered) query.where.push_back({"kind", Condition::Op::equal, std::string("odd")});
        query.descending = descending;
        query.limit = limit;
        std::vector<VisitRow> seen;
        int pages = 0;
        do {
          const auto found = page(query);
          ++pages;
          for (const auto& row : found.rows) seen.push_back(as<VisitRow>(row));
          query.after = found.next;
        } while (query.after && pages < 100);
        auto wanted = expected;
        if (filtered) std::erase_if(wanted, [&](const auto& row) { return !odd(row); });
        if (descending) std::ranges::reverse(wanted);
        EXPECT_EQ(seen, wanted) << "limit " << limit;
        EXPECT_EQ(pages, (static_cast<int>(wanted.size()) + limit - 1) / limit);
      }
    }
  }
}

TEST_P(Conformance, reopen_without_need_changes_nothing) {
  commit_durably({put(boat(1))});
  ASSERT_TRUE(store().reopen());
  EXPECT_EQ(store().last_batch(), 1);
  EXPECT_EQ(fetched(1), boat(1));
  commit_durably({put(boat(2))});
}

TEST_P(Conformance, second_open_is_refused_and_harms_nothing) {
  commit_durably({put(boat(1))});
  EXPECT_FALSE(store().open(kTables));
  EXPECT_EQ(fetched(1), boat(1));
  commit_durably({put(boat(2))});
}

TEST_P(Conformance, maintenance_between_commits_changes_nothing) {
  for (int i = 1; i <= 20; ++i) {
    commit_durably({put(boat(i))});
    store().maintain();
  }
  EXPECT_EQ(all<BoatRow>(store(), kBoat).size(), 20u);
}

TEST_P(Conformance, readers_see_whole_batches_not_older_than_the_last_durable_one) {
  constexpr int kBatches = 200;
  std::atomic<std::int64_t> durable = 0;
  std::atomic<bool> done = false;
  commit_durably({put(boat(1, "0")), put(boat(2, "0"))});
  std::vector<std::string> complaints;
  std::thread reader([&] {
    while (!done) {
      const auto before = durable.load();
      std::vector<std::int64_t> seen;
      const auto loaded = store().load(kBoat, [&](Row row) { seen.push_back(std::stoll(as<BoatRow>(row).name)); });
      if (!loaded) complaints.push_back(loaded.error().text());
      if (seen.size() != 2 || seen[0] != seen[1]) complaints.push_back("half a batch");
      if (!seen.empty() && seen[0] < before) complaints.push_back("an old state");
      auto row = store().fetch(kBoat, {std::int64_t{2}});
      if (!row || !*row || std::stoll(as<BoatRow>(*row).name) < seen.at(0)) complaints.push_back("an older row");
    }
  });
  for (int i = 1; i <= kBatches; ++i) {
    const auto name = std::to_string(i);
    commit_durably({put(boat(1, name)), put(boat(2, name))});
    durable = i;
    store().maintain();
  }
  done = true;
  reader.join();
  EXPECT_TRUE(complaints.empty()) << complaints.front();
}

}  // namespace
}  // namespace weir::store::test
