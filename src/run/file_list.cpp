#include "run/file_list.hpp"

#include <dirent.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

namespace weir::run {
namespace {

bool is_pattern(std::string_view part) { return part.find_first_of("*?") != std::string_view::npos; }

class Lister {
 public:
  Lister(const std::string& glob, std::size_t at_most) : at_most_(at_most) {
    std::string_view rest = glob;
    while (!rest.empty()) {
      rest.remove_prefix(std::min(rest.find_first_not_of('/'), rest.size()));
      const auto part = rest.substr(0, rest.find('/'));
      if (!part.empty()) parts_.emplace_back(part);
      rest.remove_prefix(part.size());
    }
  }

  FileList list() {
    walk("", 0);
    std::ranges::sort(out_.files, {}, &FoundFile::path);
    return std::move(out_);
  }

 private:
  void walk(const std::string& folder, std::size_t part) {
    if (stopped_) return;
    const bool last = part + 1 == parts_.size();
    if (!is_pattern(parts_[part])) {
      const auto path = folder + "/" + parts_[part];
      if (last) return take(path);
      return walk(path, part + 1);
    }
    DIR* dir = opendir(folder.empty() ? "/" : folder.c_str());
    if (dir == nullptr) {
      const int error = errno;
      const bool vanished = (error == ENOENT || error == ENOTDIR) && below_wildcard_;
      if (!vanished && out_.problem.empty())
        out_.problem = fmt::format("{} cannot be read: {}", folder, std::strerror(error));
      return;
    }
    const bool before = below_wildcard_;
    below_wildcard_ = true;
    std::vector<std::string> names;
    while (const auto* entry = readdir(dir)) {
      if (++looked_ > kEntriesLooked) {
        stop(fmt::format("more than {} entries below {} were looked at", kEntriesLooked, folder));
        break;
      }
      const std::string_view name = entry->d_name;
      // As in a shell, a wildcard does not stand for a name that begins with a dot.
      if (name.starts_with('.') && !parts_[part].starts_with('.')) continue;
      if (fits(parts_[part], name)) names.emplace_back(name);
    }
    closedir(dir);
    for (const auto& name : names) {
      if (stopped_) break;
      if (last)
        take(folder + "/" + name);
      else
        walk(folder + "/" + name, part + 1);
    }
    below_wildcard_ = before;
  }

  void take(const std::string& path) {
    struct stat info{};
    if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return;
    if (out_.files.size() == at_most_)
      return stop(fmt::format("more than {} files fit the pattern; remove old ones, or narrow it", at_most_));
    const auto ms = std::int64_t{info.st_mtim.tv_sec} * 1000 + info.st_mtim.tv_nsec / 1'000'000;
    out_.files.push_back({path, instant_of_ms(ms), static_cast<std::int64_t>(info.st_size)});
  }

  void stop(std::string why) {
    stopped_ = true;
    out_.problem = std::move(why);
  }

  std::size_t at_most_;
  std::vector<std::string> parts_;
  FileList out_;
  int looked_ = 0;
  bool stopped_ = false;
  bool below_wildcard_ = false;
};

}  // namespace

bool fits(std::string_view pattern, std::string_view name) {
  std::size_t p = 0, n = 0, star = std::string_view::npos, resume = 0;
  while (n < name.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      resume = n;
    } else if (p < pattern.size() && (pattern[p] == '?' || pattern[p] == name[n])) {
      ++p;
      ++n;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      n = ++resume;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

FileList list_files(const std::string& glob, std::size_t at_most) { return Lister(glob, at_most).list(); }

}  // namespace weir::run
