#include "crypto/totp.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

using std::chrono::seconds;

/// The key of RFC 6238 appendix B.
SecretString RfcKey() { return SecretString{"12345678901234567890"}; }

std::string CodeAt(std::int64_t second) {
  const Instant now{seconds{second}};
  return std::string{TotpCode(RfcKey(), TotpStepAt(now)).Expose()};
}

TEST(TotpTest, GivesTheCodesOfTheStandard) {
  // The last six digits of the eight that RFC 6238 appendix B has.
  EXPECT_EQ(CodeAt(59), "287082");
  EXPECT_EQ(CodeAt(1111111109), "081804");
  EXPECT_EQ(CodeAt(1111111111), "050471");
  EXPECT_EQ(CodeAt(1234567890), "005924");
  EXPECT_EQ(CodeAt(2000000000), "279037");
  EXPECT_EQ(CodeAt(20000000000), "353130");
}

TEST(TotpTest, AcceptsOneStepBeforeAndAfterAndNoMore) {
  const Instant then{seconds{1111111111}};
  const std::int64_t step = TotpStepAt(then);
  for (const int off : {-1, 0, 1}) {
    EXPECT_EQ(FindTotpStep(RfcKey(), "050471", then + off * seconds{30}), step) << off;
  }
  for (const int off : {-2, 2}) {
    EXPECT_FALSE(FindTotpStep(RfcKey(), "050471", then + off * seconds{30})) << off;
  }
}

TEST(TotpTest, BlanksDoNotCountAndNothingElsePasses) {
  const Instant then{seconds{1111111111}};
  EXPECT_TRUE(FindTotpStep(RfcKey(), "050 471", then));
  EXPECT_TRUE(FindTotpStep(RfcKey(), " 050471 ", then));
  for (const char* code : {"", "050472", "50471", "0504710", "050471\n", "05047l", "－50471"}) {
    EXPECT_FALSE(FindTotpStep(RfcKey(), code, then)) << code;
  }
}

TEST(TotpTest, KeysAre160BitsAndWrittenInBase32) {
  EXPECT_EQ(TotpKeyText(RfcKey()).Expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  ScriptedRandom random;
  const Result<SecretString> key = DrawTotpKey(random);
  ASSERT_THAT(key, IsOk());
  EXPECT_EQ(key->size(), 20U);
  random.FailAlways();
  EXPECT_THAT(DrawTotpKey(random), FailsWith(Error::Code::kUnavailable));
}

TEST(TotpTest, TheUriNamesWhoseItIs) {
  EXPECT_EQ(TotpUri(RfcKey(), "Latchkey at Example", "ana@example.com").Expose(),
            "otpauth://totp/Latchkey%20at%20Example:ana%40example.com?secret="
            "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Latchkey%20at%20Example&algorithm=SHA1"
            "&digits=6&period=30");
}

}  // namespace
}  // namespace latchkey
