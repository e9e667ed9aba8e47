// Plays the tests of a file, each in a world of its own, and says what was expected and what came.
//
//   Player player(file, loader);
//   for (std::size_t i = 0; i < file.file.tests.size(); ++i) report(player.play(i));
//
// No file is read here: `loader` gives the pipeline.yaml of a path as the test file writes it.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/pipeline.hpp"
#include "base/result.hpp"
#include "scenario/picture.hpp"
#include "scenario/test_file.hpp"
#include "store/store.hpp"

namespace weir::scenario {

struct PipelineFile {
  std::string file;  // as people would type it
  std::string yaml;
  std::string project_file;  // empty: there is none
  std::string project_yaml;
};
using Loader = std::function<Result<PipelineFile>(const std::string& path)>;

// One thing that was compared.
struct Compared {
  std::string what;  // "d 2026-01-02 runs"
  std::string expected;
  std::string got;
  bool ok = true;
};
BOOST_DESCRIBE_STRUCT(Compared, (), (what, expected, got, ok))

struct Outcome {
  std::string name;
  std::string place;  // of the test; of a failed one the entry's: "listings.test.yaml:12:5"
  bool passed = true;
  std::string problem;             // why it could not go on; empty: an expectation was not met
  std::vector<Compared> compared;  // of the entry that failed
  std::vector<std::string> story;  // what happened until then, a line each
  std::int64_t micros = 0;         // filled by whoever has a clock
  // Of a test that was drawn; no part of --json.
  std::shared_ptr<const Picture> picture = nullptr;
};
BOOST_DESCRIBE_STRUCT(Outcome, (), (name, place, passed, problem, compared, story, micros))

// A pipeline of the test, ready to be deployed.
struct Prepared {
  api::DeployPipeline request;
  std::string name;
  std::vector<std::string> accounts;   // that it names: its own, its upstreams', those it shares with
  std::vector<std::string> upstreams;  // their names
  std::string trigger;                 // in few words, for pictures: "needs b, c"
  std::string account;                 // its own, as written
  std::string pool;                    // empty: none
};

struct PlayOptions {
  bool draw = false;             // with a picture of what happened
  store::Store* keep = nullptr;  // an empty one that takes what is there at the end, as a server would have left it
};

class Player {
 public:
  // `file` must outlive the player.
  Player(const ReadFile& file, Loader loader);
  ~Player();
  Outcome play(std::size_t test, const PlayOptions& options = {});

 private:
  Result<std::shared_ptr<const Prepared>, std::vector<Problem>> prepare(const PipelineText& text,
                                                                        const std::string& path);

  const ReadFile& file_;
  Loader loader_;
  std::map<PipelineText, std::shared_ptr<const Prepared>> prepared_;
  friend class Stage;
};

}  // namespace weir::scenario
