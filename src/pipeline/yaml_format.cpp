#include "pipeline/yaml_format.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

#include "pipeline/yaml.hpp"

namespace weir::pipeline {
namespace {

constexpr int kIndent = 4;

int spaces_of(std::string_view line) {
  const auto at = line.find_first_not_of(' ');
  return static_cast<int>(at == std::string_view::npos ? line.size() : at);
}
bool is_blank(std::string_view line) { return line.find_first_not_of(" \t") == std::string_view::npos; }
bool is_comment(std::string_view line) {
  const auto at = line.find_first_not_of(" \t");
  return at != std::string_view::npos && line[at] == '#';
}
bool begins_item(std::string_view rest) { return rest == "-" || rest.starts_with("- "); }

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    if (line.ends_with('\r')) line.remove_suffix(1);
    out.emplace_back(line);
    at = end + 1;
  }
  return out;
}

// Where a plain key ends: the place of its colon; npos when the text begins with none.
std::size_t colon_of_key(std::string_view rest) {
  const auto at = rest.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");
  if (at == std::string_view::npos || at == 0 || rest[at] != ':') return std::string_view::npos;
  return at + 1 == rest.size() || rest[at + 1] == ' ' ? at : std::string_view::npos;
}

// Where a comment begins that follows something on its line; npos: none.
std::size_t comment_of(std::string_view line) {
  char quote = 0;
  char before = ' ';  // the last character that is no blank
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (quote != 0) {
      if (quote == '"' && c == '\\')
        ++i;
      else if (c == quote)
        quote = 0;
    } else if ((c == '"' || c == '\'') && std::string_view(" :-[{,").find(before) != std::string_view::npos) {
      quote = c;
    } else if (c == '#' && i > 0 && (line[i - 1] == ' ' || line[i - 1] == '\t')) {
      return i;
    }
    if (c != ' ' && c != '\t') before = c;
  }
  return std::string_view::npos;
}

std::string_view without_comment(std::string_view line) {
  line = line.substr(0, comment_of(line));
  const auto end = line.find_last_not_of(" \t");
  return end == std::string_view::npos ? std::string_view() : line.substr(0, end + 1);
}

// The first token of a line: behind its spaces, and its dashes with one space each.
struct Head {
  int column = 0;    // in the file, of what follows the dashes
  int moved = 0;     // what follows the dashes, counted from the first dash, once each gap is one space
  std::string text;  // "- " for each dash
  std::string_view rest;
  int last_dash = -1, last_dash_moved = 0;
};
Head head_of(std::string_view line) {
  Head out;
  out.column = spaces_of(line);
  out.rest = line.substr(static_cast<std::size_t>(out.column));
  while (begins_item(out.rest)) {
    out.last_dash = out.column;
    out.last_dash_moved = out.moved;
    const auto next = out.rest.find_first_not_of(' ', 1);
    const auto skip = next == std::string_view::npos ? out.rest.size() : next;
    out.rest.remove_prefix(skip);
    out.column += static_cast<int>(skip);
    out.moved += 2;
    out.text += out.rest.empty() ? "-" : "- ";
  }
  return out;
}

// Is a block text begun at the end of this line ("run: |-", "- >")? Then: does it say its indentation?
std::optional<bool> begins_block_text(std::string_view line) {
  const auto text = without_comment(line);
  auto at = text.find_last_of(' ');
  const auto word = text.substr(at == std::string_view::npos ? 0 : at + 1);
  if (word.empty() || (word[0] != '|' && word[0] != '>') || word.size() > 3) return std::nullopt;
  if (word.find_first_not_of("|>+-123456789") != std::string_view::npos) return std::nullopt;
  const auto before = without_comment(text.substr(0, text.size() - word.size()));
  if (!before.ends_with(':') && !before.ends_with('-')) return std::nullopt;
  return word.find_first_of("123456789") != std::string_view::npos;
}

class Formatter {
 public:
  explicit Formatter(std::string_view text) : lines_(lines_of(text)), column_(lines_.size(), -1) {}

  std::string format(const YamlNode& root) {
    walk(root, 0);
    find_block_texts();
    place_the_rest();
    return emit();
  }

