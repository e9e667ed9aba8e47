// A strict RFC 8259 parser of our own. Boost.JSON 1.81 was measured and changes data: it loses the text of numbers (a
// fifth of 17-digit decimals become another double), refuses lone surrogate escapes and more than 32 levels.
#include <fmt/format.h>

#include <algorithm>

#include "json/text.hpp"

namespace weir::json {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// What an ordinary character of a string is: printable ASCII, without quote and backslash.
bool plain(char c) { return static_cast<signed char>(c) >= 0x20 && c != '"' && c != '\\'; }

int hex_digit(char c) {
  if (digit(c)) return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_utf8(std::string& out, unsigned code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

// The length of the well-formed UTF-8 sequence at `at`; 0 when it is none (overlong, surrogate, above U+10FFFF).
std::size_t utf8_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) -> unsigned {
    return at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0u;
  };
  const auto tail = [&](std::size_t i) { return (byte(i) & 0xC0) == 0x80; };
  const unsigned a = byte(0), b = byte(1);
  if (a < 0x80) return 1;
  if (a >= 0xC2 && a <= 0xDF) return tail(1) ? 2 : 0;
  if (a >= 0xE0 && a <= 0xEF) {
    if (!tail(1) || !tail(2) || (a == 0xE0 && b < 0xA0) || (a == 0xED && b > 0x9F)) return 0;
    return 3;
  }
  if (a >= 0xF0 && a <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3) || (a == 0xF0 && b < 0x90) || (a == 0xF4 && b > 0x8F)) return 0;
    return 4;
  }
  return 0;
}

// Recursive; the depth limit bounds the stack. With Build false nothing is made: the outputs are left alone.
template <bool Build>
class Parser {
 public:
  Parser(std::string_view text, ParseLimits limits) : text_(text), limits_(limits) {}

  bool document(Value& out) {
    if (text_.size() > limits_.bytes)
      return wrong(limits_.bytes,
                   fmt::format("the text has {} bytes, at most {} are read", text_.size(), limits_.bytes));
    if (text_.starts_with("\xEF\xBB\xBF")) return wrong(0, "expected a value, got a byte order mark");
    skip_space();
    if (!value(out)) return false;
    skip_space();
    return at_ == text_.size() || wrong(at_, "expected the end of the text after the value, got " + seen());
  }

  ParseError error() const {
    ParseError out;
    out.offset = error_at_;
    out.what = error_;
    const auto before = text_.substr(0, error_at_);
    out.line = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
    const auto start = before.rfind('\n');
    out.column = static_cast<int>(start == std::string_view::npos ? error_at_ + 1 : error_at_ - start);
    return out;
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }

  bool wrong(std::size_t at, std::string what) {
    error_at_ = at;
    error_ = std::move(what);
    return false;
  }

  std::string seen() const {
    if (at_ >= text_.size()) return "the end of the text";
    const auto c = static_cast<unsigned char>(text_[at_]);
    return c > 0x20 && c < 0x7F ? fmt::format("'{}'", text_[at_]) : fmt::format("byte 0x{:02x}", c);
  }

