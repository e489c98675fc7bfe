#include "api/credential_resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kTokens = "/api/v1/api-tokens";
constexpr const char* kAppPasswords = "/api/v1/app-passwords";
constexpr const char* kNewToken =
    R"({"name":"ci","scopes":["read:repository:bitbucket"],"ttl":864000})";

class CredentialResourceTest : public testing::Test {
 protected:
  FakeAnswer Create(const std::string& body, const std::string& path = kTokens) {
    return world_.SendJson("POST", path, manager_, body);
  }

  FakeAnswer CreateWithKey(const std::string& key, const std::string& body) {
    return world_.Send({.method = "POST",
                        .target = kTokens,
                        .fields = {{"Authorization", "Bearer " + manager_},
                                   {"Content-Type", "application/json"},
                                   {"Idempotency-Key", key}},
                        .body = body});
  }

  std::string CreateId(const std::string& body = kNewToken, const std::string& path = kTokens) {
    return Create(body, path).json()["id"];
  }

  std::size_t TokenCount() { return world_.Get(kTokens, manager_).json()["values"].size(); }

  static std::string In(const std::string& path, const std::string& id) { return path + "/" + id; }

  World world_;
  const std::string manager_ = world_.IssueToken(
      "ann",
      {"read:credential:latchkey", "write:credential:latchkey", "read:repository:bitbucket"});
};

TEST_F(CredentialResourceTest, ShowsTheSecretOnceWhenATokenIsCreated) {
  const FakeAnswer answer =
      Create(R"({"name":"ci","scopes":["read:repository:bitbucket"],"expires_at":"2026-12-10"})");
  ASSERT_EQ(answer.status, 201);
  EXPECT_EQ(answer.Field("Cache-Control"), "no-store");
  EXPECT_EQ(answer.Field("Content-Type"), "application/json");
  EXPECT_EQ(answer.Field("Content-Length"), std::to_string(answer.body.size()));
  const Json json = answer.json();
  const std::string id = json["id"];
  const std::string secret = json["secret"];
  EXPECT_EQ(answer.Field("Location"), "https://git.example.org/api/v1/api-tokens/" + id);
  EXPECT_EQ(json["kind"], "api-token");
  EXPECT_EQ(json["name"], "ci");
  EXPECT_EQ(json["account"], "ann");
  EXPECT_EQ(json["app"], "bitbucket");
  EXPECT_EQ(json["scopes"], Json::array({"read:repository:bitbucket"}));
  EXPECT_EQ(json["created_at"], "2026-11-24T09:00:00Z");
  EXPECT_EQ(json["expires_at"], "2026-12-11T00:00:00Z");
  EXPECT_EQ(json["state"], "active");
  EXPECT_EQ("Basic " + std::string{json["basic_x_token_auth"]},
            World::Basic("x-token-auth", secret));
  EXPECT_EQ(World::IdOf(secret), id);
  EXPECT_EQ(world_.Get("/api/v1/me", secret).status, 200);
  EXPECT_EQ(answer.annotations.find("action")->second, "api-token.issue");
  EXPECT_EQ(answer.annotations.find("subject")->second, id);

  for (const char* path : {kTokens, "/api/v1/me"}) {
    EXPECT_THAT(world_.Get(path, manager_).body, Not(HasSubstr(secret)));
  }
  EXPECT_THAT(world_.Get(In(kTokens, id), manager_).body, Not(HasSubstr("secret")));
  for (const ChangeLine& line : world_.journal().lines()) {
    EXPECT_THAT(line.text, Not(HasSubstr(secret)));
  }
}

