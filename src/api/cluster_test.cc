// The interface on a node of several: what it waits for, what it says, and when it says nothing.

#include <gmock/gmock.h>

#include "api/fixture/api_world.h"
#include "testing/installation/scripted_barrier.h"
#include "testing/manual_clock.h"

namespace latchkey::api {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::_;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

constexpr std::string_view kNewToken =
    R"({"name":"ci","scopes":["read:repository:bitbucket"],"ttl":86400})";

class ClusterTest : public testing::Test {
 protected:
  ClusterTest() {
    lease_.Renew(boot_clock_.Now());
    manager_ =
        world_.IssueToken("ann", {"write:credential:latchkey", "read:credential:latchkey",
                                  "introspect:credential:latchkey", "read:repository:bitbucket"});
    victim_ = world_.IssueToken("ann", {"read:repository:bitbucket"});
  }

  FakeAnswer Delete(const std::string& query = "") {
    return world_.Send({.method = "DELETE",
                        .target = "/api/v1/api-tokens/" + World::IdOf(victim_) + query,
                        .fields = {{"Authorization", "Bearer " + manager_}}});
  }

  ManualBootClock boot_clock_;
  Lease lease_{boot_clock_, seconds{30}};
  ScriptedBarrier barrier_;
  World world_{{.lease = &lease_, .barrier = &barrier_}};
  std::string manager_;
  std::string victim_;
};

TEST_F(ClusterTest, SaysWhereARevocationIsInForce) {
  const FakeAnswer answer = Delete();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["state"], "revoked");
  EXPECT_EQ(answer.json()["effective_at"], "2026-11-24T09:00:00Z");
  EXPECT_EQ(answer.json()["confirmed"], Json::parse(R"(["a"])"));
  EXPECT_EQ(answer.json()["fenced"], Json::parse(R"(["b"])"));
  EXPECT_THAT(barrier_.TakeAsked(),
              ElementsAre(Pair(world_.installation().ledger->last_seq(), seconds{31})));
}

TEST_F(ClusterTest, WaitsForARevocationThatWasMadeBefore) {
  EXPECT_EQ(Delete("?wait=false").status, 200);
  EXPECT_THAT(barrier_.TakeAsked(), IsEmpty());
  EXPECT_TRUE(Delete().json().contains("effective_at"));
  EXPECT_THAT(barrier_.TakeAsked(), ElementsAre(Pair(_, seconds{31})));
}

TEST_F(ClusterTest, SaysByWhenToWhoDoesNotWait) {
  const FakeAnswer answer = Delete("?wait=false");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["in_force_by"], "2026-11-24T09:00:31Z");
  EXPECT_FALSE(answer.json().contains("effective_at"));
  EXPECT_THAT(barrier_.TakeAsked(), IsEmpty());
}

