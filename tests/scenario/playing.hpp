// Test files as texts, played.
#pragma once

#include <gtest/gtest.h>

#include <set>

#include "pipeline/spec_parse.hpp"
#include "scenario/play.hpp"
#include "scenario/read.hpp"
#include "scenario/schema.hpp"

namespace weir::scenario {

inline Result<PipelineFile> no_files(const std::string& path) { return fail("there is no such file", path); }

inline std::vector<Outcome> play_all(const std::string& text, const Loader& loader = no_files) {
  const auto file = read_tests(text, "x.test.yaml");
  if (!file) {
    ADD_FAILURE() << pipeline::text_of(file.error());
    return {};
  }
  Player player(*file, loader);
  std::vector<Outcome> out;
  for (std::size_t i = 0; i < file->file.tests.size(); ++i) out.push_back(player.play(i));
  return out;
}

// The problems of a file, one a line; empty: it has none.
inline std::string problems_of(const std::string& text) {
  const auto file = read_tests(text, "x.test.yaml");
  return file ? std::string() : pipeline::text_of(file.error());
}

// Every key of an object and of those in it.
inline std::set<std::string> words_of(const pipeline::ObjectSpec& spec) {
  std::set<std::string> out;
  for (const auto& key : spec.keys) {
    out.emplace(key.key);
    if (key.object != nullptr) out.merge(words_of(*key.object()));
  }
  return out;
}

}  // namespace weir::scenario
