#include "cli/table.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace latchkey::cli {
namespace {

constexpr std::string_view kReset = "\x1B[0m";
constexpr std::string_view kGap = "  ";

std::string_view Sequence(Style style) {
  switch (style) {
    case Style::kPlain: return "";
    case Style::kHeading: return "\x1B[1m";
    case Style::kGood: return "\x1B[32m";
    case Style::kWaning: return "\x1B[33m";
    case Style::kBad: return "\x1B[31m";
  }
  std::unreachable();
}

/// Characters of well-formed UTF-8.
std::size_t WidthOf(std::string_view text) {
  const auto is_start = [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; };
  return static_cast<std::size_t>(std::ranges::count_if(text, is_start));
}

}  // namespace

std::string Styled(const Cell& cell, bool color) {
  const std::string text = EscapeForTerminal(cell.text);
  if (!color || cell.style == Style::kPlain) return text;
  return std::string{Sequence(cell.style)} + text + std::string{kReset};
}

Table::Table(std::vector<std::string> headings) : widths_(headings.size()) {
  std::vector<Cell> row;
  for (std::string& heading : headings) row.push_back({std::move(heading), Style::kHeading});
  Add(std::move(row));
}

void Table::Add(std::vector<Cell> row) {
  row.resize(widths_.size());
  for (std::size_t i = 0; i < row.size(); ++i) {
    widths_[i] = std::max(widths_[i], WidthOf(EscapeForTerminal(row[i].text)));
  }
  rows_.push_back(std::move(row));
}

void Table::Print(std::ostream& out, bool color) const {
  for (const std::vector<Cell>& row : rows_) {
    std::string line;
    for (std::size_t i = 0; i < row.size(); ++i) {
      line += Styled(row[i], color);
      if (i + 1 == row.size()) break;
      line.append(widths_[i] - WidthOf(EscapeForTerminal(row[i].text)), ' ');
      line += kGap;
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out << line << '\n';
  }
}

}  // namespace latchkey::cli
