#include "pipeline/spec_reader.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>

#include "calendar/aws_schedule.hpp"
#include "calendar/window.hpp"
#include "calendar/zone.hpp"
#include "json/nearest.hpp"
#include "pipeline/spec_words.hpp"
#include "pipeline/synth_task.hpp"

namespace weir::pipeline {
namespace {

constexpr std::size_t kShownBytes = 60;  // of a wrong value

std::string shown(const YamlNode& node) {
  switch (node.kind) {
    case YamlNode::Kind::Null:
      return "nothing";
    case YamlNode::Kind::List:
      return "a list";
    case YamlNode::Kind::Map:
      return "a block of keys";
    case YamlNode::Kind::Scalar:
      break;
  }
  if (node.text.size() <= kShownBytes) return fmt::format("'{}'", node.text);
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(node.text[end]) & 0xC0) == 0x80) --end;
  return fmt::format("'{}...'", node.text.substr(0, end));
}

std::string joined(const std::string& path, std::string_view key) {
  return path.empty() ? std::string(key) : fmt::format("{}.{}", path, key);
}

}  // namespace

bool is_name(std::string_view text) {
  const auto alnum = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  if (text.empty() || text.size() > 60 || !alnum(text[0])) return false;
  for (const char c : text)
    if (!alnum(c) && c != '-' && c != '_' && c != '.') return false;
  return true;
}

namespace {

// Five words where the block has a key 'cron' are one.
std::string block_fix(const ObjectSpec& spec, const YamlNode& node) {
  const bool has_cron = std::ranges::any_of(spec.keys, [](const KeySpec& k) { return k.key == "cron"; });
  if (has_cron && node.is_scalar() && std::ranges::count(node.text, ' ') == 4)
    return fmt::format("write below it, indented, 'cron: \"{}\"'", node.text);
  return fmt::format("write keys of {} below it, indented, for example '{}: ...'", spec.name, spec.keys.front().key);
}

}  // namespace

bool Reader::refused_under(const std::string& path) const {
  const auto it = refused_.lower_bound(path);
  return it != refused_.end() && it->starts_with(path);
}

void Reader::at(YamlMark mark, const std::string& path, std::string what, std::string fix) {
  const std::string where = place(file_, mark);
  problems_.push_back({std::move(what), path.empty() ? where : fmt::format("{}: {}", where, path), std::move(fix)});
}

void Reader::problem(const std::string& path, std::string what, std::string fix) {
  std::string known = path;
  for (auto found = places_.find(known);; found = places_.find(known)) {
    if (found != places_.end()) return at(found->second, path, std::move(what), std::move(fix));
    const auto cut = known.find_last_of(".[");
    if (cut == std::string::npos) break;
    known.resize(cut);
  }
  at({}, path, std::move(what), std::move(fix));
}

void Reader::mismatch(const KeySpec& key, const YamlNode& node, const std::string& path, std::string fix) {
  mistaken_.insert(path);
  at(node.mark, path, fmt::format("expected {}, got {}", expectation(key), shown(node)), std::move(fix));
}

void Reader::unknown_key(const ObjectSpec& spec, const YamlKey& key, const std::string& path) {
  const auto keys = spec.served_keys();
  if (key.text == "on") {
    // Other tools read a bare `on` as true, so the word is kept out of the language.
    const std::string_view instead = spec.find("trigger") ? "trigger" : spec.find("schedule") ? "schedule" : "";
    return at(key.mark, path, "no key is called 'on'",
              instead.empty() ? std::string{} : fmt::format("write '{}'", instead));
  }
  if (key.text == "<<")
    return at(key.mark, path, "merge keys are not used here", "write the keys out, or alias a whole value");
  const auto near = json::nearest(key.text, keys);
  std::string list;
  for (const auto k : keys) list += fmt::format("{}{}", list.empty() ? "" : ", ", k);
  at(key.mark, path, fmt::format("unknown key '{}'", key.text),
     near.empty() ? fmt::format("{} has {}", spec.name, list) : fmt::format("did you mean '{}'?", near));
}