TEST_F(CredentialResourceTest, CreatesAppPasswordsWithinWhatTheTokenHolds) {
  const std::string body = R"({"name":"backup","permissions":["repository"],"ttl":864000})";
  const FakeAnswer answer = Create(body, kAppPasswords);
  ASSERT_EQ(answer.status, 201) << answer.body;
  const Json json = answer.json();
  EXPECT_EQ(json["kind"], "app-password");
  EXPECT_EQ(json["permissions"], Json::array({"repository"}));
  EXPECT_FALSE(json.contains("basic_x_token_auth"));
  EXPECT_EQ(Create(R"({"name":"x","permissions":["repository:write"],"ttl":864000})", kAppPasswords)
                .status,
            403);
  // Without an expiry it ends with the token that made it.
  const FakeAnswer endless = Create(R"({"name":"x","permissions":["repository"]})", kAppPasswords);
  ASSERT_EQ(endless.status, 201) << endless.body;
  EXPECT_TRUE(endless.json()["expires_at"].is_string());
}

TEST_F(CredentialResourceTest, NeverMakesMoreThanTheCallerHasNorForLonger) {
  const FakeAnswer wider =
      Create(R"({"name":"x","scopes":["write:repository:bitbucket"],"ttl":864000})");
  EXPECT_EQ(wider.status, 403);
  EXPECT_EQ(wider.json()["type"], "urn:latchkey:problem:permission-denied");
  EXPECT_THAT(wider.Field("WWW-Authenticate"), HasSubstr("insufficient_scope"));
  EXPECT_EQ(Create(R"({"name":"x","scopes":["read:repository:bitbucket"],"ttl":2592001})").status,
            403);
  EXPECT_EQ(Create(R"({"name":"x","scopes":["read:repository:bitbucket"],"ttl":2592000})").status,
            201);
}

struct RefusedBody {
  const char* name;
  const char* body;
  int status;
};

class CreateRefuses : public CredentialResourceTest,
                      public testing::WithParamInterface<RefusedBody> {};

TEST_P(CreateRefuses, AndCreatesNothing) {
  const std::size_t before = TokenCount();
  const FakeAnswer answer = Create(GetParam().body);
  EXPECT_EQ(answer.status, GetParam().status) << answer.body;
  EXPECT_EQ(answer.Field("Content-Type"), "application/problem+json");
  EXPECT_EQ(TokenCount(), before);
}

INSTANTIATE_TEST_SUITE_P(
    All, CreateRefuses,
    testing::Values(
        RefusedBody{"UnknownScope", R"({"name":"x","scopes":["repository:root"]})", 422},
        RefusedBody{"NoScopes", R"({"name":"x","scopes":[]})", 422},
        RefusedBody{"ScopesNull", R"({"name":"x","scopes":null})", 422},
        RefusedBody{"UnknownApp", R"({"name":"x","app":"none","scopes":["a"]})", 422},
        RefusedBody{
            "InThePast",
            R"({"name":"x","scopes":["read:repository:bitbucket"],"expires_at":"2001-01-01"})",
            422},
        RefusedBody{"AbovePolicy",
                    R"({"name":"x","scopes":["read:repository:bitbucket"],"ttl":4294967297})", 422},
        RefusedBody{"EmptyName", R"({"name":"  ","scopes":["read:repository:bitbucket"]})", 422},
        RefusedBody{"NulInName", R"({"name":"a\u0000b","scopes":["read:repository:bitbucket"]})",
                    422},
        RefusedBody{"LineBreakInName",
                    R"({"name":"a\r\nb","scopes":["read:repository:bitbucket"]})", 422},
        RefusedBody{"ScopesTwice", R"({"scopes":["a"],"scopes":["b"],"name":"x"})", 400},
        RefusedBody{"UnknownMember", R"({"name":"x","scopes":["a"],"is_admin":true})", 400},
        RefusedBody{"OtherLetterCase", R"({"name":"x","Scopes":["a"]})", 400},
        RefusedBody{"NoObject", "[]", 400}, RefusedBody{"Nothing", "", 400}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST_F(CredentialResourceTest, NamesTheMemberThatIsNotAcceptable) {
  struct Case {
    const char* body;
    const char* member;
  };
  for (const Case& one :
       {Case{R"({"name":" ","scopes":["read:repository:bitbucket"]})", "name"},
        Case{R"({"name":"x","scopes":["repository:root"]})", "scopes"},
        Case{R"({"name":"x","scopes":[]})", "scopes"},
        Case{R"({"name":"x","app":"none","scopes":["a"]})", "app"},
        Case{R"({"name":"x","scopes":["read:repository:bitbucket"],"expires_at":"2001-01-01"})",
             "expires_at"},
        Case{R"({"name":"x","scopes":["read:repository:bitbucket"],"ttl":4294967297})", "ttl"}}) {
    const FakeAnswer answer = Create(one.body);
    EXPECT_EQ(answer.status, 422) << one.body;
    EXPECT_EQ(answer.json()["member"], one.member) << one.body;
  }
}

TEST_F(CredentialResourceTest, RefusesANameThatIsASecretWithoutRepeatingIt) {
  const FakeAnswer answer = Create(R"({"name":")" + manager_ +
                                   R"(","scopes":["read:repository:bitbucket"],"ttl":864000})");
  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.body, Not(HasSubstr(manager_)));
  EXPECT_THAT(answer.body, HasSubstr("looks like a token"));
}

