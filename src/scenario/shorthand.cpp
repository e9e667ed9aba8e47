#include "scenario/shorthand.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <functional>
#include <optional>

#include "json/nearest.hpp"
#include "pipeline/spec_words.hpp"
#include "scenario/schema.hpp"

namespace weir::scenario {
namespace {

using pipeline::same_word;
using pipeline::YamlKey;
using pipeline::YamlMark;
using pipeline::YamlNode;
using pipeline::YamlPtr;

constexpr std::array<std::string_view, 6> kStatuses{"SUCCEEDED", "FAILED",  "TIMED_OUT",
                                                    "ABORTED",   "RUNNING", "SUCCESS"};

// Words of the timeline that are about a pipeline or its windows.
constexpr std::array<std::string_view, 13> kOnKeys{"rerun",  "report", "run",    "end",     "stop",  "retry", "mark",
                                                   "delete", "skip",   "accept", "approve", "pause", "resume"};

struct Word {
  std::string text;
  YamlMark mark;
};

std::vector<Word> words_of(const YamlNode& node) {
  std::vector<Word> out;
  for (std::size_t at = 0; at < node.text.size();) {
    if (node.text[at] == ' ') {
      ++at;
      continue;
    }
    const auto end = std::min(node.text.find(' ', at), node.text.size());
    out.push_back({node.text.substr(at, end - at), {node.mark.line, node.mark.column + static_cast<int>(at)}});
    at = end;
  }
  return out;
}

YamlPtr scalar(std::string text, YamlMark mark) {
  auto out = std::make_shared<YamlNode>();
  out->kind = YamlNode::Kind::Scalar;
  out->text = std::move(text);
  out->mark = mark;
  return out;
}

std::shared_ptr<YamlNode> block(YamlMark mark) {
  auto out = std::make_shared<YamlNode>();
  out->kind = YamlNode::Kind::Map;
  out->mark = mark;
  return out;
}

void put(YamlNode& into, std::string_view key, YamlPtr value) {
  const auto mark = value->mark;
  into.entries.emplace_back(YamlKey{std::string(key), mark}, std::move(value));
}

bool is_number(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

class Expander {
 public:
  Expander(Expanded& out, const std::string& file, std::vector<Problem>& problems)
      : out_(out), file_(file), problems_(problems) {}

  YamlPtr file(const YamlPtr& root) {
    return map_values(root, [&](const std::string& key, const YamlPtr& value) {
      if (key == "tests") return each(value, [&](const YamlPtr& test) { return this->test(test); });
      return common(key, value);
    });
  }

 private:
  using Change = std::function<YamlPtr(const YamlPtr&)>;

  // A copy with every value of the map changed; what is no map stays.
  YamlPtr map_values(const YamlPtr& node, const std::function<YamlPtr(const std::string&, const YamlPtr&)>& change) {
    if (!node || !node->is_map()) return node;
    auto out = std::make_shared<YamlNode>(*node);
    for (auto& [key, value] : out->entries) value = change(key.text, value);
    return out;
  }
  // A list's items, or the one value that stands for a list of one.
  YamlPtr each(const YamlPtr& node, const Change& change) {
    if (!node->is_list()) return change(node);
    auto out = std::make_shared<YamlNode>(*node);
    for (auto& item : out->items) item = change(item);
    return out;
  }

  YamlPtr common(const std::string& key, const YamlPtr& value) {
    if (key == "pipelines" || key == "deploy") return each(value, [&](const YamlPtr& p) { return put_aside(p); });
    if (key == "given") return map_values(value, [&](const std::string&, const YamlPtr& v) { return endings(v); });
    return value;
  }
  YamlPtr test(const YamlPtr& node) {
    return map_values(node, [&](const std::string& key, const YamlPtr& value) {
      if (key == "timeline") return each(value, [&](const YamlPtr& e) { return entry(e); });
      return common(key, value);
    });
  }
  YamlPtr entry(const YamlPtr& node) {
    return map_values(node, [&](const std::string& key, const YamlPtr& value) {
      if (std::ranges::find(kOnKeys, key) != kOnKeys.end())
        return each(value, [&](const YamlPtr& v) { return key_words(v, key); });
      if (key == "document")
        return each(value, [&](const YamlPtr& v) { return two_words(v, "pipeline", "id", false); });
      if (key == "file") return each(value, [&](const YamlPtr& v) { return two_words(v, "path", "gone", true); });
      if (key == "grant" || key == "withdraw") return each(value, [&](const YamlPtr& v) { return grant(v, key); });
      if (key == "expect")
        return map_values(value, [&](const std::string&, const YamlPtr& v) { return expectation(v); });
      return common(key, value);
    });
  }

  YamlPtr put_aside(const YamlPtr& node) {
    if (!node->is_map()) return node;
    out_.blocks.push_back(with_steps(node));
    return scalar(fmt::format("#{}", out_.blocks.size() - 1), node->mark);
  }

  // "PIPELINE [WINDOW] [STATUS] [after DURATION] [adhoc]"
  YamlPtr key_words(const YamlPtr& node, const std::string& verb) {
    if (!node->is_scalar()) return node;
    const auto words = words_of(*node);
    auto out = block(node->mark);
    bool window = false;
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto& word = words[i];
      if (i == 0)
        put(*out, "pipeline", scalar(word.text, word.mark));
      else if (is_status(word.text))
        put(*out, "status", scalar(word.text, word.mark));
      else if (word.text == "after" && i + 1 < words.size())
        put(*out, "after", scalar(words[i + 1].text, words[i + 1].mark)), ++i;
      else if (word.text == "adhoc" || word.text == "now")
        put(*out, word.text, scalar("true", word.mark));
      else if (!window)
        put(*out, "window", scalar(word.text, word.mark)), window = true;
      else
        wrong(word, fmt::format("{}: PIPELINE, a window, a status, 'after' and a duration", verb));
    }
    return out;
  }
  // "[STATUS] [after DURATION]", a list of them, or a block
  YamlPtr endings(const YamlPtr& node) {
    if (node->is_map() && std::ranges::any_of(node->entries, [](const auto& e) { return e.first.text == "runs"; }))
      return node;
    auto runs = std::make_shared<YamlNode>();
    runs->kind = YamlNode::Kind::List;
    runs->mark = node->mark;
    if (node->is_list())
      for (const auto& item : node->items) runs->items.push_back(ending(item));
    else
      runs->items.push_back(ending(node));
    auto out = block(node->mark);
    put(*out, "runs", runs);
    return out;
  }
  YamlPtr ending(const YamlPtr& node) {
    if (!node->is_scalar()) return node;
    const auto words = words_of(*node);
    auto out = block(node->mark);
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (words[i].text == "after" && i + 1 < words.size()) {
        put(*out, "after", scalar(words[i + 1].text, words[i + 1].mark));
        ++i;
      } else if (is_status(words[i].text)) {
        put(*out, "status", scalar(words[i].text, words[i].mark));
      } else {
        wrong(words[i], "a status, 'after' and a duration");
      }
    }
    return out;
  }
  // "FIRST [SECOND]"; a flag is its own word.
  YamlPtr two_words(const YamlPtr& node, const char* first, const char* second, bool flag) {
    if (!node->is_scalar()) return node;
    const auto words = words_of(*node);
    auto out = block(node->mark);
    for (std::size_t i = 0; i < words.size(); ++i) {
      const auto& word = words[i];
      if (i == 0)
        put(*out, first, scalar(word.text, word.mark));
      else if (i == 1 && (!flag || word.text == second))
        put(*out, second, scalar(flag ? "true" : word.text, word.mark));
      else
        problems_.push_back({fmt::format("'{}' has no meaning here", word.text), place(word.mark),
                             fmt::format("the form is {} and {}; or write it out", first, second)});
    }
    return out;
  }
  // "PIPELINE to ACCOUNT"
  YamlPtr grant(const YamlPtr& node, const std::string& verb) {
    if (!node->is_scalar()) return node;
    const auto words = words_of(*node);
    auto out = block(node->mark);
    if (words.size() == 3 && words[1].text == "to") {
      put(*out, "pipeline", scalar(words[0].text, words[0].mark));
      put(*out, "to", scalar(words[2].text, words[2].mark));
    } else {
      problems_.push_back({fmt::format("expected PIPELINE to ACCOUNT, got '{}'", node->text), place(node->mark),
                           fmt::format("for example: {}: listings to finance", verb)});
      put(*out, "pipeline", scalar("?", node->mark));
      put(*out, "to", scalar("?", node->mark));
    }
    return out;
  }
  // A count, a status, a list of statuses, or a block.
  YamlPtr expectation(const YamlPtr& node) {
    auto out = block(node->mark);
    if (node->is_scalar())
      put(*out, is_number(node->text) ? "runs" : "status", node);
    else if (node->is_list())
      put(*out, "statuses", node);
    else
      return node;
    return out;
  }

