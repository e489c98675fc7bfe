#include "client/keeper.h"

#include <gmock/gmock.h>

#include <deque>
#include <map>
#include <vector>

#include "credential/credential.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey::client {
namespace {

using namespace std::chrono_literals;
using enum Error::Code;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class FakeFile final : public BookFile {
 public:
  struct Lock final : Held {};
  Result<LoginBook> Read() override { return book; }
  Result<void> Write(const LoginBook& next) override {
    writes.push_back(next);
    book = next;
    return {};
  }
  Result<std::unique_ptr<Held>> Hold() override {
    if (busy) return Fail(kInUse, "busy");
    return std::make_unique<Lock>();
  }

  LoginBook book;
  std::vector<LoginBook> writes;
  bool busy = false;
};

/// Seals by writing the address in front.
class FakeBox final : public SecretBox {
 public:
  Result<std::string> Put(const Login& login, const SecretString& secret) override {
    return login.url + " " + std::string{secret.Expose()};
  }
  Result<SecretString> Take(const Login& login) override {
    if (!login.sealed.starts_with(login.url + " ")) return Fail(kTampered, "does not open");
    return SecretString{login.sealed.substr(login.url.size() + 1)};
  }
  Result<void> Forget(const Login& /*login*/) override { return {}; }
};

class FakeBoxes final : public Boxes {
 public:
  Result<std::unique_ptr<SecretBox>> Open(const LoginBook& /*book*/) override {
    return std::make_unique<FakeBox>();
  }
  Result<std::unique_ptr<SecretBox>> Make(LoginBook& book, StoreKind store,
                                          UnlockKind unlock) override {
    book.store = store;
    book.unlock = unlock;
    return std::make_unique<FakeBox>();
  }
  bool HasKeyring() override { return keyring; }
  bool keyring = false;
};

/// Answers in order, and keeps what was asked.
class FakeServer final : public Transport {
 public:
  struct Asked {
    std::string url;
    std::string authorization;
    std::string key;
  };
  std::expected<HttpAnswer, Fault> Send(const HttpRequest& request) override {
    Asked one{.url = request.url,
              .authorization = std::string{request.authorization.Expose()},
              .key = {}};
    for (const auto& [name, value] : request.fields) {
      if (name == "Idempotency-Key") one.key = value;
    }
    asked.push_back(one);
    if (answers.empty()) return std::unexpected(Fault{.text = "nobody answers"});
    HttpAnswer answer = std::move(answers.front());
    answers.pop_front();
    return answer;
  }
  void Will(int status, const std::string& body,
            const std::string& type = "application/problem+json") {
    answers.push_back(
        {.status = status, .date = {}, .content_type = type, .body = SecretString{body}});
  }

  std::deque<HttpAnswer> answers;
  std::vector<Asked> asked;
};

constexpr const char* kMe =
    R"({"account":{"username":"ana","email":"ana@example.org"},"credential":{"id":"00000000001",)"
    R"("kind":"api-token","app":"bitbucket","scopes":["rotate:self:latchkey"],)"
    R"("expires_at":"2026-12-24T09:00:00Z"}})";
constexpr const char* kUnknown = R"({"cause":"unknown","detail":"A valid credential is needed."})";
constexpr const char* kRevoked =
    R"({"cause":"revoked","detail":"This API token was revoked.","make_one":"https://h/new"})";

class KeeperTest : public testing::Test {
 protected:
  KeeperTest() {
    token_ = Mint();
    login_ = {.url = "https://h",
              .server = "https://h",
              .username = "ana",
              .email = "ana@example.org",
              .id = "00000000001",
              .kind = "api-token",
              .app = "bitbucket",
              .grants = {"rotate:self:latchkey"},
              .began_at = clock_.Now(),
              .expires_at = clock_.Now() + 30 * 24h};
    login_.sealed = login_.url + " " + token_;
    file_.book.Put(login_);
  }

