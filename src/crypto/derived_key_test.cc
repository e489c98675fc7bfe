#include "crypto/derived_key.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "testing/matchers.h"

namespace latchkey {
namespace {

const std::string kSalt = "0123456789abcdef";

std::string BytesOf(const SecretKey& key) {
  return {reinterpret_cast<const char*>(key.Expose().data()), SecretKey::kSize};
}

TEST(DerivedKeyTest, ComesFromPassphraseAndSalt) {
  const Result<SecretKey> key = DeriveKey(SecretString{"a passphrase"}, kSalt);
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(BytesOf(*key), BytesOf(*DeriveKey(SecretString{"a passphrase"}, kSalt)));
  EXPECT_NE(BytesOf(*key), BytesOf(*DeriveKey(SecretString{"a passphrasf"}, kSalt)));
  EXPECT_NE(BytesOf(*key), BytesOf(*DeriveKey(SecretString{"a passphrase"}, "0123456789abcdeg")));
}

TEST(DerivedKeyTest, TheSaltHasItsSize) {
  EXPECT_THAT(DeriveKey(SecretString{"a passphrase"}, "short"),
              FailsWith(Error::Code::kInvalidArgument));
}

}  // namespace
}  // namespace latchkey
