#include "scope/requirement.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using enum Error::Code;

class RequirementTest : public ::testing::Test {
 protected:
  static Catalogue MakeCatalogue() {
    CatalogueData data{.app = "wiki", .title = "Wiki", .scopes = {}, .permissions = {}};
    for (const char* name : {"read:page:wiki", "write:page:wiki"}) {
      data.scopes.push_back({.name = name, .title = "t", .description = "d", .group = "g"});
    }
    data.permissions.resize(2);
    data.permissions[0].name = "page";
    data.permissions[1].name = "page:write";
    data.permissions[1].implies = {"page"};
    return std::move(*Catalogue::Build(std::move(data), {}));
  }

  const Catalogue catalogue_ = MakeCatalogue();
};

TEST_F(RequirementTest, StatesBothVocabularies) {
  const Result<Requirement> needed = Requirement::Build(
      catalogue_, {"read:page:wiki", "write:page:wiki"}, std::vector<std::string>{"page:write"});
  ASSERT_THAT(needed, IsOk());
  EXPECT_EQ(needed->catalogue, &catalogue_);
  EXPECT_EQ(needed->scopes, *catalogue_.ScopeSet({"read:page:wiki", "write:page:wiki"}));
  EXPECT_FALSE(catalogue_.ScopeSet({"write:page:wiki"})->Covers(needed->scopes));
  ASSERT_TRUE(needed->permissions.has_value());
  EXPECT_TRUE(catalogue_.PermissionSet({"page:write"})->Covers(*needed->permissions));
  EXPECT_FALSE(catalogue_.PermissionSet({"page"})->Covers(*needed->permissions));
}

TEST_F(RequirementTest, NoPermissionsAndEmptyPermissionsAreTwoThings) {
  const Result<Requirement> closed = Requirement::Build(catalogue_, {}, std::nullopt);
  ASSERT_THAT(closed, IsOk());
  EXPECT_TRUE(closed->scopes.empty());
  EXPECT_FALSE(closed->permissions.has_value());

  const Result<Requirement> open = Requirement::Build(catalogue_, {}, std::vector<std::string>{});
  ASSERT_THAT(open, IsOk());
  ASSERT_TRUE(open->permissions.has_value());
  EXPECT_TRUE(open->permissions->empty());
}

TEST_F(RequirementTest, RefusesUnknownNamesInEither) {
  EXPECT_THAT(Requirement::Build(catalogue_, {"read:pag:wiki"}, std::nullopt),
              FailsWith(kInvalidArgument, HasSubstr("unknown scope")));
  EXPECT_THAT(Requirement::Build(catalogue_, {}, std::vector<std::string>{"pagee"}),
              FailsWith(kInvalidArgument, HasSubstr("unknown permission")));
}

}  // namespace
}  // namespace latchkey
