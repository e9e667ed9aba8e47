// The one description of pipeline.yaml and weir.yaml: every object, every key, what it takes and since when.
//
// Reading (spec_reader.hpp), "did you mean", refusing what is not served yet and the JSON Schema for editors all come
// from this table, so they cannot disagree. A key's value goes into the member of the typed spec (spec.hpp) that has
// the key's name in snake_case, or `member` when it says so.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace weir::pipeline {

enum class ValueKind {
  Text,      // any scalar, as written
  Name,      // letters, digits, '-', '_', '.'; begins with a letter or digit; at most 60
  Word,      // one of `words`, without case
  Int,       // min..max
  Number,    // min..max
  Duration,  // "90s", "15m", "2h", "3d"; whole seconds, min..max of them
  Date,      // "2026-01-01"
  Zone,      // of the tz database
  Cron,      // five fields, or cron(...) with six
  Rate,      // a Duration, or rate(5 minutes)
  Time,      // "2026-12-24T06:00", or at(...)
  Size,      // "4 GiB", "512 MiB"
  TextMap,   // names to texts; of such maps when the member is one
  Object,    // of `object`
  ObjectMap  // names to `object`s
};

struct WordSpec {
  std::string_view word;
  std::string_view means = {};  // the enumerator's name when it is another
  std::string_view later = {};  // the version that brings it; empty: served
};

struct ObjectSpec;

struct KeySpec {
  std::string_view key;
  ValueKind kind = ValueKind::Text;
  std::string_view doc;
  bool list = false;  // a list; one alone may be written without brackets
  bool required = false;
  std::string_view default_text = {};  // for people; empty: none
  std::string_view later = {};         // the version that brings it; empty: served
  std::span<const WordSpec> words = {};
  const ObjectSpec* (*object)() = nullptr;
  std::int64_t min = 0;
  std::int64_t max = 0;
  std::string_view member = {};
  std::string_view unless = {};  // required only without this other key of the object
};

struct ObjectSpec {
  std::string_view name;  // "clause"
  std::string_view doc;
  std::vector<KeySpec> keys;

  const KeySpec* find(std::string_view key) const;
  std::vector<std::string_view> served_keys() const;
};

const ObjectSpec& pipeline_schema();  // pipeline.yaml
const ObjectSpec& project_schema();   // weir.yaml

// The member of the typed spec that a key fills: "onFailure" is "on_failure".
std::string member_of(const KeySpec& key);

// What a value of the key looks like, for messages: "a whole number from 0 to 23", "one of AND, OR".
std::string expectation(const KeySpec& key);

// JSON Schema, draft 2020-12, pretty-printed, of what is served; for editors.
std::string schema_json(const ObjectSpec& root = pipeline_schema());

}  // namespace weir::pipeline
