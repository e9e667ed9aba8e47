#include "calendar/aws_schedule.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <span>

#include "base/folded.hpp"

namespace weir {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

enum AwsField { MINUTE, HOUR, DAY, MONTH, WEEKDAY, YEAR };
struct FieldKind {
  std::string_view name;
  int low, high;
  std::span<const std::string_view> names;
};
constexpr std::array<FieldKind, 6> kFields{{{"minutes", 0, 59, {}},
                                            {"hours", 0, 23, {}},
                                            {"day of month", 1, 31, {}},
                                            {"month", 1, 12, kMonths},
                                            {"day of week", 1, 7, kWeekdays},
                                            {"year", kFirstCronYear, kLastCronYear, {}}}};

std::optional<int> whole_number(std::string_view text) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return n;
}

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  return out;
}

std::vector<std::string_view> split(std::string_view text, char between) {
  std::vector<std::string_view> out;
  for (std::size_t at = 0;;) {
    const auto end = std::min(text.find(between, at), text.size());
    out.push_back(text.substr(at, end - at));
    if (end == text.size()) return out;
    at = end + 1;
  }
}

// What stands between the brackets of `word(...)`.
Result<std::string_view> inside(std::string_view text, std::string_view word) {
  if (!text.ends_with(')'))
    return fail("the closing bracket is missing", fmt::format("'{}'", text), fmt::format("write {}(...)", word));
  return text.substr(word.size() + 1, text.size() - word.size() - 2);
}

class AwsCronReader {
 public:
  AwsCronReader(std::string_view text, std::uint64_t& minutes, std::uint32_t& hours, DayRule& days)
      : text_(text), minutes_(minutes), hours_(hours), days_(days) {}

  Result<void> field(AwsField which, std::string_view text) {
    field_ = which;
    if (text == "?") {
      if (which != DAY && which != WEEKDAY) return wrong("'?' stands in one of the two day fields only", "write '*'");
      (which == DAY ? days_.any_day : days_.any_weekday) = true;
      for (int v = kind().low; v <= kind().high; ++v) allow(v);
      return {};
    }
    if (which == WEEKDAY && text.find('#') != std::string_view::npos && text.find(',') != std::string_view::npos)
      return wrong("a day with '#' stands alone in its field", "make two pipelines, or a cron line for each");
    for (const auto part : split(text, ','))
      if (auto read = element(upper(part)); !read) return read;
    return {};
  }

 private:
  const FieldKind& kind() const { return kFields[field_]; }

  void allow(int v) {
    switch (field_) {
      case MINUTE:
        minutes_ |= std::uint64_t{1} << v;
        break;
      case HOUR:
        hours_ |= std::uint32_t{1} << v;
        break;
      case DAY:
        days_.days |= std::uint32_t{1} << v;
        break;
      case MONTH:
        days_.months |= std::uint32_t{1} << v;
        break;
      case WEEKDAY:
        days_.weekdays |= std::uint32_t{1} << (v - 1);
        break;
      case YEAR:
        days_.years.set(static_cast<std::size_t>(v - kFirstCronYear));
        break;
    }
  }

  std::unexpected<Problem> wrong(std::string what, std::string fix) const {
    return fail(std::move(what), fmt::format("{}, field {} ({})", text_, static_cast<int>(field_) + 1, kind().name),
                std::move(fix));
  }
  std::unexpected<Problem> no_value(std::string_view text) const {
    const auto range = kind().names.empty() ? fmt::format("{} to {}", kind().low, kind().high)
                                            : fmt::format("{} to {} or {} to {}", kind().low, kind().high,
                                                          kind().names.front(), kind().names.back());
    return wrong(fmt::format("'{}' is no value of it", text), fmt::format("write '*' or {}", range));
  }

  std::optional<int> value(std::string_view text) const {
    for (std::size_t i = 0; i < kind().names.size(); ++i)
      if (text == kind().names[i]) return kind().low + static_cast<int>(i);
    const auto n = whole_number(text);
    return n && *n >= kind().low && *n <= kind().high ? n : std::nullopt;
  }

  // The words with L, W and #; false: it is none of them.
  Result<bool> special(std::string_view text) {
    if (field_ == DAY && text == "L") return days_.last_day = true;
    if (field_ == DAY && (text == "LW" || text == "WL")) return days_.last_work_day = true;
    if (field_ == DAY && text.ends_with('W')) {
      const auto day = value(text.substr(0, text.size() - 1));
      if (!day) return no_value(text);
      days_.nearest_weekday |= std::uint32_t{1} << *day;
      return true;
    }
    if (field_ != WEEKDAY) return false;
    if (text == "L") {
      allow(7);
      return true;
    }
    if (text.size() > 1 && text.ends_with('L')) {
      const auto day = value(text.substr(0, text.size() - 1));
      if (!day) return no_value(text);
      days_.last_weekdays |= std::uint32_t{1} << (*day - 1);
      return true;
    }
    const auto hash = text.find('#');
    if (hash == std::string_view::npos) return false;
    const auto day = value(text.substr(0, hash));
    const auto n = whole_number(text.substr(hash + 1));
    if (!day || !n || *n < 1 || *n > 5)
      return wrong(fmt::format("'{}' is no day of the month's weeks", text), "write 3#2 for the second Tuesday");
    days_.nth_weekdays |= std::uint64_t{1} << (7 * *n + *day - 1);
    return true;
  }

