#include "signin/device.h"

#include "crypto/digest.h"
#include "crypto/mac.h"
#include "signin/ticket.h"

namespace latchkey {
namespace {

std::string MacOf(const SecretKey& key, const AccountId& account, std::string_view id) {
  return FormatHex(ComputeMac(key, account + "|" + std::string{id}));
}

}  // namespace

Result<SecretString> MakeDevice(const SecretKey& key, const AccountId& account, Random& random) {
  const Result<Ticket> ticket = Ticket::Draw(random);
  if (!ticket) return std::unexpected(ticket.error());
  const std::string id{ticket->id()};
  return SecretString{id + "." + MacOf(key, account, id)};
}

std::string KnownDevice(const SecretKey& key, const AccountId& account, std::string_view value) {
  const std::size_t dot = value.find('.');
  if (dot != Ticket::kIdSize) return {};
  const std::string_view id = value.substr(0, dot);
  const std::string wanted = MacOf(key, account, id);
  if (!EqualInConstantTime(AsBytes(wanted), AsBytes(value.substr(dot + 1)))) return {};
  return std::string{id};
}

}  // namespace latchkey
