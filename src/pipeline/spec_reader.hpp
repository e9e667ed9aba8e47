// Fills a typed struct from a YAML tree as the schema table says, and keeps the place of every key for later checks.
//
// All problems are collected; what cannot be read keeps its default. A problem's `where` is
// "pipeline.yaml:12:5: trigger.executions.allOf[0].status".
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/describe.hpp"
#include "base/result.hpp"
#include "pipeline/spec_schema.hpp"
#include "pipeline/yaml.hpp"

namespace weir::pipeline {

// Letters, digits, '-', '_' and '.', of which the first is a letter or a digit; at most 60.
bool is_name(std::string_view text);

class Reader {
 public:
  Reader(std::string file_name, std::vector<Problem>& problems) : file_(std::move(file_name)), problems_(problems) {}

  template <class T>
  void read(const ObjectSpec& spec, const YamlNode& node, T& out) {
    object(spec, node, "", type_of<T>(), &out);
  }

  // What ${var.NAME} stands for; before read().
  void variables(std::map<std::string, std::string> values) { variables_ = std::move(values); }

  // Does the file have this path, for example "steps[0].timeout"?
  bool given(const std::string& path) const { return places_.contains(path); }
  // Where every path that was read stands in the file.
  const std::map<std::string, YamlMark>& marks() const { return places_; }
  // Has something below this path been refused because it is not served yet?
  bool refused_under(const std::string& path) const;
  // Has the value of this very path been told to be of the wrong kind?
  bool mistaken(const std::string& path) const { return mistaken_.contains(path); }
  // Adds a problem at the path, or at the nearest place above it that the file has.
  void problem(const std::string& path, std::string what, std::string fix = {});

 private:
  void object(const ObjectSpec& spec, const YamlNode& node, const std::string& path, const Type& type, void* out);
  void unknown_key(const ObjectSpec& spec, const YamlKey& key, const std::string& path);
  void value(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out);
  void one(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out);
  void scalar(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out);
  std::optional<std::string> with_variables(const YamlNode& node, const std::string& path);
  void word(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out);
  void number(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out);
  void text_map(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out);
  void object_map(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out);
  void mismatch(const KeySpec& key, const YamlNode& node, const std::string& path, std::string fix = {});
  void at(YamlMark mark, const std::string& path, std::string what, std::string fix);

  std::string file_;
  std::vector<Problem>& problems_;
  std::map<std::string, YamlMark> places_;
  std::map<std::string, std::string> variables_;
  std::set<std::string> mistaken_;
  std::set<std::string> refused_;  // paths of keys that are not served yet
};

}  // namespace weir::pipeline
