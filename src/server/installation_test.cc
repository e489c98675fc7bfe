#include "server/installation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "server/keyring_file.h"
#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"
#include "testing/scratch_directory.h"

namespace latchkey::server {
namespace {

using enum Error::Code;
using testing::HasSubstr;
namespace fs = std::filesystem;

class InstallationTest : public testing::Test {
 protected:
  InstallationTest() {
    Must(InitializeCrypto());
    settings_.data = root_ + "/data";
  }

  Result<std::unique_ptr<Installation>> Open() {
    return Installation::Open(settings_, clock_, alarms_);
  }

  /// A new installation with one account and one token; returns the secret.
  std::string MakeOne() {
    const auto installation = Must(Open());
    NewAccount account;
    account.email = "ana@example.com";
    account.username = "ana";
    const Account ana =
        Must(installation->accounts().CreateAccount(account, MemoryInstallation::kCommandLine));
    Issued issued = Must(installation->credentials().Issue(
        {.account = ana.id, .name = "ci", .grants = {"read:user:bitbucket"}},
        MemoryInstallation::kCommandLine));
    return std::string{(*std::move(issued.credential)).Reveal().Expose()};
  }

  std::string Decide(Installation& installation, const std::string& secret) {
    const auto requirement = Must(Requirement::Build(*installation.catalogues().Find(kBitbucketApp),
                                                     {"read:user:bitbucket"}, std::nullopt));
    const std::optional<Presented> presented = ParseAuthorization("Bearer " + secret);
    const Verdict verdict = installation.verifier().Verify(
        {.presented = presented, .client_address = "192.0.2.1", .now = clock_.Now()}, requirement);
    return verdict ? "allowed" : std::string{CauseName(verdict.error().cause)};
  }

