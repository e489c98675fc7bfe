#include "oidc/curl_fetcher.h"

#include <gmock/gmock.h>

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "testing/child_program.h"
#include "testing/matchers.h"

namespace latchkey::oidc {
namespace {

using enum Error::Code;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class CurlFetcherTest : public testing::Test {
 protected:
  CurlFetcherTest() : port_(peer_.ReadLine()) {}

  [[nodiscard]] std::string Url(const std::string& path) const {
    return "http://127.0.0.1:" + port_ + path;
  }

  ChildProgram peer_{{"/usr/bin/python3", LATCHKEY_TESTDATA_DIR "/oidc/http_peer.py"}};
  std::string port_;
};

TEST_F(CurlFetcherTest, Gets) {
  FetchRequest request{.url = Url("/echo?a=b")};
  request.fields.emplace_back("Authorization: Bearer x");
  const Result<FetchAnswer> answer = CurlFetcher{{}}.Fetch(request);
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->status, 200);
  EXPECT_THAT(std::string{answer->body.Expose()},
              AllOf(HasSubstr("\"method\": \"GET\""), HasSubstr("\"path\": \"/echo?a=b\""),
                    HasSubstr("\"Accept\": \"application/json\""),
                    HasSubstr("\"Authorization\": \"Bearer x\"")));
}

TEST_F(CurlFetcherTest, PostsAForm) {
  const Result<FetchAnswer> answer =
      CurlFetcher{{}}.Fetch({.url = Url("/echo"), .form = SecretString{"code=a%20b"}});
  ASSERT_THAT(answer, IsOk());
  EXPECT_THAT(std::string{answer->body.Expose()},
              AllOf(HasSubstr("\"method\": \"POST\""), HasSubstr("\"body\": \"code=a%20b\""),
                    HasSubstr("application/x-www-form-urlencoded")));
}

TEST_F(CurlFetcherTest, FollowsNoRedirect) {
  const Result<FetchAnswer> answer = CurlFetcher{{}}.Fetch({.url = Url("/redirect")});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->status, 302);
}

TEST_F(CurlFetcherTest, TakesSoMuchAndNotMore) {
  CurlFetcher fetcher{{.body_max = 1000}};
  EXPECT_THAT(fetcher.Fetch({.url = Url("/size/1000")}), IsOk());
  EXPECT_THAT(fetcher.Fetch({.url = Url("/size/1001")}), FailsWith(kLimitExceeded));
  EXPECT_THAT(fetcher.Fetch({.url = Url("/size/10000000")}), FailsWith(kLimitExceeded));
}

TEST_F(CurlFetcherTest, WaitsForSoLong) {
  CurlFetcher fetcher{{.timeout = std::chrono::milliseconds{50}}};
  EXPECT_THAT(fetcher.Fetch({.url = Url("/silence?secret=x")}),
              FailsWith(kUnavailable, Not(HasSubstr("secret"))));
}

TEST_F(CurlFetcherTest, NobodyThereIsUnavailable) {
  EXPECT_THAT(CurlFetcher{{}}.Fetch({.url = "http://127.0.0.1:1/x"}), FailsWith(kUnavailable));
}

TEST_F(CurlFetcherTest, RefusesWhatItMayNotAsk) {
  for (const char* url : {"http://192.0.2.1/", "file:///etc/passwd", "gopher://127.0.0.1/"}) {
    EXPECT_THAT(CurlFetcher{{}}.Fetch({.url = url}), FailsWith(kInvalidArgument)) << url;
  }
}

TEST(MayBeAskedTest, TakesHttpsAndThisMachine) {
  for (const char* url :
       {"https://id.example.org", "https://id.example.org:8443/a?b=c", "https://[2001:db8::1]/",
        "http://localhost:8080/x", "http://localhost", "http://127.0.0.1/", "http://[::1]:80/x"}) {
    EXPECT_TRUE(MayBeAsked(url)) << url;
  }
  const std::vector<std::string> bad{"",
                                     "https://",
                                     "https:///x",
                                     "id.example.org",
                                     "//id.example.org",
                                     "http://id.example.org",
                                     "http://localhost.evil.example",
                                     "http://localhost@evil.example",
                                     "http://127.0.0.1:80@evil.example/",
                                     "http://127.0.0.10/",
                                     "http://localhost\\@evil.example",
                                     "https://user:pw@id.example.org",
                                     "https://id.example.org/#x",
                                     "https://id.example.org/ x",
                                     "https://id.example.org/\r\nX: y",
                                     "HTTPS://id.example.org",
                                     "ftp://localhost/",
                                     "file:///etc/passwd",
                                     "javascript:alert(1)",
                                     "https://\xC3\xA4.example"};
  for (const std::string& url : bad) EXPECT_FALSE(MayBeAsked(url)) << url;
}

}  // namespace
}  // namespace latchkey::oidc
