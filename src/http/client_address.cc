#include "http/client_address.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/text.h"
#include "http/grammar.h"

namespace latchkey::http {

namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

// "192.0.2.1", "2001:db8::1", "[2001:db8::1]", each also with a port where it cannot be mistaken.
std::optional<ip::address> ParseEntry(std::string_view text) {
  text = TrimSpace(text);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') == std::string_view::npos ? 0 : text.find(']') - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  if (text.find('%') != std::string_view::npos) return std::nullopt;  // No zones from others.
  error_code error;
  const ip::address address = ip::make_address(std::string{text}, error);
  if (error) return std::nullopt;
  return Unmapped(address);
}

}  // namespace

ip::address Unmapped(const ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return ip::make_address_v4(ip::v4_mapped, address.to_v6());
  }
  return address;
}

Result<TrustedProxies> TrustedProxies::Create(const std::vector<std::string>& blocks) {
  TrustedProxies proxies;
  for (const std::string& block : blocks) {
    const bool is_v6 = block.find(':') != std::string::npos;
    std::string text = block;
    if (text.find('/') == std::string::npos) text += is_v6 ? "/128" : "/32";
    error_code error;
    if (is_v6) {
      proxies.v6_.push_back(ip::make_network_v6(text, error));
    } else {
      proxies.v4_.push_back(ip::make_network_v4(text, error));
    }
    if (error) {
      return Fail(Error::Code::kInvalidArgument,
                  "\"" + block + "\" is neither an address nor a CIDR block",
                  "trusted proxies are written as 10.0.0.0/8 or 192.0.2.7");
    }
  }
  return proxies;
}

bool TrustedProxies::Trust(const ip::address& address) const {
  if (address.is_v4()) {
    const std::uint32_t bits = address.to_v4().to_uint();
    return std::ranges::any_of(v4_, [&](const ip::network_v4& block) {
      return (bits & block.netmask().to_uint()) == block.network().to_uint();
    });
  }
  const ip::address_v6 v6 = address.to_v6();
  return std::ranges::any_of(v6_, [&](const ip::network_v6& block) {
    return ip::network_v6(v6, block.prefix_length()).network() == block.network();
  });
}

ip::address TrustedProxies::ClientAddress(const ip::address& peer, const Fields& fields) const {
  ip::address nearest = Unmapped(peer);
  std::string chain;
  for (const auto& [name, value] : fields.lines()) {
    if (!EqualsIgnoringCase(name, "X-Forwarded-For")) continue;
    if (!chain.empty()) chain += ',';
    chain += value;
  }
  std::string_view rest = chain;
  while (!rest.empty() && Trust(nearest)) {
    const std::size_t comma = rest.rfind(',');
    const std::size_t start = comma == std::string_view::npos ? 0 : comma + 1;
    const std::optional<ip::address> next = ParseEntry(rest.substr(start));
    if (!next) break;
    nearest = *next;
    rest = rest.substr(0, comma == std::string_view::npos ? 0 : comma);
  }
  return nearest;
}

bool IsOurHost(std::string_view host, const std::vector<std::string>& host_names) {
  if (host == "localhost" || host.starts_with('[')) return true;
  if (std::ranges::find(host_names, host) != host_names.end()) return true;
  error_code error;
  ip::make_address_v4(std::string{host}, error);
  return !error;
}

}  // namespace latchkey::http