 private:
  const std::string& line(int number) const { return lines_[static_cast<std::size_t>(number - 1)]; }
  bool has_line(int number) const { return number >= 1 && number <= static_cast<int>(lines_.size()); }

  void set(int number, int column) {
    if (has_line(number) && column_[static_cast<std::size_t>(number - 1)] < 0)
      column_[static_cast<std::size_t>(number - 1)] = column;
  }

  // In brackets? A list or map's mark may be that of its anchor.
  bool in_brackets(const YamlNode& node) const {
    if (!has_line(node.mark.line)) return true;
    std::string_view rest = line(node.mark.line);
    rest = rest.substr(std::min(rest.size(), static_cast<std::size_t>(node.mark.column - 1)));
    if (rest.starts_with('&')) {
      rest.remove_prefix(std::min(rest.find(' '), rest.size()));
      rest.remove_prefix(std::min(rest.find_first_not_of(' '), rest.size()));
    }
    return rest.starts_with('[') || rest.starts_with('{');
  }

  void walk(const YamlNode& node, int column) {
    if (!seen_.insert(&node).second) return;  // an alias
    if (node.is_map() && !node.entries.empty() && !in_brackets(node)) {
      for (const auto& [key, value] : node.entries) {
        if (has_line(key.mark.line) && head_of(line(key.mark.line)).column == key.mark.column - 1)
          set(key.mark.line, column);
        walk(*value, value->is_scalar() ? column : column + kIndent);
      }
    } else if (node.is_list() && !node.items.empty() && !in_brackets(node)) {
      for (const auto& item : node.items) {
        int at = item->mark.line;
        // The dash stands on the item's line, or alone on one above it.
        while (has_line(at) &&
               !begins_item(std::string_view(line(at)).substr(static_cast<std::size_t>(spaces_of(line(at))))))
          --at;
        set(at, column);
        walk(*item, column + 2);
      }
    }
  }

  struct BlockText {
    int first = 0, last = 0;  // lines
    int indent = 0;           // of its text in the file
    int column = 0;           // where it goes
  };

  void find_block_texts() {
    for (int number = 1; has_line(number); ++number) {
      const int column = column_[static_cast<std::size_t>(number - 1)];
      if (column < 0) continue;
      const auto counted = begins_block_text(line(number));
      if (!counted) continue;
      const Head head = head_of(line(number));
      const bool keyed = colon_of_key(head.rest) != std::string_view::npos;
      const int base = keyed || head.last_dash < 0 ? head.column : head.last_dash;
      const int base_moved = column + (keyed || head.last_dash < 0 ? head.moved : head.last_dash_moved);
      BlockText text{number + 1, number, 0, 0};
      int least = -1;
      for (int at = number + 1; has_line(at); ++at) {
        if (is_blank(line(at))) continue;
        const int indent = spaces_of(line(at));
        if (indent <= base) break;
        if (least < 0 || indent < least) least = indent;
        text.last = at;
      }
      if (least < 0) continue;
      text.indent = *counted ? base : least;
      text.column = *counted ? base_moved : base_moved + kIndent;
      texts_.push_back(text);
      number = text.last;
    }
  }

  const BlockText* block_text(int number) const {
    for (const auto& text : texts_)
      if (text.first <= number && number <= text.last) return &text;
    return nullptr;
  }

