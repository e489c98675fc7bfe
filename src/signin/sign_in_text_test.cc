#include "signin/sign_in_text.h"

#include <gmock/gmock.h>

#include <chrono>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;

Instant At(std::int64_t number) { return Instant{std::chrono::milliseconds{number}}; }

SignIn Full() {
  SignIn sign_in{
      .account = std::string(32, 'a'),
      .password_hash = "$argon2id$v=19$m=65536",
      .totp = {},
      .recovery_codes = {{.digest = Sha256("1"), .used_at = {}},
                         {.digest = Sha256("2"), .used_at = At(2)}},
      .passkeys = {{.id = std::string("\0\xFF id", 5),
                    .public_key = "cose",
                    .sign_count = UINT32_MAX,
                    .name = "laptop",
                    .added_at = At(3),
                    .last_used_at = At(4),
                    .user_verified = true,
                    .backup_eligible = true,
                    .transports = {"usb", ""}},
                   {.id = "second",
                    .public_key = "",
                    .name = "",
                    .added_at = At(5),
                    .last_used_at = {},
                    .transports = {}},
                   {.id = "third",
                    .public_key = "",
                    .name = "",
                    .added_at = At(5),
                    .last_used_at = {},
                    .backup_eligible = false,
                    .transports = {}}},
      .identities = {{.issuer = "https://id.example.org", .subject = "42", .added_at = At(6)}},
      .password_changed_at = At(7),
      .password_stands_alone = false};
  sign_in.totp = TotpEnrolment{
      .key = SecretString{std::string(20, '\x01')}, .last_step = -1, .added_at = At(1)};
  return sign_in;
}

SignIn Empty() {
  return {.account = "",
          .password_hash = {},
          .totp = {},
          .recovery_codes = {},
          .passkeys = {},
          .identities = {},
          .password_changed_at = {}};
}

TEST(SignInTextTest, GivesBackEveryField) {
  const SecretString text = FormatSignIn(Full());
  const Result<SignIn> read = ParseSignIn(text.Expose());
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->account, std::string(32, 'a'));
  EXPECT_EQ(read->password_hash, "$argon2id$v=19$m=65536");
  ASSERT_TRUE(read->totp);
  EXPECT_EQ(read->totp->key.Expose(), std::string(20, '\x01'));
  EXPECT_EQ(read->totp->last_step, -1);
  ASSERT_EQ(read->recovery_codes.size(), 2U);
  EXPECT_EQ(read->recovery_codes[1].digest, Sha256("2"));
  EXPECT_EQ(read->recovery_codes[1].used_at, At(2));
  ASSERT_EQ(read->passkeys.size(), 3U);
  EXPECT_EQ(read->passkeys[0].id, std::string("\0\xFF id", 5));
  EXPECT_EQ(read->passkeys[0].sign_count, UINT32_MAX);
  EXPECT_EQ(read->passkeys[0].transports, (std::vector<std::string>{"usb", ""}));
  EXPECT_EQ(read->passkeys[1].last_used_at, std::nullopt);
  EXPECT_EQ(read->passkeys[0].backup_eligible, true);
  EXPECT_EQ(read->passkeys[1].backup_eligible, std::nullopt);
  EXPECT_EQ(read->passkeys[2].backup_eligible, false);
  EXPECT_FALSE(read->password_stands_alone);
  ASSERT_EQ(read->identities.size(), 1U);
  EXPECT_EQ(read->identities[0].subject, "42");
  EXPECT_EQ(read->password_changed_at, At(7));
  EXPECT_EQ(FormatSignIn(*read).Expose(), text.Expose());
}

TEST(SignInTextTest, GivesBackAnEmptyOne) {
  const Result<SignIn> read = ParseSignIn(FormatSignIn(Empty()).Expose());
  ASSERT_THAT(read, IsOk());
  EXPECT_FALSE(read->has_second_step());
}

/// As the form before this one has it: without the backup of passkeys and the password's length.
std::string FirstForm(const SignIn& sign_in) {
  constexpr std::size_t kNumber = 16;
  std::string text{FormatSignIn(sign_in).Expose()};
  const std::size_t form = text.find("sign-in 2");
  text[form + 8] = '1';
  text.resize(text.size() - kNumber);
  return text;
}

TEST(SignInTextTest, ReadsTheFormBeforeThisOne) {
  SignIn sign_in = Empty();
  sign_in.password_hash = "hash";
  sign_in.password_stands_alone = false;
  Result<SignIn> read = ParseSignIn(FirstForm(sign_in));
  ASSERT_THAT(read, IsOk());
  EXPECT_EQ(read->password_hash, "hash");
  EXPECT_TRUE(read->password_stands_alone) << "it was the only step, so it had to be long";
  sign_in.totp =
      TotpEnrolment{.key = SecretString{std::string(20, 'k')}, .last_step = 1, .added_at = At(1)};
  read = ParseSignIn(FirstForm(sign_in));
  ASSERT_THAT(read, IsOk());
  EXPECT_FALSE(read->password_stands_alone) << "nobody knows";
}

TEST(SignInTextTest, RefusesEveryTextThatIsCut) {
  const SecretString text = FormatSignIn(Full());
  for (std::size_t size = 0; size < text.size(); ++size) {
    EXPECT_THAT(ParseSignIn(text.Expose().substr(0, size)), FailsWith(kMalformed)) << size;
  }
  EXPECT_THAT(ParseSignIn(std::string{text.Expose()} + '\0'), FailsWith(kMalformed));
}

TEST(SignInTextTest, ReadsNothingElseInWhateverByteIsChanged) {
  const SecretString text = FormatSignIn(Full());
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed{text.Expose()};
    changed[i] = static_cast<char>(changed[i] ^ 0x81);
    const Result<SignIn> read = ParseSignIn(changed);
    if (!read) continue;
    EXPECT_EQ(FormatSignIn(*read).Expose(), changed) << "one text for each value: " << i;
  }
}

}  // namespace
}  // namespace latchkey
