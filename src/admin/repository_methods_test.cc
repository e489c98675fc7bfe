#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using enum Error::Code;

class RepositoryMethodsTest : public testing::Test {
 protected:
  RepositoryMethodsTest() { Must(world_.Call("workspace.create", Json{{"workspace", "acme"}})); }

  Result<Json> Create(const char* workspace, const char* repository) {
    return world_.Call("repo.create", Json{{"workspace", workspace}, {"repository", repository}});
  }

  AdminWorld world_;
};

TEST_F(RepositoryMethodsTest, MakesFilesAndRecord) {
  const Json repository = Must(Create("acme", "site"));
  EXPECT_EQ(TextOf(repository, "full_name"), "acme/site");
  EXPECT_EQ(TextOf(repository, "path"), "/repositories/acme/site.git");
  EXPECT_EQ(TextOf(repository, "clone_url"), "https://git.example.org/acme/site.git");
  EXPECT_THAT(world_.repositories.made, ElementsAre("/repositories/acme/site.git"));
  EXPECT_TRUE(world_.latchkey.directory->HasRepository("acme", "site"));
}

TEST_F(RepositoryMethodsTest, WithoutFilesThereIsNoRecord) {
  world_.repositories.create_error = Error{kNoSpace, "the disk is full"};
  EXPECT_THAT(Create("acme", "site"), FailsWith(kNoSpace));
  EXPECT_FALSE(world_.latchkey.directory->HasRepository("acme", "site"));
}

TEST_F(RepositoryMethodsTest, MakesNoFilesForWhatIsRefused) {
  EXPECT_THAT(Create("acme", "../x"), FailsWith(kInvalidArgument));
  EXPECT_THAT(Create("none", "site"), FailsWith(kNotFound));
  EXPECT_THAT(world_.repositories.made, IsEmpty());
}

TEST_F(RepositoryMethodsTest, TheFilesOfAnExistingOneStay) {
  Must(Create("acme", "site"));
  EXPECT_THAT(Create("acme", "site"), FailsWith(kAlreadyExists));
  EXPECT_THAT(world_.repositories.made, ElementsAre("/repositories/acme/site.git"));
}

TEST_F(RepositoryMethodsTest, FilesGoAgainWhenTheRecordIsRefused) {
  world_.latchkey.journal.FailReserves();
  EXPECT_THAT(Create("acme", "site"), FailsWith(kNoSpace));
  EXPECT_THAT(world_.repositories.made, IsEmpty());
}

TEST_F(RepositoryMethodsTest, FilesStayWhenTheOutcomeIsUnknown) {
  world_.latchkey.journal.FailAppends();
  EXPECT_THAT(Create("acme", "site"), FailsWith(kUnavailable));
  EXPECT_THAT(world_.repositories.made, ElementsAre("/repositories/acme/site.git"));
}

TEST_F(RepositoryMethodsTest, ListsThoseOfOneWorkspace) {
  Must(world_.Call("workspace.create", Json{{"workspace", "beta"}}));
  Must(Create("beta", "one"));
  Must(Create("acme", "two"));
  EXPECT_EQ(Must(world_.Call("repo.list")).at("values").size(), 2U);
  const Json one = Must(world_.Call("repo.list", Json{{"workspace", "beta"}}));
  ASSERT_EQ(one.at("values").size(), 1U);
  EXPECT_EQ(TextOf(one.at("values").at(0), "full_name"), "beta/one");
}

}  // namespace
}  // namespace latchkey::admin
