// Where everything stands in a picture: columns for what happens one after another, lanes with tracks for what happens
// beside each other. picture.hpp says what a picture is; picture.cpp draws what is planned here.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "scenario/picture.hpp"

namespace weir::scenario {

struct PlacedItem {
  enum class Kind { run, wait, mark, alike };
  Kind kind = Kind::run;
  std::size_t lane = 0;
  std::size_t index = 0;  // into Picture::runs, waits or marks
  int track = 0;
  int from = 0;       // left edge; of a run with a queue, where it begins to wait
  int begins = 0;     // of a run: left edge of its bar
  int to = 0;         // right edge
  int text = 0;       // how much its text takes
  bool open = false;  // goes on after the end of the test
  std::string label;
};

// One scene, or many alike of which only their number is drawn.
struct PlacedScene {
  std::size_t first = 0, last = 0;
  bool alike = false;
  int x = 0, width = 0;
  std::vector<int> columns;  // left edges
};

struct PicturePlan {
  std::vector<PlacedScene> scenes;
  std::vector<PlacedItem> items;
  std::vector<int> lane_y;                     // upper edges, and the lower edge of the last
  std::map<std::int64_t, std::size_t> of_run;  // into items; of a run among alike ones, the item for all of them
  int left = 0, right = 0;                     // of the time
  std::size_t left_out = 0;                    // runs
};

inline constexpr int kGap = 46;      // before a column's items: room for arrows
inline constexpr int kTrack = 38;    // height of a track
inline constexpr int kBar = 28;      // height of a run
inline constexpr int kHead = 92;     // title, times and deeds
inline constexpr int kLaneEdge = 9;  // above and below a lane's tracks

// Width of a text in pixels, for whatever sans-serif font the reader has: rather too wide than cut off.
int text_width(std::string_view text, double size);

// What stands in a run's bar: "2026-01-02 #1", with the status when it is not SUCCEEDED.
std::string bar_text(const PictureRun& run);

// What people did at the beginning of a scene, in one line; empty: nothing.
std::string deed_text(const PictureScene& scene);

PicturePlan plan_of(const Picture& picture);

}  // namespace weir::scenario
