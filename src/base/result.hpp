// Errors as values.
//
// A function that can fail for an expected reason returns Result<T>; a broken invariant is an assertion, and an
// exception never crosses a module border. Each boundary (store, api, pipeline.yaml, ...) has an error type of its
// own; Problem is the one that is shown to people.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace weir {

// What went wrong, where, and what to do about it: the three things every message to a person says.
struct Problem {
  std::string what;   // "unknown key 'stpes'"
  std::string where;  // "pipeline.yaml:3:1, key 'stpes'"; empty when there is no place
  std::string fix;    // "did you mean 'steps'?"; empty when there is nothing to advise

  // "where: what; fix", without the parts that are empty.
  std::string text() const {
    std::string out = where.empty() ? what : where + ": " + what;
    return fix.empty() ? out : out + "; " + fix;
  }
  // The same problem seen from a caller who knows more about the place.
  Problem in(std::string_view outer) && {
    where = where.empty() ? std::string(outer) : std::string(outer) + ": " + where;
    return std::move(*this);
  }
  bool operator==(const Problem&) const = default;
};

template <class T, class E = Problem>
using Result = std::expected<T, E>;

inline std::unexpected<Problem> fail(std::string what, std::string where = {}, std::string fix = {}) {
  return std::unexpected(Problem{std::move(what), std::move(where), std::move(fix)});
}

}  // namespace weir
