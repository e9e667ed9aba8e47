#include "scenario/write.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "json/described.hpp"
#include "json/text.hpp"
#include "scenario/schema.hpp"
#include "scenario/shorthand.hpp"

namespace weir::scenario {
namespace {

using pipeline::KeySpec;
using pipeline::ObjectSpec;
using pipeline::ValueKind;
using pipeline::YamlNode;

using Pair = std::pair<std::string, std::string>;  // a key and its value, as YAML
using Pairs = std::vector<Pair>;

// As it is when YAML then reads it as this text, within [] and {} too; else quoted.
std::string scalar(const std::string& text) {
  const auto plain = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '/' ||
           c == '.' || c == '-' || c == '#' || c == ' ' || c == '+';
  };
  const auto alnum = [&](char c) { return plain(c) && c != '-' && c != '#' && c != ' ' && c != '.' && c != '+'; };
  const bool times = text.find(':') != std::string::npos && text.find(": ") == std::string::npos &&
                     !text.ends_with(':') && !text.starts_with(':');
  const bool ok = !text.empty() && alnum(text.front()) && text.back() != ' ' &&
                  std::ranges::all_of(text, [&](char c) { return plain(c) || (times && c == ':'); }) &&
                  text.find(" #") == std::string::npos && text != "null" && text != "Null" && text != "NULL";
  return ok ? text : json::quote(text);
}

std::string map_text(const Pairs& pairs) {
  std::string out;
  for (const auto& [key, value] : pairs) out += fmt::format("{}{}: {}", out.empty() ? "" : ", ", key, value);
  return "{" + out + "}";
}
std::string list_text(const std::vector<std::string>& items) {
  if (items.size() == 1 && !items.front().starts_with('[')) return items.front();
  std::string out;
  for (const auto& item : items) out += (out.empty() ? "" : ", ") + item;
  return "[" + out + "]";
}

const std::string* find(const Pairs& pairs, std::string_view key) {
  const auto found = std::ranges::find(pairs, key, &Pair::first);
  return found == pairs.end() ? nullptr : &found->second;
}

bool only(const Pairs& pairs, std::initializer_list<std::string_view> keys) {
  return std::ranges::all_of(pairs, [&](const Pair& p) {
    return std::ranges::find(keys, p.first) != keys.end() && !p.second.starts_with('"');
  });
}

// The short form of a block, when it has one that says all.
std::string shortened(const std::string& object, const Pairs& pairs) {
  std::string out;
  const auto add = [&](std::string_view key, std::string_view before = "") {
    if (const auto* value = find(pairs, key)) out += fmt::format("{}{}{}", out.empty() ? "" : " ", before, *value);
  };
  if (object == "run" || object == "end" || object == "key" || object == "mark") {
    if (!only(pairs, {"pipeline", "window", "status", "after", "adhoc", "now"})) return map_text(pairs);
    add("pipeline");
    add("window");
    add("status");
    add("after", "after ");
    for (const auto* flag : {"adhoc", "now"})
      if (find(pairs, flag)) out += std::string(" ") + flag;
    return out;
  }
  if (object == "grant" && only(pairs, {"pipeline", "to"})) {
    add("pipeline");
    add("to", "to ");
    return out;
  }
  if (object == "ending" && only(pairs, {"status", "after"})) {
    out = find(pairs, "status") ? "" : "SUCCEEDED";
    if (pairs.empty()) return "{}";
    add("status");
    add("after", "after ");
    return find(pairs, "status") ? out : map_text(pairs);
  }
  if (object == "given") return pairs.front().second;
  if (object == "expect" && pairs.size() == 1) {
    const auto& [key, value] = pairs.front();
    if (key == "runs" || key == "status" || (key == "statuses" && value.starts_with('['))) return value;
  }
  return map_text(pairs);
}

std::string node_text(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "~";
    case YamlNode::Kind::Scalar:
      return scalar(node.text);
    case YamlNode::Kind::List: {
      std::string out;
      for (const auto& item : node.items) out += (out.empty() ? "" : ", ") + node_text(*item);
      return "[" + out + "]";
    }
    case YamlNode::Kind::Map:
      break;
  }
  Pairs pairs;
  for (const auto& [key, value] : node.entries) pairs.emplace_back(scalar(key.text), node_text(*value));
  return map_text(pairs);
}

class Writer {
 public:
  explicit Writer(const ReadFile& file) : file_(file) {}

