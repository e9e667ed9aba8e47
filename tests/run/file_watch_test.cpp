#include "run/file_watch.hpp"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "base/limits.hpp"

namespace weir::run {
namespace {

namespace fs = std::filesystem;

// A server that remembers what it was told, and a clock that only the test moves.
class FileWatchTest : public testing::Test {
 protected:
  FileWatchTest() {
    fs::remove_all(folder_);
    fs::create_directories(folder_);
  }
  ~FileWatchTest() override { fs::remove_all(folder_); }

  FileWatchOptions options() {
    FileWatchOptions out;
    out.watches = [this]() -> api::Reply<api::ListWatchedFilesReply> {
      if (down) return api::refuse(api::ErrorCode::Unavailable, "stopping");
      return api::ListWatchedFilesReply{{{7, "a/landed", (folder_ / "in/*.csv").string()}}};
    };
    out.seen = [this](const api::ListSeenFiles& r) -> api::Reply<api::ListSeenFilesReply> {
      api::ListSeenFilesReply reply;
      for (auto at = counted.upper_bound(r.after); at != counted.end() && reply.files.size() < 2; ++at)
        reply.files.push_back(at->second);
      return reply;
    };
    out.report = [this](const api::ReportFiles& r) -> api::Reply<api::ReportFilesReply> {
      if (full) return api::ReportFilesReply{0, true};
      for (const auto& file : r.files) {
        counted[file.path] = file;
        told.push_back(fs::path(file.path).filename().string());
      }
      for (const auto& path : r.gone) {
        counted.erase(path);
        told.push_back("-" + fs::path(path).filename().string());
      }
      problem = r.problem;
      return api::ReportFilesReply{};
    };
    out.now = [this] { return now; };
    return out;
  }
  // Changed so long before the test's now.
  void write(const std::string& name, Millis age, const std::string& text = "x") {
    const auto path = folder_ / "in" / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    fs::last_write_time(path, fs::file_time_type::clock::now() - age);
  }
  std::vector<std::string> take() { return std::exchange(told, {}); }

  fs::path folder_ = fs::temp_directory_path() / ("weir-file-watch-" + std::to_string(getpid()));
  Instant now = std::chrono::time_point_cast<Millis>(std::chrono::system_clock::now());
  std::map<std::string, api::FileState> counted;
  std::vector<std::string> told;
  std::string problem;
  bool down = false, full = false;
};
using Told = std::vector<std::string>;
constexpr Millis kHour = std::chrono::hours{1};

TEST_F(FileWatchTest, reports_each_file_once_the_oldest_first) {
  write("new.csv", kHour);
  write("old.csv", 2 * kHour);
  write("other.txt", kHour);
  FileWatch watch(options());
  watch.look();
  EXPECT_EQ(take(), (Told{"old.csv", "new.csv"}));
  watch.look();
  EXPECT_EQ(take(), Told{});
}

TEST_F(FileWatchTest, knows_after_a_restart_what_has_counted_and_finds_what_came_meanwhile) {
  for (const auto* name : {"a.csv", "b.csv", "c.csv"}) write(name, kHour);
  FileWatch(options()).look();
  take();
  write("d.csv", kHour);
  fs::remove(folder_ / "in/b.csv");
  FileWatch again(options());
  again.look();
  EXPECT_EQ(take(), (Told{"d.csv", "-b.csv"}));
}

TEST_F(FileWatchTest, waits_until_a_file_is_not_being_written_any_more) {
  FileWatch watch(options());
  write("a.csv", Millis{0});
  now += Millis{1'000};
  watch.look();
  EXPECT_EQ(take(), Told{});
  write("a.csv", Millis{0}, "xy");
  watch.look();
  EXPECT_EQ(take(), Told{});
  watch.look();
  EXPECT_EQ(take(), Told{"a.csv"}) << "two looks found it alike";
  write("b.csv", Millis{0});
  now += FileWatch::kSettled + kHour;
  watch.look();
  EXPECT_EQ(take(), Told{"b.csv"}) << "changed long ago";
}

TEST_F(FileWatchTest, reports_a_file_that_has_changed_again) {
  FileWatch watch(options());
  write("a.csv", 3 * kHour);
  watch.look();
  write("a.csv", 2 * kHour, "more");
  watch.look();
  EXPECT_EQ(take(), (Told{"a.csv", "a.csv"}));
}

TEST_F(FileWatchTest, what_could_not_be_looked_for_has_not_gone) {
  FileWatch watch(options());
  write("a.csv", kHour);
  watch.look();
  take();
  fs::rename(folder_ / "in", folder_ / "away");
  watch.look();
  EXPECT_EQ(take(), Told{});
  EXPECT_NE(problem.find("cannot be read"), std::string::npos);
  fs::rename(folder_ / "away", folder_ / "in");
  watch.look();
  EXPECT_EQ(take(), Told{});
  EXPECT_EQ(problem, "");
}

TEST_F(FileWatchTest, keeps_what_the_server_cannot_take_for_the_next_look) {
  FileWatch watch(options());
  write("a.csv", kHour);
  full = true;
  watch.look();
  full = false;
  down = true;
  watch.look();
  EXPECT_EQ(take(), Told{});
  down = false;
  watch.look();
  EXPECT_EQ(take(), Told{"a.csv"});
}

TEST_F(FileWatchTest, reports_many_in_pieces) {
  for (std::size_t i = 0; i < limits::kFilesReported + 1; ++i) write("f" + std::to_string(i) + ".csv", kHour);
  std::vector<std::size_t> pieces;
  auto with = options();
  const auto report = with.report;
  with.report = [&](const api::ReportFiles& r) {
    pieces.push_back(r.files.size());
    return report(r);
  };
  FileWatch watch(std::move(with));
  watch.look();
  EXPECT_EQ(pieces, (std::vector<std::size_t>{limits::kFilesReported, 1}));
}

TEST_F(FileWatchTest, stops_at_once) {
  auto with = options();
  with.period = std::chrono::hours{24};
  FileWatch watch(std::move(with));
  watch.start();
  watch.stop();
}

}  // namespace
}  // namespace weir::run