  // Lines that go on with something move with the line that began it; comments stand where the next line does.
  void place_the_rest() {
    int shift = 0, last = 0, last_indent = 0, last_inner = 0, last_inner_indent = 0;
    for (int number = 1; has_line(number); ++number) {
      if (is_blank(line(number)) || is_comment(line(number)) || block_text(number) != nullptr) continue;
      auto& column = column_[static_cast<std::size_t>(number - 1)];
      const int indent = spaces_of(line(number));
      if (column >= 0)
        shift = column - indent;
      else
        column = std::max(0, indent + shift);
    }
    for (int number = 1; has_line(number); ++number) {
      if (block_text(number) != nullptr || is_blank(line(number))) continue;
      if (!is_comment(line(number))) {
        // A comment below an item stands below the first character of what follows its dash.
        const Head head = head_of(line(number));
        last = column_[static_cast<std::size_t>(number - 1)];
        last_indent = spaces_of(line(number));
        last_inner = last + head.moved;
        last_inner_indent = head.column;
        continue;
      }
      int next = number + 1;
      while (has_line(next) && (is_blank(line(next)) || is_comment(line(next)))) ++next;
      const int indent = spaces_of(line(number));
      // The end of a block may have a comment of its own.
      const bool to_last = !has_line(next) || (indent >= last_indent && spaces_of(line(next)) < indent);
      column_[static_cast<std::size_t>(number - 1)] = to_last && indent > 0
                                                          ? (indent >= last_inner_indent ? last_inner : last)
                                                      : has_line(next) ? column_[static_cast<std::size_t>(next - 1)]
                                                                       : 0;
    }
  }

  std::string laid_out(int number) const {
    const std::string& source = line(number);
    const int column = column_[static_cast<std::size_t>(number - 1)];
    const std::string indent(static_cast<std::size_t>(column), ' ');
    if (is_comment(source)) {
      const auto text = std::string_view(source).substr(source.find('#'));
      return indent + std::string(text.substr(0, text.find_last_not_of(" \t") + 1));
    }
    const Head head = head_of(source);
    std::string_view code = without_comment(head.rest);
    std::string out = indent + head.text;
    if (const auto colon = colon_of_key(code); colon != std::string_view::npos) {
      auto value = code.substr(colon + 1);
      value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
      out += std::string(code.substr(0, colon + 1)) + (value.empty() ? "" : " ") + std::string(value);
    } else {
      out += code;
    }
    if (const auto comment = comment_of(head.rest); comment != std::string_view::npos) {
      const auto text = head.rest.substr(comment);
      out += "  " + std::string(text.substr(0, text.find_last_not_of(" \t") + 1));
    }
    return out;
  }

  std::string emit() const {
    std::string out;
    bool blank = true;  // none at the beginning
    for (int number = 1; has_line(number); ++number) {
      if (const auto* text = block_text(number)) {
        const auto& source = line(number);
        const auto rest = source.substr(std::min(source.size(), static_cast<std::size_t>(text->indent)));
        if (!rest.empty()) out += std::string(static_cast<std::size_t>(text->column), ' ') + rest;
        out += '\n';
        blank = false;
        continue;
      }
      if (is_blank(line(number))) {
        if (!blank) out += '\n';
        blank = true;
        continue;
      }
      out += laid_out(number) + '\n';
      blank = false;
    }
    while (out.ends_with("\n\n")) out.pop_back();
    return out;
  }

  std::vector<std::string> lines_;
  std::vector<int> column_;  // where each line goes; -1: not known
  std::vector<BlockText> texts_;
  std::set<const YamlNode*> seen_;
};

bool same(const YamlNode& a, const YamlNode& b) {
  if (a.kind != b.kind || a.text != b.text || a.items.size() != b.items.size() || a.entries.size() != b.entries.size())
    return false;
  for (std::size_t i = 0; i < a.items.size(); ++i)
    if (!same(*a.items[i], *b.items[i])) return false;
  for (std::size_t i = 0; i < a.entries.size(); ++i)
    if (a.entries[i].first.text != b.entries[i].first.text || !same(*a.entries[i].second, *b.entries[i].second))
      return false;
  return true;
}

}  // namespace

std::expected<std::string, std::vector<Problem>> format_yaml(std::string_view text, std::string_view file_name) {
  const auto before = read_yaml(text, file_name);
  if (!before.problems.empty() || !before.root) return std::unexpected(before.problems);
  std::string out = Formatter(text).format(*before.root);
  const auto after = read_yaml(out, file_name);
  const bool kept = after.problems.empty() && after.root && same(*before.root, *after.root);
  if (!kept || Formatter(out).format(*after.root) != out)
    return std::unexpected(std::vector{
        Problem{"its layout cannot be changed without changing what it says", std::string(file_name),
                "write texts over several lines with '|', and lists and maps one key a line; then try again"}});
  return out;
}

}  // namespace weir::pipeline