  ScratchDirectory directory_;
  std::string root_ = directory_.path();
  Settings settings_;
  ManualClock clock_;
  RecordingAlarms alarms_;
};

TEST_F(InstallationTest, TheFirstStartMakesEverythingForItsOwnerAlone) {
  MakeOne();
  const auto mode = [&](const char* name) {
    struct stat status{};
    EXPECT_EQ(stat((settings_.data + name).c_str(), &status), 0) << name;
    return status.st_mode & 0777U;
  };
  EXPECT_EQ(mode(""), 0700U);
  for (const char* file : {"/keyring", "/latchkey.db", "/journal.log", "/lock"}) {
    EXPECT_EQ(mode(file), 0600U) << file;
  }
}

TEST_F(InstallationTest, KeepsWhatItIssued) {
  const std::string secret = MakeOne();
  const auto again = Must(Open());
  EXPECT_EQ(Decide(*again, secret), "allowed");
  EXPECT_TRUE(Must(again->Verify()).findings.empty());
}

TEST_F(InstallationTest, SessionsAndFailedSignInsOutliveARestart) {
  SecretString cookie;
  {
    const auto installation = Must(Open());
    NewAccount ana;
    ana.email = "ana@example.com";
    ana.username = "ana";
    ana.password = SecretString{"correct horse battery"};
    const Account account =
        Must(installation->accounts().CreateAccount(ana, MemoryInstallation::kCommandLine));
    NewSession session =
        Must(installation->sessions().Begin({.account = account.id, .methods = {"password"}}, {}));
    cookie = std::move(session.cookie);
    clock_.Advance(std::chrono::minutes{20});
    ASSERT_TRUE(installation->sessions().Find(cookie.Expose(), "192.0.2.1"));
    for (int i = 0; i < 5; ++i) {
      EXPECT_FALSE(
          installation->sign_in().BeginByPassword("ana", SecretString{"wrong"}, false, {}));
    }
    Must(installation->SaveSignInNotes());
  }
  const auto installation = Must(Open());
  const auto throttled = installation->sign_in().BeginByPassword(
      "ana", SecretString{"correct horse battery"}, false, {});
  ASSERT_FALSE(throttled);
  EXPECT_EQ(throttled.error().cause, SignInRefusal::Cause::kThrottled);
  clock_.Advance(std::chrono::minutes{20});
  EXPECT_TRUE(installation->sessions().Find(cookie.Expose(), "192.0.2.1"))
      << "it was seen 20 minutes ago, and begun 40 minutes ago";
}

TEST_F(InstallationTest, RefusesAListOfBreachedPasswordsThatIsNone) {
  settings_.breached_passwords = root_ + "/missing";
  EXPECT_THAT(Open(), FailsWith(kIo, HasSubstr("breached")));
}

TEST_F(InstallationTest, OneProcessAtATimeOwnsADirectory) {
  const auto first = Must(Open());
  EXPECT_THAT(Open(), FailsWith(kInUse, HasSubstr(std::to_string(getpid()))));
}

TEST_F(InstallationTest, RefusesToStartWithoutItsKeyring) {
  const std::string secret = MakeOne();
  fs::rename(settings_.data + "/keyring", root_ + "/keyring");
  EXPECT_THAT(Open(), FailsWith(kNotFound, HasSubstr("keyring")));
  EXPECT_FALSE(fs::exists(settings_.data + "/keyring")) << "a new one would lock everybody out";
  settings_.keyring = root_ + "/keyring";
  EXPECT_EQ(Decide(*Must(Open()), secret), "allowed");
}

TEST_F(InstallationTest, RefusesToStartWithAnotherKeyring) {
  MakeOne();
  fs::remove(settings_.data + "/keyring");
  SystemRandom random;
  Must(CreateKeyring(settings_.data + "/keyring", random, clock_));
  EXPECT_THAT(Open(), FailsWith(kTampered, HasSubstr("keyring")));
}

TEST_F(InstallationTest, RefusesAKeyringThatOthersCanRead) {
  MakeOne();
  fs::permissions(settings_.data + "/keyring", fs::perms::group_read, fs::perm_options::add);
  EXPECT_THAT(Open(), FailsWith(kPermissionDenied, HasSubstr("keyring")));
}

TEST_F(InstallationTest, RefusesToStartWithoutItsDatabaseOrItsJournal) {
  MakeOne();
  fs::rename(settings_.data + "/journal.log", root_ + "/journal.log");
  EXPECT_THAT(Open(), FailsWith(kDisagreement, HasSubstr("journal is missing")));
  fs::rename(root_ + "/journal.log", settings_.data + "/journal.log");
  fs::remove(settings_.data + "/latchkey.db");
  EXPECT_THAT(Open(), FailsWith(kDisagreement, HasSubstr("database is missing")));
}

TEST_F(InstallationTest, RepairWritesALostDatabaseAnewFromTheJournal) {
  const std::string secret = MakeOne();
  fs::remove(settings_.data + "/latchkey.db");
  EXPECT_THAT(Open(), FailsWith(kDisagreement, HasSubstr("database is missing")));
  EXPECT_THAT(Open(), FailsWith(kDisagreement, HasSubstr("database is empty")));
  SystemRandom random;
  {
    const OpenedFiles files = Must(OpenFilesForRepair(settings_, random, clock_));
    EXPECT_EQ(Must(Repair(files.books())).restored, 2U);
  }
  const auto installation = Must(Open());
  EXPECT_EQ(Decide(*installation, secret), "allowed");
  EXPECT_TRUE(Must(installation->Verify()).findings.empty());
}

TEST_F(InstallationTest, RepairThatWasCutOffAfterTheKeyringCheckIsCompletedByAnother) {
  MakeOne();
  fs::remove(settings_.data + "/latchkey.db");
  SystemRandom random;
  Must(OpenFilesForRepair(settings_, random, clock_));
  EXPECT_THAT(Open(), FailsWith(kDisagreement, HasSubstr("lacks 2")));
  EXPECT_EQ(Must(Repair(Must(OpenFilesForRepair(settings_, random, clock_)).books())).restored, 2U);
  EXPECT_TRUE(Open());
}

TEST_F(InstallationTest, RepairTakesNoJournalOfAnotherKeyring) {
  MakeOne();
  fs::remove(settings_.data + "/latchkey.db");
  fs::remove(settings_.data + "/keyring");
  SystemRandom random;
  EXPECT_THAT(OpenFilesForRepair(settings_, random, clock_),
              FailsWith(kNotFound, HasSubstr("keyring")));
  Must(CreateKeyring(settings_.data + "/keyring", random, clock_));
  EXPECT_THAT(OpenFilesForRepair(settings_, random, clock_),
              FailsWith(kTampered, HasSubstr("chain is broken at change 1")));
}

TEST_F(InstallationTest, ARotatedKeyringKeepsEveryCredential) {
  const std::string secret = MakeOne();
  const KeyringRotated rotated =
      Must(RotateKeyring(settings_, clock_, alarms_, MemoryInstallation::kCommandLine));
  EXPECT_EQ(rotated.newest, 2U);
  EXPECT_EQ(rotated.resealed, 2U);
  const auto installation = Must(Open());
  EXPECT_EQ(Decide(*installation, secret), "allowed");
  EXPECT_TRUE(Must(installation->Verify()).findings.empty());
}

TEST_F(InstallationTest, RefusesADirectoryThatIsOpenToOthers) {
  fs::create_directory(settings_.data);
  fs::permissions(settings_.data, fs::perms::all);
  EXPECT_THAT(Open(), FailsWith(kPermissionDenied, HasSubstr("open to others")));
}

}  // namespace
}  // namespace latchkey::server
