#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "credential/authorization.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using enum Error::Code;

std::vector<std::string> MembersOf(const Json& json) {
  std::vector<std::string> names;
  for (const auto& [name, value] : json.items()) names.push_back(name);
  return names;
}

class CredentialMethodsTest : public testing::Test {
 protected:
  CredentialMethodsTest() { world_.latchkey.AddAccount("ana"); }

  static Json Token() {
    return Json{{"account", "ana"},
                {"name", "ci"},
                {"scopes", {"read:repository:bitbucket"}},
                {"expires", "90d"}};
  }
  static Json AppPassword() {
    return Json{{"account", "ana"}, {"name", "old ci"}, {"permissions", {"repository:write"}}};
  }

  Json CreateToken() { return Must(world_.Call("token.create", Token())); }

  AdminWorld world_;
};

TEST_F(CredentialMethodsTest, AnIssuedTokenHasTheFixedMembers) {
  const Json issued = CreateToken();
  EXPECT_THAT(
      MembersOf(issued),
      ElementsAre("id", "kind", "name", "account", "app", "scopes", "created_at", "expires_at",
                  "secret", "basic_x_token_auth", "public_url", "can_clone", "clone_url"));
  EXPECT_EQ(TextOf(issued, "kind"), "api-token");
  EXPECT_EQ(TextOf(issued, "account"), "ana");
  EXPECT_EQ(TextOf(issued, "expires_at"), "2027-02-22T09:00:00Z");
  const std::string secret = TextOf(issued, "secret");
  EXPECT_EQ(MemoryInstallation::IdOf(secret).text(), TextOf(issued, "id"));
  EXPECT_EQ(TextOf(issued, "basic_x_token_auth"),
            std::string{EncodeBasic("x-token-auth", SecretString{secret}).Expose()});
}

TEST_F(CredentialMethodsTest, AnIssuedAppPasswordGoesWithTheUsername) {
  const Json issued = Must(world_.Call("app-password.create", AppPassword()));
  EXPECT_THAT(MembersOf(issued), ElementsAre("id", "kind", "name", "account", "app", "permissions",
                                             "created_at", "expires_at", "secret", "basic_username",
                                             "public_url", "can_clone", "clone_url"));
  EXPECT_TRUE(issued.at("expires_at").is_null());
  EXPECT_EQ(TextOf(issued, "basic_username"),
            std::string{EncodeBasic("ana", SecretString{TextOf(issued, "secret")}).Expose()});
}

TEST_F(CredentialMethodsTest, SaysWhetherGitMayCloneWithIt) {
  struct Case {
    const char* method;
    const char* member;
    std::vector<std::string> grants;
    bool want;
  };
  for (const Case& one : {Case{"token.create", "scopes", {"read:repository:bitbucket"}, true},
                          Case{"token.create", "scopes", {"write:repository:bitbucket"}, false},
                          Case{"token.create", "scopes", {"read:user:bitbucket"}, false},
                          Case{"app-password.create", "permissions", {"repository"}, true},
                          Case{"app-password.create", "permissions", {"repository:write"}, true},
                          Case{"app-password.create", "permissions", {"account"}, false}}) {
    Json params{{"account", "ana"}, {"name", "ci"}};
    params[one.member] = one.grants;
    const Json issued = Must(world_.Call(one.method, params));
    EXPECT_EQ(issued.at("can_clone"), Json(one.want)) << one.grants.front();
  }
}

TEST_F(CredentialMethodsTest, WhatWasIssuedIsInForce) {
  const Json issued = CreateToken();
  const Requirement read = world_.latchkey.Needs({"read:repository:bitbucket"});
  EXPECT_TRUE(world_.latchkey.Ask("Bearer " + TextOf(issued, "secret"), read));
  Must(world_.Call("token.revoke", Json{{"id", issued.at("id")}, {"reason", "lost"}}));
  EXPECT_FALSE(world_.latchkey.Ask("Bearer " + TextOf(issued, "secret"), read));
}

TEST_F(CredentialMethodsTest, TheSecretIsShownOnce) {
  const Json issued = CreateToken();
  const std::string secret = TextOf(issued, "secret");
  const Json id{{"id", issued.at("id")}};
  EXPECT_THAT(Must(world_.Call("token.show", id)).dump(), Not(HasSubstr(secret)));
  EXPECT_THAT(Must(world_.Call("token.list")).dump(), Not(HasSubstr(secret)));
}

TEST_F(CredentialMethodsTest, TheCloneUrlIsOneThatTheAccountMayUse) {
  Must(world_.Call("workspace.create", Json{{"workspace", "acme"}}));
  Must(world_.Call("repo.create", Json{{"workspace", "acme"}, {"repository", "site"}}));
  EXPECT_TRUE(CreateToken().at("clone_url").is_null());
  Must(world_.Call("workspace.grant",
                   Json{{"workspace", "acme"}, {"account", "ana"}, {"role", "read"}}));
  EXPECT_EQ(CreateToken().at("clone_url"), "https://git.example.org/acme/site.git");
}

