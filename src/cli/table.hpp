// A table for a terminal: as wide as it needs, at most as wide as there is room; then the widest columns are cut.
#pragma once

#include <string>
#include <vector>

#include "cli/console.hpp"

namespace weir::cli {

class Table {
 public:
  struct Cell {
    std::string text;
    Color color = Color::none;
    Cell(std::string t, Color c = Color::none) : text(std::move(t)), color(c) {}
    Cell(const char* t) : text(t) {}
  };
  explicit Table(std::vector<std::string> headings) : headings_(std::move(headings)) {}
  void row(std::vector<Cell> cells) { rows_.push_back(std::move(cells)); }
  bool empty() const { return rows_.empty(); }
  // Lines without trailing spaces. Columns that are empty in every row are left out.
  std::string text(int width, bool color) const;

 private:
  std::vector<std::string> headings_;
  std::vector<std::vector<Cell>> rows_;
};

}  // namespace weir::cli