  std::string Mint(CredentialKind kind = CredentialKind::kApiToken) {
    return std::string{(*Credential::Mint(kind, CredentialPrefix{}, random_)).Reveal().Expose()};
  }
  HelperAnswer Get(const std::string& more = {}) {
    Result<HelperAnswer> answer =
        keeper_.Answer(*ParseGitQuestion("protocol=https\nhost=h\n" + more));
    EXPECT_THAT(answer, IsOk());
    return answer ? *std::move(answer) : HelperAnswer{};
  }
  bool Gives(const HelperAnswer& answer, const std::string& secret) {
    return answer.text.Expose().contains("password=" + secret + "\n");
  }
  Result<void> Erase(const std::string& secret) {
    return keeper_.Erase(*ParseGitQuestion("protocol=https\nhost=h\npassword=" + secret + "\n"));
  }
  std::string SuccessorBody(const std::string& secret) {
    return R"({"id":"00000000002","kind":"api-token","account":"ana","app":"bitbucket","scopes":)"
           R"(["rotate:self:latchkey"],"created_at":"2026-12-20T09:00:00Z",)"
           R"("expires_at":"2027-01-19T09:00:00Z","secret":")" +
           secret + R"("})";
  }
  void NearTheEnd() { clock_.Set(*login_.expires_at - 24h); }
  const Login& Kept() { return file_.book.logins.at(0); }

  ManualClock clock_;
  ScriptedRandom random_;
  FakeFile file_;
  FakeBoxes boxes_;
  FakeServer server_;
  std::vector<std::string> told_;
  Keeper keeper_{{.file = file_,
                  .boxes = boxes_,
                  .transport = server_,
                  .clock = clock_,
                  .random = random_,
                  .tell = [this](std::string_view line) { told_.emplace_back(line); }}};
  std::string token_;
  Login login_;
};

TEST_F(KeeperTest, AnswersGitWithoutAskingAnybody) {
  EXPECT_TRUE(Gives(Get(), token_));
  EXPECT_TRUE(Gives(Get("username=ana\npath=ws/r.git\n"), token_));
  EXPECT_THAT(server_.asked, IsEmpty());
  EXPECT_THAT(file_.writes, IsEmpty());
}

TEST_F(KeeperTest, KnowsNothingOfOthers) {
  EXPECT_TRUE(Get("username=bob\n").text.empty());
  EXPECT_TRUE(Get("host=other\n").text.empty());
  EXPECT_TRUE(Get("protocol=http\n").text.empty());
}

TEST_F(KeeperTest, WhatHasEndedEndsGit) {
  clock_.Set(*login_.expires_at);
  const HelperAnswer answer = Get();
  EXPECT_EQ(answer.text.Expose(), kGitQuit);
  EXPECT_THAT(answer.why, HasSubstr("expired on 2026-12-24T09:00:00Z"));
  EXPECT_THAT(answer.why, HasSubstr("latchkey login https://h"));
  EXPECT_EQ(answer.why.find('\n'), std::string::npos);
}

TEST_F(KeeperTest, ARefusedTokenEndsGitFromThenOn) {
  server_.Will(401, kRevoked);
  ASSERT_THAT(Erase(token_), IsOk());
  EXPECT_THAT(told_, ElementsAre(AllOf(HasSubstr("was revoked"), HasSubstr("https://h/new"))));
  EXPECT_THAT(Kept().refused, HasSubstr("revoked"));
  server_.Will(401, kRevoked);
  EXPECT_EQ(Get().text.Expose(), kGitQuit);
  EXPECT_EQ(Get().text.Expose(), kGitQuit) << "also where the server cannot be asked";
  server_.Will(200, kMe, "application/json");
  EXPECT_TRUE(Gives(Get(), token_)) << "it changed its mind";
  EXPECT_THAT(Kept().refused, IsEmpty());
}

TEST_F(KeeperTest, ErasesNothingThatTheServerHasNothingAgainst) {
  server_.Will(200, kMe, "application/json");
  ASSERT_THAT(Erase(token_), IsOk());
  server_.Will(502, "bad gateway", "text/html");
  ASSERT_THAT(Erase(token_), IsOk());
  server_.Will(401, "a proxy's own page", "text/html");
  ASSERT_THAT(Erase(token_), IsOk());
  ASSERT_THAT(Erase(Mint()), IsOk());
  EXPECT_EQ(server_.asked.size(), 3U) << "another's secret is not asked about";
  EXPECT_THAT(told_, IsEmpty());
  EXPECT_THAT(file_.writes, IsEmpty());
}

