#include "pipeline/file_pattern.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace weir::pipeline {
namespace {

constexpr std::size_t kPatternBytes = 1'024;
constexpr std::array<std::string_view, 5> kOfDate{"date", "year", "month", "day", "hour"};

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_of_date(std::string_view name) { return std::ranges::find(kOfDate, name) != kOfDate.end(); }

// May the characters stand for the name?
bool can_be(std::string_view name, std::string_view text) {
  if (text.empty() || text.find('/') != std::string_view::npos) return false;
  if (name == "date") {
    const bool plain = std::ranges::all_of(text, [](char c) { return is_digit(c) || c == '-' || c == 'T'; });
    return plain && text.size() >= 6 && text.size() <= 16 && is_digit(text.front()) && is_digit(text.back());
  }
  if (is_of_date(name)) return text.size() == (name == "year" ? 4 : 2) && std::ranges::all_of(text, is_digit);
  return true;
}

bool is_name(std::string_view text) {
  return !text.empty() && !is_digit(text.front()) && std::ranges::all_of(text, [](char c) {
    return c == '_' || is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  });
}

}  // namespace

Result<FilePattern> FilePattern::compile(std::string_view text) {
  if (const auto scheme = text.find("://"); scheme != std::string_view::npos && text.substr(0, scheme) != "file")
    return fail(fmt::format("'{}' is not on the server's machine, and only its files are watched", text), {},
                "let whoever writes there call a webhook, or name a path that begins with '/'");
  if (text.starts_with("file://")) text.remove_prefix(7);
  if (!text.starts_with('/')) return fail("the path is not absolute", {}, "begin it with '/'");
  if (text.size() > kPatternBytes)
    return fail(fmt::format("the path has {} bytes", text.size()), {}, fmt::format("at most {}", kPatternBytes));
  if (text.ends_with('/')) return fail("the path names a folder", {}, "name a file in it, for example _SUCCESS");
  if (text.find("**") != std::string_view::npos || text.find("//") != std::string_view::npos ||
      text.find("/../") != std::string_view::npos || text.find("/./") != std::string_view::npos)
    return fail("'**', '//', '/./' and '/../' have no meaning in the path", {}, "write a '*' for each level");
  FilePattern out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '*') {
      out.parts_.push_back({Part::Kind::any, {}});
    } else if (c == '?') {
      out.parts_.push_back({Part::Kind::one, {}});
    } else if (c == '{') {
      const auto end = text.find('}', i);
      const auto name = text.substr(i + 1, end == std::string_view::npos ? end : end - i - 1);
      if (end == std::string_view::npos || !is_name(name))
        return fail("a '{' without a name and its '}'", {}, "write {date}, or the name of a parameter");
      const bool twice =
          std::ranges::any_of(out.parts_, [&](const Part& p) { return p.kind == Part::Kind::name && p.text == name; });
      if (twice) return fail(fmt::format("{{{}}} is there twice", name), {}, "write '*' for one of them");
      out.parts_.push_back({Part::Kind::name, std::string(name)});
      i = end;
    } else if (!out.parts_.empty() && out.parts_.back().kind == Part::Kind::text) {
      out.parts_.back().text += c;
    } else {
      out.parts_.push_back({Part::Kind::text, std::string(1, c)});
    }
  }
  const auto has = [&](std::string_view name) {
    return std::ranges::any_of(out.parts_, [&](const Part& p) { return p.kind == Part::Kind::name && p.text == name; });
  };
  if (has("date") && (has("year") || has("month") || has("day")))
    return fail("{date} and its parts exclude each other", {}, "keep {date}, or {year}, {month} and {day}");
  if ((has("month") && !has("year")) || (has("day") && !has("month")))
    return fail("{month} goes with {year}, and {day} with both", {}, "add what is missing, or write '*'");
  if (has("hour") && !has("day") && !has("date"))
    return fail("{hour} goes with {date}, or with {year}, {month} and {day}", {}, "add them, or write '*'");
  if (has("year") && !has("month")) return fail("{year} alone is no date", {}, "add {month}, or write '*'");
  return out;
}

std::vector<std::string> FilePattern::parameters() const {
  std::vector<std::string> out;
  for (const auto& part : parts_)
    if (part.kind == Part::Kind::name && !is_of_date(part.text)) out.push_back(part.text);
  return out;
}

bool FilePattern::has_date() const {
  return std::ranges::any_of(parts_, [](const Part& p) { return p.kind == Part::Kind::name && is_of_date(p.text); });
}

std::string FilePattern::glob() const {
  std::string out;
  for (const auto& part : parts_)
    out += part.kind == Part::Kind::text ? part.text : part.kind == Part::Kind::one ? "?" : "*";
  return out;
}

// Names and '*' take as little as they can; what has failed once is not tried again, so the work is bounded by the
// pattern's length times the path's, and of names times its square.
bool FilePattern::fits(std::string_view path, std::size_t part, std::size_t at, std::vector<std::string_view>& found,
                       std::vector<bool>& failed) const {
  if (part == parts_.size()) return at == path.size();
  const auto place = part * (path.size() + 1) + at;
  if (failed[place]) return false;
  const Part& p = parts_[part];
  bool ok = false;
  if (p.kind == Part::Kind::text) {
    ok = path.substr(at).starts_with(p.text) && fits(path, part + 1, at + p.text.size(), found, failed);
  } else if (p.kind == Part::Kind::one) {
    ok = at < path.size() && path[at] != '/' && fits(path, part + 1, at + 1, found, failed);
  } else {
    for (std::size_t end = at; !ok; ++end) {
      const auto taken = path.substr(at, end - at);
      if (p.kind == Part::Kind::any || can_be(p.text, taken)) {
        found[part] = taken;
        ok = fits(path, part + 1, end, found, failed);
      }
      if (end >= path.size() || path[end] == '/') break;
    }
  }
  if (!ok) failed[place] = true;
  // What no end of a '*' can help from here, no end of it can help from further on.
  if (!ok && p.kind == Part::Kind::any)
    for (std::size_t i = at; i < path.size() && path[i] != '/'; ++i) failed[place + (i - at) + 1] = true;
  return ok;
}

std::optional<FilePattern::Match> FilePattern::match(std::string_view path) const {
  std::vector<std::string_view> found(parts_.size());
  std::vector<bool> failed((parts_.size() + 1) * (path.size() + 1));
  if (!fits(path, 0, 0, found, failed)) return std::nullopt;
  Match out;
  std::map<std::string_view, std::string_view> date;
  for (std::size_t i = 0; i < parts_.size(); ++i) {
    if (parts_[i].kind != Part::Kind::name) continue;
    if (is_of_date(parts_[i].text))
      date[parts_[i].text] = found[i];
    else
      out.parameters[parts_[i].text] = found[i];
  }
  if (date.contains("date")) out.date = date["date"];
  if (date.contains("year")) out.date = fmt::format("{}-{}", date["year"], date["month"]);
  if (date.contains("day")) out.date += fmt::format("-{}", date["day"]);
  if (date.contains("hour")) out.date += fmt::format("T{}", date["hour"]);
  return out;
}

}  // namespace weir::pipeline