  Result<void> element(std::string_view text) {
    const auto known = special(text);
    if (!known) return std::unexpected(known.error());
    if (*known) return {};
    int step = 1;
    const auto slash = text.find('/');
    if (slash != std::string_view::npos) {
      const auto n = whole_number(text.substr(slash + 1));
      if (!n || *n < 1) return wrong(fmt::format("'{}' is no step", text.substr(slash)), "steps are 1 or more: '0/15'");
      step = *n;
      text = text.substr(0, slash);
    }
    int first = kind().low, last = kind().high;
    if (text != "*") {
      const auto dash = text.find('-');
      const auto from = value(text.substr(0, dash));
      const auto to = dash == std::string_view::npos ? from : value(text.substr(dash + 1));
      if (!from || !to) return no_value(text);
      first = *from;
      last = slash != std::string_view::npos && dash == std::string_view::npos ? kind().high : *to;
      if (last < first) return wrong("the range goes backwards", "write two ranges with a comma: 'FRI-SAT,MON'");
    }
    for (int v = first; v <= last; v += step) allow(v);
    return {};
  }

  std::string_view text_;
  std::uint64_t& minutes_;
  std::uint32_t& hours_;
  DayRule& days_;
  AwsField field_ = MINUTE;
};

}  // namespace

bool is_aws_expression(std::string_view text, std::string_view word) {
  return text.size() > word.size() && text.substr(0, word.size()) == word && text[word.size()] == '(';
}

Result<Schedule> parse_aws_cron(std::string_view text) {
  const auto fields_text = inside(text, "cron");
  if (!fields_text) return std::unexpected(fields_text.error());
  std::vector<std::string_view> fields;
  for (const auto part : split(*fields_text, ' '))
    if (!part.empty()) fields.push_back(part);
  if (fields.size() != kFields.size())
    return fail(fmt::format("expected 6 fields, got {}", fields.size()), std::string(text),
                "the fields are minutes, hours, day of month, month, day of week, year: cron(0 10 * * ? *)");
  if ((fields[DAY] == "?") == (fields[WEEKDAY] == "?"))
    return fail("one of the two day fields must be '?'", std::string(text),
                "write '?' for the day of month, or for the day of week: cron(0 10 * * ? *)");
  Schedule out;
  out.days_.any_day = out.days_.any_weekday = false;
  AwsCronReader reader(text, out.minutes_, out.hours_, out.days_);
  for (std::size_t i = 0; i < fields.size(); ++i)
    if (auto read = reader.field(static_cast<AwsField>(i), fields[i]); !read) return std::unexpected(read.error());
  out.text_ = "cron(";
  for (const auto field : fields) out.text_ += fmt::format("{}{}", out.text_.ends_with('(') ? "" : " ", upper(field));
  out.text_ += ')';
  return out;
}

Result<Millis> parse_aws_rate(std::string_view text) {
  const auto where = fmt::format("'{}'", text);
  const auto body = inside(text, "rate");
  if (!body) return std::unexpected(body.error());
  const auto space = body->find(' ');
  const auto n = whole_number(body->substr(0, space));
  if (space == std::string_view::npos || !n || *n < 1 || *n > 1'000'000)
    return fail("expected a value and a unit", where, "write rate(5 minutes), rate(1 hour) or rate(7 days)");
  const auto unit = body->substr(space + 1);
  const Millis one = unit.starts_with("minute") ? Millis{60'000}
                     : unit.starts_with("hour") ? Millis{3'600'000}
                                                : Millis{86'400'000};
  const std::string_view word = one == Millis{60'000} ? "minute" : one == Millis{3'600'000} ? "hour" : "day";
  const auto right = fmt::format("{}{}", word, *n == 1 ? "" : "s");
  if (unit != right)
    return fail(fmt::format("'{}' is no unit of {}", unit, *n), where,
                unit.starts_with(word) ? fmt::format("write rate({} {})", *n, right)
                                       : "the units are minute, hour and day, in the plural unless the value is 1");
  return *n * one;
}

Result<LocalTime> parse_local_time(std::string_view text) {
  std::string_view body = text;
  if (is_aws_expression(text, "at")) {
    const auto read = inside(text, "at");
    if (!read) return std::unexpected(read.error());
    body = *read;
  }
  const bool with_seconds = body.size() == 19;
  // An instant's text without its zone; what is longer, or has one, is no local time.
  const auto instant = body.size() == 16 || with_seconds
                           ? instant_from_text(std::string(body) + (with_seconds ? "Z" : ":00Z"))
                           : std::nullopt;
  if (!instant)
    return fail("expected a date and a time of the pipeline's own zone", fmt::format("'{}'", text),
                "write 2026-12-24T06:00");
  return LocalTime{instant->time_since_epoch()};
}

}  // namespace weir
