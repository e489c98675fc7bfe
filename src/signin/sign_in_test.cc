#include "signin/sign_in.h"

#include <gtest/gtest.h>

#include <concepts>

namespace latchkey {
namespace {

static_assert(!std::copyable<SignIn> && std::movable<SignIn>);

SignIn Empty() {
  return {.account = "a",
          .password_hash = {},
          .totp = {},
          .recovery_codes = {},
          .passkeys = {},
          .identities = {},
          .password_changed_at = {}};
}

TEST(SignInTest, ClonesTheKeyOfTotp) {
  SignIn sign_in = Empty();
  sign_in.totp = TotpEnrolment{.key = SecretString{"key"}, .last_step = 7, .added_at = {}};
  const SignIn copy = sign_in.Clone();
  ASSERT_TRUE(copy.totp);
  EXPECT_EQ(copy.totp->key.Expose(), "key");
  EXPECT_EQ(sign_in.totp->key.Expose(), "key");
  EXPECT_EQ(copy.totp->last_step, 7);
}

TEST(SignInTest, HasASecondStepByTotpOrPasskey) {
  SignIn sign_in = Empty();
  EXPECT_FALSE(sign_in.has_second_step());
  sign_in.recovery_codes.resize(1);
  EXPECT_FALSE(sign_in.has_second_step()) << "codes alone stand in for nothing";
  sign_in.passkeys.resize(1);
  EXPECT_TRUE(sign_in.has_second_step());
  sign_in.passkeys.clear();
  sign_in.totp.emplace();
  EXPECT_TRUE(sign_in.has_second_step());
}

TEST(SignInTest, CountsTheCodesThatAreLeft) {
  SignIn sign_in = Empty();
  sign_in.recovery_codes.resize(3);
  sign_in.recovery_codes[1].used_at = Instant{};
  EXPECT_EQ(sign_in.recovery_codes_left(), 2U);
}

TEST(SignInTest, PrefersItsHashToTheAccounts) {
  Account account;
  account.password_hash = "old";
  SignIn sign_in = Empty();
  EXPECT_EQ(PasswordHashOf(account, nullptr), "old");
  EXPECT_EQ(PasswordHashOf(account, &sign_in), "old");
  sign_in.password_hash = "new";
  EXPECT_EQ(PasswordHashOf(account, &sign_in), "new");
}

TEST(SignInTest, APasswordSufficesBySizeOrWithASecondStep) {
  SignIn sign_in;
  EXPECT_TRUE(sign_in.password_suffices()) << "there is none";
  sign_in.password_stands_alone = false;
  sign_in.password_hash = "hash";
  EXPECT_FALSE(sign_in.password_suffices());
  EXPECT_FALSE(sign_in.Clone().password_suffices());
  sign_in.passkeys.emplace_back();
  EXPECT_TRUE(sign_in.password_suffices());
}

}  // namespace
}  // namespace latchkey
