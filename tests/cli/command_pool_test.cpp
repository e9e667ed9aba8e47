// weir pool, as a person types it.
#include "tests/cli/house.hpp"

namespace weir::cli {
namespace {

TEST_F(CliTest, a_pool_is_set_listed_shown_and_deleted) {
  open(0);
  EXPECT_EQ(weir({"pool", "list"}), kOk) << err_;
  EXPECT_EQ(out_, "no pools; weir pool set NAME --slots N makes one\n");
  ASSERT_EQ(weir({"pool", "set", "Warehouse", "--slots", "1", "--reason", "one connection"}), kOk) << err_;
  EXPECT_TRUE(out_.starts_with("pool 000000000000/warehouse: 0 of 1 slots in use, 0 waiting\n")) << out_;
  ASSERT_EQ(weir({"deploy", project("load", "true", "concurrency: {pool: warehouse}\n"), "--yes"}), kOk) << err_;
  ASSERT_EQ(weir({"run", "load", "--date", "2026-01-01", "--yes"}), kOk) << err_;
  ASSERT_EQ(weir({"run", "load", "--date", "2026-01-02", "--yes"}), kOk) << err_;
  ASSERT_EQ(weir({"runs", "--status", "QUEUED"}), kOk) << err_;
  EXPECT_NE(out_.find("waits for a slot of pool warehouse: 1 of 1 in use"), std::string::npos) << out_;
  ASSERT_EQ(weir({"status"}), kOk) << err_;
  EXPECT_NE(out_.find("waits for a slot of pool"), std::string::npos) << out_;
  ASSERT_EQ(weir({"pool", "show", "warehouse", "--json"}), kOk) << err_;
  EXPECT_NE(out_.find("\"waiting\""), std::string::npos) << out_;
  EXPECT_EQ(weir({"pool", "delete", "warehouse"}), kFailed);
  EXPECT_NE(err_.find("named by load"), std::string::npos) << err_;
  EXPECT_EQ(weir({"pool", "show", "warehose"}), kNotFound);
  EXPECT_NE(err_.find("did you mean 'warehouse'?"), std::string::npos) << err_;
  ASSERT_EQ(weir({"delete", "load", "--force"}), kOk) << err_;
  EXPECT_EQ(weir({"pool", "delete", "warehouse", "--reason", "moved"}), kOk) << err_;
  ASSERT_EQ(weir({"audit"}), kOk) << err_;
  EXPECT_NE(out_.find("DeletePool"), std::string::npos) << out_;
  EXPECT_NE(out_.find("SetPool"), std::string::npos) << out_;
}

}  // namespace
}  // namespace weir::cli
