#pragma once

// One execution of a statement, to be sent: its text and its parameters.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "store/rows/row.h"

namespace latchkey::postgres {

class Statement final : public rows::ChainedRowWriter<Statement> {
 public:
  enum class Kind : std::uint8_t {
    kPrepared,  ///< Prepared once on each connection: one of a few texts, executed often.
    kOnce,      ///< Planned anew each time.
  };

  /// `sql` outlives it. Its parameters are `$1`, `$2` …
  explicit Statement(std::string_view sql, Kind kind = Kind::kPrepared) : sql_(sql), kind_(kind) {}

  [[nodiscard]] std::string_view sql() const { return sql_; }
  [[nodiscard]] Kind kind() const { return kind_; }

  /// The parameters as libpq takes them; they live as long as this object.
  struct Arguments {
    std::vector<const char*> values;
    std::vector<int> lengths;
    std::vector<int> formats;
  };
  [[nodiscard]] Arguments arguments() const;

 private:
  struct Parameter {
    std::size_t offset;
    int size;
    bool null;
    bool binary;
  };

  void PutText(std::string_view text) override;
  void PutNumber(std::int64_t number) override;
  void PutBlob(std::span<const std::byte> blob) override;
  void PutNull() override;
  void Append(std::string_view bytes, bool binary);

  std::string_view sql_;
  Kind kind_;
  std::string bytes_;  // Of all parameters, each ended by a zero byte.
  std::vector<Parameter> parameters_;
};

}  // namespace latchkey::postgres
