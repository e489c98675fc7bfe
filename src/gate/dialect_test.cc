#include "gate/dialect.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace latchkey::gate {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

/// What each dialect's proxy sends for GET /2.0/user of 192.0.2.7.
Lines HeadersOf(std::string_view dialect) {
  static const std::map<std::string_view, Lines> kHeaders{
      {"nginx",
       {{"X-Original-Method", "GET"},
        {"X-Original-URI", "/2.0/user?a=b"},
        {"X-Original-Host", "api.example.com:8443"},
        {"X-Real-IP", "192.0.2.7"}}},
      {"caddy",
       {{"X-Forwarded-Method", "GET"},
        {"X-Forwarded-Uri", "/2.0/user?a=b"},
        {"X-Forwarded-Host", "api.example.com"},
        {"X-Forwarded-For", "192.0.2.7"}}},
      {"traefik",
       {{"X-Forwarded-Method", "GET"},
        {"X-Forwarded-Uri", "/2.0/user?a=b"},
        {"X-Forwarded-Host", "api.example.com"},
        {"X-Forwarded-For", "192.0.2.7"}}},
      {"haproxy",
       {{"X-Haproxy-Method", "GET"},
        {"X-Haproxy-Uri", "/2.0/user?a=b"},
        {"X-Haproxy-Host", "api.example.com"},
        {"X-Haproxy-Client", "192.0.2.7"}}},
  };
  return kHeaders.at(dialect);
}

class DialectTest : public testing::Test {
 protected:
  /// The views live as long as the fixture.
  OrProblem<void> Read(std::string_view target, Lines lines) {
    lines_ = std::move(lines);
    target_ = target;
    head_.Clear();
    head_.method = "GET";
    head_.host = "api.example.com";
    for (const auto& [name, value] : lines_) head_.fields.push_back({name, value});
    const std::optional<Route> route = FindRoute(target_);
    EXPECT_TRUE(route.has_value()) << target;
    return ReadQuestion(*route, head_, peer_, proxies_, client_, question_);
  }

  Lines lines_;
  std::string target_;
  http::HeadView head_;
  Peer peer_{
      .address = boost::asio::ip::make_address("127.0.0.1"), .local = false, .trusted = true};
  http::TrustedProxies proxies_ =
      http::TrustedProxies::Create({"127.0.0.0/8", "10.0.0.0/8"}).value();
  AddressText client_;
  GateQuestion question_;
};

TEST_F(DialectTest, ReadsWhatItsProxySends) {
  for (const std::string dialect : {"nginx", "caddy", "traefik", "haproxy"}) {
    Lines lines = HeadersOf(dialect);
    lines.emplace_back("authorization", "Bearer x");
    lines.emplace_back("User-Agent", "git/2.39");
    ASSERT_TRUE(Read("/gate/bitbucket/" + dialect, lines).has_value()) << dialect;
    EXPECT_EQ(question_.app, "bitbucket");
    EXPECT_EQ(question_.method, "GET");
    EXPECT_EQ(question_.uri, "/2.0/user?a=b");
    EXPECT_EQ(question_.host, "api.example.com");
    EXPECT_EQ(question_.client_address, "192.0.2.7");
    EXPECT_EQ(question_.authorization, "Bearer x");
    EXPECT_EQ(question_.user_agent, "git/2.39");
  }
}

TEST_F(DialectTest, RefusesAHeaderThatIsMissingEmptyOrRepeated) {
  for (const std::string dialect : {"nginx", "caddy", "traefik", "haproxy"}) {
    const Lines whole = HeadersOf(dialect);
    for (std::size_t i = 0; i < whole.size(); ++i) {
      Lines missing = whole;
      missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
      Lines empty = whole;
      empty[i].second.clear();
      Lines repeated = whole;
      repeated.push_back(whole[i]);
      for (const Lines& lines : {missing, empty, repeated}) {
        const OrProblem<void> read = Read("/gate/bitbucket/" + dialect, lines);
        ASSERT_FALSE(read.has_value()) << dialect << ' ' << whole[i].first;
        EXPECT_EQ(read.error().type, ProblemType::kMalformed);
        EXPECT_NE(read.error().detail.find(whole[i].first), std::string::npos);
      }
    }
  }
}

TEST_F(DialectTest, IgnoresTheHeadersOfOtherDialects) {
  for (const std::string dialect : {"nginx", "caddy", "traefik", "haproxy"}) {
    Lines lines = HeadersOf(dialect);
    for (const std::string other : {"nginx", "caddy", "haproxy"}) {
      if (HeadersOf(other)[0].first == HeadersOf(dialect)[0].first) continue;
      for (auto [name, value] : HeadersOf(other)) {
        lines.insert(lines.begin(), {name, name.ends_with("Method") ? "DELETE" : "/spoofed"});
      }
    }
    lines.insert(lines.begin(), {"X-Rewrite-URL", "/spoofed"});
    ASSERT_TRUE(Read("/gate/bitbucket/" + dialect, lines).has_value()) << dialect;
    EXPECT_EQ(question_.method, "GET");
    EXPECT_EQ(question_.uri, "/2.0/user?a=b");
    EXPECT_EQ(question_.client_address, "192.0.2.7");
  }
}

