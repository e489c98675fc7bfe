#include "client/login_book.h"

#include <gtest/gtest.h>

#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey::client {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow = ManualClock::kStart;

Login Sample(const std::string& url) {
  return {.url = url,
          .server = "https://h",
          .username = "ana",
          .email = "ana@example.org",
          .id = "9fK2mQ7LwXc",
          .kind = "api-token",
          .app = "bitbucket",
          .grants = {"read:repository:bitbucket", "rotate:self:latchkey"},
          .began_at = kNow,
          .expires_at = kNow + 30 * 24h,
          .ca_file = "/ca.pem",
          .refused = "expired",
          .renewal_key = "k",
          .renewal_tried_at = kNow + 1h,
          .renewal_refused = "no",
          .replaces = "00000000000",
          .sealed = "AAAA"};
}

Login Lasting(std::chrono::milliseconds life) {
  Login login = Sample("https://h");
  login.renewal_refused.clear();
  login.renewal_tried_at.reset();
  login.expires_at = kNow + life;
  return login;
}

TEST(LoginBookTest, ComesBackAsItWas) {
  LoginBook book;
  book.store = StoreKind::kFile;
  book.unlock = UnlockKind::kPassphrase;
  book.salt = "c2FsdA==";
  book.logins = {Sample("https://h"), {.url = "https://h/ws", .server = "https://h"}};
  const Result<LoginBook> read = ParseBook(FormatBook(book));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->logins, book.logins);
  EXPECT_EQ(read->salt, book.salt);
  EXPECT_EQ(read->unlock, UnlockKind::kPassphrase);
  book.store = StoreKind::kKeyring;
  EXPECT_EQ(ParseBook(FormatBook(book))->store, StoreKind::kKeyring);
}

TEST(LoginBookTest, RefusesWhatItDoesNotKnow) {
  for (
      const char* text :
      {"", "[]", "{}", R"({"version":2,"store":"file","logins":[]})",
       R"({"version":1,"store":"cloud","logins":[]})", R"({"version":1,"store":"file"})",
       R"({"version":1,"store":"file","logins":[1]})",
       R"({"version":1,"store":"file","logins":[{"url":"http://evil.example","server":"https://h","grants":[]}]})",
       R"({"version":1,"store":"file","logins":[{"url":"https://h","server":"https://h"}]})",
       R"({"version":1,"store":"file","logins":[{"url":"https://h","server":"https://h","grants":[],"expires_at":"x"}]})"}) {
    EXPECT_THAT(ParseBook(text), FailsWith(Error::Code::kMalformed)) << text;
  }
}

TEST(LoginBookTest, TheLongestPathWins) {
  LoginBook book;
  for (const char* url : {"https://h/ws/deep", "https://h", "https://h/ws"}) {
    book.Put({.url = url, .server = "https://h"});
  }
  EXPECT_EQ(book.Find(*ParsePlace("https://h/ws/r.git"))->url, "https://h/ws");
  EXPECT_EQ(book.Find(*ParsePlace("https://h/other"))->url, "https://h");
  EXPECT_EQ(book.Find(*ParsePlace("https://other")), nullptr);
  book.Put({.url = "https://h", .server = "https://h", .username = "bob"});
  EXPECT_EQ(book.logins.size(), 3U);
  EXPECT_TRUE(book.Remove("https://h"));
  EXPECT_FALSE(book.Remove("https://h"));
}

TEST(RenewalRuleTest, SevenDaysOrTheLastFifthWhicheverIsLess) {
  EXPECT_EQ(RenewalStart(Lasting(365 * 24h)), kNow + 358 * 24h);
  EXPECT_EQ(RenewalStart(Lasting(10 * 24h)), kNow + 8 * 24h);
  EXPECT_EQ(RenewalStart(Lasting(100min)), kNow + 80min);
  Login endless = Lasting(1h);
  endless.expires_at.reset();
  EXPECT_EQ(RenewalStart(endless), std::nullopt);
  EXPECT_FALSE(IsRenewalDue(endless, kNow + 1000h));
}

TEST(RenewalRuleTest, IsDueFromThenToTheEnd) {
  const Login login = Lasting(100min);
  EXPECT_FALSE(IsRenewalDue(login, kNow + 80min - 1ms));
  EXPECT_TRUE(IsRenewalDue(login, kNow + 80min));
  EXPECT_TRUE(IsRenewalDue(login, kNow + 100min - 1ms));
  EXPECT_FALSE(IsRenewalDue(login, kNow + 100min)) << "a token that ended renews nothing";
  EXPECT_TRUE(HasEnded(login, kNow + 100min));
}

TEST(RenewalRuleTest, NotOfEveryCredential) {
  Login login = Lasting(100min);
  EXPECT_TRUE(MayRenew(login));
  login.renewal_refused = "already renewed";
  EXPECT_FALSE(MayRenew(login));
  login = Lasting(100min);
  login.kind = "app-password";
  EXPECT_FALSE(MayRenew(login));
  login = Lasting(100min);
  login.grants = {"read:repository:bitbucket"};
  EXPECT_FALSE(IsRenewalDue(login, kNow + 90min));
}

TEST(RenewalRuleTest, PausesAfterATry) {
  Login login = Lasting(365 * 24h);
  const Instant start = *RenewalStart(login);
  login.renewal_tried_at = start;
  EXPECT_FALSE(IsRenewalDue(login, start + 10min - 1ms));
  EXPECT_TRUE(IsRenewalDue(login, start + 10min));
  Login brief = Lasting(100s);
  brief.renewal_tried_at = kNow + 80s;
  EXPECT_TRUE(IsRenewalDue(brief, kNow + 82s)) << "a tenth of what is left";
}

}  // namespace
}  // namespace latchkey::client
