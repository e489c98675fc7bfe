#include "http/client_address.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace latchkey::http {
namespace {

namespace ip = boost::asio::ip;

std::string ClientOf(const std::string& peer, const std::vector<std::string>& forwarded) {
  const auto proxies = TrustedProxies::Create({"10.0.0.0/8", "192.0.2.7", "2001:db8::/32"});
  Fields fields;
  for (const std::string& value : forwarded) fields.Add("X-Forwarded-For", value);
  return proxies->ClientAddress(ip::make_address(peer), fields).to_string();
}

TEST(TrustedProxiesTest, OnlyATrustedPeerIsBelieved) {
  EXPECT_EQ(ClientOf("203.0.113.1", {"198.51.100.1"}), "203.0.113.1");
  EXPECT_EQ(ClientOf("10.1.2.3", {"198.51.100.1"}), "198.51.100.1");
  EXPECT_EQ(ClientOf("192.0.2.8", {"198.51.100.1"}), "192.0.2.8");
  EXPECT_EQ(ClientOf("::ffff:10.1.2.3", {"198.51.100.1"}), "198.51.100.1");
  EXPECT_EQ(ClientOf("2001:db8::5", {"2001:db9::1"}), "2001:db9::1");
}

TEST(TrustedProxiesTest, TheRightmostUntrustedAddressCounts) {
  EXPECT_EQ(ClientOf("10.0.0.1", {"1.1.1.1, 198.51.100.1, 10.0.0.2"}), "198.51.100.1");
  EXPECT_EQ(ClientOf("10.0.0.1", {"1.1.1.1", "198.51.100.1"}), "198.51.100.1");
  EXPECT_EQ(ClientOf("10.0.0.1", {"10.0.0.3, 10.0.0.2"}), "10.0.0.3");
  EXPECT_EQ(ClientOf("10.0.0.1", {}), "10.0.0.1");
}

TEST(TrustedProxiesTest, JunkEndsTheWalk) {
  EXPECT_EQ(ClientOf("10.0.0.1", {"198.51.100.1, unknown"}), "10.0.0.1");
  EXPECT_EQ(ClientOf("10.0.0.1", {"198.51.100.1,"}), "10.0.0.1");
  EXPECT_EQ(ClientOf("10.0.0.1", {"fe80::1%eth0"}), "10.0.0.1");
  EXPECT_EQ(ClientOf("10.0.0.1", {"[", "198.51.100.1"}), "198.51.100.1");
  EXPECT_EQ(ClientOf("10.0.0.1", {"["}), "10.0.0.1");
}

TEST(TrustedProxiesTest, PortsAndBracketsAreLeftOut) {
  EXPECT_EQ(ClientOf("10.0.0.1", {"198.51.100.1:4711"}), "198.51.100.1");
  EXPECT_EQ(ClientOf("10.0.0.1", {"[2001:db9::1]:4711"}), "2001:db9::1");
  EXPECT_EQ(ClientOf("10.0.0.1", {"::ffff:198.51.100.1"}), "198.51.100.1");
}

TEST(TrustedProxiesTest, BadBlocksAreNamed) {
  for (const std::string block : {"10.0.0.0/33", "10.0.0", "proxy.example", "", "::1/129"}) {
    const auto proxies = TrustedProxies::Create({block});
    ASSERT_FALSE(proxies.has_value()) << block;
    EXPECT_NE(proxies.error().message.find("\"" + block + "\""), std::string::npos);
  }
}

TEST(IsOurHostTest, NamesAreListedAddressesPass) {
  const std::vector<std::string> names{"git.example.org"};
  for (const char* host : {"git.example.org", "localhost", "127.0.0.1", "192.0.2.1", "[::1]"}) {
    EXPECT_TRUE(IsOurHost(host, names)) << host;
  }
  for (const char* host :
       {"evil.example", "example.org", "localhost.evil.example", "1.2.3.4.5", ""}) {
    EXPECT_FALSE(IsOurHost(host, names)) << host;
  }
}

}  // namespace
}  // namespace latchkey::http
