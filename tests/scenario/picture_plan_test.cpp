// Where things stand: nothing covers another, causes stand before effects, and a long history is cut with a word.
#include "scenario/picture_plan.hpp"

#include <gtest/gtest.h>

#include <random>

#include "tests/scenario/playing.hpp"

namespace weir::scenario {
namespace {

// `count` runs of one lane, an hour each, that end at once.
Picture hours(std::size_t count) {
  Picture out;
  out.lanes.push_back({"a", ""});
  for (std::size_t i = 0; i < count; ++i) {
    out.scenes.push_back({Instant{}, "2026-01-01 00:00", {}});
    PictureRun run;
    run.run = static_cast<std::int64_t>(i) + 1;
    run.label = "run";
    run.status = i % 2 == 0 ? "SUCCEEDED" : "FAILED";  // so that they are not alike
    run.begins = run.ends = i;
    out.runs.push_back(run);
  }
  return out;
}

void expect_tidy(const Picture& picture, const std::string& which) {
  const auto plan = plan_of(picture);
  for (std::size_t i = 0; i < plan.items.size(); ++i) {
    const auto& a = plan.items[i];
    EXPECT_LT(a.from, a.to) << which;
    EXPECT_GE(a.from, plan.left) << which;
    EXPECT_LE(a.to, plan.right) << which;
    for (std::size_t j = 0; j < i; ++j) {
      const auto& b = plan.items[j];
      if (a.lane != b.lane || a.track != b.track) continue;
      EXPECT_TRUE(a.to <= b.from || b.to <= a.from) << which << ": " << a.label << " covers " << b.label;
    }
  }
  EXPECT_EQ(plan.of_run.size() + plan.left_out, picture.runs.size()) << which << ": each run is drawn or counted";
  for (const auto& run : picture.runs) {
    const auto to = plan.of_run.find(run.run);
    if (to == plan.of_run.end() || plan.items[to->second].kind != PlacedItem::Kind::run) continue;
    for (const auto id : run.used)
      if (const auto from = plan.of_run.find(id); from != plan.of_run.end() && run.begins)
        EXPECT_LT(plan.items[from->second].from, plan.items[to->second].begins) << which << ": effect before cause";
  }
}

TEST(PicturePlan, of_more_than_150_runs_the_last_are_left_out_and_counted) {
  EXPECT_EQ(plan_of(hours(kPictureRuns - 1)).left_out, 0u);
  EXPECT_EQ(plan_of(hours(kPictureRuns)).left_out, 0u);
  EXPECT_EQ(plan_of(hours(kPictureRuns + 1)).left_out, 1u);
  EXPECT_NE(svg_of(hours(kPictureRuns + 3)).find("and 3 more runs"), std::string::npos);
}

TEST(PicturePlan, of_more_than_three_scenes_alike_the_middle_ones_are_drawn_as_one) {
  for (const std::size_t count : {2u, 3u, 4u, 24u}) {
    auto picture = hours(count);
    for (auto& run : picture.runs) run.status = "SUCCEEDED";
    EXPECT_EQ(plan_of(picture).items.size(), std::min<std::size_t>(count, 3)) << count;
    expect_tidy(picture, std::to_string(count));
  }
}

TEST(PicturePlan, runs_that_work_beside_each_other_have_tracks_of_their_own) {
  auto picture = hours(3);
  picture.runs[0].ends = 2;
  picture.runs[1].begins = 1;
  const auto plan = plan_of(picture);
  EXPECT_EQ(plan.items[0].track, 0);
  EXPECT_EQ(plan.items[1].track, 1);
  expect_tidy(picture, "beside");
}

TEST(PicturePlan, an_empty_picture_is_a_picture) {
  EXPECT_TRUE(plan_of({}).items.empty());
  EXPECT_NE(svg_of({}).find("</svg>"), std::string::npos);
}

TEST(PicturePlan, nothing_covers_another_whatever_happens) {
  const auto* given = std::getenv("WEIR_SEED");
  const unsigned first = given != nullptr ? static_cast<unsigned>(std::stoul(given)) : 1;
  for (unsigned seed = first; seed < first + (given != nullptr ? 1 : 200); ++seed) {
    std::mt19937 random(seed);
    const auto pick = [&](std::size_t n) { return static_cast<std::size_t>(random() % n); };
    Picture picture;
    const auto lanes = 1 + pick(4), scenes = 1 + pick(12);
    for (std::size_t i = 0; i < lanes; ++i) picture.lanes.push_back({std::string(1 + pick(20), 'n'), "needs x"});
    for (std::size_t i = 0; i < scenes; ++i) {
      picture.scenes.push_back({Instant{}, "2026-01-01 00:00", {}});
      if (pick(3) == 0) picture.scenes.back().deeds.push_back(std::string(1 + pick(40), 'd'));
    }
    std::size_t scene = 0;
    for (std::int64_t id = 1; id < 30 && scene < scenes; ++id) {
      PictureRun run;
      run.run = id;
      run.lane = pick(lanes);
      run.label = std::string(1 + pick(20), 'r');
      run.status = pick(3) == 0 ? "FAILED" : "SUCCEEDED";
      run.begins = scene;
      if (pick(4) != 0) run.ends = std::min(scenes - 1, scene + (pick(2) == 0 ? 0 : pick(4)));
      for (const auto& other : picture.runs)
        if (pick(4) == 0) run.used.push_back(other.run);
      picture.runs.push_back(run);
      if (pick(5) == 0) picture.waits.push_back({pick(lanes), "k", scene, "b", "why", pick(2) == 0 ? id : 0});
      if (pick(5) == 0) picture.marks.push_back({pick(lanes), scene, "MISSED"});
      if (pick(3) == 0) ++scene;
    }
    expect_tidy(picture, "WEIR_SEED=" + std::to_string(seed) + " test_scenario --gtest_filter=PicturePlan.nothing*");
    if (HasFailure()) break;
  }
}

}  // namespace
}  // namespace weir::scenario