TEST_F(KeeperTest, RenewsWhenItIsTime) {
  NearTheEnd();
  const std::string next = Mint();
  server_.Will(201, SuccessorBody(next), "application/json");
  server_.Will(200, "{}", "application/json");
  EXPECT_TRUE(Gives(Get(), next));
  ASSERT_EQ(server_.asked.size(), 2U);
  EXPECT_EQ(server_.asked[0].url, "https://h/api/v1/credentials/self/rotate");
  EXPECT_EQ(server_.asked[0].authorization, "Bearer " + token_);
  EXPECT_EQ(server_.asked[1].url, "https://h/api/v1/credentials/self/activate");
  EXPECT_EQ(server_.asked[1].authorization, "Bearer " + next);
  ASSERT_EQ(file_.writes.size(), 3U);
  EXPECT_EQ(file_.writes[0].logins[0].renewal_key, server_.asked[0].key) << "before it is asked";
  EXPECT_EQ(file_.writes[1].logins[0].replaces, "00000000001") << "before its arrival is told";
  EXPECT_THAT(Kept().renewal_key + Kept().replaces, IsEmpty());
  EXPECT_THAT(told_, ElementsAre(HasSubstr("renewed itself")));
}

TEST_F(KeeperTest, ALostAnswerIsAskedForAgainWithTheSameKey) {
  NearTheEnd();
  EXPECT_TRUE(Gives(Get(), token_)) << "nobody answers, and the token serves on";
  EXPECT_TRUE(Gives(Get(), token_));
  EXPECT_EQ(server_.asked.size(), 1U) << "not again at once";
  clock_.Advance(10min);
  const std::string next = Mint();
  server_.Will(201, SuccessorBody(next), "application/json");
  EXPECT_TRUE(Gives(Get(), next));
  EXPECT_EQ(server_.asked[1].key, server_.asked[0].key);
  EXPECT_EQ(Kept().replaces, "00000000001") << "its arrival is still to be told";
  server_.Will(200, "{}", "application/json");
  EXPECT_TRUE(Gives(Get(), next));
  EXPECT_THAT(Kept().replaces, IsEmpty());
}

TEST_F(KeeperTest, WhatOthersDidMeanwhileCounts) {
  NearTheEnd();
  const Login stale = login_;
  Login renewed = login_;
  renewed.id = "00000000002";
  renewed.expires_at = clock_.Now() + 30 * 24h;
  file_.book.Put(renewed);
  const Result<Login> fresh = keeper_.Refresh(stale);
  ASSERT_THAT(fresh, IsOk());
  EXPECT_EQ(fresh->id, "00000000002");
  EXPECT_THAT(server_.asked, IsEmpty());
}

TEST_F(KeeperTest, WhoHoldsTheLockTooLongStopsNobody) {
  NearTheEnd();
  file_.busy = true;
  EXPECT_TRUE(Gives(Get(), token_));
  EXPECT_THAT(server_.asked, IsEmpty());
}

TEST_F(KeeperTest, ARefusalThatWouldComeAgainIsNotAskedForAgain) {
  NearTheEnd();
  server_.Will(409, R"({"detail":"The API token was already renewed."})");
  EXPECT_TRUE(Gives(Get(), token_));
  EXPECT_THAT(told_, ElementsAre(HasSubstr("already renewed")));
  clock_.Advance(1h);
  EXPECT_TRUE(Gives(Get(), token_));
  EXPECT_EQ(server_.asked.size(), 1U);
}

TEST_F(KeeperTest, ARevokedTokenThatWouldRenewEndsGit) {
  NearTheEnd();
  server_.Will(401, kRevoked);
  EXPECT_EQ(Get().text.Expose(), kGitQuit);
}

TEST_F(KeeperTest, LogsIn) {
  server_.Will(401, kUnknown);
  server_.Will(200, kMe, "application/json");
  const std::string secret = Mint();
  const Result<Login> made = keeper_.LogIn({.place = *ParsePlace("https://h/ws"),
                                            .secret = SecretString{secret},
                                            .user = "",
                                            .ca_file = "/ca.pem",
                                            .store = {}});
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->url, "https://h/ws");
  EXPECT_EQ(made->server, "https://h");
  EXPECT_EQ(made->username, "ana");
  EXPECT_EQ(file_.book.logins.size(), 2U);
  EXPECT_EQ(server_.asked[0].authorization, "") << "only a Latchkey is sent the secret";
}

