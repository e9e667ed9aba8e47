#include "store/blob.hpp"

#include <gtest/gtest.h>

#include "base/sha256.hpp"
#include "store/memory/memory_blobs.hpp"
#include "store/sqlite/file_blobs.hpp"
#include "tests/store/rows.hpp"

namespace weir::store::test {
namespace {

TEST(Sha256, gives_the_digests_of_the_standard) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(sha256_hex(std::string(1'000'000, 'a')),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(BlobName, is_a_relative_path_of_plain_parts) {
  for (const char* name : {"a", "logs/run-1/step_2.txt", "..a", "A.B"}) EXPECT_TRUE(blob_name_served(name)) << name;
  for (const char* name : {"", "/a", "a/", "a//b", "..", "a/../b", "./a", "a b", "a+1"})
    EXPECT_FALSE(blob_name_served(name)) << name;
}

class Blobs : public testing::TestWithParam<bool> {
 protected:
  BlobStore& blobs() { return GetParam() ? static_cast<BlobStore&>(files_) : memory_; }
  TemporaryFolder folder_;
  FileBlobs files_{folder_ / "deep/blobs"};
  MemoryBlobs memory_;
};
INSTANTIATE_TEST_SUITE_P(Stores, Blobs, testing::Bool(),
                         [](const auto& info) { return std::string(info.param ? "files" : "memory"); });

TEST_P(Blobs, keeps_bytes_and_names_them_by_digest) {
  const std::string bytes("one\0two\n", 8);
  const auto ref = blobs().put("logs/1/step.txt", bytes);
  ASSERT_TRUE(ref) << ref.error().text();
  EXPECT_EQ(*ref, (BlobRef{"logs/1/step.txt", 8, sha256_hex(bytes)}));
  EXPECT_EQ(blobs().get("logs/1/step.txt", 0, 100).value(), bytes);
}

TEST_P(Blobs, reads_a_part) {
  ASSERT_TRUE(blobs().put("a", "0123456789"));
  EXPECT_EQ(blobs().get("a", 3, 4).value(), "3456");
  EXPECT_EQ(blobs().get("a", 8, 4).value(), "89");
  EXPECT_EQ(blobs().get("a", 10, 4).value(), "");
  EXPECT_EQ(blobs().get("a", 99, 4).value(), "");
}

TEST_P(Blobs, replaces_whole) {
  ASSERT_TRUE(blobs().put("a", "a long text"));
  ASSERT_TRUE(blobs().put("a", "short"));
  EXPECT_EQ(blobs().get("a", 0, 100).value(), "short");
}

TEST_P(Blobs, erases_and_does_not_mind_absence) {
  ASSERT_TRUE(blobs().put("x/a", "1"));
  EXPECT_TRUE(blobs().erase("x/a"));
  EXPECT_TRUE(blobs().erase("x/a"));
  EXPECT_TRUE(blobs().erase("y/a"));
  EXPECT_FALSE(blobs().get("x/a", 0, 1));
}

TEST_P(Blobs, refuses_names_that_lead_elsewhere) {
  EXPECT_FALSE(blobs().put("../a", "1"));
  EXPECT_FALSE(blobs().put("/etc/a", "1"));
  EXPECT_FALSE(blobs().get("../a", 0, 1));
}

}  // namespace
}  // namespace weir::store::test
