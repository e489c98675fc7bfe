#include "signin/ticket.h"

#include <array>
#include <span>
#include <utility>

#include "base/base62.h"

namespace latchkey {
namespace {

/// Uniform base62 characters over all of `out`: a byte above the last multiple of 62 is drawn
/// again.
Result<void> DrawBase62(Random& random, std::span<char> out) {
  constexpr unsigned kBase = 62;
  constexpr unsigned kAccepted = 256 / kBase * kBase;
  std::array<std::byte, 2 * Ticket::kTextSize> bytes{};
  std::size_t filled = 0;
  Result<void> outcome;
  while (outcome && filled < out.size()) {
    outcome = random.Fill(bytes);
    for (std::size_t i = 0; outcome && i < bytes.size() && filled < out.size(); ++i) {
      const auto byte = std::to_integer<unsigned>(bytes.at(i));
      if (byte < kAccepted) out[filled++] = kBase62Alphabet[byte % kBase];
    }
  }
  Wipe(bytes.data(), bytes.size());
  return outcome;
}

}  // namespace

Result<Ticket> Ticket::Draw(Random& random) {
  std::array<char, kTextSize> text{};
  Result<void> drawn = DrawBase62(random, text);
  if (!drawn) return std::unexpected(drawn.error());
  text.at(kIdSize) = '.';
  Ticket ticket{SecretText<kTextSize>{std::string_view{text.data(), text.size()}}};
  Wipe(text.data(), text.size());
  return ticket;
}

Result<Ticket> Ticket::Parse(std::string_view presented) {
  const bool form = presented.size() == kTextSize && presented[kIdSize] == '.' &&
                    IsBase62(presented.substr(0, kIdSize)) &&
                    IsBase62(presented.substr(kIdSize + 1));
  if (!form) return Fail(Error::Code::kMalformed, "not the text of a session or link");
  return Ticket{SecretText<kTextSize>{presented}};
}

bool IsTicketId(std::string_view id) { return id.size() == Ticket::kIdSize && IsBase62(id); }

}  // namespace latchkey
