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

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
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
  EXPECT_THAT(needed->scopes,
              ElementsAre(*catalogue_.ScopeSet({"read:page:wiki", "write:page:wiki"})));
  EXPECT_FALSE(CoversAny(needed->scopes, *catalogue_.ScopeSet({"write:page:wiki"})));
  EXPECT_TRUE(CoversAny(needed->permissions, *catalogue_.PermissionSet({"page:write"})));
  EXPECT_FALSE(CoversAny(needed->permissions, *catalogue_.PermissionSet({"page"})));
}

TEST_F(RequirementTest, NoPermissionsAndEmptyPermissionsAreTwoThings) {
  const Result<Requirement> closed = Requirement::Build(catalogue_, {}, std::nullopt);
  ASSERT_THAT(closed, IsOk());
  EXPECT_THAT(closed->scopes, ElementsAre(GrantSet{}));
  EXPECT_THAT(closed->permissions, IsEmpty());
  EXPECT_FALSE(CoversAny(closed->permissions, *catalogue_.PermissionSet({"page:write"})));

  const Result<Requirement> open = Requirement::Build(catalogue_, {}, std::vector<std::string>{});
  ASSERT_THAT(open, IsOk());
  EXPECT_THAT(open->permissions, ElementsAre(GrantSet{}));
  EXPECT_TRUE(CoversAny(open->permissions, {}));

  const Requirement any = Requirement::AnyOf(catalogue_);
  EXPECT_TRUE(CoversAny(any.scopes, {}));
  EXPECT_TRUE(CoversAny(any.permissions, {}));
}

TEST_F(RequirementTest, HoldsAlternativesAndNamesTheNearest) {
  const Result<Requirement> needed = Requirement::BuildAny(
      catalogue_, {{"read:page:wiki", "write:page:wiki"}, {"read:page:wiki"}}, {});
  ASSERT_THAT(needed, IsOk());
  ASSERT_EQ(needed->scopes.size(), 2U);
  EXPECT_THAT(needed->permissions, IsEmpty());
  EXPECT_TRUE(CoversAny(needed->scopes, *catalogue_.ScopeSet({"read:page:wiki"})));
  EXPECT_FALSE(CoversAny(needed->scopes, *catalogue_.ScopeSet({"write:page:wiki"})));

  EXPECT_EQ(NearestAlternative(needed->scopes, {}), &needed->scopes[1]);
  EXPECT_EQ(NearestAlternative(needed->scopes, *catalogue_.ScopeSet({"write:page:wiki"})),
            needed->scopes.data())
      << "one is missing of either: the first";
  EXPECT_EQ(NearestAlternative({}, {}), nullptr);
}

TEST_F(RequirementTest, RefusesUnknownNamesInEither) {
  EXPECT_THAT(Requirement::Build(catalogue_, {"read:pag:wiki"}, std::nullopt),
              FailsWith(kInvalidArgument, HasSubstr("unknown scope")));
  EXPECT_THAT(Requirement::Build(catalogue_, {}, std::vector<std::string>{"pagee"}),
              FailsWith(kInvalidArgument, HasSubstr("unknown permission")));
}

}  // namespace
}  // namespace latchkey
