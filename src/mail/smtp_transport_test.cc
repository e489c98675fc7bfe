#include "mail/smtp_transport.h"

#include <gmock/gmock.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "testing/child_program.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scratch_directory.h"
#include "testing/scripted_random.h"

namespace latchkey::mail {
namespace {

using enum Error::Code;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

/// Debian's aiosmtpd, and a transport to it.
class SmtpTransportTest : public testing::Test {
 protected:
  void Start(const std::string& mode) {
    sink_.emplace(std::vector<std::string>{"/usr/bin/python3",
                                           LATCHKEY_TESTDATA_DIR "/mail/smtp_sink.py", mode,
                                           directory_.path().string()});
    const std::string port = sink_->ReadLine();
    ASSERT_FALSE(port.empty());
    settings_.port = static_cast<std::uint16_t>(std::stoi(port));
    if (mode == "plain") {
      settings_.security = SmtpSecurity::kPlain;
      return;
    }
    settings_.security = mode == "tls" ? SmtpSecurity::kTls : SmtpSecurity::kStartTls;
    settings_.ca_file = directory_.File("certificate.pem");
    settings_.user = "ana";
    settings_.password = SecretString{"correct horse"};
  }

  Result<void> Send(const std::string& to = "bob@example.org") {
    Result<SmtpTransport> transport = SmtpTransport::Create(std::move(settings_), clock_, random_);
    if (!transport) return std::unexpected(transport.error());
    return transport->Send({.to = to,
                            .subject = "Gr\xC3\xBC\xC3\x9F"
                                       "e",
                            .text = SecretString{"one\n.\ntwo\n"},
                            .html = SecretString{"<p>one</p>"}});
  }

  ManualClock clock_;
  ScriptedRandom random_;
  ScratchDirectory directory_;
  std::optional<ChildProgram> sink_;
  SmtpSettings settings_{
      .host = "localhost", .from_address = "keys@example.org", .from_name = "Latchkey"};
};

TEST_F(SmtpTransportTest, SendsInClearToThisMachine) {
  Start("plain");
  EXPECT_THAT(Send(), IsOk());
  EXPECT_THAT(sink_->ReadLine(),
              AllOf(HasSubstr("\"from\": \"keys@example.org\", \"to\": [\"bob@example.org\"]"),
                    HasSubstr("\"host\": \"example.org\""), HasSubstr("\"encrypted\": false"),
                    HasSubstr("Subject: =?UTF-8?B?R3LDvMOfZQ==?=\\r\\n"),
                    HasSubstr("one\\r\\n=2E\\r\\ntwo\\r\\n"), HasSubstr("<p>one</p>")));
}

TEST_F(SmtpTransportTest, SignsInAfterStartTls) {
  Start("starttls");
  EXPECT_THAT(Send(), IsOk());
  EXPECT_THAT(sink_->ReadLine(),
              AllOf(HasSubstr("\"encrypted\": true"), HasSubstr("\"user\": \"ana\"")));
}

TEST_F(SmtpTransportTest, SignsInOverTls) {
  Start("tls");
  EXPECT_THAT(Send(), IsOk());
  EXPECT_THAT(sink_->ReadLine(),
              AllOf(HasSubstr("\"encrypted\": true"), HasSubstr("\"user\": \"ana\"")));
}

TEST_F(SmtpTransportTest, AWrongPasswordIsFinalAndNotQuoted) {
  Start("starttls");
  settings_.password = SecretString{"wrong pony"};
  const Result<void> sent = Send();
  EXPECT_THAT(sent, FailsWith(kInvalidArgument));
  EXPECT_THAT(Describe(sent.error()), Not(HasSubstr("pony")));
}

TEST_F(SmtpTransportTest, ACertificateThatNobodyVouchesForIsFinal) {
  Start("starttls");
  settings_.ca_file = {};
  EXPECT_THAT(Send(), FailsWith(kInvalidArgument));
}

TEST_F(SmtpTransportTest, ACertificateForAnotherNameIsFinal) {
  Start("tls");
  settings_.host = "127.0.0.1";
  EXPECT_THAT(Send(), FailsWith(kInvalidArgument));
}

TEST_F(SmtpTransportTest, NothingIsSentWithoutStartTls) {
  Start("plain");
  settings_.security = SmtpSecurity::kStartTls;
  EXPECT_THAT(Send(), FailsWith(kInvalidArgument));
}

TEST_F(SmtpTransportTest, AnAddressThatIsRefusedIsFinal) {
  Start("plain");
  EXPECT_THAT(Send("refuse@example.org"),
              FailsWith(kInvalidArgument, AllOf(HasSubstr("550"), Not(HasSubstr("refuse@")))));
}

TEST_F(SmtpTransportTest, ATemporaryRefusalIsNot) {
  Start("plain");
  EXPECT_THAT(Send("later@example.org"), FailsWith(kUnavailable, HasSubstr("451")));
}

TEST_F(SmtpTransportTest, AnAddressWithALineBreakIsNotSent) {
  Start("plain");
  EXPECT_THAT(Send("bob@example.org>\r\nRCPT TO:<eve@example.org"), FailsWith(kInvalidArgument));
}

TEST_F(SmtpTransportTest, NobodyThereIsWorthAnotherAttempt) {
  Start("plain");
  sink_.reset();
  EXPECT_THAT(Send(), FailsWith(kUnavailable));
}

TEST_F(SmtpTransportTest, RefusesSettingsThatCannotBeRight) {
  const auto create = [this](SmtpSettings settings) {
    return SmtpTransport::Create(std::move(settings), clock_, random_);
  };
  EXPECT_THAT(create({.host = "mail.example.org",
                      .security = SmtpSecurity::kPlain,
                      .from_address = "keys@example.org"}),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(create({.host = "", .from_address = "keys@example.org"}),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(create({.host = "a/b", .from_address = "keys@example.org"}),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(create({.host = "mail.example.org", .from_address = "keys"}),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(create({.host = "mail.example.org", .from_address = "keys@example.org"}), IsOk());
}

}  // namespace
}  // namespace latchkey::mail
