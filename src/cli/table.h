#pragma once

// A table for people: aligned columns, one row a line.
//
// Every text is escaped (EscapeForTerminal), so a name cannot move the cursor or forge a row. Width
// counts characters, not columns: wide East Asian ones come out a little off.

#include <ostream>
#include <string>
#include <vector>

namespace latchkey::cli {

enum class Style : unsigned char { kPlain, kHeading, kGood, kWaning, kBad };

struct Cell {
  std::string text;
  Style style = Style::kPlain;
};

class Table {
 public:
  explicit Table(std::vector<std::string> headings);

  void Add(std::vector<Cell> row);
  /// With `color`, styles become ANSI sequences.
  void Print(std::ostream& out, bool color) const;
  [[nodiscard]] bool empty() const { return rows_.size() == 1; }

 private:
  std::vector<std::vector<Cell>> rows_;
  std::vector<std::size_t> widths_;
};

/// `text` escaped, in its style.
[[nodiscard]] std::string Styled(const Cell& cell, bool color);

}  // namespace latchkey::cli
