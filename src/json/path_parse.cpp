#include <fmt/format.h>

#include <charconv>

#include "json/path.hpp"
#include "json/path_tree.hpp"
#include "json/text.hpp"

namespace weir::json {
namespace {

using namespace path_tree;

constexpr int kMostParentheses = 64;
constexpr int kMostDeepSteps = 3;  // each multiplies what is visited by the depth of the document

bool in_name(char c) {
  const auto u = static_cast<unsigned char>(c);
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
         c == '$' || u >= 0x80;
}

// Functions return false when problem_ is set.
class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  bool path(std::vector<Step>& steps) {
    if (!take('$')) return wrong("a path begins with '$'");
    if (!read_steps(steps)) return false;
    return at_ == text_.size() || wrong(fmt::format("unexpected '{}'", text_[at_]));
  }

  const Problem& problem() const { return problem_; }

 private:
  char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
  bool take(char c) {
    if (peek() != c || at_ >= text_.size()) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!text_.substr(at_).starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void skip_space() {
    while (peek() == ' ') ++at_;
  }
  bool wrong(std::string what, std::string fix = {}) {
    problem_ = {std::move(what), fmt::format("path '{}', column {}", text_, at_ + 1), std::move(fix)};
    return false;
  }

  bool read_steps(std::vector<Step>& steps) {
    for (;;) {
      Step step;
      if (take("..")) {
        if (++deep_steps_ > kMostDeepSteps) return wrong(fmt::format("at most {} '..' in a path", kMostDeepSteps));
        step.deep = true;
        if (peek() == '[' ? !brackets(step) : !name_or_star(step)) return false;
      } else if (take('.')) {
        if (!name_or_star(step)) return false;
      } else if (peek() == '[') {
        if (!brackets(step)) return false;
      } else {
        return true;
      }
      steps.push_back(std::move(step));
    }
  }

  bool name_or_star(Step& step) {
    if (take('*')) return true;
    const auto start = at_;
    while (at_ < text_.size() && in_name(text_[at_])) ++at_;
    if (at_ == start) return wrong("expected a name after '.'", "names with other characters are written ['a b']");
    if (peek() == '(') return wrong("functions are not served in paths");
    step.kind = Step::Kind::NAMES;
    step.names.emplace_back(text_.substr(start, at_ - start));
    return true;
  }

  bool brackets(Step& step) {
    take('[');
    skip_space();
    bool good = false;
    if (take('*')) {
      good = true;
    } else if (take('?')) {
      step.kind = Step::Kind::FILTER;
      Filter filter;
      good = any_of(filter, 0);
      step.filter = std::make_shared<const Filter>(std::move(filter));
    } else if (peek() == '\'' || peek() == '"') {
      good = names(step);
    } else {
      good = numbers(step);
    }
    if (!good) return false;
    skip_space();
    return take(']') || wrong("expected ']'");
  }

  bool names(Step& step) {
    step.kind = Step::Kind::NAMES;
    do {
      skip_space();
      std::string name;
      if (!quoted(name)) return false;
      step.names.push_back(std::move(name));
      skip_space();
    } while (take(','));
    return true;
  }

  // A text in either quotes; a backslash takes the next character as it is, and \n, \t, \uXXXX are not served.
  bool quoted(std::string& out) {
    const char quote_mark = peek();
    if (quote_mark != '\'' && quote_mark != '"') return wrong("expected a name in quotes");
    ++at_;
    while (at_ < text_.size() && text_[at_] != quote_mark) {
      if (text_[at_] == '\\' && ++at_ == text_.size()) break;
      out += text_[at_++];
    }
    return take(quote_mark) || wrong("the text in quotes has no end");
  }

  bool integer(std::int64_t& out) {
    const auto [end, error] = std::from_chars(text_.data() + at_, text_.data() + text_.size(), out);
    if (error != std::errc{}) return wrong("expected a number, a name in quotes, '*' or '?'");
    at_ = static_cast<std::size_t>(end - text_.data());
    constexpr std::int64_t kLargest = std::int64_t{1} << 53;  // keeps the arithmetic of slices within 64 bits
    return (out >= -kLargest && out <= kLargest) || wrong("the number is too large");
  }

  bool numbers(Step& step) {
    step.kind = Step::Kind::INDICES;
    std::int64_t i = 0;
    if (peek() != ':') {
      if (!integer(i)) return false;
      step.indices.push_back(i);
      skip_space();
    }
    if (peek() == ':') return slice(step);
    while (take(',')) {
      skip_space();
      if (!integer(i)) return false;
      step.indices.push_back(i);
      skip_space();
    }
    return true;
  }

  bool slice(Step& step) {
    step.kind = Step::Kind::SLICE;
    if (!step.indices.empty()) step.from = step.indices.front();
    step.indices.clear();
    take(':');
    skip_space();
    std::int64_t i = 0;
    if (peek() != ':' && peek() != ']') {
      if (!integer(i)) return false;
      step.to = i;
      skip_space();
    }
    if (take(':')) {
      skip_space();
      if (peek() != ']' && !integer(step.by)) return false;
      if (step.by == 0) return wrong("a slice's step cannot be 0");
    }
    return true;
  }

  bool any_of(Filter& out, int depth) { return list(out, depth, Filter::Kind::OR, "||"); }

  // a || b || c of a && b && c: one function for the two levels.
  bool list(Filter& out, int depth, Filter::Kind kind, std::string_view word) {
    Filter whole;
    whole.kind = kind;
    do {
      Filter part;
      if (kind == Filter::Kind::OR ? !list(part, depth, Filter::Kind::AND, "&&") : !test(part, depth)) return false;
      whole.parts.push_back(std::move(part));
      skip_space();
    } while (take(word));
    out = whole.parts.size() == 1 ? Filter(std::move(whole.parts.front())) : std::move(whole);
    return true;
  }

  bool test(Filter& out, int depth) {
    if (depth > kMostParentheses) return wrong(fmt::format("more than {} nested parentheses", kMostParentheses));
    skip_space();
    if (peek() == '!' && peek(1) != '=') {
      ++at_;
      Filter part;
      if (!test(part, depth + 1)) return false;
      out.kind = Filter::Kind::NOT;
      out.parts.push_back(std::move(part));
      return true;
    }
    if (take('(')) {
      if (!any_of(out, depth + 1)) return false;
      skip_space();
      return take(')') || wrong("expected ')'");
    }
    if (!operand(out.left)) return false;
    skip_space();
    if (!comparison(out.kind)) {
      if (peek() == '=') return wrong("unknown operator", "equality is written '=='");
      if (out.left.kind == Operand::Kind::LITERAL) return wrong("expected a comparison after the literal");
      return true;
    }
    skip_space();
    if (!operand(out.right)) return false;
    for (const auto* side : {&out.left, &out.right})
      for (const auto& step : side->steps)
        if (!step.names_one_place()) return wrong("only a path that names one place can be compared");
    return true;
  }

  bool comparison(Filter::Kind& out) {
    static constexpr std::pair<std::string_view, Filter::Kind> kWords[] = {
        {"==", Filter::Kind::EQ}, {"!=", Filter::Kind::NE}, {"<=", Filter::Kind::LE},
        {">=", Filter::Kind::GE}, {"<", Filter::Kind::LT},  {">", Filter::Kind::GT}};
    for (const auto& [word, kind] : kWords)
      if (take(word)) {
        out = kind;
        return true;
      }
    return false;
  }

  bool operand(Operand& out) {
    if (peek() == '@' || peek() == '$') {
      out.kind = peek() == '@' ? Operand::Kind::ELEMENT : Operand::Kind::ROOT;
      ++at_;
      return read_steps(out.steps);
    }
    if (peek() == '\'' || peek() == '"') {
      std::string text;
      if (!quoted(text)) return false;
      out.literal = Value(std::move(text));
      return true;
    }
    const auto start = at_;
    while (at_ < text_.size() && (in_name(text_[at_]) || text_[at_] == '.' || text_[at_] == '+')) ++at_;
    auto literal = parse(text_.substr(start, at_ - start));
    if (!literal) {
      at_ = start;
      return wrong("expected a path, a number, a text in quotes, true, false or null");
    }
    out.literal = std::move(*literal);
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  int deep_steps_ = 0;
  Problem problem_;
};

}  // namespace

Result<Path> compile_path(std::string_view text) {
  Parser parser(text);
  std::vector<Step> steps;
  if (!parser.path(steps)) return std::unexpected(parser.problem());
  Path out;
  out.text_ = std::string(text);
  if (!steps.empty()) out.steps_ = std::make_shared<const std::vector<Step>>(std::move(steps));
  return out;
}

}  // namespace weir::json
