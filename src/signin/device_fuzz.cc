// What a browser sends of itself: no made-up device cookie is known, a ticket has one text, and the
// name of a device can be shown whatever its User-Agent.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "signin/device.h"
#include "signin/device_name.h"
#include "signin/recovery_codes.h"
#include "signin/ticket.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

void CheckName(std::string_view user_agent) {
  constexpr std::size_t kSizeMax = 60;
  const std::string name = latchkey::DeviceName(user_agent);
  Require(latchkey::ValidateDisplayText("the name", name, kSizeMax).has_value());
  Require(name.find_first_of("<>&\"'=;") == std::string::npos);
  Require(latchkey::DeviceName(user_agent) == name);
}

void CheckTicket(std::string_view text) {
  latchkey::Result<latchkey::Ticket> ticket = latchkey::Ticket::Parse(text);
  if (!ticket) return;
  Require(latchkey::IsTicketId(ticket->id()));
  Require((*std::move(ticket)).Reveal().Expose() == text);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const latchkey::SecretKey key;
  Require(latchkey::KnownDevice(key, "account", text).empty());
  CheckName(text);
  CheckTicket(text);
  // Dashes, spaces and letter case do not count; everything else does.
  if (const auto digest = latchkey::RecoveryCodeDigest(text)) {
    Require(latchkey::RecoveryCodeDigest(latchkey::FoldAscii(text)) == digest);
  }
  return 0;
}
