#include "signin/sign_in_directory.h"

#include <gmock/gmock.h>

#include <chrono>

namespace latchkey {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Instant kNow{std::chrono::hours{1000}};

SignIn Of(const AccountId& account) {
  return {.account = account,
          .password_hash = {},
          .totp = {},
          .recovery_codes = {},
          .passkeys = {},
          .identities = {},
          .password_changed_at = {}};
}

KnownSession SessionOf(const std::string& id, const AccountId& account, Instant created_at = kNow) {
  KnownSession known;
  known.session.id = id;
  known.session.account = account;
  known.session.created_at = created_at;
  known.session.expires_at = created_at + std::chrono::hours{1};
  known.digest = Sha256(id);
  return known;
}

KnownLink LinkOf(const std::string& id, const AccountId& account) {
  KnownLink known;
  known.link.id = id;
  known.link.account = account;
  known.link.created_at = kNow;
  known.link.expires_at = kNow + std::chrono::hours{1};
  return known;
}

std::vector<std::string> IdsOf(const std::vector<std::shared_ptr<const KnownSession>>& listed) {
  std::vector<std::string> ids;
  for (const auto& known : listed) ids.push_back(known->session.id);
  return ids;
}

TEST(SignInDirectoryTest, FindsAnAccountByItsPasskeysAndIdentities) {
  SignInDirectory directory;
  SignIn ana = Of("ana");
  ana.passkeys.push_back({.id = "key",
                          .public_key = {},
                          .name = {},
                          .added_at = {},
                          .last_used_at = {},
                          .transports = {}});
  ana.identities.push_back({.issuer = "i", .subject = "s", .added_at = {}});
  directory.Put(ana.Clone());
  directory.Put(Of("bob"));
  ASSERT_NE(directory.FindByPasskey("key"), nullptr);
  EXPECT_EQ(directory.FindByPasskey("key")->account, "ana");
  EXPECT_EQ(directory.FindByIdentity("i", "s")->account, "ana");
  EXPECT_EQ(directory.FindByIdentity("s", "i"), nullptr);

  directory.Put(Of("ana"));
  EXPECT_EQ(directory.FindByPasskey("key"), nullptr) << "it was taken away";
  EXPECT_EQ(directory.FindByIdentity("i", "s"), nullptr);
  directory.Put(std::move(ana));
  directory.RemoveSignIn("ana");
  EXPECT_EQ(directory.FindByPasskey("key"), nullptr);
  EXPECT_EQ(directory.FindSignIn("ana"), nullptr);
  EXPECT_THAT(directory.ListSignIns(), ElementsAre("bob"));
}

TEST(SignInDirectoryTest, ListsTheSessionsOfAnAccountNewestFirst) {
  SignInDirectory directory;
  directory.Put(SessionOf("1", "ana", kNow - milliseconds{1}));
  directory.Put(SessionOf("2", "ana"));
  directory.Put(SessionOf("3", "bob"));
  EXPECT_THAT(IdsOf(directory.ListSessions("ana")), ElementsAre("2", "1"));
  EXPECT_THAT(directory.ListSessions("eve"), IsEmpty());
  EXPECT_EQ(directory.FindSession("3")->digest, Sha256("3"));
}

TEST(SignInDirectoryTest, ForgetsWhatEnded) {
  SignInDirectory directory;
  directory.Put(SessionOf("1", "ana"));
  KnownSession ended = SessionOf("1", "ana");
  ended.session.ended_at = kNow;
  directory.Put(std::move(ended));
  EXPECT_EQ(directory.FindSession("1"), nullptr);
  EXPECT_THAT(directory.ListSessions("ana"), IsEmpty());

  directory.Put(LinkOf("1", "ana"));
  EXPECT_EQ(directory.ListLinks("ana").size(), 1U);
  KnownLink used = LinkOf("1", "ana");
  used.link.used_at = kNow;
  directory.Put(std::move(used));
  EXPECT_EQ(directory.FindLink("1"), nullptr);
}

TEST(SignInDirectoryTest, ForgetsWhatExpiredWhenTold) {
  SignInDirectory directory;
  directory.Put(SessionOf("1", "ana"));
  directory.Put(LinkOf("1", "ana"));
  directory.ForgetExpired(kNow + std::chrono::hours{1} - milliseconds{1});
  EXPECT_NE(directory.FindSession("1"), nullptr);
  EXPECT_NE(directory.FindLink("1"), nullptr);
  directory.ForgetExpired(kNow + std::chrono::hours{1});
  EXPECT_EQ(directory.FindSession("1"), nullptr);
  EXPECT_EQ(directory.FindLink("1"), nullptr);
  EXPECT_THAT(directory.ListSessions("ana"), IsEmpty());
}

TEST(SignInDirectoryTest, HasTheDefaultPolicyUntilOneIsSet) {
  SignInDirectory directory;
  EXPECT_EQ(*directory.policy(), InstallationPolicy{});
  InstallationPolicy policy;
  policy.app_passwords = false;
  directory.Put(policy);
  EXPECT_EQ(*directory.policy(), policy);
  directory.Clear();
  EXPECT_EQ(*directory.policy(), InstallationPolicy{});
}

}  // namespace
}  // namespace latchkey