TEST_F(DialectTest, RefusesWhatDoesNotParse) {
  const auto with = [](std::string name, std::string value) {
    Lines lines = HeadersOf("nginx");
    for (auto& line : lines) {
      if (line.first == name) line.second = value;
    }
    return lines;
  };
  for (const Lines& lines :
       {with("X-Original-URI", "http://[::1"), with("X-Original-URI", "*"),
        with("X-Original-URI", "user"), with("X-Original-URI", "/a b"),
        with("X-Original-URI", "/a#b"), with("X-Original-URI", "/a\tb"),
        with("X-Original-Method", "GE T"), with("X-Original-Method", "GET,DELETE"),
        with("X-Original-Method", std::string(33, 'A')), with("X-Original-Host", "a b"),
        with("X-Original-Host", "a/b"), with("X-Real-IP", "somebody"),
        with("X-Real-IP", "192.0.2.7, 192.0.2.8"), with("X-Real-IP", "unix:")}) {
    EXPECT_FALSE(Read("/gate/bitbucket/nginx", lines).has_value());
  }
}

TEST_F(DialectTest, RefusesTwoCredentials) {
  Lines lines = HeadersOf("caddy");
  lines.emplace_back("Authorization", "Bearer a");
  lines.emplace_back("AUTHORIZATION", "Bearer b");
  const OrProblem<void> read = Read("/gate/bitbucket/caddy", lines);
  ASSERT_FALSE(read.has_value());
  EXPECT_EQ(read.error().type, ProblemType::kTwoCredentials);
}

TEST_F(DialectTest, ReadsTheChainFromTheRightOverTrustedProxies) {
  struct Case {
    std::string chain;
    std::string client;  // Empty: refused.
  };
  for (const Case& test :
       {Case{"203.0.113.9, 192.0.2.7", "192.0.2.7"},
        Case{"203.0.113.9, 192.0.2.7, 10.1.1.1", "192.0.2.7"},
        Case{"10.2.2.2,10.1.1.1", "10.2.2.2"}, Case{"nonsense, 10.1.1.1", "10.1.1.1"},
        Case{"192.0.2.7, nonsense", ""}, Case{"192.0.2.7,", ""},
        Case{"[2001:db8::1]:443", "2001:db8::1"}, Case{"::ffff:192.0.2.7", "192.0.2.7"}}) {
    Lines lines = HeadersOf("traefik");
    lines.back().second = test.chain;
    const OrProblem<void> read = Read("/gate/bitbucket/traefik", lines);
    ASSERT_EQ(read.has_value(), !test.client.empty()) << test.chain;
    if (read) {
      EXPECT_EQ(question_.client_address, test.client) << test.chain;
    }
  }
}

TEST_F(DialectTest, AsksWithTheRequestItselfForEnvoy) {
  head_.method = "GET";
  ASSERT_TRUE(
      Read("/gate/bitbucket/envoy/2.0/user?a=b", {{"X-Forwarded-Method", "DELETE"}}).has_value());
  EXPECT_EQ(question_.method, "GET");
  EXPECT_EQ(question_.uri, "/2.0/user?a=b");
  EXPECT_EQ(question_.host, "api.example.com");
  EXPECT_EQ(question_.client_address, "127.0.0.1");
  ASSERT_TRUE(
      Read("/gate/bitbucket/envoy/x", {{"X-Forwarded-For", "192.0.2.7,127.0.0.1"}}).has_value());
  EXPECT_EQ(question_.client_address, "192.0.2.7");
  EXPECT_FALSE(Read("/gate/bitbucket/envoy/x", {{"X-Forwarded-For", ""}}).has_value());
}

TEST(RouteTest, KnowsOneRouteForEachDialect) {
  for (const std::string_view target :
       {"/gate/bitbucket/nginx", "/gate/a-1/caddy?x=1", "/gate/x/traefik?", "/gate/x/haproxy",
        "/gate/x/envoy/", "/gate/x/envoy/gate/y/nginx"}) {
    EXPECT_TRUE(FindRoute(target).has_value()) << target;
  }
  for (const std::string_view target :
       {"/", "/gate", "/gate/", "/gate/x", "/gate/x/", "/gate//nginx", "/gate/x/nginx/",
        "/gate/x/nginx/y", "/gate/x/Nginx", "/gate/X/nginx", "/gate/x/envoy", "/gate/x/envoy?y",
        "/gate/x%2fnginx", "/gate/../nginx", "/GATE/x/nginx", "/gate/x/apache", "//gate/x/nginx",
        "/gate/1x/nginx", "/gate/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/nginx"}) {
    EXPECT_FALSE(FindRoute(target).has_value()) << target;
  }
}

TEST(AddressTextTest, WritesAddressesAsTheyAreKnown) {
  AddressText text;
  for (const std::string address : {"0.0.0.0", "192.0.2.255", "255.255.255.255", "::1",
                                    "2001:db8:1111:2222:3333:4444:5555:6666"}) {
    text.Assign(boost::asio::ip::make_address(address));
    EXPECT_EQ(text.view(), address);
  }
}

}  // namespace
}  // namespace latchkey::gate
