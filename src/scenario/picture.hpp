// The picture of a played test: a lane for each pipeline, a pill for each run, an arrow from each run that was used to
// the run that used it, hatching where a key or a start waits, and above it what people and the world did.
//
// Time goes from left to right in steps, not to scale: a night on which nothing happens takes no room, and what happens
// at one moment stands side by side in the order of cause and effect. A status is a sign and a word, not only a colour.
//
//   player.play(i, true).picture   what happened
//   svg_of(picture)                SVG, self-contained, for light and for dark pages
//   words_of(picture)              the same as rows of text: its twin for those who do not see it
//
// Pure: the same test gives the same bytes.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/time.hpp"

namespace weir::scenario {

struct PictureLane {
  std::string name;
  std::string trigger;  // "needs b, c"
};

struct PictureRun {
  std::int64_t run = 0;
  std::size_t lane = 0;
  std::string label;                  // "2026-01-02 #1"; of a start that was withdrawn without a number
  std::string status;                 // at the end of the test
  std::string cause;                  // as `weir explain` names it: "condition", "person", "mark"
  std::optional<std::size_t> queued;  // the scene in which it began to wait
  std::optional<std::size_t> begins;  // absent: it never started
  std::optional<std::size_t> ends;    // absent: it works still
  std::vector<std::int64_t> used;
  std::vector<std::int64_t> after;  // runs of its lane that had ended before it began, in the same scene
};

// A key that was seen to wait.
struct PictureWait {
  std::size_t lane = 0;
  std::string key;         // "2026-01-02"
  std::size_t scene = 0;   // when it was seen
  std::string waits_for;   // "b, c"
  std::string why;         // "b is FAILED"; several joined by "; "
  std::int64_t until = 0;  // the run that ended it; 0: it waits at the end of the test
};

// Something in a lane that is no run: MISSED, ASKED, LATE_START.
struct PictureMark {
  std::size_t lane = 0;
  std::size_t scene = 0;
  std::string text;
};

// What happens at one moment, after what people did at its beginning.
struct PictureScene {
  Instant at{};
  std::string time;                // "2026-01-02 03:10", on the test's clock
  std::vector<std::string> deeds;  // "run a 2026-01-02"
};

struct Picture {
  std::string title;
  std::vector<PictureLane> lanes;  // from above
  std::vector<PictureScene> scenes;
  std::vector<PictureRun> runs;  // in the order in which they began, or began to wait
  std::vector<PictureWait> waits;
  std::vector<PictureMark> marks;
};

// Runs; more make no picture that anybody reads. The picture ends before the scene with the next, and says so.
inline constexpr std::size_t kPictureRuns = 150;
// Scenes that look alike, one behind another; of more than that the middle ones are drawn as one.
inline constexpr std::size_t kAlikeScenes = 3;

std::string svg_of(const Picture& picture);

struct PictureWords {
  std::string time;  // empty: as the row before
  std::string what;  // "d 2026-01-02 #1 SUCCEEDED"
  std::string why;   // "used b 2026-01-02 #1, c 2026-01-02 #1"; may be empty
};
std::vector<PictureWords> words_of(const Picture& picture);

}  // namespace weir::scenario
