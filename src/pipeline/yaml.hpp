// YAML text to a tree that keeps what a placed error needs: line and column of every key and value, and each scalar's
// text as it was written. What a scalar means is decided by the schema of the reader, never by YAML's guess, so
// `001234567012` stays text and `no` a word.
//
// Refused: a key twice in one mapping, keys that are no scalars, tags, merge keys, several documents, text that is not
// UTF-8, NUL in a scalar, more than kYamlBytes, deeper than kYamlDepth, more than kYamlNodes when every alias is
// counted as what it stands for, and an anchor within itself. No exception of the library escapes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace weir::pipeline {

inline constexpr std::size_t kYamlBytes = 1024 * 1024;
inline constexpr int kYamlDepth = 32;
inline constexpr std::size_t kYamlNodes = 50'000;

// From 1. An aliased node has the place of its anchor.
struct YamlMark {
  int line = 1;
  int column = 1;
};

struct YamlNode;
using YamlPtr = std::shared_ptr<const YamlNode>;

struct YamlKey {
  std::string text;
  YamlMark mark;
};

struct YamlNode {
  enum class Kind { Null, Scalar, List, Map };
  Kind kind = Kind::Null;
  YamlMark mark;
  std::string text;                                  // Scalar
  std::vector<YamlPtr> items;                        // List
  std::vector<std::pair<YamlKey, YamlPtr>> entries;  // Map, in the order of the file
  std::size_t weight = 1;                            // nodes in all, aliases counted as what they stand for

  bool is_scalar() const { return kind == Kind::Scalar; }
  bool is_list() const { return kind == Kind::List; }
  bool is_map() const { return kind == Kind::Map; }
  bool is_null() const { return kind == Kind::Null; }
};

struct YamlDocument {
  YamlPtr root;                   // nullptr when the text could not be read at all
  std::vector<Problem> problems;  // `where` is "file:line:column"
};

YamlDocument read_yaml(std::string_view text, std::string_view file_name);

// "pipeline.yaml:12:5: trigger.schedule.hour": where a path of keys stands in a file, or the nearest above it; without
// a place where the text cannot be read. For problems that are found after reading.
std::string where_in(std::string_view text, std::string_view file_name, std::string_view path);

// "pipeline.yaml:12:5"
std::string place(std::string_view file_name, YamlMark mark);

}  // namespace weir::pipeline
