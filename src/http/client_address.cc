#include "http/client_address.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include "base/text.h"
#include "http/grammar.h"

namespace latchkey::http {

namespace {

namespace ip = boost::asio::ip;
using boost::system::error_code;

}  // namespace

std::optional<ip::address> ParseForwardedAddress(std::string_view text) {
  text = TrimSpace(text);
  if (text.starts_with('[')) {
    text = text.substr(1, text.find(']') == std::string_view::npos ? 0 : text.find(']') - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  // No zones (`%eth0`) from others: inet_pton knows none.
  std::array<char, INET6_ADDRSTRLEN> terminated{};
  if (text.empty() || text.size() >= terminated.size()) return std::nullopt;
  text.copy(terminated.data(), text.size());
  ip::address_v4::bytes_type v4{};
  if (::inet_pton(AF_INET, terminated.data(), v4.data()) == 1) return ip::address_v4(v4);
  ip::address_v6::bytes_type v6{};
  if (::inet_pton(AF_INET6, terminated.data(), v6.data()) != 1) return std::nullopt;
  return Unmapped(ip::address_v6(v6));
}

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
  std::string chain;
  for (const auto& [name, value] : fields.lines()) {
    if (!EqualsIgnoringCase(name, "X-Forwarded-For")) continue;
    if (!chain.empty()) chain += ',';
    chain += value;
  }
  return ClientAddress(peer, chain);
}

ip::address TrustedProxies::ClientAddress(const ip::address& peer, std::string_view chain) const {
  ip::address nearest = Unmapped(peer);
  std::string_view rest = chain;
  while (!rest.empty() && Trust(nearest)) {
    const std::size_t comma = rest.rfind(',');
    const std::size_t start = comma == std::string_view::npos ? 0 : comma + 1;
    const std::optional<ip::address> next = ParseForwardedAddress(rest.substr(start));
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
