#include "cli/console.hpp"

#include <sys/ioctl.h>
#include <unistd.h>

#include <cstdlib>
#include <iostream>

namespace weir::cli {

Console Console::standard() {
  Console console{std::cout, std::cerr, std::cin};
  console.out_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  console.in_is_terminal = ::isatty(STDIN_FILENO) == 1;
  const char* no_color = std::getenv("NO_COLOR");
  console.color = console.out_is_terminal && !(no_color && *no_color);
  winsize size{};
  if (const char* columns = std::getenv("COLUMNS"); columns && std::atoi(columns) > 0)
    console.width = std::atoi(columns);
  else if (console.out_is_terminal && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
    console.width = size.ws_col;
  else if (!console.out_is_terminal)
    console.width = 160;  // read by a file or a pager: do not cut early
  return console;
}

bool Console::ask(const std::string& question) {
  if (!in_is_terminal) return false;
  err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

std::string paint(bool color, Color with, std::string_view text) {
  if (!color || with == Color::none) return std::string(text);
  const char* code = with == Color::red      ? "31"
                     : with == Color::green  ? "32"
                     : with == Color::yellow ? "33"
                     : with == Color::blue   ? "34"
                     : with == Color::dim    ? "2"
                                             : "1";
  return "\033[" + std::string(code) + "m" + std::string(text) + "\033[0m";
}

std::string status_text(std::string_view status) {
  const char* sign = "·";
  if (status == "SUCCEEDED" || status == "FIRED" || status == "FIRED_AGAIN" || status == "SKIPPED") sign = "✓";
  if (status == "FAILED" || status == "TIMED_OUT" || status == "LOST") sign = "✗";
  if (status == "ABORTED" || status == "STOPPED") sign = "■";
  if (status == "RUNNING" || status == "LEASED") sign = "●";
  if (status == "QUEUED" || status == "WAITS") sign = "○";
  return std::string(sign) + " " + std::string(status);
}

Color status_color(std::string_view status) {
  if (status == "SUCCEEDED") return Color::green;
  if (status == "FAILED" || status == "TIMED_OUT" || status == "LOST") return Color::red;
  if (status == "ABORTED" || status == "STOPPED" || status == "QUEUED") return Color::yellow;
  if (status == "RUNNING") return Color::blue;
  return Color::none;
}

int columns_of(std::string_view text) {
  int out = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\033') {
      while (i < text.size() && text[i] != 'm') ++i;
      continue;
    }
    if ((static_cast<unsigned char>(text[i]) & 0xC0) != 0x80) ++out;
  }
  return out;
}

std::string cut(std::string_view text, int columns) {
  if (columns_of(text) <= columns) return std::string(text);
  std::string out;
  int used = 0;
  for (const char c : text) {
    if ((static_cast<unsigned char>(c) & 0xC0) != 0x80 && ++used >= columns) break;
    out += c;
  }
  return columns > 0 ? out + "…" : "";
}

std::string padded(std::string text, int columns) {
  const int have = columns_of(text);
  if (have < columns) text.append(static_cast<std::size_t>(columns - have), ' ');
  return text;
}

}  // namespace weir::cli
