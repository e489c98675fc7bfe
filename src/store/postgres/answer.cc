#include "store/postgres/answer.h"

#include <algorithm>
#include <array>

#include "store/postgres/text_form.h"

namespace latchkey::postgres {
namespace {

// Numbers of types never change: src/include/catalog/pg_type.dat of PostgreSQL.
constexpr std::array<Oid, 1> kBlobs{17};
constexpr std::array<Oid, 3> kNumbers{20, 21, 23};        // int8, int2, int4.
constexpr std::array<Oid, 4> kTexts{25, 1043, 1042, 19};  // text, varchar, char, name.

}  // namespace

std::optional<std::string_view> Row::Bytes(int column, std::span<const Oid> types) const {
  if (std::ranges::find(types, PQftype(result_, column)) == types.end()) return std::nullopt;
  if (IsNull(column)) return std::nullopt;
  return std::string_view{PQgetvalue(result_, index_, column),
                          static_cast<std::size_t>(PQgetlength(result_, index_, column))};
}

std::optional<std::string_view> Row::Text(int column) const {
  const std::optional<std::string_view> form = Bytes(column, kTexts);
  if (!form || !form->contains(kTextMark)) return form;
  return decoded_.emplace_front(TextOf(*form));
}

std::optional<std::int64_t> Row::Number(int column) const {
  const std::optional<std::string_view> bytes = Bytes(column, kNumbers);
  if (!bytes || bytes->empty()) return std::nullopt;
  // Big-endian, of 2, 4 or 8 bytes, the first with the sign.
  auto value = static_cast<std::uint64_t>(
      static_cast<std::int64_t>(static_cast<signed char>(bytes->front())));
  for (const char c : bytes->substr(1)) value = value << 8U | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

std::optional<std::span<const std::byte>> Row::Blob(int column) const {
  const std::optional<std::string_view> bytes = Bytes(column, kBlobs);
  if (!bytes) return std::nullopt;
  return std::as_bytes(std::span{bytes->data(), bytes->size()});
}

bool Row::IsNull(int column) const { return PQgetisnull(result_, index_, column) != 0; }

}  // namespace latchkey::postgres
