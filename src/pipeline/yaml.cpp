#include "pipeline/yaml.hpp"

#include <fmt/format.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <optional>
#include <set>
#include <sstream>

namespace weir::pipeline {
namespace {

YamlMark mark_of(const YAML::Mark& m) { return {m.line + 1, m.column + 1}; }

// Thrown through the library's parser to stop it; caught in read_yaml.
struct Stop {
  Problem problem;
};

class Builder : public YAML::EventHandler {
 public:
  Builder(YamlDocument& out, std::string_view file) : out_(out), file_(file) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    auto node = std::make_shared<YamlNode>();
    node->mark = mark_of(mark);
    finish(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) stop(mark, "this alias stands within its own anchor", "write the value out");
    add(found->second, mark_of(mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(mark, tag);
    if (tag == "!") last_quoted = mark_of(mark);
    if (value.find('\0') != std::string::npos) stop(mark, "a text with a NUL character", "remove it");
    auto node = std::make_shared<YamlNode>();
    node->kind = YamlNode::Kind::Scalar;
    node->mark = mark_of(mark);
    node->text = value;
    finish(std::move(node), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::List, mark, tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(YamlNode::Kind::Map, mark, tag, anchor);
  }
  void OnMapEnd() override { close(); }

  std::optional<YamlMark> last_quoted;  // where the last quoted text begins

 private:
  struct Open {
    std::shared_ptr<YamlNode> node;
    YAML::anchor_t anchor = 0;
    std::optional<YamlKey> key;  // of a mapping, when its value comes next
    std::set<std::string> seen;
  };

  [[noreturn]] void stop(const YAML::Mark& mark, std::string what, std::string fix) {
    throw Stop{Problem{std::move(what), place(file_, mark_of(mark)), std::move(fix)}};
  }

  void check_tag(const YAML::Mark& mark, const std::string& tag) {
    // "?" is none, "!" is a quoted text.
    if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
    stop(mark, fmt::format("the YAML tag '{}' is not used here", tag), "remove it");
  }

  void open(YamlNode::Kind kind, const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    check_tag(mark, tag);
    if (static_cast<int>(stack_.size()) >= kYamlDepth)
      stop(mark, fmt::format("nested deeper than {} levels", kYamlDepth), "make the document flatter");
    auto node = std::make_shared<YamlNode>();
    node->kind = kind;
    node->mark = mark_of(mark);
    stack_.push_back(Open{std::move(node), anchor, std::nullopt, {}});
  }

  void close() {
    Open done = std::move(stack_.back());
    stack_.pop_back();
    finish(std::move(done.node), done.anchor);
  }

  void finish(std::shared_ptr<YamlNode> node, YAML::anchor_t anchor) {
    const YamlMark mark = node->mark;
    YamlPtr ready = std::move(node);
    if (anchor != 0) anchors_[anchor] = ready;
    add(std::move(ready), mark);
  }

  void add(YamlPtr node, YamlMark mark) {
    if (stack_.empty()) {
      out_.root = std::move(node);
      return;
    }
    Open& parent = stack_.back();
    parent.node->weight += node->weight;
    if (parent.node->weight > kYamlNodes)
      throw Stop{Problem{fmt::format("more than {} values, aliases counted as what they stand for", kYamlNodes),
                         place(file_, mark), "make the document smaller"}};
    if (parent.node->kind == YamlNode::Kind::List) {
      parent.node->items.push_back(std::move(node));
    } else if (!parent.key) {
      take_key(parent, *node, mark);
    } else {
      parent.node->entries.emplace_back(std::move(*parent.key), std::move(node));
      parent.key.reset();
    }
  }

  void take_key(Open& parent, const YamlNode& node, YamlMark mark) {
    if (!node.is_scalar()) throw Stop{Problem{"a key must be a word", place(file_, mark), "write it as 'key: value'"}};
    if (!parent.seen.insert(node.text).second)
      out_.problems.push_back(
          {fmt::format("the key '{}' is there twice", node.text), place(file_, mark), "remove one of the two"});
    parent.key = YamlKey{node.text, mark};
  }

  YamlDocument& out_;
  std::string_view file_;
  std::vector<Open> stack_;
  std::map<YAML::anchor_t, YamlPtr> anchors_;
};

// The offset of the first byte that begins no UTF-8 character.
std::optional<std::size_t> first_bad_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto b = static_cast<unsigned char>(text[i]);
    const std::size_t more = b < 0x80                ? 0
                             : b >= 0xC2 && b < 0xE0 ? 1
                             : (b & 0xF0) == 0xE0    ? 2
                             : b >= 0xF0 && b < 0xF5 ? 3
                                                     : 9;
    if (more == 9 || i + more >= text.size()) return i;
    std::uint32_t code = more == 0 ? b : b & (0x3Fu >> more);
    for (std::size_t k = 1; k <= more; ++k) {
      const auto c = static_cast<unsigned char>(text[i + k]);
      if ((c & 0xC0) != 0x80) return i;
      code = code << 6 | (c & 0x3Fu);
    }
    if ((more == 2 && (code < 0x800 || (code >= 0xD800 && code < 0xE000))) ||
        (more == 3 && (code < 0x10000 || code > 0x10FFFF)))
      return i;
    i += more + 1;
  }
  return std::nullopt;
}

YamlMark mark_at(std::string_view text, std::size_t offset) {
  YamlMark mark;
  for (const char c : text.substr(0, offset)) {
    if (c == '\n') {
      ++mark.line;
      mark.column = 0;
    }
    ++mark.column;
  }
  return mark;
}

// The first line that begins with blanks, has a tab among them, and something behind; not in texts after '|' or '>'
// and not within quotes, where a tab is a character like any other.
std::optional<YamlMark> tab_in_indentation(std::string_view text) {
  YamlMark mark{0, 1};
  bool block_text = false;
  std::size_t block_indent = 0;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find('\n', at), text.size());
    auto line = text.substr(at, end - at);
    at = end + 1;
    ++mark.line;
    if (line.ends_with('\r')) line.remove_suffix(1);
    const auto first = line.find_first_not_of(" \t");
    if (first == std::string_view::npos || line[first] == '#') continue;
    const auto spaces = line.find_first_not_of(' ');
    if (block_text && spaces > block_indent) continue;
    block_text = false;
    if (spaces != first && line.find_first_of("\"'") == std::string_view::npos) {
      const auto colon = line.find(':', first);
      if (line[first] == '-' ||
          (colon != std::string_view::npos && (colon + 1 == line.size() || line[colon + 1] == ' '))) {
        mark.column = static_cast<int>(spaces) + 1;
        return mark;
      }
    }
    const auto last = line.find_last_not_of(" +-0123456789");
    if (last != std::string_view::npos && last > first && (line[last] == '|' || line[last] == '>') &&
        line[last - 1] == ' ') {
      block_text = true;
      block_indent = first;
    }
  }
  return std::nullopt;
}

