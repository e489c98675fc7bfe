#include "api/letters.h"

#include <gmock/gmock.h>

#include <condition_variable>
#include <mutex>
#include <string>
#include <vector>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

struct Delivered {
  std::string to;
  std::string subject;
  std::string text;
};

class RecordingTransport final : public mail::Transport {
 public:
  Result<void> Send(const mail::Message& message) override {
    const std::scoped_lock lock{mutex_};
    sent_.push_back({message.to, message.subject, std::string{message.text.Expose()}});
    changed_.notify_all();
    return {};
  }
  /// What was sent before a letter that the test posts now.
  std::vector<Delivered> SentBy(mail::Outbox& outbox) {
    outbox.Post({.to = "last@example.org", .subject = {}, .text = {}, .html = {}});
    std::unique_lock lock{mutex_};
    changed_.wait(lock, [this] { return !sent_.empty() && sent_.back().to == "last@example.org"; });
    sent_.pop_back();
    return std::exchange(sent_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Delivered> sent_;
};

class LettersTest : public testing::Test {
 protected:
  LettersTest() {
    world_.installation().on_revoked = [this](const CredentialRecord& record,
                                              const Caller& caller) {
      letters_.TellOfRevocation(record, caller);
    };
  }
  Letters MakeLetters(bool about_sign_ins = true, bool with_mail = true) {
    return Letters{{.outbox = with_mail ? &outbox_ : nullptr,
                    .directory = *world_.installation().directory,
                    .clock = world_.clock(),
                    .site = {.name = "Latchkey", .public_url = "https://keys.example.org"},
                    .about_sign_ins = about_sign_ins}};
  }
  std::string IssueId(std::string_view username = "bob") {
    return World::IdOf(world_.IssueToken(username, {"read:repository:bitbucket"}));
  }
  void Revoke(const std::string& id, const Caller& caller, std::string_view reason = {}) {
    const CredentialId parsed = CredentialId::Parse(id).value();
    ASSERT_TRUE(world_.installation().credentials->Revoke(parsed, reason, caller));
  }
  std::vector<Delivered> Sent() { return transport_.SentBy(outbox_); }
  std::string IdOfAccount(std::string_view name) {
    return world_.installation().directory->FindAccountByName(name)->id;
  }

  World world_;
  RecordingTransport transport_;
  mail::Outbox outbox_{transport_, {}, {}};
  Letters letters_ = MakeLetters();
};

TEST_F(LettersTest, TellWhoEndedACredentialAndWhy) {
  const std::string id = IssueId();
  Revoke(id, {.actor = "account:" + IdOfAccount("ann"), .origin = "192.0.2.9", .request_id = {}},
         "left the team");
  Revoke(IssueId(), {.actor = "cli:root", .origin = {}, .request_id = {}});
  const auto sent = Sent();
  ASSERT_THAT(sent, SizeIs(2));
  EXPECT_THAT(sent[0].to, HasSubstr("bob@"));
  EXPECT_THAT(sent[0].text,
              AllOf(HasSubstr("was revoked"), HasSubstr("  Id: " + id),
                    HasSubstr("  By: ann (administrator)\n"), HasSubstr("  From: 192.0.2.9\n"),
                    HasSubstr("  Reason: left the team\n")));
  EXPECT_THAT(sent[1].text, HasSubstr("  By: root (on the server)\n"));
}

TEST_F(LettersTest, SayNothingOfWhatTheOwnerDid) {
  const std::string bob = IdOfAccount("bob");
  Revoke(IssueId(), {.actor = "account:" + bob, .origin = {}, .request_id = {}, .account = bob});
  Revoke(IssueId("ann"),
         {.actor = "account:" + IdOfAccount("ann"), .origin = {}, .request_id = {}});
  const std::string token = world_.IssueToken("bob", {"write:credential:latchkey"}, "latchkey");
  EXPECT_EQ(world_.SendJson("DELETE", "/api/v1/api-tokens/" + IssueId(), token, {}).status, 200);
  EXPECT_THAT(Sent(), IsEmpty());
}

TEST_F(LettersTest, TellOfChangesInHowOneSignsInAndOfNoProof) {
  const std::string bob = IdOfAccount("bob");
  const auto change = [&](std::string_view action, std::string_view actor) {
    letters_.TellOfSignInChange(bob, {.action = std::string{action},
                                      .actor = std::string{actor},
                                      .origin = "192.0.2.9",
                                      .request_id = {},
                                      .note = {}});
  };
  for (const char* quiet : {"sign-in.use-totp", "sign-in.use-passkey", "sign-in.rename-passkey"}) {
    change(quiet, "account:" + bob);
  }
  EXPECT_THAT(Sent(), IsEmpty());
  change("sign-in.set-password", "account:" + bob);
  change("sign-in.use-recovery-code", "account:" + bob);
  change("sign-in.reset-second-step", "cli:root");
  change("sign-in.set-password", "link:x");
  const auto sent = Sent();
  ASSERT_THAT(sent, SizeIs(4));
  EXPECT_THAT(sent[0].subject, HasSubstr("The password was changed"));
  EXPECT_THAT(sent[0].text, AllOf(HasSubstr("  From: 192.0.2.9\n"), Not(HasSubstr("By:"))));
  EXPECT_THAT(sent[1].subject, HasSubstr("A recovery code was used"));
  EXPECT_THAT(sent[2].text, HasSubstr("  By: root (on the server)\n"));
  EXPECT_THAT(sent[3].text, AllOf(HasSubstr("  By: a link\n"), Not(HasSubstr("link:x"))));
}

TEST_F(LettersTest, TellOfASecretThatWasHandedIn) {
  const std::string token = world_.IssueToken("bob", {"read:repository:bitbucket"});
  const FakeRequest report{.method = "POST",
                           .target = "/api/v1/revoke",
                           .fields = {{"Content-Type", "application/x-www-form-urlencoded"}},
                           .body = "token=" + token};
  EXPECT_EQ(world_.Send(report).status, 200);
  auto sent = Sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0].subject, HasSubstr("Reported and revoked"));
  EXPECT_THAT(sent[0].text, AllOf(Not(HasSubstr("By:")), Not(HasSubstr(token))));
  EXPECT_EQ(world_.Send(report).status, 200) << "again: it is revoked already";
  EXPECT_THAT(Sent(), IsEmpty());
}