TEST_F(ClusterTest, SaysItOfManyAtOnceToo) {
  const FakeAnswer answer =
      world_.SendJson("POST", "/api/v1/api-tokens/revoke", manager_, R"({"all":true})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["revoked"], 2);
  EXPECT_TRUE(answer.json().contains("effective_at"));
}

TEST_F(ClusterTest, WaitsForRevocationByTheSecretItself) {
  const FakeAnswer answer =
      world_.Send({.method = "POST",
                   .target = "/api/v1/revoke",
                   .fields = {{"Content-Type", "application/x-www-form-urlencoded"}},
                   .body = "token=" + victim_});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(barrier_.TakeAsked(), ElementsAre(Pair(_, seconds{31})));
}

TEST_F(ClusterTest, WaitsBrieflyForANewCredential) {
  const FakeAnswer answer = world_.SendJson("POST", "/api/v1/api-tokens", manager_, kNewToken);
  EXPECT_EQ(answer.status, 201);
  EXPECT_FALSE(answer.json().contains("effective_at"));
  EXPECT_THAT(barrier_.TakeAsked(), ElementsAre(Pair(_, seconds{2})));
}

TEST_F(ClusterTest, WaitsUntilASuspensionIsInForceEverywhere) {
  const std::string cookie = world_.SignIn("ann");
  const std::string bob = world_.installation().directory->FindAccountByName("bob")->id;
  const FakeAnswer answer =
      world_.AsPerson(cookie, "PATCH", "/api/v1/admin/accounts/" + bob, R"({"state":"suspended"})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(barrier_.TakeAsked(), ElementsAre(Pair(_, seconds{31})));
}

TEST_F(ClusterTest, WaitsForNothingWhereNothingIsChanged) {
  EXPECT_EQ(world_.Get("/api/v1/me", manager_).status, 200);
  const FakeAnswer answer =
      world_.Send({.method = "POST",
                   .target = "/api/v1/introspect",
                   .fields = {{"Authorization", "Bearer " + manager_},
                              {"Content-Type", "application/x-www-form-urlencoded"}},
                   .body = "token=" + victim_});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(barrier_.TakeAsked(), IsEmpty());
}

TEST_F(ClusterTest, AnswersStaleAndNothingElseOnceTheLeaseHasRunOut) {
  const std::string cookie = world_.SignIn("ann");
  boot_clock_.Advance(seconds{31});
  const std::vector<FakeAnswer> answers{
      world_.Get("/api/v1/me", manager_),
      world_.Get("/api/v1/me", "nonsense"),
      world_.Get("/api/v1/me", ""),
      world_.Get("/2.0/user", manager_),
      Delete(),
      world_.AsPerson(cookie, "GET", "/api/v1/sessions"),
      world_.AsPerson("nonsense", "GET", "/api/v1/sessions"),
  };
  for (const FakeAnswer& answer : answers) {
    EXPECT_EQ(answer.status, 503) << answer.body;
    EXPECT_EQ(answer.Field("Retry-After"), "5");
    EXPECT_TRUE(answer.All("WWW-Authenticate").empty());
  }
  EXPECT_EQ(answers[0].json()["type"], "urn:latchkey:problem:stale");
  EXPECT_EQ(answers[5].json()["type"], "urn:latchkey:problem:stale");
}

TEST_F(ClusterTest, AnswersStaleToWhoeverMayBeSignedInToo) {
  const std::string cookie = world_.SignIn("ann");
  boot_clock_.Advance(seconds{31});
  for (const std::string_view held : {std::string_view{cookie}, std::string_view{"nonsense"}}) {
    for (const FakeAnswer& answer :
         {world_.AsPerson(held, "GET", "/api/v1/session"),
          world_.AsPerson(held, "POST", "/api/v1/session/passkey-options", "{}"),
          world_.AsPerson(held, "DELETE", "/api/v1/session")}) {
      EXPECT_EQ(answer.status, 503) << answer.body;
      EXPECT_EQ(answer.json()["type"], "urn:latchkey:problem:stale");
      EXPECT_EQ(answer.annotations.at("cause"), "stale");
      EXPECT_TRUE(answer.All("Set-Cookie").empty()) << "the session may live on elsewhere";
    }
  }
  lease_.Renew(boot_clock_.Now());
  EXPECT_EQ(world_.AsPerson(cookie, "GET", "/api/v1/session").json()["signed_in"], true);
}

TEST(ClusterOfOne, SaysNothingOfOthers) {
  World world;
  const std::string manager = world.IssueToken("ann", {"write:credential:latchkey"});
  const std::string victim = world.IssueToken("ann", {"read:repository:bitbucket"});
  for (const char* query : {"", "?wait=false"}) {
    const FakeAnswer answer =
        world.Send({.method = "DELETE",
                    .target = "/api/v1/api-tokens/" + World::IdOf(victim) + query,
                    .fields = {{"Authorization", "Bearer " + manager}}});
    EXPECT_EQ(answer.status, 200);
    for (const char* member : {"effective_at", "confirmed", "fenced", "in_force_by"}) {
      EXPECT_FALSE(answer.json().contains(member)) << member;
    }
  }
}

}  // namespace
}  // namespace latchkey::api