void Reader::object(const ObjectSpec& spec, const YamlNode& node, const std::string& path, const Type& type,
                    void* out) {
  places_.try_emplace(path, node.mark);
  if (!node.is_map()) {
    mistaken_.insert(path);
    at(node.mark, path, fmt::format("expected a block of {}, got {}", spec.name, shown(node)), block_fix(spec, node));
    return;
  }
  std::set<std::string_view> found;
  bool incomplete = false;  // a key was refused that may stand for a required one
  for (const auto& [key, item] : node.entries) {
    const std::string inner = joined(path, key.text);
    const KeySpec* known = spec.find(key.text);
    if (known == nullptr) {
      unknown_key(spec, key, inner);
      for (const auto& k : spec.keys)
        if (k.required && json::nearest(key.text, std::span(&k.key, 1)) == k.key) found.insert(k.key);
      continue;
    }
    if (!found.insert(known->key).second) continue;  // twice: already a problem of the document
    if (!known->later.empty()) {
      at(key.mark, inner, fmt::format("'{}' is not served yet; it comes with {}", key.text, known->later),
         "remove it until then");
      refused_.insert(inner);
      incomplete = true;
      continue;
    }
    places_.try_emplace(inner, key.mark);
    const Field* field = type.field(member_of(*known));
    value(*known, *item, inner, *field->type(), field->edit(out));
  }
  if (incomplete) return;
  for (const auto& key : spec.keys)
    if (key.required && !found.contains(key.key) && (key.unless.empty() || !found.contains(key.unless)))
      problem(path, fmt::format("the key '{}' is missing", key.key),
              key.key == "steps" ? "add 'steps:', and below it a line '- run: ' with a command"
                                 : fmt::format("add '{}:' with {}", key.key, expectation(key)));
}

void Reader::value(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out) {
  if (type.kind == Kind::Optional) return value(key, node, path, *type.element(), type.emplace(out));
  if (!key.list) return one(key, node, path, type, out);
  const Type& element = *type.element();
  const bool blocks = key.kind == ValueKind::Object;
  if (!node.is_list()) {
    if (node.is_null()) return mismatch(key, node, path, "write a value, or remove the key");
    return one(key, node, blocks ? path + "[0]" : path, element, type.append(out));
  }
  if (node.items.empty() && key.required)
    return at(node.mark, path, "the list is empty", fmt::format("add {}", expectation(key)));
  for (std::size_t i = 0; i < node.items.size(); ++i) {
    const bool alone = node.items.size() == 1 && !blocks;
    const std::string inner = alone ? path : fmt::format("{}[{}]", path, i);
    places_.insert_or_assign(inner, node.items[i]->mark);
    one(key, *node.items[i], inner, element, type.append(out));
  }
}

void Reader::one(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out) {
  switch (key.kind) {
    case ValueKind::Object:
      return object(*key.object(), node, path, type, out);
    case ValueKind::ObjectMap:
      return object_map(key, node, path, type, out);
    case ValueKind::TextMap:
      return text_map(key, node, path, type, out);
    default:
      if (!node.is_scalar())
        return mismatch(key, node, path,
                        node.is_null()   ? "write a value, or remove the key"
                        : node.is_list() ? "give one value"
                                         : "");
      return scalar(key, node, path, type, out);
  }
}

// `${var.NAME}` becomes the project's variable, everywhere but in commands, which belong to the shell.
std::optional<std::string> Reader::with_variables(const YamlNode& node, const std::string& path) {
  std::string out;
  std::size_t from = 0;
  for (std::size_t at = 0; (at = node.text.find("${var.", at)) != std::string::npos;) {
    const auto end = node.text.find('}', at);
    if (end == std::string::npos) break;
    if (at > 0 && node.text[at - 1] == '$') {
      at = end;
      continue;
    }
    const auto name = node.text.substr(at + 6, end - at - 6);
    const auto found = variables_.find(name);
    if (found == variables_.end()) {
      std::vector<std::string_view> known;
      for (const auto& [variable, unused] : variables_) known.push_back(variable);
      const auto near = json::nearest(name, known);
      this->at(node.mark, path, fmt::format("the project has no variable '{}' in this environment", name),
               near.empty() ? "add it below 'variables:' in weir.yaml, or choose an environment with --env"
                            : fmt::format("did you mean '{}'?", near));
      return std::nullopt;
    }
    out += node.text.substr(from, at - from) + found->second;
    from = at = end + 1;
  }
  return out + node.text.substr(from);
}

