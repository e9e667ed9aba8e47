// The outcomes of tests for people, for machines and for build servers.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenario/play.hpp"

namespace weir::scenario {

struct Report {
  int passed = 0;
  int failed = 0;
  std::int64_t micros = 0;
  std::vector<Outcome> tests;
};
BOOST_DESCRIBE_STRUCT(Report, (), (passed, failed, micros, tests))

// Of a failed test: where, what was expected beside what came, and what happened until then. Lines end with '\n'.
//
//   ✗ a fix of A runs D once more
//     diamond.test.yaml:14:9
//                            expected      got
//     ✗ d 2026-01-01 used    b#2, c#2      b 2026-01-01#1, c 2026-01-01#1
//     what happened
//       2026-01-01 03:00  a 2026-01-01#1 RUNNING  FIRED: rule 7: its scheduled time has come
std::string failure_text(const Outcome& outcome);

// "12 tests passed in 8 ms", "3 of 12 tests failed in 8 ms"
std::string summary(const Report& report);

// JUnit's XML; a suite for each file.
std::string junit(const Report& report);

// The text as XML may hold it, in an element or between quotes.
std::string escaped(std::string_view text);

}  // namespace weir::scenario
