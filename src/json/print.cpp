#include <array>

#include "json/print.hpp"
#include "json/text.hpp"

namespace weir::json {
namespace {

// What a byte of a string needs: 0 nothing, 1 an escape, 2 a look at the next byte (the start of what may be a
// surrogate).
constexpr auto kCare = [] {
  std::array<char, 256> out{};
  for (int c = 0; c < 0x20; ++c) out[static_cast<std::size_t>(c)] = 1;
  out['"'] = out['\\'] = 1;
  out[0xED] = 2;
  return out;
}();
constexpr std::string_view kHex = "0123456789abcdef";

void append_unicode(std::string& out, unsigned code) {
  out += "\\u";
  for (const int shift : {12, 8, 4, 0}) out += kHex[(code >> shift) & 15];
}

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      break;
    case '\\':
      out += "\\\\";
      break;
    case '\b':
      out += "\\b";
      break;
    case '\f':
      out += "\\f";
      break;
    case '\n':
      out += "\\n";
      break;
    case '\r':
      out += "\\r";
      break;
    case '\t':
      out += "\\t";
      break;
    default:
      append_unicode(out, static_cast<unsigned char>(c));
  }
}

class Printer {
 public:
  Printer(std::string& out, bool pretty) : out_(out), pretty_(pretty) {}

  void value(const Value& v) {
    if (const auto* o = v.object()) {
      list('{', '}', *o, [this](const Object::Member& m) {
        append_quoted(out_, m.first);
        out_ += ':';
        if (pretty_) out_ += ' ';
        value(m.second);
      });
    } else if (const auto* a = v.array()) {
      list('[', ']', *a, [this](const Value& element) { value(element); });
    } else if (const auto* s = v.string()) {
      append_quoted(out_, *s);
    } else if (const auto* n = v.number()) {
      out_ += n->text;
    } else if (const auto b = v.boolean()) {
      out_ += *b ? "true" : "false";
    } else {
      out_ += "null";
    }
  }

 private:
  void list(char open, char close, const auto& elements, const auto& print_one) {
    out_ += open;
    ++depth_;
    bool first = true;
    for (const auto& element : elements) {
      if (!first) out_ += ',';
      first = false;
      new_line();
      print_one(element);
    }
    --depth_;
    if (!first) new_line();
    out_ += close;
  }
  void new_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * depth_, ' ');
  }

  std::string& out_;
  bool pretty_;
  std::size_t depth_ = 0;
};

}  // namespace

void append_quoted(std::string& out, std::string_view text) {
  out += '"';
  std::size_t done = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char care = kCare[static_cast<unsigned char>(text[i])];
    if (care == 0) [[likely]]
      continue;
    if (care == 1) {
      out.append(text, done, i - done);
      append_escape(out, text[i]);
      done = i + 1;
    } else if (i + 2 < text.size() && static_cast<unsigned char>(text[i + 1]) >= 0xA0) {
      out.append(text, done, i - done);
      append_unicode(out, 0xD000u | (static_cast<unsigned>(text[i + 1]) & 0x3F) << 6 |
                              (static_cast<unsigned>(text[i + 2]) & 0x3F));
      i += 2;
      done = i + 1;
    }
  }
  out.append(text, done, std::string_view::npos);
  out += '"';
}

void append_value(std::string& out, const Value& value) { Printer(out, false).value(value); }

std::string print(const Value& value) {
  std::string out;
  append_value(out, value);
  return out;
}

std::string print_pretty(const Value& value) {
  std::string out;
  Printer(out, true).value(value);
  return out;
}

std::string quote(std::string_view text) {
  std::string out;
  out.reserve(text.size() + 2);
  append_quoted(out, text);
  return out;
}

}  // namespace weir::json
