#pragma once

// What a database's statement takes and gives, whichever database it is: parameters from left to
// right, and columns by their position.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/instant.h"

namespace latchkey::rows {

/// Takes the parameters of one execution of a statement, from left to right.
class RowWriter {
 public:
  virtual ~RowWriter() = default;

  void Put(std::string_view text) { PutText(text); }
  void Put(std::int64_t number) { PutNumber(number); }
  void Put(std::span<const std::byte> blob) { PutBlob(blob); }
  void Put(Instant instant) { PutNumber(instant.time_since_epoch().count()); }
  void Put(std::chrono::seconds span) { PutNumber(span.count()); }
  /// NULL if there is no value.
  template <typename T>
  void Put(const std::optional<T>& value) {
    value ? Put(*value) : PutNull();
  }

  template <typename... Values>
  void PutAll(const Values&... values) {
    (Put(values), ...);
  }

 private:
  virtual void PutText(std::string_view text) = 0;
  virtual void PutNumber(std::int64_t number) = 0;
  virtual void PutBlob(std::span<const std::byte> blob) = 0;
  virtual void PutNull() = 0;
};

/// The same, to be written in one expression: `query.Bind(id).Bind(version).Run()`.
template <typename Self>
class ChainedRowWriter : public RowWriter {
 public:
  template <typename T>
  Self& Bind(const T& value) {
    Put(value);
    return static_cast<Self&>(*this);
  }

 private:
  friend Self;
  ChainedRowWriter() = default;
};

/// One row of an answer. Each is empty if the column is of another type, or NULL. What it shows
/// lives as long as the row.
class RowView {
 public:
  virtual ~RowView() = default;

  [[nodiscard]] virtual std::optional<std::string_view> Text(int column) const = 0;
  [[nodiscard]] virtual std::optional<std::int64_t> Number(int column) const = 0;
  [[nodiscard]] virtual std::optional<std::span<const std::byte>> Blob(int column) const = 0;
  [[nodiscard]] virtual bool IsNull(int column) const = 0;
};

}  // namespace latchkey::rows
