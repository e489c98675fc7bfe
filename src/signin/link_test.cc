#include "signin/link.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

using std::chrono::milliseconds;

TEST(LinkTest, HasANameForEachKind) {
  for (const LinkKind kind : {LinkKind::kSetUp, LinkKind::kInvitation, LinkKind::kPasswordReset}) {
    EXPECT_EQ(ParseLinkKind(KindName(kind)), kind);
  }
  EXPECT_EQ(ParseLinkKind("Set-up"), std::nullopt);
}

TEST(LinkTest, LastsAsItsKindSays) {
  EXPECT_EQ(LifetimeOf(LinkKind::kSetUp), std::chrono::hours{24});
  EXPECT_EQ(LifetimeOf(LinkKind::kInvitation), std::chrono::days{7});
  EXPECT_EQ(LifetimeOf(LinkKind::kPasswordReset), std::chrono::hours{1});
}

TEST(LinkTest, IsOverAtItsExpiryAndOnceUsed) {
  const Instant end{milliseconds{1000}};
  Link link{.id = "0123456789abcdef",
            .account = "a",
            .created_at = {},
            .expires_at = end,
            .used_at = {},
            .made_by = {}};
  EXPECT_TRUE(link.IsLive(end - milliseconds{1}));
  EXPECT_FALSE(link.IsLive(end));
  link.used_at = Instant{};
  EXPECT_FALSE(link.IsLive(Instant{}));
}

}  // namespace
}  // namespace latchkey
