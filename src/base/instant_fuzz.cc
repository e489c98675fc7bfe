// Instants and expiries: what parses is within the years that can be written, and formats to a text
// that parses to the same instant.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/instant.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void FormatsToItself(latchkey::Instant instant) {
  const latchkey::Result<latchkey::Instant> again =
      latchkey::ParseInstant(latchkey::FormatInstant(instant));
  Require(again.has_value() && *again == instant);
  Require(latchkey::FormatInstant(instant).starts_with(latchkey::FormatDate(instant)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using latchkey::Instant;
  constexpr Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};
  const std::string_view text{reinterpret_cast<const char*>(data), size};

  const latchkey::Result<Instant> instant = latchkey::ParseInstant(text);
  if (instant) FormatsToItself(*instant);

  const latchkey::Result<Instant> expiry = latchkey::ParseExpiry(text, kNow);
  if (expiry) FormatsToItself(*expiry);
  // Whatever is an instant is the same as an expiry.
  if (instant) Require(expiry.has_value() && *expiry == *instant);
  return 0;
}
