#include "crypto/password.h"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using std::string_view_literals::operator""sv;

TEST(PasswordTest, TheRightOneMatchesAndNoOther) {
  const SecretString password{"correct horse battery staple"sv};
  const Result<std::string> hash = HashPassword(password);
  ASSERT_THAT(hash, IsOk());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << *hash;
  EXPECT_FALSE(hash->contains("horse"));
  EXPECT_TRUE(MatchesPassword(password, *hash));
  EXPECT_FALSE(MatchesPassword(SecretString{"correct horse battery stapl"sv}, *hash));
  EXPECT_FALSE(MatchesPassword(SecretString{"correct horse battery staple "sv}, *hash));
  EXPECT_FALSE(MatchesPassword(SecretString{}, *hash));
}

TEST(PasswordTest, AZeroByteDoesNotEndIt) {
  const Result<std::string> hash = HashPassword(SecretString{"ab\0cd"sv});
  ASSERT_THAT(hash, IsOk());
  EXPECT_TRUE(MatchesPassword(SecretString{"ab\0cd"sv}, *hash));
  EXPECT_FALSE(MatchesPassword(SecretString{"ab\0ce"sv}, *hash));
  EXPECT_FALSE(MatchesPassword(SecretString{"ab"sv}, *hash));
}

TEST(PasswordTest, EqualPasswordsHaveDifferentHashes) {
  const SecretString password{"same"sv};
  const Result<std::string> first = HashPassword(password);
  const Result<std::string> second = HashPassword(password);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_NE(*first, *second);
}

TEST(PasswordTest, NothingMatchesWhatIsNoHash) {
  for (const std::string hash : {"", "x", "$argon2id$", "$argon2id$v=19$m=65536,t=2,p=1$$"}) {
    EXPECT_FALSE(MatchesPassword(SecretString{""sv}, hash)) << hash;
    EXPECT_FALSE(MatchesPassword(SecretString{std::string_view{hash}}, hash)) << hash;
  }
}

}  // namespace
}  // namespace latchkey