TEST_F(CredentialResourceTest, LimitsSizeAndTypeOfTheBody) {
  const std::size_t limit = Settings{.public_url = {}}.body_size_max;
  const std::string object = R"({"name":"x"})";
  EXPECT_EQ(Create(object + std::string(limit - object.size(), ' ')).status, 422);
  EXPECT_EQ(Create(object + std::string(limit + 1 - object.size(), ' ')).status, 413);
  const FakeAnswer plain = world_.Send(
      {.method = "POST",
       .target = kTokens,
       .fields = {{"Authorization", "Bearer " + manager_}, {"Content-Type", "text/plain"}},
       .body = kNewToken});
  EXPECT_EQ(plain.status, 415);
}

TEST_F(CredentialResourceTest, MakesOneForOneIdempotencyKey) {
  const FakeAnswer first = CreateWithKey("k1", kNewToken);
  ASSERT_EQ(first.status, 201);
  const FakeAnswer again = CreateWithKey("k1", kNewToken);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(again.Field("Idempotency-Replayed"), "true");
  EXPECT_EQ(again.json()["id"], first.json()["id"]);
  EXPECT_EQ(again.Field("Location"), first.Field("Location"));
  EXPECT_THAT(again.body, Not(HasSubstr("secret")));
  EXPECT_EQ(TokenCount(), 2U);

  const FakeAnswer other = CreateWithKey(
      "k1", R"({"name":"other","scopes":["read:repository:bitbucket"],"ttl":864000})");
  EXPECT_EQ(other.status, 422);
  EXPECT_EQ(other.json()["type"], "urn:latchkey:problem:idempotency-key-reused");
  EXPECT_EQ(CreateWithKey("k 1", kNewToken).status, 422);
  EXPECT_EQ(TokenCount(), 2U);
}

TEST_F(CredentialResourceTest, ListsInPages) {
  std::set<std::string> want{World::IdOf(manager_)};
  for (int i = 0; i < 4; ++i) {
    world_.clock().Advance(std::chrono::milliseconds{1});
    want.insert(CreateId());
  }
  std::set<std::string> seen;
  std::string target = std::string{kTokens} + "?limit=2";
  int pages = 0;
  while (!target.empty() && pages < 10) {
    const Json page = world_.Get(target, manager_).json();
    for (const Json& record : page["values"]) EXPECT_TRUE(seen.insert(record["id"]).second);
    ++pages;
    target.clear();
    if (page.contains("next")) {
      const std::string next = page["next"];
      EXPECT_THAT(next, testing::StartsWith("https://git.example.org/api/v1/api-tokens?"));
      target = next.substr(std::string{"https://git.example.org"}.size());
    }
  }
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(seen, want);
}

TEST_F(CredentialResourceTest, ListsByState) {
  const std::string revoked = CreateId();
  const std::string active = CreateId();
  ASSERT_EQ(world_.SendJson("DELETE", In(kTokens, revoked), manager_, "").status, 200);
  const Json list = world_.Get(std::string{kTokens} + "?state=revoked", manager_).json();
  ASSERT_EQ(list["values"].size(), 1U);
  EXPECT_EQ(list["values"][0]["id"], revoked);
  const Json live = world_.Get(std::string{kTokens} + "?state=active&limit=2", manager_).json();
  EXPECT_EQ(live["values"].size(), 2U);
  EXPECT_FALSE(live.contains("next"));
}

