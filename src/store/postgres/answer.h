#pragma once

// What the server answered to one statement: rows, in memory.

#include <libpq-fe.h>

#include <cstddef>
#include <forward_list>
#include <memory>
#include <string>
#include <string_view>

#include "store/rows/row.h"

namespace latchkey::postgres {

struct ClearResult {
  void operator()(PGresult* result) const { PQclear(result); }
};
using ResultHandle = std::unique_ptr<PGresult, ClearResult>;

/// One row of an Answer, which outlives it.
class Row final : public rows::RowView {
 public:
  Row(const PGresult* result, int index) : result_(result), index_(index) {}

  [[nodiscard]] std::optional<std::string_view> Text(int column) const override;
  [[nodiscard]] std::optional<std::int64_t> Number(int column) const override;
  [[nodiscard]] std::optional<std::span<const std::byte>> Blob(int column) const override;
  [[nodiscard]] bool IsNull(int column) const override;

 private:
  /// Nothing if it is NULL or not of one of the types.
  [[nodiscard]] std::optional<std::string_view> Bytes(int column, std::span<const Oid> types) const;

  const PGresult* result_;
  int index_;
  mutable std::forward_list<std::string> decoded_;  // Texts that are kept in another form.
};

class Answer {
 public:
  explicit Answer(ResultHandle result) : result_(std::move(result)) {}

  [[nodiscard]] std::size_t size() const {
    return static_cast<std::size_t>(PQntuples(result_.get()));
  }
  [[nodiscard]] bool empty() const { return size() == 0; }
  [[nodiscard]] Row operator[](std::size_t index) const {
    return {result_.get(), static_cast<int>(index)};
  }
  /// What was done: `COMMIT`, `INSERT 0 1`.
  [[nodiscard]] std::string_view tag() const { return PQcmdStatus(result_.get()); }

 private:
  ResultHandle result_;
};

}  // namespace latchkey::postgres
