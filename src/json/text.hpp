// JSON text to values and back.
#pragma once

#include <expected>
#include <string>
#include <string_view>

#include "json/value.hpp"

namespace weir::json {

struct ParseError {
  std::size_t offset = 0;  // in bytes
  int line = 1;            // from 1
  int column = 1;          // in bytes, from 1
  std::string what;
  std::string text() const;  // "line 3, column 7: expected ',' or '}'"
};

struct ParseLimits {
  int depth = 128;  // arrays and objects within each other
  std::size_t bytes = 8 * 1024 * 1024;
};

// RFC 8259 and nothing more: no comments, no trailing commas, no NaN; the text must be UTF-8. Escaped lone surrogates
// are accepted and kept as the three bytes that encode them (and printed as the escape again), because the AWS services
// let them through. Reading "1E400" keeps its text, with an infinite double.
std::expected<Value, ParseError> parse(std::string_view text, ParseLimits limits = {});

// Is `text` one valid JSON document? The same rules, without building values.
std::expected<void, ParseError> validate(std::string_view text, ParseLimits limits = {});

// Compact: no spaces. Numbers print their source text. Strings escape only what must be: quote, backslash, controls.
std::string print(const Value& value);
// For people: two spaces of indent, a space after the colon.
std::string print_pretty(const Value& value);

// A string with its quotes.
std::string quote(std::string_view text);

}  // namespace weir::json