TEST_F(LettersTest, SayNothingWhereAProgramOfTheOwnerSignsOff) {
  const std::string token = world_.IssueToken("bob", {"read:repository:bitbucket"});
  const std::string other = world_.IssueToken("bob", {"read:repository:bitbucket"});
  const FakeRequest report{.method = "POST",
                           .target = "/api/v1/revoke",
                           .fields = {{"Content-Type", "application/x-www-form-urlencoded"},
                                      {"Authorization", "Bearer " + other}},
                           .body = "token=" + token};
  EXPECT_EQ(world_.Send(report).status, 200);
  EXPECT_THAT(Sent(), IsEmpty());
}

TEST_F(LettersTest, AreNoFlood) {
  const Caller caller{.actor = "cli:root", .origin = {}, .request_id = {}};
  for (int i = 0; i < Letters::kRevocationsAnHour + 5; ++i) Revoke(IssueId(), caller);
  EXPECT_THAT(Sent(), SizeIs(Letters::kRevocationsAnHour));
  Revoke(IssueId("ann"), caller);
  EXPECT_THAT(Sent(), SizeIs(1)) << "each account for itself";
  world_.clock().Advance(std::chrono::hours{1});
  Revoke(IssueId(), caller);
  EXPECT_THAT(Sent(), SizeIs(1));
}

TEST_F(LettersTest, TellOfASignInFromANewDevice) {
  const SignInEvent event{.outcome = SignInEvent::Outcome::kSignedIn,
                          .method = "password",
                          .account = IdOfAccount("bob"),
                          .address = "192.0.2.7",
                          .request_id = {},
                          .new_device = "Firefox on Linux"};
  letters_.TellOfSignIn(event);
  const auto sent = Sent();
  ASSERT_THAT(sent, SizeIs(1));
  EXPECT_THAT(sent[0].text,
              AllOf(HasSubstr("  Device: Firefox on Linux\n"), HasSubstr("  From: 192.0.2.7\n"),
                    HasSubstr("https://keys.example.org/settings/security\n")));
  SignInEvent known = event;
  known.new_device.clear();
  letters_.TellOfSignIn(known);
  MakeLetters(/*about_sign_ins=*/false).TellOfSignIn(event);
  MakeLetters(/*about_sign_ins=*/true, /*with_mail=*/false).TellOfSignIn(event);
  EXPECT_THAT(Sent(), IsEmpty());
}

TEST_F(LettersTest, AreForPeopleWithAnAddress) {
  Account account;
  account.email = "ana@example.org";
  account.display_name = "Ana";
  ASSERT_TRUE(RecipientOf(account));
  EXPECT_EQ(RecipientOf(account)->display_name, "Ana");
  account.kind = AccountKind::kService;
  EXPECT_FALSE(RecipientOf(account));
  account.kind = AccountKind::kPerson;
  account.email = "\xC3\xA4na@example.org";
  EXPECT_FALSE(RecipientOf(account));
}

}  // namespace
}  // namespace latchkey::api
