#include "scenario/report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace weir::scenario {
namespace {

constexpr std::size_t kWidest = 48;  // of a column; what is longer stands on a line of its own

constexpr std::size_t kLongest = 400;  // of what came; --json has all of it

// Characters, not bytes: texts are UTF-8.
std::size_t width(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string padded(const std::string& text, std::size_t columns) {
  const auto w = width(text);
  return w >= columns ? text : text + std::string(columns - w, ' ');
}

std::string indented(const std::string& text, std::string_view by) {
  std::string out;
  std::size_t at = 0;
  while (at <= text.size()) {
    const auto end = std::min(text.find('\n', at), text.size());
    if (end > at || end < text.size()) out += fmt::format("{}{}\n", by, text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

std::string cut(const std::string& text) {
  if (width(text) <= kLongest) return text;
  std::size_t end = kLongest;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

std::string table(const std::vector<Compared>& compared) {
  std::size_t what = 0, expected = width("expected");
  for (const auto& c : compared) {
    what = std::max(what, width(c.what));
    if (width(c.expected) <= kWidest) expected = std::max(expected, width(c.expected));
  }
  std::string out = fmt::format("      {}  {}  got\n", std::string(what, ' '), padded("expected", expected));
  for (const auto& c : compared) {
    const auto begin = fmt::format("    {} {}  ", c.ok ? "✓" : "✗", padded(c.what, what));
    if (width(c.expected) <= kWidest) {
      out += fmt::format("{}{}  {}\n", begin, padded(c.expected, expected), cut(c.got));
    } else {
      out += fmt::format("{}{}\n", begin, c.expected);
      out += fmt::format("      {}  {}  {}\n", std::string(what, ' '), std::string(expected, ' '), cut(c.got));
    }
  }
  return out;
}

std::string file_of(const Outcome& outcome) { return outcome.place.substr(0, outcome.place.find(':')); }

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        // Other control characters cannot be said in XML 1.0.
        if (static_cast<unsigned char>(c) >= 0x20 || c == '\n' || c == '\t') out += c;
    }
  }
  return out;
}

std::string failure_text(const Outcome& outcome) {
  std::string out = fmt::format("✗ {}\n    {}\n", outcome.name, outcome.place);
  if (!outcome.problem.empty()) out += indented(outcome.problem, "    ");
  if (!outcome.compared.empty()) out += table(outcome.compared);
  if (!outcome.story.empty()) {
    out += "    what happened\n";
    for (const auto& line : outcome.story) out += fmt::format("      {}\n", line);
  }
  return out;
}

std::string summary(const Report& report) {
  const auto total = report.passed + report.failed;
  const auto tests = total == 1 ? "test" : "tests";
  const auto ms = (report.micros + 999) / 1000;
  return report.failed == 0 ? fmt::format("✓ {} {} passed in {} ms", total, tests, ms)
                            : fmt::format("✗ {} of {} {} failed in {} ms", report.failed, total, tests, ms);
}

std::string junit(const Report& report) {
  std::map<std::string, std::vector<const Outcome*>> files;
  for (const auto& test : report.tests) files[file_of(test)].push_back(&test);
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"weir test\" tests=\"{}\" failures=\"{}\" "
      "time=\"{:.6f}\">\n",
      report.tests.size(), report.failed, static_cast<double>(report.micros) / 1e6);
  for (const auto& [file, tests] : files) {
    const auto failed = std::ranges::count_if(tests, [](const auto* t) { return !t->passed; });
    std::int64_t micros = 0;
    for (const auto* test : tests) micros += test->micros;
    out += fmt::format("  <testsuite name=\"{}\" tests=\"{}\" failures=\"{}\" time=\"{:.6f}\">\n", escaped(file),
                       tests.size(), failed, static_cast<double>(micros) / 1e6);
    for (const auto* test : tests) {
      const auto begin = fmt::format("    <testcase classname=\"{}\" name=\"{}\" time=\"{:.6f}\"", escaped(file),
                                     escaped(test->name), static_cast<double>(test->micros) / 1e6);
      if (test->passed)
        out += begin + "/>\n";
      else
        out += fmt::format("{}>\n      <failure message=\"{}\">{}</failure>\n    </testcase>\n", begin,
                           escaped(test->problem.empty() ? "an expectation was not met" : test->problem),
                           escaped(failure_text(*test)));
    }
    out += "  </testsuite>\n";
  }
  return out + "</testsuites>\n";
}

}  // namespace weir::scenario
