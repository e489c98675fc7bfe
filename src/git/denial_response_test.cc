#include "git/denial_response.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "catalogue/loader.h"

namespace latchkey::git {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr DenialWords kWords{.realm = "Latchkey", .public_url = "https://git.example.com"};

std::vector<std::string> Challenges(const http::Response& response) {
  std::vector<std::string> values;
  for (const auto& [name, value] : response.fields.lines()) {
    if (name == "WWW-Authenticate") values.push_back(value);
  }
  return values;
}

TEST(DenialResponseTest, EveryCauseHasItsStatus) {
  const std::vector<std::pair<Cause, int>> table{
      {Cause::kAbsent, 401},       {Cause::kMistyped, 401},   {Cause::kUnknown, 401},
      {Cause::kWrongUser, 401},    {Cause::kExpired, 401},    {Cause::kRevoked, 401},
      {Cause::kSuspended, 401},    {Cause::kWrongApp, 403},   {Cause::kMissingScope, 403},
      {Cause::kNotPermitted, 403}, {Cause::kNotVisible, 404}, {Cause::kThrottled, 429},
      {Cause::kStale, 503}};
  ASSERT_EQ(table.size(), kCauseCount);
  for (const auto& [cause, status] : table) EXPECT_EQ(StatusFor(cause), status) << CauseName(cause);
}

TEST(DenialResponseTest, AnAbsentCredentialIsAskedForWithoutAnError) {
  const http::Response response = MakeDenial({.cause = Cause::kAbsent}, kWords);
  EXPECT_THAT(Challenges(response), ElementsAre("Bearer realm=\"Latchkey\"",
                                                "Basic realm=\"Latchkey\", charset=\"UTF-8\""));
  EXPECT_EQ(response.fields.Find("Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(response.fields.Find("Cache-Control"), "no-store");
  EXPECT_THAT(response.body, testing::StartsWith("A credential is needed"));
}

TEST(DenialResponseTest, ACredentialThatWasSentIsInvalid) {
  const http::Response response = MakeDenial({.cause = Cause::kUnknown}, kWords);
  EXPECT_THAT(Challenges(response),
              ElementsAre("Bearer realm=\"Latchkey\", error=\"invalid_token\"",
                          "Basic realm=\"Latchkey\", charset=\"UTF-8\""));
}

TEST(DenialResponseTest, AMissingScopeIsNamedWithWhereToGetIt) {
  const Catalogues catalogues = *LoadBuiltInCatalogues();
  const Catalogue* const bitbucket = catalogues.Find(kBitbucketApp);
  const Holder holder{.id = CredentialId{1},
                      .kind = CredentialKind::kApiToken,
                      .account = nullptr,
                      .catalogue = {std::shared_ptr<const void>{}, bitbucket},
                      .granted = *bitbucket->ScopeSet({"read:repository:bitbucket"}),
                      .expires_at = std::nullopt};
  const http::Response response = MakeDenial(
      {.cause = Cause::kMissingScope, .proven = holder, .required = {"write:repository:bitbucket"}},
      kWords);
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.body,
            "This API token needs write:repository:bitbucket; it has read:repository:bitbucket\n"
            "Make one that does: "
            "https://git.example.com/settings/security/api-tokens/new?app=bitbucket&scopes="
            "write:repository:bitbucket\n");
  EXPECT_THAT(Challenges(response),
              ElementsAre("Bearer realm=\"Latchkey\", error=\"insufficient_scope\", "
                          "scope=\"write:repository:bitbucket\""));
}

TEST(DenialResponseTest, WhatDoesNotExistIsAsWhatMayNotBeSeen) {
  const http::Response missing = MakeNotFound(kWords);
  const http::Response hidden = MakeDenial({.cause = Cause::kNotVisible}, kWords);
  EXPECT_EQ(missing.status, 404);
  EXPECT_EQ(missing.body, hidden.body);
  EXPECT_EQ(missing.fields.lines(), hidden.fields.lines());
  EXPECT_THAT(Challenges(missing), IsEmpty());
}

TEST(DenialResponseTest, AThrottledClientIsToldWhenToComeBack) {
  const http::Response response =
      MakeDenial({.cause = Cause::kThrottled, .retry_after = std::chrono::seconds{7}}, kWords);
  EXPECT_EQ(response.fields.Find("Retry-After"), "7");
  EXPECT_THAT(response.body, HasSubstr("7 seconds"));
}

TEST(DenialResponseTest, AStaleNodeAsksToTryAgain) {
  EXPECT_TRUE(MakeDenial({.cause = Cause::kStale}, kWords).fields.Find("Retry-After"));
}

}  // namespace
}  // namespace latchkey::git
