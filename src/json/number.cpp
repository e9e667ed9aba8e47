// Numbers as their texts: exact comparison, and what fits an integer.
#include <algorithm>
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>

#include "json/value.hpp"

namespace weir::json {
namespace {

// 0.digits * 10^exponent, without zeros at either end of the digits; zero has no digits and no sign.
struct Decimal {
  bool negative = false;
  std::string digits;
  std::int64_t exponent = 0;
  bool operator==(const Decimal&) const = default;
};

Decimal decimal_of(std::string_view text) {
  Decimal out;
  std::size_t i = 0;
  if (text[i] == '-') out.negative = true, ++i;
  bool fraction = false;
  for (; i < text.size() && text[i] != 'e' && text[i] != 'E'; ++i) {
    if (text[i] == '.') {
      fraction = true;
    } else if (text[i] == '0' && out.digits.empty()) {
      if (fraction) --out.exponent;
    } else {
      out.digits += text[i];
      if (!fraction) ++out.exponent;
    }
  }
  if (i < text.size()) {
    ++i;
    const bool minus = text[i] == '-';
    if (text[i] == '-' || text[i] == '+') ++i;
    // An exponent of more digits than a document may have bytes: any value as large will do.
    constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max() / 4;
    std::int64_t e = 0;
    if (std::from_chars(text.data() + i, text.data() + text.size(), e).ec != std::errc{}) e = kHuge;
    e = std::min(e, kHuge);
    out.exponent += minus ? -e : e;
  }
  while (!out.digits.empty() && out.digits.back() == '0') out.digits.pop_back();
  if (out.digits.empty()) return {};
  return out;
}

}  // namespace

Number Number::of(std::int64_t v) { return {std::to_string(v), static_cast<double>(v)}; }

Number Number::of(double v) {
  assert(std::isfinite(v));
  char buffer[32];
  const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, v);
  assert(error == std::errc{});
  std::string text(buffer, end);
  if (text.find_first_of(".e") == std::string::npos) text += ".0";
  return {std::move(text), v};
}

Number Number::parsed(std::string text) {
  double v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (error == std::errc::result_out_of_range) {
    // Too large or too small: from_chars does not say which.
    const auto d = decimal_of(text);
    v = d.exponent > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    if (text[0] == '-') v = -v;
  }
  return {std::move(text), v};
}

std::optional<std::int64_t> Number::as_int() const {
  std::int64_t v = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (error == std::errc{} && end == text.data() + text.size()) return v;
  auto d = decimal_of(text);
  if (d.digits.empty()) return 0;
  constexpr std::int64_t kMostDigits = 19;
  if (d.exponent > kMostDigits || d.exponent < static_cast<std::int64_t>(d.digits.size())) return std::nullopt;
  d.digits.append(static_cast<std::size_t>(d.exponent) - d.digits.size(), '0');
  if (d.negative) d.digits.insert(0, 1, '-');
  const auto [last, wrong] = std::from_chars(d.digits.data(), d.digits.data() + d.digits.size(), v);
  if (wrong != std::errc{}) return std::nullopt;
  return v;
}

bool Number::operator==(const Number& other) const {
  return text == other.text || decimal_of(text) == decimal_of(other.text);
}

}  // namespace weir::json