TEST_F(CredentialResourceTest, RefusesBadQueries) {
  const std::string bobs = world_.IssueToken("bob", {"read:repository:bitbucket"});
  for (const std::string& query :
       {std::string{"limit=0"}, std::string{"limit=101"}, std::string{"limit=2x"},
        std::string{"limit=1&limit=2"}, std::string{"state=gone"}, std::string{"after=short"},
        std::string{"after=00000000000"}, "after=" + World::IdOf(bobs)}) {
    EXPECT_EQ(world_.Get(std::string{kTokens} + "?" + query, manager_).status, 422) << query;
  }
}

TEST_F(CredentialResourceTest, RenamesAndChangesNothingElse) {
  const std::string one = In(kTokens, CreateId());
  const FakeAnswer renamed = world_.SendJson("PATCH", one, manager_, R"({"name":"other"})");
  EXPECT_EQ(renamed.status, 200);
  EXPECT_EQ(renamed.json()["name"], "other");
  EXPECT_EQ(world_.Get(one, manager_).json()["name"], "other");
  for (const char* member : {"scopes", "permissions", "expires_at", "app", "ttl", "state", "id"}) {
    const FakeAnswer answer = world_.SendJson(
        "PATCH", one, manager_, R"({"name":"n",")" + std::string{member} + R"(":["x"]})");
    EXPECT_EQ(answer.status, 403) << member;
    EXPECT_EQ(answer.json()["type"], "urn:latchkey:problem:immutable-member") << member;
    EXPECT_EQ(answer.All("WWW-Authenticate").size(), 2U) << member;
  }
  EXPECT_EQ(world_.SendJson("PATCH", one, manager_, R"({"name":"n","x":1})").status, 400);
  EXPECT_EQ(world_.SendJson("PATCH", one, manager_, "{}").status, 422);
  const FakeAnswer blank = world_.SendJson("PATCH", one, manager_, R"({"name":" "})");
  EXPECT_EQ(blank.status, 422);
  EXPECT_EQ(blank.json()["member"], "name");
  EXPECT_EQ(world_.Get(one, manager_).json()["name"], "other");
}

TEST_F(CredentialResourceTest, RevokesAtOnceAndAgainWithTheSameAnswer) {
  const Json created = Create(kNewToken).json();
  const std::string secret = created["secret"];
  const std::string one = In(kTokens, created["id"]);
  ASSERT_EQ(world_.Get("/api/v1/me", secret).status, 200);
  const FakeAnswer revoked = world_.SendJson("DELETE", one + "?reason=left+CI", manager_, "");
  EXPECT_EQ(revoked.status, 200);
  EXPECT_EQ(revoked.json()["state"], "revoked");
  EXPECT_EQ(revoked.json()["revoked_at"], "2026-11-24T09:00:00Z");
  EXPECT_EQ(revoked.json()["revoke_reason"], "left CI");
  EXPECT_EQ(world_.Get("/api/v1/me", secret).json()["cause"], "revoked");

  world_.clock().Advance(std::chrono::hours{1});
  EXPECT_EQ(world_.SendJson("DELETE", one, manager_, "").body, revoked.body);
  const FakeAnswer broken = world_.SendJson("DELETE", one + "?reason=a%0Ab", manager_, "");
  EXPECT_EQ(broken.status, 422);
  EXPECT_EQ(broken.json()["member"], "reason");
}

