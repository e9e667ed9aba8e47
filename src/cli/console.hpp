// Where a command writes and reads, and what that place can show. Tests give it string streams.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>

namespace weir::cli {

// Exit codes of every command (docs/reference/cli.md).
enum Exit : int {
  kOk = 0,
  kFailed = 1,       // the run failed, or the server refused
  kUsage = 2,        // unknown command or option
  kBadInput = 3,     // a file or value can never be accepted as it is
  kNotFound = 4,     // what was named is not there
  kUnreachable = 5,  // no answer from the server
  kInternal = 70,
};

struct Console {
  std::ostream& out;
  std::ostream& err;
  std::istream& in;
  bool out_is_terminal = false;
  bool in_is_terminal = false;
  bool color = false;
  int width = 100;  // columns

  // The process's own streams; colour when a terminal and NO_COLOR is not set.
  static Console standard();

  // Asks on err; false without a terminal to answer on.
  bool ask(const std::string& question);
};

enum class Color { none, red, green, yellow, blue, dim, bold };
std::string paint(bool color, Color with, std::string_view text);

// A status word with its sign: "✓ SUCCEEDED", "✗ FAILED", "● RUNNING", "○ QUEUED".
std::string status_text(std::string_view status);
Color status_color(std::string_view status);

// Columns that a UTF-8 text takes; escape sequences of colours take none.
int columns_of(std::string_view text);
// Cut to so many columns, the last of which is then "…"; without escape sequences in it.
std::string cut(std::string_view text, int columns);
std::string padded(std::string text, int columns);

}  // namespace weir::cli