// Does the quoted text that begins here end in the text? The library takes one without an end for all that follows.
bool quote_ends(std::string_view text, YamlMark begin) {
  std::size_t at = 0;
  for (int line = 1; line < begin.line; ++line) {
    at = text.find('\n', at);
    if (at == std::string_view::npos) return true;
    ++at;
  }
  at += static_cast<std::size_t>(begin.column - 1);
  if (at >= text.size() || (text[at] != '"' && text[at] != '\'')) return true;
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\')
      ++at;
    else if (text[at] == quote)
      return true;
  }
  return false;
}

void parse_into(YamlDocument& out, std::string_view text, std::string_view file_name) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser(stream);
  Builder builder(out, file_name);
  const bool any = parser.HandleNextDocument(builder);
  if (builder.last_quoted && !quote_ends(text, *builder.last_quoted))
    throw Stop{Problem{"the quote that begins here has no end", place(file_name, *builder.last_quoted),
                       "add the closing quote at the end of this text"}};
  if (!any) return;
  YamlDocument second;
  Builder rest(second, file_name);
  if (parser.HandleNextDocument(rest) && second.root && !second.root->is_null())
    out.problems.push_back(
        {"a second document in the file", place(file_name, second.root->mark), "put it into a file of its own"});
}

}  // namespace

std::string place(std::string_view file_name, YamlMark mark) {
  return fmt::format("{}:{}:{}", file_name, mark.line, mark.column);
}

std::string where_in(std::string_view text, std::string_view file_name, std::string_view path) {
  const auto document = read_yaml(text, file_name);
  if (!document.root) return fmt::format("{}: {}", file_name, path);
  YamlMark mark = document.root->mark;
  const YamlNode* node = document.root.get();
  for (std::size_t at = 0; at < path.size() && node != nullptr;) {
    if (path[at] == '[') {
      std::size_t index = 0;
      for (++at; at < path.size() && path[at] != ']'; ++at)
        index = index * 10 + static_cast<std::size_t>(path[at] - '0');
      ++at;
      if (!node->is_list()) continue;  // one alone, without brackets
      node = index < node->items.size() ? node->items[index].get() : nullptr;
      if (node != nullptr) mark = node->mark;
      continue;
    }
    if (path[at] == '.') ++at;
    const auto end = std::min(path.find_first_of(".[", at), path.size());
    const auto key = path.substr(at, end - at);
    at = end;
    const YamlNode* value = nullptr;
    for (const auto& [known, item] : node->entries)
      if (known.text == key) {
        mark = known.mark;
        value = item.get();
      }
    node = value;
  }
  return fmt::format("{}: {}", place(file_name, mark), path);
}

YamlDocument read_yaml(std::string_view text, std::string_view file_name) {
  YamlDocument out;
  const auto refuse = [&](Problem problem) {
    out.root = nullptr;
    out.problems.push_back(std::move(problem));
  };
  if (text.size() > kYamlBytes) {
    refuse({fmt::format("the document has {} bytes, more than {}", text.size(), kYamlBytes), std::string(file_name),
            "make it smaller"});
    return out;
  }
  if (const auto bad = first_bad_utf8(text)) {
    refuse({"not UTF-8 text", place(file_name, mark_at(text, *bad)), "save the file as UTF-8"});
    return out;
  }
  if (const auto tab = tab_in_indentation(text)) {
    refuse({"a tab in the indentation", place(file_name, *tab), "indent with spaces, four a level"});
    return out;
  }
  try {
    parse_into(out, text, file_name);
  } catch (const Stop& stop) {
    refuse(stop.problem);
  } catch (const YAML::Exception& error) {
    const std::string_view said = error.msg;
    if (said.starts_with("end of map not found") || said.starts_with("end of sequence not found"))
      refuse({"this line does not go on with the block above it", place(file_name, mark_of(error.mark)),
              "begin the keys of a block in the same column, and those of an inner block further to the right"});
    else if (said.starts_with("illegal map value"))
      refuse({"a ':' where no key can be", place(file_name, mark_of(error.mark)),
              "is a ':' missing behind a key in the line above? A text with ': ' in it needs quotes"});
    else
      refuse({fmt::format("not YAML: {}", error.msg), place(file_name, mark_of(error.mark)),
              "check the indentation, and quote texts that begin with a special character"});
  } catch (const std::exception& error) {
    refuse({fmt::format("not YAML: {}", error.what()), std::string(file_name), "check the document"});
  }
  return out;
}

}  // namespace weir::pipeline