TEST_F(CredentialResourceTest, HidesWhatIsNotTheCallersOrOfTheOtherKind) {
  const std::string bobs = World::IdOf(world_.IssueToken("bob", {"read:repository:bitbucket"}));
  const std::string app_password = World::IdOf(world_.IssueAppPassword("ann", {"repository"}));
  const std::string want = world_.Get(In(kTokens, "00000000000"), manager_).WithoutRequestId();
  EXPECT_THAT(want, HasSubstr(R"("status":404)"));
  for (const std::string& id : {bobs, app_password, std::string{"x"}, std::string{"' OR 1=1"}}) {
    std::string target = In(kTokens, id);
    for (std::size_t at; (at = target.find(' ')) != std::string::npos;)
      target.replace(at, 1, "%20");
    EXPECT_EQ(world_.Get(target, manager_).WithoutRequestId(), want) << id;
    EXPECT_EQ(world_.SendJson("PATCH", target, manager_, R"({"name":"n"})").WithoutRequestId(),
              want);
    EXPECT_EQ(world_.SendJson("DELETE", target, manager_, "").WithoutRequestId(), want);
  }
  EXPECT_EQ(world_.Get(In(kAppPasswords, app_password), manager_).status, 200);
}

TEST_F(CredentialResourceTest, NeedsTheScopeOfTheOperation) {
  const std::string reader =
      world_.IssueToken("ann", {"read:credential:latchkey", "read:repository:bitbucket"});
  const std::string writer =
      world_.IssueToken("ann", {"write:credential:latchkey", "read:repository:bitbucket"});
  const std::string one = In(kTokens, CreateId());
  for (const auto& [method, target] :
       {std::pair{"POST", std::string{kTokens}}, {"PATCH", one}, {"DELETE", one}}) {
    const FakeAnswer answer = world_.SendJson(method, target, reader, kNewToken);
    EXPECT_EQ(answer.status, 403) << method;
    EXPECT_EQ(answer.json()["required"], Json::array({"write:credential:latchkey"}));
  }
  EXPECT_EQ(world_.Get(kTokens, writer).status, 403);
  EXPECT_EQ(world_.Get(one, writer).status, 403);
}

TEST_F(CredentialResourceTest, IsNotOpenToAppPasswords) {
  const std::string app_password =
      world_.IssueAppPassword("ann", {"repository:admin", "account:write"});
  const FakeAnswer answer = world_.Send(
      {.target = kTokens, .fields = {{"Authorization", World::Basic("ann", app_password)}}});
  EXPECT_EQ(answer.status, 403);
}

TEST_F(CredentialResourceTest, SaysThatTheOutcomeIsUnknownWhenTheJournalFails) {
  world_.journal().FailAppends();
  const FakeAnswer answer = Create(kNewToken);
  EXPECT_EQ(answer.status, 503);
  EXPECT_FALSE(answer.Field("Retry-After").empty());
  EXPECT_THAT(answer.body, Not(HasSubstr("journal")));
}

TEST_F(CredentialResourceTest, ShowsWhenAndWhereItWasUsedLast) {
  const std::string used = world_.IssueToken("ann", {"read:me"});
  const std::string reader = world_.IssueToken("ann", {"read:credential:latchkey"});
  const std::string path = "/api/v1/api-tokens/" + World::IdOf(used);
  Json json = world_.Get(path, reader).json();
  EXPECT_TRUE(json["last_used_at"].is_null());
  EXPECT_EQ(json["use_count"], 0);
  for (int i = 0; i < 3; ++i) {
    FakeRequest request{.target = "/api/v1/me"};
    request.fields = {{"Authorization", "Bearer " + used}, {"User-Agent", "curl/8"}};
    EXPECT_EQ(world_.Send(std::move(request)).status, 200);
  }
  EXPECT_EQ(world_.Get("/2.0/user", used).status, 403) << "a denial is no use";
  world_.FlushUsage();
  json = world_.Get(path, reader).json();
  EXPECT_EQ(json["last_used_at"], FormatInstant(world_.clock().Now()));
  EXPECT_EQ(json["last_used_with"], "curl/8");
  EXPECT_EQ(json["use_count"], 3);
  const Json list = world_.Get("/api/v1/api-tokens", reader).json();
  int uses = 0;
  for (const Json& value : list["values"]) {
    if (value["id"] == World::IdOf(used)) uses = value["use_count"];
  }
  EXPECT_EQ(uses, 3);
}

}  // namespace
}  // namespace latchkey::api