  std::string text() {
    std::string out;
    for (const auto& [key, value] : pairs_of(test_file_schema(), type_of<TestFile>(), &file_.file, "tests"))
      out += lines(key, value);
    out += "tests:\n";
    for (const auto& test : file_.file.tests) {
      out += "  - name: " + scalar(test.name) + "\n";
      const auto& spec = *test_file_schema().find("tests")->object();
      for (const auto& [key, value] : pairs_of(spec, type_of<Test>(), &test, "timeline"))
        if (key != "name") out += fmt::format("    {}: {}\n", key, value);
      out += "    timeline:\n";
      for (const auto& entry : test.timeline) {
        const auto pairs = pairs_of(*spec.find("timeline")->object(), type_of<Entry>(), &entry, "");
        const char* begin = "      - ";
        for (const auto& [key, value] : pairs) {
          out += fmt::format("{}{}: {}\n", begin, key, value);
          begin = "        ";
        }
        if (pairs.empty()) out += "      - {}\n";
      }
    }
    return out;
  }

 private:
  // A key of the file; pipelines one a line.
  std::string lines(const std::string& key, const std::string& value) {
    if (key != "pipelines") return fmt::format("{}: {}\n", key, value);
    std::string out = "pipelines:\n";
    for (const auto& text : file_.file.pipelines) out += fmt::format("  - {}\n", pipeline_text(text));
    return out;
  }

  std::string pipeline_text(const std::string& text) {
    std::size_t index = 0;
    if (!text.starts_with('#')) return scalar(text);
    std::from_chars(text.data() + 1, text.data() + text.size(), index);
    if (index >= file_.blocks.size()) return scalar(text);
    YamlNode block = *file_.blocks[index];
    // Steps that nobody wrote.
    std::erase_if(block.entries, [](const auto& entry) {
      return entry.first.text == "steps" && node_text(*entry.second) == "{run: true}";
    });
    return node_text(block);
  }

  // What is not as in a fresh object, and what is required.
  Pairs pairs_of(const ObjectSpec& spec, const Type& type, const void* object, std::string_view without) {
    Pairs out;
    const auto fresh = type.make();
    for (const auto& key : spec.keys) {
      if (key.key == without) continue;
      const Field* field = type.field(member_of(key));
      if (field == nullptr) continue;
      const void* value = field->get(object);
      const auto* inner = field->type();
      if (!key.required &&
          json::print_described(*inner, value) == json::print_described(*inner, field->get(fresh.get())))
        continue;
      out.emplace_back(std::string(key.key), value_text(key, *inner, value));
    }
    return out;
  }

  std::string value_text(const KeySpec& key, const Type& type, const void* value) {
    if (type.kind == Kind::Optional) return value_text(key, *type.element(), type.value(value));
    if (key.list) {
      std::vector<std::string> items;
      for (std::size_t i = 0; i < type.count(value); ++i) items.push_back(one(key, *type.element(), type.at(value, i)));
      // A list of statuses would be read as one when it stands alone.
      if (key.key == "statuses" && items.size() == 1) return "[" + items.front() + "]";
      return list_text(items);
    }
    if (key.kind == ValueKind::ObjectMap || key.kind == ValueKind::TextMap) {
      struct Context {
        Writer* self;
        const KeySpec* key;
        const Type* element;
        Pairs pairs;
      } context{this, &key, type.element(), {}};
      type.each(value, &context, [](void* c, const std::string& name, const void* v) {
        auto& to = *static_cast<Context*>(c);
        to.pairs.emplace_back(scalar(name), to.self->one(*to.key, *to.element, v));
      });
      return map_text(context.pairs);
    }
    return one(key, type, value);
  }

  std::string one(const KeySpec& key, const Type& type, const void* value) {
    if (key.object != nullptr)
      return shortened(std::string(key.object()->name), pairs_of(*key.object(), type, value, ""));
    switch (type.kind) {
      case Kind::Bool:
        return type.get_int(value) != 0 ? "true" : "false";
      case Kind::Millis:
        return to_text(Millis(type.get_int(value)));
      case Kind::Int:
        return std::to_string(type.get_int(value));
      case Kind::Enum:
        return std::string(type.enumerator_name(type.get_int(value)));
      default:
        return key.key == "pipelines" || key.key == "deploy" ? pipeline_text(type.get_text(value))
                                                             : scalar(type.get_text(value));
    }
  }

  const ReadFile& file_;
};

}  // namespace

std::string write_tests(const ReadFile& file, const std::string& comment) {
  std::string out;
  for (std::size_t at = 0; at < comment.size();) {
    const auto end = std::min(comment.find('\n', at), comment.size());
    out += "# " + comment.substr(at, end - at) + "\n";
    at = end + 1;
  }
  return out + Writer(file).text();
}

PipelineText add_block(ReadFile& file, const std::string& yaml) {
  auto document = pipeline::read_yaml(yaml, "block");
  auto block = std::make_shared<YamlNode>(document.root ? *document.root : YamlNode{});
  file.blocks.push_back(with_steps(std::move(block)));
  return fmt::format("#{}", file.blocks.size() - 1);
}

}  // namespace weir::scenario
