// Ids of a command that is undone and run again.
#include <gtest/gtest.h>

#include "counter/counter_rows.hpp"
#include "tests/core/drive.hpp"

namespace weir::core {

struct ProbeReply {
  std::int64_t id = 0;
};
BOOST_DESCRIBE_STRUCT(ProbeReply, (), (id))
struct Probe {
  using Reply = ProbeReply;
  int rows = 0;
};
BOOST_DESCRIBE_STRUCT(Probe, (), (rows))

namespace {

TEST(Ids, a_command_that_runs_again_gets_the_same_ids) {
  store::MemoryStore store;
  Cell cell;
  ColdTable<counter::ReceivedRow> cold(counter::kReceivedTable);
  cell.registry().table(cold);
  std::vector<std::int64_t> first_ids;
  cell.registry().on<Probe>([&](Transaction& tx, const Probe& probe) -> api::Reply<ProbeReply> {
    const auto id = tx.new_id();
    first_ids.push_back(id);
    // Reads rows named after ids given in this command: with other ids each time it would miss for ever.
    for (int i = 0; i < probe.rows; ++i) (void)tx.read(cold, {std::to_string(tx.new_id())});
    return ProbeReply{id};
  });
  Drive drive(cell, store);
  drive.open();
  const auto reply = drive.ask(Probe{5});
  ASSERT_TRUE(reply && *reply);
  ASSERT_EQ(first_ids.size(), 6u);
  for (const auto id : first_ids) EXPECT_EQ(id, (*reply)->id);
  EXPECT_GT((*drive.ask(Probe{0}))->id, (*reply)->id);
}

}  // namespace
}  // namespace weir::core