TEST_F(KeeperTest, FindsAServerBelowAPath) {
  server_.Will(404, "no", "text/html");
  server_.Will(404, "no", "text/html");
  server_.Will(401, kUnknown);
  EXPECT_EQ(*keeper_.ServerOf(*ParsePlace("https://h/a/b"), ""), "https://h/a/b");
  EXPECT_EQ(server_.asked[1].url, "https://h/a/api/v1/me");
  server_.Will(404, "no", "text/html");
  EXPECT_THAT(keeper_.ServerOf(*ParsePlace("https://h"), ""), FailsWith(kNotFound));
  EXPECT_THAT(keeper_.ServerOf(*ParsePlace("https://h/a"), ""), FailsWith(kUnavailable));
}

TEST_F(KeeperTest, AnotherStoreTakesOverEverySecret) {
  server_.Will(401, kUnknown);
  server_.Will(200, kMe, "application/json");
  ASSERT_THAT(keeper_.LogIn({.place = *ParsePlace("https://h/ws"),
                             .secret = SecretString{Mint()},
                             .user = "",
                             .ca_file = "",
                             .store = StoreKind::kKeyring}),
              IsOk());
  EXPECT_EQ(file_.book.store, StoreKind::kKeyring);
  EXPECT_TRUE(Gives(Get(), token_));
}

TEST_F(KeeperTest, AnotherLoginKeepsThePassphrase) {
  file_.book.unlock = UnlockKind::kPassphrase;
  server_.Will(401, kUnknown);
  server_.Will(200, kMe, "application/json");
  ASSERT_THAT(keeper_.LogIn({.place = *ParsePlace("https://h/ws"),
                             .secret = SecretString{Mint()},
                             .user = "",
                             .ca_file = "",
                             .store = StoreKind::kFile}),
              IsOk());
  EXPECT_EQ(file_.book.unlock, UnlockKind::kPassphrase);
}

TEST_F(KeeperTest, TheFirstLoginUsesTheKeyringIfThereIsOne) {
  file_.book = {};
  boxes_.keyring = true;
  server_.Will(401, kUnknown);
  server_.Will(200, kMe, "application/json");
  ASSERT_THAT(keeper_.Store(*ParseGitQuestion("protocol=https\nhost=h\npassword=" + Mint() + "\n")),
              IsOk());
  EXPECT_EQ(file_.book.store, StoreKind::kKeyring);
}

TEST_F(KeeperTest, StoreLeavesALoginThatWorks) {
  ASSERT_THAT(keeper_.Store(*ParseGitQuestion("protocol=https\nhost=h\npassword=" + Mint() + "\n")),
              IsOk());
  ASSERT_THAT(keeper_.Store(*ParseGitQuestion("protocol=https\nhost=x\npassword=hunter2\n")),
              IsOk());
  EXPECT_THAT(file_.writes, IsEmpty());
  EXPECT_THAT(server_.asked, IsEmpty());
}

TEST_F(KeeperTest, RefusesWhatIsNoCredentialBeforeItIsSent) {
  for (const std::string& secret : {std::string{"hunter2"}, token_.substr(0, 40)}) {
    EXPECT_FALSE(keeper_.LogIn({.place = *ParsePlace("https://h"),
                                .secret = SecretString{secret},
                                .user = "",
                                .ca_file = "",
                                .store = {}}));
  }
  EXPECT_THAT(keeper_.LogIn({.place = *ParsePlace("https://h"),
                             .secret = SecretString{Mint(CredentialKind::kAppPassword)},
                             .user = "",
                             .ca_file = "",
                             .store = {}}),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(server_.asked, IsEmpty());
}

TEST_F(KeeperTest, LogsOut) {
  ASSERT_THAT(keeper_.LogOut("https://h"), IsOk());
  EXPECT_THAT(file_.book.logins, IsEmpty());
  EXPECT_THAT(keeper_.LogOut("https://h"), FailsWith(kNotFound));
}

}  // namespace
}  // namespace latchkey::client
