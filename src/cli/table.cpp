#include "cli/table.hpp"

#include <algorithm>

namespace weir::cli {
namespace {

constexpr int kGap = 2;
constexpr int kNarrowest = 8;  // a column is not cut below

// Line breaks would break the table.
std::string one_line(const std::string& text) {
  std::string out = text;
  std::replace(out.begin(), out.end(), '\n', ' ');
  return out;
}

}  // namespace

std::string Table::text(int width, bool color) const {
  std::vector<std::size_t> shown;
  std::vector<int> widths(headings_.size(), 0);
  for (std::size_t c = 0; c < headings_.size(); ++c) {
    for (const auto& row : rows_) widths[c] = std::max(widths[c], columns_of(one_line(row[c].text)));
    if (widths[c] == 0) continue;
    widths[c] = std::max(widths[c], columns_of(headings_[c]));
    shown.push_back(c);
  }
  const auto total = [&] {
    int sum = -kGap;
    for (const auto c : shown) sum += widths[c] + kGap;
    return sum;
  };
  while (total() > width && !shown.empty()) {
    const auto widest =
        *std::max_element(shown.begin(), shown.end(), [&](auto a, auto b) { return widths[a] < widths[b]; });
    if (widths[widest] <= kNarrowest) break;
    --widths[widest];
  }
  std::string out;
  const auto line = [&](auto&& cell_of) {
    std::string text;
    for (const auto c : shown) {
      if (c != shown.front()) text.append(kGap, ' ');
      const Cell cell = cell_of(c);
      std::string part = cut(one_line(cell.text), widths[c]);
      if (c != shown.back()) part = padded(std::move(part), widths[c]);
      text += paint(color, cell.color, part);
    }
    text.erase(text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  line([&](std::size_t c) { return Cell(headings_[c], Color::dim); });
  for (const auto& row : rows_) line([&](std::size_t c) { return row[c]; });
  return out;
}

}  // namespace weir::cli
