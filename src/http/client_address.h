#pragma once

// Who is asking: the peer itself, or whom the proxies that we trust name.

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/message.h"

namespace latchkey::http {

/// The proxies whose word counts.
class TrustedProxies {
 public:
  TrustedProxies() = default;

  /// Each of `blocks` is an address or a CIDR block. Errors: kInvalidArgument, naming the block.
  [[nodiscard]] static Result<TrustedProxies> Create(const std::vector<std::string>& blocks);

  [[nodiscard]] bool Trust(const boost::asio::ip::address& address) const;

  /// Reads X-Forwarded-For from its right end, over proxies that are trusted, to the first address
  /// that is not: everything left of it is the client's own word. Where an entry is not an address,
  /// the one right of it counts. For a peer that is not trusted, the peer.
  [[nodiscard]] boost::asio::ip::address ClientAddress(const boost::asio::ip::address& peer,
                                                       const Fields& fields) const;
  /// The same for the value of the field: addresses, separated by commas. Allocates nothing.
  [[nodiscard]] boost::asio::ip::address ClientAddress(const boost::asio::ip::address& peer,
                                                       std::string_view chain) const;

 private:
  std::vector<boost::asio::ip::network_v4> v4_;
  std::vector<boost::asio::ip::network_v6> v6_;
};

/// One entry of X-Forwarded-For: "192.0.2.1", "2001:db8::1", "[2001:db8::1]", each also with a port
/// where it cannot be mistaken; white space around it does not count. Allocates nothing.
[[nodiscard]] std::optional<boost::asio::ip::address> ParseForwardedAddress(std::string_view text);

/// An IPv4 address for one that is mapped into IPv6; any other unchanged.
[[nodiscard]] boost::asio::ip::address Unmapped(const boost::asio::ip::address& address);

/// The names to answer for (RFC 9110 section 7.4): a page of another site cannot point its own name
/// at us. `host` is as ParseHost returns it. IP literals and localhost always pass.
[[nodiscard]] bool IsOurHost(std::string_view host, const std::vector<std::string>& host_names);

}  // namespace latchkey::http