  static bool is_status(std::string_view text) {
    return std::ranges::any_of(kStatuses, [&](std::string_view s) { return same_word(s, text); });
  }
  void wrong(const Word& word, std::string_view form) {
    const auto near = json::nearest(word.text, kStatuses);
    problems_.push_back({fmt::format("'{}' has no meaning here", word.text), place(word.mark),
                         near.empty() ? fmt::format("the form is {}", form) : fmt::format("did you mean '{}'?", near)});
  }
  std::string place(YamlMark mark) const { return pipeline::place(file_, mark); }

  Expanded& out_;
  const std::string& file_;
  std::vector<Problem>& problems_;
};

}  // namespace

YamlPtr with_steps(const YamlPtr& node) {
  const auto has = [](const auto& e) { return e.first.text == "steps" || e.first.text == "external"; };
  if (std::ranges::any_of(node->entries, has)) return node;
  auto whole = std::make_shared<YamlNode>(*node);
  auto step = block(node->mark);
  put(*step, "run", scalar("true", node->mark));
  put(*whole, "steps", step);
  return whole;
}

Expanded expand(const YamlPtr& root, const std::string& file_name, std::vector<Problem>& problems) {
  Expanded out;
  out.root = Expander(out, file_name, problems).file(root);
  return out;
}

}  // namespace weir::scenario
