#include "store/postgres/statement.h"

#include <array>
#include <charconv>

#include "store/postgres/text_form.h"

namespace latchkey::postgres {

Statement::Arguments Statement::arguments() const {
  Arguments arguments;
  for (const Parameter& parameter : parameters_) {
    arguments.values.push_back(parameter.null ? nullptr : bytes_.data() + parameter.offset);
    arguments.lengths.push_back(parameter.size);
    arguments.formats.push_back(parameter.binary ? 1 : 0);
  }
  return arguments;
}

void Statement::PutText(std::string_view text) {
  if (IsPlain(text)) {
    Append(text, /*binary=*/false);
  } else {
    Append(FormOf(text), /*binary=*/false);
  }
}

// As text, it fits a parameter of any type of number.
void Statement::PutNumber(std::int64_t number) {
  std::array<char, 24> digits{};
  const auto* const end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  Append({digits.data(), end}, /*binary=*/false);
}

void Statement::PutBlob(std::span<const std::byte> blob) {
  Append({reinterpret_cast<const char*>(blob.data()), blob.size()}, /*binary=*/true);
}

void Statement::PutNull() {
  parameters_.push_back({.offset = 0, .size = 0, .null = true, .binary = false});
}

void Statement::Append(std::string_view bytes, bool binary) {
  parameters_.push_back({.offset = bytes_.size(),
                         .size = static_cast<int>(bytes.size()),
                         .null = false,
                         .binary = binary});
  bytes_.append(bytes).push_back('\0');
}

}  // namespace latchkey::postgres
