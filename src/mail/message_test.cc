#include "mail/message.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey::mail {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

const Site kSite{.name = "Keys <of> Example", .public_url = "https://keys.example.org"};
const Recipient kAna{.address = "ana@example.org", .display_name = "Ana <b>"};
const SecretString kLink{"https://keys.example.org/link#abc.def"};

CredentialFacts Token() {
  return {.kind = CredentialFacts::Kind::kApiToken,
          .name = "build <script>\r\nBcc: eve@example.org",
          .id = "9fK2mQ7LwXc",
          .app = "bitbucket",
          .expires_at = ManualClock::kStart};
}

Event Now() { return {.at = ManualClock::kStart, .by = "you", .address = "192.0.2.7"}; }

std::vector<Message> All() {
  std::vector<Message> all;
  all.push_back(InvitationMessage(kSite, kAna, kLink, ManualClock::kStart));
  all.push_back(PasswordResetMessage(kSite, kAna, kLink, ManualClock::kStart));
  all.push_back(CredentialMadeMessage(kSite, kAna, Token(), Now()));
  all.push_back(CredentialEndedMessage(kSite, kAna, Token(), Ending::kRevoked, Now(), "<img>"));
  all.push_back(CredentialEndedMessage(kSite, kAna, Token(), Ending::kReported, Now(), ""));
  all.push_back(NewSignInMessage(kSite, kAna, "Firefox\n<on> Linux", Now()));
  all.push_back(SignInChangedMessage(kSite, kAna, "A passkey was added", Now()));
  return all;
}

TEST(MessageTest, EscapesWhatPeopleWrote) {
  for (const Message& message : All()) {
    const std::string html{message.html.Expose()};
    const std::string text{message.text.Expose()};
    EXPECT_EQ(message.to, "ana@example.org");
    EXPECT_THAT(message.subject, Not(HasSubstr("\n")));
    EXPECT_THAT(html, AllOf(HasSubstr("Hello Ana &lt;b&gt;,"), HasSubstr("Keys &lt;of&gt;")));
    for (const char* raw : {"<script", "<of>", "Ana <b>", "<img>", "<on>"}) {
      EXPECT_THAT(html, Not(HasSubstr(raw)));
    }
    EXPECT_THAT(text, AllOf(HasSubstr("Hello Ana <b>,"), Not(HasSubstr("\nBcc:")),
                            Not(HasSubstr("\n<on>"))));
  }
}

TEST(MessageTest, GivesTheLinkAndHowLongItLives) {
  const Message message = InvitationMessage(kSite, kAna, kLink, ManualClock::kStart);
  EXPECT_THAT(std::string{message.text.Expose()},
              AllOf(HasSubstr("\n  https://keys.example.org/link#abc.def\n"),
                    HasSubstr("until 2026-11-24 09:00 UTC")));
  EXPECT_THAT(std::string{message.html.Expose()},
              HasSubstr("<a href=\"https://keys.example.org/link#abc.def\">"));
}

TEST(MessageTest, SaysWhatIsKnownOfACredential) {
  const Message made = CredentialMadeMessage(kSite, kAna, Token(), Now());
  EXPECT_THAT(std::string{made.text.Expose()},
              AllOf(HasSubstr("A new API token"), HasSubstr("  Id: 9fK2mQ7LwXc\n"),
                    HasSubstr("  App: bitbucket\n"), HasSubstr("  From: 192.0.2.7\n"),
                    HasSubstr("https://keys.example.org/settings/security/api-tokens\n")));
  CredentialFacts password = Token();
  password.kind = CredentialFacts::Kind::kAppPassword;
  password.app.reset();
  password.expires_at.reset();
  const Message ended = CredentialEndedMessage(kSite, kAna, password, Ending::kReported, Now(),
                                               "in a public repository");
  EXPECT_THAT(
      std::string{ended.text.Expose()},
      AllOf(HasSubstr("this app password"), HasSubstr("reported"), Not(HasSubstr("App:")),
            HasSubstr("  Expires: never\n"), HasSubstr("  Reason: in a public repository\n"),
            HasSubstr("/settings/personal/app-passwords\n")));
}

TEST(MessageTest, TakesAddressesThatAHeaderCanHold) {
  for (const char* address : {"ana@example.org", "a.b+c@localhost", "o'neil@example.org"}) {
    EXPECT_THAT(ValidateAddress(address), IsOk()) << address;
  }
  EXPECT_THAT(ValidateAddress(std::string(248, 'a') + "@b.org"), IsOk());
}

TEST(MessageTest, RefusesAddressesThatAHeaderCannotHold) {
  const std::vector<std::string> bad{"",
                                     "ana",
                                     "@example.org",
                                     "ana@",
                                     "a@b@c",
                                     "ana@example.org\r\nBcc: eve@example.org",
                                     "ana@example.org\n",
                                     "ana bo@example.org",
                                     "ana@example.org,eve@example.org",
                                     "<ana@example.org>",
                                     "\"ana\"@example.org",
                                     "an\xC3\xA4@example.org",
                                     std::string{"ana@exa\0mple.org", 16},
                                     std::string(249, 'a') + "@b.org"};
  for (const std::string& address : bad) {
    EXPECT_THAT(ValidateAddress(address), FailsWith(Error::Code::kInvalidArgument)) << address;
  }
}

}  // namespace
}  // namespace latchkey::mail