TEST_F(CredentialMethodsTest, ShowsTheState) {
  const Json issued = CreateToken();
  const Json id{{"id", issued.at("id")}};
  EXPECT_EQ(TextOf(Must(world_.Call("token.show", id)), "state"), "active");
  world_.latchkey.clock.Advance(std::chrono::days{90});
  EXPECT_EQ(TextOf(Must(world_.Call("token.show", id)), "state"), "expired");
  Must(world_.Call("token.revoke", Json{{"id", issued.at("id")}, {"reason", "left"}}));
  const Json revoked = Must(world_.Call("token.show", id));
  EXPECT_EQ(TextOf(revoked, "state"), "revoked");
  EXPECT_EQ(TextOf(revoked, "revoke_reason"), "left");
}

TEST_F(CredentialMethodsTest, Renames) {
  const Json issued = CreateToken();
  Must(world_.Call("token.rename", Json{{"id", issued.at("id")}, {"name", "laptop"}}));
  EXPECT_EQ(TextOf(Must(world_.Call("token.show", Json{{"id", issued.at("id")}})), "name"),
            "laptop");
}

TEST_F(CredentialMethodsTest, EachNounKnowsItsOwnKindAlone) {
  const Json issued = CreateToken();
  for (const char* method : {"app-password.show", "app-password.revoke"}) {
    const Result<Json> answer = world_.Call(method, Json{{"id", issued.at("id")}});
    ASSERT_THAT(answer, FailsWith(kNotFound)) << method;
    EXPECT_THAT(answer.error().hint, HasSubstr("\"token\""));
  }
  EXPECT_EQ(Must(world_.Call("app-password.list")).at("values").size(), 0U);
}

TEST_F(CredentialMethodsTest, ListsInPagesNewestFirst) {
  for (int i = 0; i < 3; ++i) {
    CreateToken();
    world_.latchkey.clock.Advance(std::chrono::seconds{1});
  }
  const Json first = Must(world_.Call("token.list", Json{{"limit", 2}, {"account", "ana"}}));
  ASSERT_EQ(first.at("values").size(), 2U);
  const Json second =
      Must(world_.Call("token.list", Json{{"limit", 2}, {"after", first.at("next")}}));
  EXPECT_EQ(second.at("values").size(), 1U);
  EXPECT_TRUE(second.at("next").is_null());
  EXPECT_GT(TextOf(first.at("values").at(0), "created_at"),
            TextOf(second.at("values").at(0), "created_at"));
}

struct RefusedCase {
  const char* name;
  const char* member;
  Json value;
  Error::Code code;
};

class CredentialMethodsRefuse : public CredentialMethodsTest,
                                public testing::WithParamInterface<RefusedCase> {};

TEST_P(CredentialMethodsRefuse, AndIssueNothing) {
  Json params = Token();
  params[GetParam().member] = GetParam().value;
  const std::size_t lines = world_.latchkey.journal.lines().size();
  EXPECT_THAT(world_.Call("token.create", params), FailsWith(GetParam().code));
  EXPECT_EQ(world_.latchkey.journal.lines().size(), lines);
}

INSTANTIATE_TEST_SUITE_P(
    All, CredentialMethodsRefuse,
    testing::Values(RefusedCase{"UnknownAccount", "account", "bob", kNotFound},
                    RefusedCase{"UnknownApp", "app", "jira", kInvalidArgument},
                    RefusedCase{"UnknownScope", "scopes", Json::array({"read:repo:bitbucket"}),
                                kInvalidArgument},
                    RefusedCase{"NoScope", "scopes", Json::array(), kInvalidArgument},
                    RefusedCase{"EmptyName", "name", "", kInvalidArgument},
                    RefusedCase{"ControlCharacter", "name", "a\x1B[2J", kInvalidArgument},
                    RefusedCase{"ExpiryInThePast", "expires", "2020-01-01", kInvalidArgument},
                    RefusedCase{"ExpiryAbovePolicy", "expires", "500d", kInvalidArgument},
                    RefusedCase{"ExpiryUnreadable", "expires", "soon", kMalformed},
                    RefusedCase{"ExpiryOverflowing", "expires", "99999999999999999999d",
                                kMalformed}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST_F(CredentialMethodsTest, ASecretInPlaceOfAnIdIsNotRepeated) {
  const std::string secret = TextOf(CreateToken(), "secret");
  const Result<Json> answer = world_.Call("token.revoke", Json{{"id", secret}});
  ASSERT_THAT(answer, FailsWith(kInvalidArgument));
  EXPECT_THAT(Describe(answer.error()), Not(HasSubstr(secret)));
}

}  // namespace
}  // namespace latchkey::admin
