#include <fmt/format.h>

#include <array>
#include <span>

#include "calendar/cron.hpp"

namespace weir {
namespace {

constexpr std::array<std::string_view, 12> kMonths{"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                   "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays{"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};

struct FieldKind {
  std::string_view name;
  int low, high;
  std::span<const std::string_view> names;  // of low, low + 1, ...
};
constexpr std::array<FieldKind, 5> kFields{{{"minute", 0, 59, {}},
                                            {"hour", 0, 23, {}},
                                            {"day of month", 1, 31, {}},
                                            {"month", 1, 12, kMonths},
                                            {"day of week", 0, 7, kWeekdays}}};

bool same_word(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i)
    if ((a[i] & ~0x20) != (b[i] & ~0x20)) return false;
  return true;
}

class FieldReader {
 public:
  FieldReader(std::string_view line, std::size_t start, std::size_t end, std::size_t number)
      : line_(line), at_(start), end_(end), number_(number), kind_(kFields[number]) {}

  Result<std::uint64_t> read() {
    std::uint64_t bits = 0;
    do {
      int first = kind_.low, last = kind_.high, step = 1;
      const auto start = at_;
      if (!take('*')) {
        if (auto r = value(first); !r) return std::unexpected(r.error());
        last = first;
        if (take('-')) {
          if (auto r = value(last); !r) return std::unexpected(r.error());
          if (kind_.high == 7 && last == 0) last = 7;  // FRI-SUN
          if (last < first) {
            at_ = start;
            return wrong("the range goes backwards", "write two ranges with a comma: 'FRI-SAT,MON', '22-23,0-5'");
          }
        } else if (peek() == '/') {
          last = kind_.high;
        }
      }
      if (take('/')) {
        if (auto r = digits(step); !r) return std::unexpected(r.error());
        if (step == 0) return wrong("a step of 0", "steps begin with 1");
      }
      for (int v = first; v <= last; v += step) bits |= std::uint64_t{1} << (kind_.high == 7 ? v % 7 : v);
    } while (take(','));
    if (at_ != end_) return unexpected_character();
    return bits;
  }

 private:
  char peek() const { return at_ < end_ ? line_[at_] : '\0'; }
  bool take(char c) {
    if (peek() != c) return false;
    ++at_;
    return true;
  }

  std::unexpected<Problem> wrong(std::string what, std::string fix) const {
    return fail(std::move(what),
                fmt::format("cron '{}', field {} ({}), column {}", line_, number_ + 1, kind_.name, at_ + 1),
                std::move(fix));
  }

  std::unexpected<Problem> unexpected_character() const {
    const auto range = kind_.names.empty() ? fmt::format("{} to {}", kind_.low, kind_.high)
                                           : fmt::format("{} to {} or {} to {}", kind_.low, kind_.high,
                                                         kind_.names.front(), kind_.names.back());
    const char c = peek();
    if (c == '?') return wrong("'?' is not served", "write '*'");
    if (c == 'L' || c == 'W' || c == '#') return wrong(fmt::format("'{}' is not served", c), "write " + range);
    const auto seen = at_ == end_ ? std::string("the end of the field") : fmt::format("'{}'", c);
    return wrong(fmt::format("expected a value, got {}", seen), fmt::format("write '*' or {}", range));
  }

  Result<void> digits(int& out) {
    const auto start = at_;
    out = 0;
    for (; peek() >= '0' && peek() <= '9' && at_ - start < 4; ++at_) out = out * 10 + (peek() - '0');
    if (at_ == start) return unexpected_character();
    return {};
  }

  Result<void> value(int& out) {
    for (std::size_t i = 0; i < kind_.names.size(); ++i)
      if (same_word(line_.substr(at_, std::min<std::size_t>(3, end_ - at_)), kind_.names[i])) {
        out = kind_.low + static_cast<int>(i);
        at_ += 3;
        return {};
      }
    const auto start = at_;
    if (auto r = digits(out); !r) return r;
    if (out < kind_.low || out > kind_.high) {
      at_ = start;
      return wrong(fmt::format("{} is out of range", out), fmt::format("write {} to {}", kind_.low, kind_.high));
    }
    return {};
  }

  std::string_view line_;
  std::size_t at_, end_, number_;
  const FieldKind& kind_;
};

bool blank(char c) { return c == ' ' || c == '\t'; }

std::string_view meaning_of(std::string_view word) {
  if (word == "@hourly") return "0 * * * *";
  if (word == "@daily" || word == "@midnight") return "0 0 * * *";
  if (word == "@weekly") return "0 0 * * 0";
  if (word == "@monthly") return "0 0 1 * *";
  if (word == "@yearly" || word == "@annually") return "0 0 1 1 *";
  return "0 3 * * *";
}

}  // namespace

Result<Schedule> parse_cron(std::string_view text) {
  struct Part {
    std::size_t start, end;
  };
  std::vector<Part> parts;
  for (std::size_t i = 0; i < text.size();) {
    if (blank(text[i])) {
      ++i;
      continue;
    }
    const auto start = i;
    while (i < text.size() && !blank(text[i])) ++i;
    parts.push_back({start, i});
  }
  const auto where = fmt::format("cron '{}'", text);
  if (parts.size() == 1 && text[parts[0].start] == '@') {
    const auto word = text.substr(parts[0].start, parts[0].end - parts[0].start);
    return fail(fmt::format("'{}' is not served", word), where, fmt::format("write '{}'", meaning_of(word)));
  }
  if (parts.size() != kFields.size())
    return fail(fmt::format("expected 5 fields, got {}", parts.size()), where,
                parts.size() > 5 ? "leave out the seconds or the year: minute, hour, day of month, month, day of week"
                                 : "the fields are minute, hour, day of month, month, day of week");

  std::array<std::uint64_t, 5> bits{};
  for (std::size_t i = 0; i < parts.size(); ++i) {
    auto read = FieldReader(text, parts[i].start, parts[i].end, i).read();
    if (!read) return std::unexpected(read.error());
    bits[i] = *read;
  }
  Schedule out;
  out.minutes_ = bits[0];
  out.hours_ = static_cast<std::uint32_t>(bits[1]);
  out.days_.days = static_cast<std::uint32_t>(bits[2]);
  out.days_.months = static_cast<std::uint32_t>(bits[3]);
  out.days_.weekdays = static_cast<std::uint32_t>(bits[4]);
  out.days_.any_day = text[parts[2].start] == '*';
  out.days_.any_weekday = text[parts[4].start] == '*';
  for (const auto& [start, end] : parts) {
    if (!out.text_.empty()) out.text_ += ' ';
    out.text_ += text.substr(start, end - start);
  }
  return out;
}

}  // namespace weir