void Reader::scalar(const KeySpec& key, const YamlNode& written, const std::string& path, const Type& type, void* out) {
  YamlNode made;
  if (key.key != "run" && written.text.find("${var.") != std::string::npos) {
    auto text = with_variables(written, path);
    if (!text) return;
    made.kind = YamlNode::Kind::Scalar;
    made.mark = written.mark;
    made.text = std::move(*text);
  }
  const YamlNode& node = made.is_scalar() ? made : written;
  const std::string& text = node.text;
  switch (key.kind) {
    case ValueKind::Word:
      return word(key, node, path, type, out);
    case ValueKind::Int:
    case ValueKind::Number:
      return number(key, node, path, type, out);
    case ValueKind::Rate:
    case ValueKind::Duration: {
      auto span = duration_from_text(text);
      if (key.kind == ValueKind::Rate && is_aws_expression(text, "rate")) {
        const auto rate = parse_aws_rate(text);
        if (!rate)
          return at(node.mark, path, fmt::format("{}: {}", rate.error().where, rate.error().what), rate.error().fix);
        span = *rate;
      }
      if (!span || span->count() % 1000 != 0) return mismatch(key, node, path, "write a whole number and s, m, h or d");
      if (*span < std::chrono::seconds(key.min) || *span > std::chrono::seconds(key.max))
        return at(
            node.mark, path,
            fmt::format("expected a duration from {} to {}, got '{}'", to_text(Millis(std::chrono::seconds(key.min))),
                        to_text(Millis(std::chrono::seconds(key.max))), text),
            {});
      return type.set_int(out, span->count());
    }
    case ValueKind::Name:
      if (!is_name(text)) return mismatch(key, node, path, "choose another name");
      break;
    case ValueKind::Date:
      if (!parse_window(text, Grain::day)) return mismatch(key, node, path);
      break;
    case ValueKind::Zone:
      if (const auto zone = find_zone(text); !zone) return at(node.mark, path, zone.error().what, zone.error().fix);
      break;
    case ValueKind::Size:
      if (spark_memory(text).empty()) return mismatch(key, node, path, "write a whole number and GiB or MiB");
      break;
    case ValueKind::Time:
      if (const auto time = parse_local_time(text); !time)
        return at(node.mark, path, fmt::format("{}: {}", time.error().where, time.error().what), time.error().fix);
      break;
    case ValueKind::Cron:
      if (const auto cron = is_aws_expression(text, "cron") ? parse_aws_cron(text) : parse_cron(text); !cron)
        return at(node.mark, path, fmt::format("{}: {}", cron.error().where, cron.error().what), cron.error().fix);
      break;
    default:
      break;
  }
  type.set_text(out, text);
}

void Reader::word(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out) {
  std::vector<std::string_view> served;
  for (const auto& w : key.words) {
    if (!same_word(w.word, node.text)) {
      if (w.later.empty()) served.push_back(w.word);
      continue;
    }
    if (!w.later.empty()) {
      refused_.insert(path);
      return at(node.mark, path, fmt::format("'{}' is not served yet; it comes with {}", w.word, w.later),
                fmt::format("until then: {}", expectation(key)));
    }
    const auto meant = w.means.empty() ? w.word : w.means;
    if (type.kind == Kind::Bool) return type.set_int(out, meant == "true" ? 1 : 0);
    for (const auto& e : type.enumerators)
      if (e.name == meant) return type.set_int(out, e.value);
  }
  const auto near = json::nearest(node.text, served);
  mismatch(key, node, path, near.empty() ? std::string{} : fmt::format("did you mean '{}'?", near));
}

void Reader::number(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out) {
  const char* first = node.text.data();
  const char* last = first + node.text.size();
  if (key.kind == ValueKind::Int) {
    std::int64_t n = 0;
    const auto [end, error] = std::from_chars(first, last, n);
    if (error != std::errc{} || end != last) return mismatch(key, node, path, "write digits only");
    if (n < key.min || n > key.max) return mismatch(key, node, path, fmt::format("write {} to {}", key.min, key.max));
    return type.set_int(out, n);
  }
  double n = 0;
  const auto [end, error] = std::from_chars(first, last, n);
  if (error != std::errc{} || end != last || !std::isfinite(n) || n < static_cast<double>(key.min) ||
      n > static_cast<double>(key.max))
    return mismatch(key, node, path);
  type.set_double(out, n);
}

void Reader::text_map(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type, void* out) {
  if (!node.is_map()) return mismatch(key, node, path, "write 'NAME: value' below it, indented");
  const Type& element = *type.element();
  static constexpr KeySpec kText{.key = "", .kind = ValueKind::Text, .doc = ""};
  for (const auto& [name, item] : node.entries) {
    const std::string inner = joined(path, name.text);
    places_.try_emplace(inner, name.mark);
    void* into = type.insert(out, name.text);
    if (element.kind == Kind::Map)
      text_map(key, *item, inner, element, into);
    else
      one(kText, *item, inner, element, into);
  }
}

void Reader::object_map(const KeySpec& key, const YamlNode& node, const std::string& path, const Type& type,
                        void* out) {
  if (!node.is_map()) return mismatch(key, node, path, "write a name, and its block below it, indented");
  for (const auto& [name, item] : node.entries) {
    const std::string inner = joined(path, name.text);
    places_.try_emplace(inner, name.mark);
    object(*key.object(), *item, inner, *type.element(), type.insert(out, name.text));
  }
}

}  // namespace weir::pipeline