  void skip_space() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n' || text_[at_] == '\r' || text_[at_] == '\t'))
      ++at_;
  }

  bool value(Value& out) {
    switch (peek()) {
      case '{':
        return object(out);
      case '[':
        return array(out);
      case '"': {
        std::string text;
        if (!string(text)) return false;
        if constexpr (Build) out = Value(std::move(text));
        return true;
      }
      case 't':
        return word("true", Value(true), out);
      case 'f':
        return word("false", Value(false), out);
      case 'n':
        return word("null", Value(), out);
      default:
        if (peek() == '-' || digit(peek())) return number(out);
        return wrong(at_, "expected a value, got " + seen());
    }
  }

  bool word(std::string_view wanted, Value meaning, Value& out) {
    for (const char c : wanted) {
      if (at_ >= text_.size() || text_[at_] != c)
        return wrong(at_, fmt::format("expected '{}', got {}", wanted, seen()));
      ++at_;
    }
    if constexpr (Build) out = std::move(meaning);
    return true;
  }

  bool digits() {
    if (!digit(peek())) return wrong(at_, "expected a digit, got " + seen());
    while (digit(peek())) ++at_;
    return true;
  }

  bool number(Value& out) {
    const auto start = at_;
    if (peek() == '-') ++at_;
    if (peek() == '0') {
      ++at_;
      if (digit(peek())) return wrong(at_, "a number has no leading zeros");
    } else if (!digits()) {
      return false;
    }
    if (peek() == '.') {
      ++at_;
      if (!digits()) return false;
    }
    if (peek() == 'e' || peek() == 'E') {
      ++at_;
      if (peek() == '+' || peek() == '-') ++at_;
      if (!digits()) return false;
    }
    if constexpr (Build) out = Value(Number::parsed(std::string(text_.substr(start, at_ - start))));
    return true;
  }

  bool hex4(unsigned& out) {
    out = 0;
    for (int i = 0; i < 4; ++i, ++at_) {
      const int d = at_ < text_.size() ? hex_digit(text_[at_]) : -1;
      if (d < 0) return wrong(at_, "expected four hex digits after \\u, got " + seen());
      out = out * 16 + static_cast<unsigned>(d);
    }
    return true;
  }

  bool escape(std::string& out) {
    const auto start = at_++;  // the backslash
    char meant = 0;
    switch (peek()) {
      case '"':
        meant = '"';
        break;
      case '\\':
        meant = '\\';
        break;
      case '/':
        meant = '/';
        break;
      case 'b':
        meant = '\b';
        break;
      case 'f':
        meant = '\f';
        break;
      case 'n':
        meant = '\n';
        break;
      case 'r':
        meant = '\r';
        break;
      case 't':
        meant = '\t';
        break;
      case 'u': {
        ++at_;
        unsigned code = 0;
        if (!hex4(code)) return false;
        if (code >= 0xD800 && code < 0xDC00 && text_.substr(at_, 2) == "\\u") {
          const auto before = at_;
          at_ += 2;
          unsigned low = 0;
          if (!hex4(low)) return false;
          if (low >= 0xDC00 && low < 0xE000)
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
          else
            at_ = before;  // a lone one; what follows is read by itself
        }
        if constexpr (Build) append_utf8(out, code);
        return true;
      }
      default:
        if (at_ >= text_.size()) return wrong(at_, "the string has no end");
        return wrong(start, "unknown escape: a backslash is followed by one of \"\\/bfnrtu");
    }
    ++at_;
    if constexpr (Build) out += meant;
    return true;
  }

  bool string(std::string& out) {
    ++at_;
    for (;;) {
      const auto start = at_;
      while (at_ < text_.size() && plain(text_[at_])) ++at_;
      if constexpr (Build) out.append(text_, start, at_ - start);
      if (at_ >= text_.size()) return wrong(at_, "the string has no end");
      const char c = text_[at_];
      if (c == '"') {
        ++at_;
        return true;
      }
      if (c == '\\') {
        if (!escape(out)) return false;
      } else if (static_cast<unsigned char>(c) < 0x20) {
        return wrong(at_, fmt::format("a control character in a string is written \\u{:04x}", static_cast<int>(c)));
      } else {
        const auto length = utf8_length(text_, at_);
        if (length == 0) return wrong(at_, fmt::format("not UTF-8: {}", seen()));
        if constexpr (Build) out.append(text_, at_, length);
        at_ += length;
      }
    }
  }

  bool enter() {
    if (depth_ == limits_.depth)
      return wrong(at_, fmt::format("more than {} arrays and objects within each other", limits_.depth));
    ++depth_;
    ++at_;
    skip_space();
    return true;
  }

  bool leave() {
    --depth_;
    ++at_;
    return true;
  }

  bool array(Value& out) {
    if (!enter()) return false;
    Array elements;
    if (peek() != ']') {
      for (;;) {
        Value element;
        if (!value(element)) return false;
        if constexpr (Build) elements.push_back(std::move(element));
        skip_space();
        if (peek() == ']') break;
        if (peek() != ',') return wrong(at_, "expected ',' or ']', got " + seen());
        ++at_;
        skip_space();
      }
    }
    if constexpr (Build) out = Value(std::move(elements));
    return leave();
  }

  bool object(Value& out) {
    if (!enter()) return false;
    std::vector<Object::Member> members;
    if (peek() != '}') {
      for (;;) {
        if (peek() != '"') return wrong(at_, "expected a key in double quotes, got " + seen());
        std::string key;
        if (!string(key)) return false;
        skip_space();
        if (peek() != ':') return wrong(at_, "expected ':' after the key, got " + seen());
        ++at_;
        skip_space();
        Value member;
        if (!value(member)) return false;
        if constexpr (Build) members.emplace_back(std::move(key), std::move(member));
        skip_space();
        if (peek() == '}') break;
        if (peek() != ',') return wrong(at_, "expected ',' or '}', got " + seen());
        ++at_;
        skip_space();
      }
    }
    if constexpr (Build) out = Value(Object::of(std::move(members)));
    return leave();
  }

  std::string_view text_;
  ParseLimits limits_;
  std::size_t at_ = 0;
  int depth_ = 0;
  std::size_t error_at_ = 0;
  std::string error_;
};

}  // namespace

std::string ParseError::text() const { return fmt::format("line {}, column {}: {}", line, column, what); }

std::expected<Value, ParseError> parse(std::string_view text, ParseLimits limits) {
  Parser<true> parser(text, limits);
  Value out;
  if (!parser.document(out)) return std::unexpected(parser.error());
  return out;
}

std::expected<void, ParseError> validate(std::string_view text, ParseLimits limits) {
  Parser<false> parser(text, limits);
  Value unused;
  if (!parser.document(unused)) return std::unexpected(parser.error());
  return {};
}

}  // namespace weir::json
