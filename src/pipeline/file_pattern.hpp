// The pattern of a file trigger (rule 9): an absolute path with places that differ.
//
//   /data/in/dt={date}/_SUCCESS                   {date}: 2026-01-02, 20260102, 2026-01 or 2026-01-02T05
//   /data/in/{year}/{month}/{day}/{hour}/*.csv    the same in parts, on the pipeline's clock
//   /data/in/{region}/orders-?.json               {name}: one of the pipeline's parameters
//
// `*` is any number of characters, `?` one; neither goes over a '/'. Pure: who looks at a disk is run/file_watch.hpp.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace weir::pipeline {

class FilePattern {
 public:
  // The problem says what is wrong, and of another kind of storage that only files of the server's machine are watched.
  static Result<FilePattern> compile(std::string_view text);

  // Names in braces, but for date, year, month, day and hour.
  std::vector<std::string> parameters() const;
  bool has_date() const;
  // The pattern with `*` for every name, for whoever lists files.
  std::string glob() const;

  // What a path has in the places of the names; nothing: it is none of the pattern's.
  struct Match {
    std::string date;  // "2026-01-02", "2026-01-02T05"; empty: the pattern has none
    std::map<std::string, std::string> parameters;
  };
  std::optional<Match> match(std::string_view path) const;

 private:
  struct Part {
    enum class Kind { text, any, one, name } kind = Kind::text;
    std::string text;  // or the name
  };
  bool fits(std::string_view path, std::size_t part, std::size_t at, std::vector<std::string_view>& found,
            std::vector<bool>& failed) const;
  std::vector<Part> parts_;
};

}  // namespace weir::pipeline
