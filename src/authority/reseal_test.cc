#include "authority/reseal.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/installation/memory_installation.h"

namespace latchkey {
namespace {

TEST(ResealTest, PutsEveryRecordUnderTheNewestKeyAndChangesNoAnswer) {
  MemoryInstallation latchkey;
  const Account ana = latchkey.AddAccount("ana");
  const std::string live = latchkey.IssueToken(ana, {"read:user:bitbucket"});
  const std::string revoked = latchkey.IssueToken(ana, {"read:user:bitbucket"});
  Must(latchkey.credentials->Revoke(MemoryInstallation::IdOf(revoked), "",
                                    MemoryInstallation::kCommandLine));
  const auto cause = [&](const std::string& secret) {
    const Verdict verdict =
        latchkey.Ask("Bearer " + secret, latchkey.Needs({"read:user:bitbucket"}));
    return verdict ? "allowed" : std::string{CauseName(verdict.error().cause)};
  };

  AppDefinition wiki;
  wiki.name = wiki.catalogue.app = "wiki";
  Must(latchkey.app_authority->Add(wiki, MemoryInstallation::kCommandLine));

  Keyring keyring = Must(Keyring::Parse(latchkey.sealer->keyring().Format().Expose()));
  Must(keyring.Rotate(latchkey.random, latchkey.clock.Now()));
  latchkey.sealer.emplace(std::move(keyring));
  Must(latchkey.Restart());
  EXPECT_EQ(cause(live), "allowed") << "an older key still opens what it sealed";

  EXPECT_EQ(Must(ResealAll(latchkey.store, *latchkey.ledger, *latchkey.record_sealer,
                           MemoryInstallation::kCommandLine)),
            4U);
  EXPECT_EQ(Must(ResealAll(latchkey.store, *latchkey.ledger, *latchkey.record_sealer,
                           MemoryInstallation::kCommandLine)),
            0U);
  EXPECT_EQ(cause(live), "allowed");
  EXPECT_EQ(cause(revoked), "revoked");
  Must(latchkey.Restart());
  EXPECT_EQ(cause(live), "allowed");
  EXPECT_EQ(cause(revoked), "revoked");
  EXPECT_NE(latchkey.apps.Current()->Find("wiki"), nullptr);
  EXPECT_TRUE(Must(VerifyAudit(latchkey.books(), *latchkey.record_sealer)).findings.empty());
}

}  // namespace
}  // namespace latchkey
