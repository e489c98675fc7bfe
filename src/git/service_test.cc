#include "git/service.h"

#include <gtest/gtest.h>

#include "catalogue/loader.h"
#include "testing/matchers.h"

namespace latchkey::git {
namespace {

using enum GitService;

TEST(ServiceTest, NamesAreReadAsTheyAreWritten) {
  for (const GitService service : {kUploadPack, kReceivePack}) {
    EXPECT_EQ(ParseService(ServiceName(service)), service);
  }
  EXPECT_EQ(ServiceCommand(kReceivePack), "receive-pack");
  for (const char* name :
       {"", "git-", "upload-pack", "git-upload-archive", "GIT-UPLOAD-PACK", "git-upload-pack "}) {
    EXPECT_EQ(ParseService(name), std::nullopt) << name;
  }
}

TEST(ServiceTest, PushingNeedsMoreThanFetching) {
  const Catalogues catalogues = *LoadBuiltInCatalogues();
  const Catalogue& bitbucket = *catalogues.Find(kBitbucketApp);
  const Result<GitRequirements> requirements = GitRequirements::Build(bitbucket);
  ASSERT_THAT(requirements, IsOk());
  const GrantSet read = *bitbucket.ScopeSet({"read:repository:bitbucket"});
  const GrantSet write = *bitbucket.ScopeSet({"write:repository:bitbucket"});
  GrantSet both = read;
  both |= write;
  EXPECT_TRUE(read.Covers(requirements->For(kUploadPack).scopes.at(0)));
  EXPECT_FALSE(read.Covers(requirements->For(kReceivePack).scopes.at(0)));
  // No scope implies another.
  EXPECT_FALSE(write.Covers(requirements->For(kReceivePack).scopes.at(0)));
  EXPECT_TRUE(both.Covers(requirements->For(kReceivePack).scopes.at(0)));

  const GrantSet reader = *bitbucket.PermissionSet({"repository"});
  const GrantSet writer = *bitbucket.PermissionSet({"repository:write"});
  EXPECT_TRUE(reader.Covers(requirements->For(kUploadPack).permissions.at(0)));
  EXPECT_FALSE(reader.Covers(requirements->For(kReceivePack).permissions.at(0)));
  EXPECT_TRUE(writer.Covers(requirements->For(kReceivePack).permissions.at(0)));
  EXPECT_EQ(ServiceRole(kUploadPack), Role::kRead);
  EXPECT_EQ(ServiceRole(kReceivePack), Role::kWrite);
}

TEST(ServiceTest, ACatalogueWithoutTheScopesIsAnError) {
  const Catalogues catalogues = *LoadBuiltInCatalogues();
  EXPECT_THAT(GitRequirements::Build(*catalogues.Find(kLatchkeyApp)),
              FailsWith(Error::Code::kInvalidArgument));
}

}  // namespace
}  // namespace latchkey::git
