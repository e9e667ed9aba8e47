#include "pipeline/spec_diff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "json/described.hpp"
#include "json/text.hpp"

namespace weir::pipeline {
namespace {

using api::ChangeKind;
using json::Value;

constexpr std::size_t kShownBytes = 200;

// "on_failure" is onFailure; `op` is `operator` and `op`'s like in C++ only.
std::string key_of(std::string_view member) {
  if (member == "op") return "operator";
  if (member == "class_name") return "class";
  if (member == "default_value") return "default";
  std::string out;
  for (std::size_t i = 0; i < member.size(); ++i) {
    if (member[i] != '_') {
      out += member[i];
    } else if (++i < member.size()) {
      out += static_cast<char>(member[i] >= 'a' && member[i] <= 'z' ? member[i] - 'a' + 'A' : member[i]);
    }
  }
  return out;
}

std::string shown(const Value& value) {
  std::string out = value.string() ? *value.string() : json::print(value);
  if (out.size() <= kShownBytes) return out;
  std::size_t end = kShownBytes;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
  return out.substr(0, end) + "...";
}

bool is_empty(const Value* value) {
  if (value == nullptr || value->is_null()) return true;
  if (value->object()) return value->object()->empty();
  if (value->array()) return value->array()->empty();
  return value->string() && value->string()->empty();
}

// What names an element of a list: a step's or clause's name, with its account and offset.
std::string name_in_list(const Value& element) {
  const auto* name = element.find("name");
  if (name == nullptr || !name->string()) return {};
  std::string out = *name->string();
  if (const auto* account = element.find("account"); !is_empty(account)) out = *account->string() + "/" + out;
  if (const auto* offset = element.find("offset"); offset && offset->number() && offset->number()->as_int() != 0)
    out += fmt::format(" offset {}", offset->number()->text);
  return out;
}

// The elements by name; nothing when one has none or two have the same.
std::optional<std::vector<std::pair<std::string, const Value*>>> named(const Value* list) {
  std::vector<std::pair<std::string, const Value*>> out;
  if (list == nullptr || !list->array()) return out;
  for (const auto& element : *list->array()) {
    auto name = name_in_list(element);
    const bool again = std::ranges::any_of(out, [&](const auto& known) { return known.first == name; });
    if (name.empty() || again) return std::nullopt;
    out.emplace_back(std::move(name), &element);
  }
  return out;
}

class Diff {
 public:
  explicit Diff(std::vector<api::SpecChange>& out) : out_(out) {}

  void value(const std::string& part, const std::string& name, const Value* before, const Value* after) {
    if (is_empty(before) && is_empty(after)) return;
    if (before && after && *before == *after) return;
    const bool both = !is_empty(before) && !is_empty(after);
    if (both && before->object() && after->object()) return object(part, name, *before->object(), *after->object());
    if ((before == nullptr || before->array()) && (after == nullptr || after->array())) {
      const auto old_ones = named(before), new_ones = named(after);
      if (old_ones && new_ones) return list(part, name, *old_ones, *new_ones);
    }
    if (!is_empty(before) && !is_empty(after))
      add(ChangeKind::CHANGED, part, name, shown(*before), shown(*after));
    else if (is_empty(before))
      add(ChangeKind::ADDED, part, name, "", shown(*after));
    else
      add(ChangeKind::REMOVED, part, name, shown(*before), "");
  }

 private:
  using Named = std::vector<std::pair<std::string, const Value*>>;

  static std::string inner(const std::string& name, std::string_view key) {
    return name.empty() ? std::string(key) : fmt::format("{}.{}", name, key);
  }

  void add(ChangeKind kind, const std::string& part, const std::string& name, std::string before, std::string after) {
    out_.push_back({kind, part, name, std::move(before), std::move(after)});
  }

  void object(const std::string& part, const std::string& name, const json::Object& before, const json::Object& after) {
    for (const auto& [key, old_value] : before)
      if (key != "calendar_text") value(part, inner(name, key_of(key)), &old_value, after.find(key));
    for (const auto& [key, new_value] : after)
      if (key != "calendar_text" && !before.contains(key)) value(part, inner(name, key_of(key)), nullptr, &new_value);
  }

  void list(const std::string& part, const std::string& name, const Named& before, const Named& after) {
    const auto find = [](const Named& in, const std::string& wanted) -> const Value* {
      for (const auto& [known, element] : in)
        if (known == wanted) return element;
      return nullptr;
    };
    std::vector<std::string> old_order, new_order;
    for (const auto& [known, element] : before) {
      if (find(after, known) == nullptr)
        add(ChangeKind::REMOVED, part, inner(name, known), "", "");
      else
        old_order.push_back(known);
    }
    for (const auto& [known, element] : after) {
      const Value* old_one = find(before, known);
      if (old_one == nullptr) {
        add(ChangeKind::ADDED, part, inner(name, known), "", "");
        continue;
      }
      new_order.push_back(known);
      value(part, inner(name, known), old_one, element);
    }
    if (old_order != new_order)
      add(ChangeKind::CHANGED, part, inner(name, "order"), joined(old_order), joined(new_order));
  }

  static std::string joined(const std::vector<std::string>& names) {
    std::string out;
    for (const auto& name : names) out += (out.empty() ? "" : ", ") + name;
    return out;
  }

  std::vector<api::SpecChange>& out_;
};

}  // namespace

std::vector<api::SpecChange> diff_specs(const PipelineSpec& before, const PipelineSpec& after) {
  std::vector<api::SpecChange> out;
  const auto old_value = json::parse(json::print_described(before));
  const auto new_value = json::parse(json::print_described(after));
  if (!old_value || !new_value || !old_value->object() || !new_value->object()) return out;
  Diff diff(out);
  for (const auto& field : type_of<PipelineSpec>().fields) {
    if (field.name == "name") continue;
    diff.value(key_of(field.name), "", old_value->find(field.name), new_value->find(field.name));
  }
  return out;
}

void diff_files(const std::vector<api::ProjectFile>& before, const std::vector<api::ProjectFile>& after,
                std::vector<api::SpecChange>& out) {
  std::map<std::string, std::pair<const api::ProjectFile*, const api::ProjectFile*>> files;
  for (const auto& file : before) files[file.path].first = &file;
  for (const auto& file : after) files[file.path].second = &file;
  for (const auto& [path, pair] : files) {
    const auto [old_file, new_file] = pair;
    if (old_file == nullptr)
      out.push_back({ChangeKind::ADDED, "files", path, "", ""});
    else if (new_file == nullptr)
      out.push_back({ChangeKind::REMOVED, "files", path, "", ""});
    else if (old_file->base64 != new_file->base64 || old_file->executable != new_file->executable)
      out.push_back({ChangeKind::CHANGED, "files", path, "", ""});
  }
}

}  // namespace weir::pipeline
