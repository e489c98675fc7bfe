#include "scope/catalogue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using enum Error::Code;

Scope ScopeNamed(std::string name) {
  return {.name = std::move(name), .title = "t", .description = "d", .group = "g"};
}

Permission PermissionNamed(std::string name, std::vector<std::string> implies = {},
                           std::vector<std::string> scopes = {}) {
  return {.name = std::move(name),
          .title = "t",
          .description = "d",
          .group = "g",
          .implies = std::move(implies),
          .scopes = std::move(scopes)};
}

CatalogueData AppWith(std::vector<Scope> scopes, std::vector<Permission> permissions = {},
                      std::string app = "wiki") {
  return {.app = std::move(app),
          .title = "Wiki",
          .scopes = std::move(scopes),
          .permissions = std::move(permissions)};
}

const std::vector<Scope> kManagement{ScopeNamed("read:credential:latchkey"),
                                     ScopeNamed("write:credential:latchkey")};

Catalogue Built(CatalogueData data) {
  Result<Catalogue> catalogue = Catalogue::Build(std::move(data), kManagement);
  EXPECT_THAT(catalogue, IsOk());
  return std::move(*catalogue);
}

struct NameCase {
  std::string name;
  bool usable;
};

class ScopeNameForm : public ::testing::TestWithParam<NameCase> {};

TEST_P(ScopeNameForm, IsAScopeToken) {
  const Result<Catalogue> built = Catalogue::Build(AppWith({ScopeNamed(GetParam().name)}), {});
  EXPECT_EQ(built.has_value(), GetParam().usable) << GetParam().name;
  if (!built) {
    EXPECT_THAT(built, FailsWith(kInvalidArgument, HasSubstr("bad scope")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, ScopeNameForm,
    ::testing::Values(NameCase{"read:page:wiki", true}, NameCase{"read", true},
                      NameCase{"https://example.com/auth/pages.readonly", true},
                      NameCase{"Pages.Read", true}, NameCase{"page_read", true},
                      NameCase{"*", true}, NameCase{"!", true}, NameCase{"~", true},
                      NameCase{"", false}, NameCase{"read page", false}, NameCase{" ", false},
                      NameCase{"read\n", false}, NameCase{"a\x7f", false},
                      NameCase{"say\"so\"", false}, NameCase{"a\\b", false},
                      NameCase{"p\u0430ge", false}, NameCase{std::string(200, 'p'), true},
                      NameCase{std::string(201, 'p'), false}));

class PermissionNameForm : public ::testing::TestWithParam<NameCase> {};

TEST_P(PermissionNameForm, IsAScopeToken) {
  const Result<Catalogue> built =
      Catalogue::Build(AppWith({}, {PermissionNamed(GetParam().name)}), {});
  EXPECT_EQ(built.has_value(), GetParam().usable) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(All, PermissionNameForm,
                         ::testing::Values(NameCase{"page", true}, NameCase{"page:write", true},
                                           NameCase{"Page.Write", true}, NameCase{"", false},
                                           NameCase{"page write", false},
                                           NameCase{"page\"", false}));

class AppNameForm : public ::testing::TestWithParam<NameCase> {};

TEST_P(AppNameForm, StartsWithALetterAndHasAtMost32Characters) {
  const Result<Catalogue> built = Catalogue::Build(AppWith({}, {}, GetParam().name), {});
  EXPECT_EQ(built.has_value(), GetParam().usable) << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(All, AppNameForm,
                         ::testing::Values(NameCase{"w", true}, NameCase{"team-wiki-2", true},
                                           NameCase{std::string(32, 'w'), true},
                                           NameCase{std::string(33, 'w'), false},
                                           NameCase{"", false}, NameCase{"2wiki", false},
                                           NameCase{"-wiki", false}, NameCase{"Wiki", false},
                                           NameCase{"a:b", false}, NameCase{"team wiki", false}));

TEST(CatalogueTest, PutsTheScopesOfLatchkeyInFront) {
  const Catalogue catalogue = Built(AppWith({ScopeNamed("read:page:wiki")}));
  EXPECT_EQ(catalogue.app(), "wiki");
  EXPECT_EQ(catalogue.title(), "Wiki");
  ASSERT_EQ(catalogue.scopes().size(), 3U);
  EXPECT_EQ(catalogue.scopes()[0].name, "read:credential:latchkey");
  EXPECT_EQ(catalogue.scopes()[2].name, "read:page:wiki");
}

TEST(CatalogueTest, RefusesNamesThatStandTwice) {
  EXPECT_THAT(Catalogue::Build(AppWith({ScopeNamed("read:me"), ScopeNamed("read:me")}), {}),
              FailsWith(kInvalidArgument, HasSubstr("read:me stands twice")));
  EXPECT_THAT(Catalogue::Build(AppWith({}, {PermissionNamed("page"), PermissionNamed("page")}), {}),
              FailsWith(kInvalidArgument, HasSubstr("page stands twice")));
}

TEST(CatalogueTest, RefusesAnImplicationOfSomethingUnknown) {
  EXPECT_THAT(Catalogue::Build(AppWith({}, {PermissionNamed("page:write", {"page"})}), {}),
              FailsWith(kInvalidArgument, HasSubstr("page:write implies unknown page")));
}

std::vector<Scope> Numbered(std::size_t count) {
  std::vector<Scope> scopes;
  for (std::size_t i = 0; i < count; ++i) {
    scopes.push_back(ScopeNamed("read:page" + std::to_string(i) + ":wiki"));
  }
  return scopes;
}

TEST(CatalogueTest, TakesAsManyScopesAsASetHolds) {
  const Result<Catalogue> full = Catalogue::Build(AppWith(Numbered(254)), kManagement);
  ASSERT_THAT(full, IsOk());
  const Result<GrantSet> last = full->ScopeSet({"read:page253:wiki"});
  ASSERT_THAT(last, IsOk());
  EXPECT_TRUE(last->Contains(255));
  EXPECT_THAT(Catalogue::Build(AppWith(Numbered(255)), kManagement),
              FailsWith(kInvalidArgument, HasSubstr("256 entries")));
}

TEST(CatalogueTest, TakesAsManyPermissionsAsASetHolds) {
  std::vector<Permission> permissions;
  // Each implies the next one, so the closure of the first is everything.
  for (int i = 0; i < 256; ++i) {
    permissions.push_back(PermissionNamed("p" + std::to_string(i), {}));
    if (i < 255) permissions.back().implies = {"p" + std::to_string(i + 1)};
  }
  const Result<Catalogue> full = Catalogue::Build(AppWith({}, permissions), {});
  ASSERT_THAT(full, IsOk());
  EXPECT_EQ(full->PermissionNames(*full->PermissionSet({"p0"})).size(), 256U);
  EXPECT_THAT(full->PermissionNames(*full->PermissionSet({"p254"})), ElementsAre("p254", "p255"));

  permissions.push_back(PermissionNamed("p256"));
  EXPECT_THAT(Catalogue::Build(AppWith({}, permissions), {}), FailsWith(kInvalidArgument));
}

TEST(CatalogueTest, FollowsImplicationsToTheEndAndRoundInCircles) {
  const Catalogue catalogue = Built(AppWith(
      {}, {PermissionNamed("a", {"b"}), PermissionNamed("b", {"c"}), PermissionNamed("c", {"a"}),
           PermissionNamed("d", {"d"}), PermissionNamed("e", {"d", "c"}), PermissionNamed("f")}));
  EXPECT_THAT(catalogue.PermissionNames(*catalogue.PermissionSet({"a"})),
              ElementsAre("a", "b", "c"));
  EXPECT_THAT(catalogue.PermissionNames(*catalogue.PermissionSet({"d"})), ElementsAre("d"));
  EXPECT_THAT(catalogue.PermissionNames(*catalogue.PermissionSet({"e"})),
              ElementsAre("a", "b", "c", "d", "e"));
  EXPECT_THAT(catalogue.PermissionNames(*catalogue.PermissionSet({"f"})), ElementsAre("f"));
}

TEST(CatalogueTest, AnOldSetGainsNothingFromALargerCatalogue) {
  // What is stored are names: a scope that is added later is in no credential that existed before.
  const Catalogue before = Built(AppWith({ScopeNamed("read:page:wiki")}));
  const std::vector<std::string> stored = before.ScopeNames(*before.ScopeSet({"read:page:wiki"}));
  const Catalogue after =
      Built(AppWith({ScopeNamed("admin:page:wiki"), ScopeNamed("read:page:wiki")}));
  EXPECT_THAT(after.ScopeNames(*after.ScopeSet(stored)), ElementsAre("read:page:wiki"));
}

TEST(CatalogueTest, NamesComeBackOnceAndInCatalogueOrder) {
  const Catalogue catalogue =
      Built(AppWith({ScopeNamed("read:page:wiki"), ScopeNamed("write:page:wiki")}));
  const Result<GrantSet> set =
      catalogue.ScopeSet({"write:page:wiki", "read:page:wiki", "write:page:wiki"});
  ASSERT_THAT(set, IsOk());
  EXPECT_THAT(catalogue.ScopeNames(*set), ElementsAre("read:page:wiki", "write:page:wiki"));
  EXPECT_THAT(catalogue.ScopeNames({}), IsEmpty());
}

TEST(CatalogueTest, NoNamesAreTheEmptySetAndNeverEverything) {
  const Catalogue catalogue = Built(AppWith({ScopeNamed("read:page:wiki")}));
  EXPECT_THAT(catalogue.ScopeSet({}), IsOkAnd(GrantSet{}));
  EXPECT_THAT(catalogue.PermissionSet({}), IsOkAnd(GrantSet{}));
}

TEST(CatalogueTest, NamesEveryUnknownScopeWithTheNearest) {
  const Catalogue catalogue =
      Built(AppWith({ScopeNamed("read:page:wiki"), ScopeNamed("write:page:wiki")}));
  const Result<GrantSet> set =
      catalogue.ScopeSet({"raed:page:wiki", "read:page:wiki", "zzz", "READ:PAGE:WIKI"});
  EXPECT_THAT(set, FailsWith(kInvalidArgument,
                             AllOf(HasSubstr("unknown scope \"raed:page:wiki\" (did you mean "
                                             "read:page:wiki"),
                                   HasSubstr("\"zzz\""), HasSubstr("\"READ:PAGE:WIKI\""))));
  EXPECT_THAT(set.error().hint, HasSubstr("latchkey catalogue wiki"));
}

TEST(CatalogueTest, AnErrorStaysReadableWhateverWasAskedFor) {
  const Catalogue catalogue = Built(AppWith({ScopeNamed("read:page:wiki")}));
  const Result<GrantSet> many = catalogue.ScopeSet(std::vector<std::string>(10'000, "read:x"));
  ASSERT_FALSE(many.has_value());
  EXPECT_LT(many.error().message.size(), 1000U);
  const Result<GrantSet> hostile = catalogue.ScopeSet({"\x1b[2J" + std::string(1U << 20U, 'x')});
  ASSERT_FALSE(hostile.has_value());
  EXPECT_LT(hostile.error().message.size(), 200U);
  EXPECT_THAT(hostile.error().message, Not(HasSubstr("\x1b")));
}

TEST(CatalogueTest, ScopesAndPermissionsAreTwoVocabularies) {
  const Catalogue catalogue =
      Built(AppWith({ScopeNamed("read:page:wiki")}, {PermissionNamed("page")}));
  EXPECT_THAT(catalogue.ScopeSet({"page"}), FailsWith(kInvalidArgument));
  EXPECT_THAT(catalogue.PermissionSet({"read:page:wiki"}), FailsWith(kInvalidArgument));
}

TEST(CatalogueTest, HandsAPermissionOnForTheScopesOfAllThatItImplies) {
  const Catalogue catalogue = Built(AppWith(
      {ScopeNamed("read:page:wiki"), ScopeNamed("write:page:wiki")},
      {PermissionNamed("page", {}, {"read:page:wiki"}),
       PermissionNamed("page:write", {"page"}, {"write:page:wiki"}), PermissionNamed("secret"),
       PermissionNamed("all", {"page:write", "secret"}, {"write:page:wiki"})}));
  const auto scopes = [&catalogue](const std::vector<std::string>& permissions) {
    return catalogue.ScopesToHandOn(*catalogue.PermissionSet(permissions));
  };
  EXPECT_EQ(scopes({}), GrantSet{});
  EXPECT_EQ(scopes({"page"}), *catalogue.ScopeSet({"read:page:wiki"}));
  EXPECT_EQ(scopes({"page:write"}), *catalogue.ScopeSet({"read:page:wiki", "write:page:wiki"}));
  EXPECT_EQ(scopes({"secret"}), std::nullopt);
  EXPECT_EQ(scopes({"page", "secret"}), std::nullopt);
  EXPECT_EQ(scopes({"all"}), std::nullopt) << "it implies what cannot be handed on";
}

TEST(CatalogueTest, RefusesAPermissionThatIsWorthAnUnknownScope) {
  EXPECT_THAT(Catalogue::Build(AppWith({}, {PermissionNamed("page", {}, {"read:page:wiki"})}), {}),
              FailsWith(kInvalidArgument, HasSubstr("unknown scope read:page:wiki")));
}

Catalogue Replaced(const Catalogue& previous, CatalogueData data) {
  Result<Catalogue> catalogue = Catalogue::Build(std::move(data), kManagement, &previous);
  EXPECT_THAT(catalogue, IsOk());
  return std::move(*catalogue);
}

TEST(CatalogueTest, ANameKeepsItsPositionWhenTheCatalogueIsReplaced) {
  const Catalogue before = Built(AppWith({ScopeNamed("a"), ScopeNamed("b"), ScopeNamed("c")},
                                         {PermissionNamed("p"), PermissionNamed("q", {"p"})}));
  const Catalogue after =
      Replaced(before, AppWith({ScopeNamed("d"), ScopeNamed("c"), ScopeNamed("a")},
                               {PermissionNamed("r", {"q"}), PermissionNamed("q")}));
  EXPECT_EQ(*before.ScopeSet({"a", "c"}), *after.ScopeSet({"a", "c"}));
  EXPECT_THAT(after.ScopeNames(*before.ScopeSet({"a", "b", "c"})), ElementsAre("c", "a"))
      << "b is withdrawn, and the order is that of the new file";
  EXPECT_THAT(after.ScopeSet({"b"}), FailsWith(kInvalidArgument, HasSubstr("unknown scope")));
  EXPECT_FALSE(before.ScopeSet({"a", "b", "c"})->Covers(*after.ScopeSet({"d"})))
      << "no other name takes the place of b";
  EXPECT_THAT(after.PermissionNames(*after.PermissionSet({"r"})), ElementsAre("r", "q"));
  EXPECT_THAT(after.PermissionSet({"p"}), FailsWith(kInvalidArgument));
  EXPECT_TRUE(before.PermissionSet({"q"})->Covers(*after.PermissionSet({"q"})));
}

TEST(CatalogueTest, AWithdrawnNameComesBackToItsPosition) {
  const Catalogue first = Built(AppWith({ScopeNamed("a"), ScopeNamed("b")}));
  const Catalogue second = Replaced(first, AppWith({ScopeNamed("a"), ScopeNamed("c")}));
  const Catalogue third = Replaced(second, AppWith({ScopeNamed("c"), ScopeNamed("b")}));
  EXPECT_EQ(*first.ScopeSet({"b"}), *third.ScopeSet({"b"}));
  EXPECT_EQ(*second.ScopeSet({"c"}), *third.ScopeSet({"c"}));
  EXPECT_THAT(third.ScopeSet({"a"}), FailsWith(kInvalidArgument));
}

TEST(CatalogueTest, WithdrawnNamesCountAgainstTheCapacity) {
  const Catalogue full = Built(AppWith(Numbered(254)));
  EXPECT_THAT(Catalogue::Build(AppWith({ScopeNamed("one-more")}), kManagement, &full),
              FailsWith(kInvalidArgument, HasSubstr("went away since")));
  EXPECT_THAT(Catalogue::Build(AppWith(Numbered(100)), kManagement, &full), IsOk());
}

TEST(CatalogueTest, ReplacesOnlyTheCatalogueOfItsOwnApp) {
  const Catalogue wiki = Built(AppWith({}));
  EXPECT_THAT(Catalogue::Build(AppWith({}, {}, "other"), kManagement, &wiki), FailsWith(kInternal));
}

CatalogueData Latchkey() { return AppWith(kManagement, {}, "latchkey"); }

TEST(CataloguesTest, EveryAppMayManageCredentials) {
  const Result<Catalogues> catalogues =
      Catalogues::Build({AppWith({ScopeNamed("read:page:wiki")}), Latchkey()});
  ASSERT_THAT(catalogues, IsOk());
  EXPECT_THAT(catalogues->apps(), ElementsAre("latchkey", "wiki"));
  ASSERT_NE(catalogues->Find("wiki"), nullptr);
  EXPECT_THAT(catalogues->Find("wiki")->ScopeSet({"write:credential:latchkey"}), IsOk());
  EXPECT_EQ(catalogues->Find("latchkey")->scopes().size(), 2U);
}

TEST(CataloguesTest, FindsNoOtherApp) {
  const Result<Catalogues> catalogues = Catalogues::Build({AppWith({}), Latchkey()});
  ASSERT_THAT(catalogues, IsOk());
  EXPECT_EQ(catalogues->Find("wikis"), nullptr);
  EXPECT_EQ(catalogues->Find(""), nullptr);
  EXPECT_EQ(catalogues->Find("Wiki"), nullptr);
  EXPECT_THAT(catalogues->Require("wiki"), IsOkAnd(catalogues->Find("wiki")));
  EXPECT_THAT(catalogues->Require("wikki"),
              FailsWith(kInvalidArgument, HasSubstr("unknown app \"wikki\" (did you mean wiki")));
}

TEST(CataloguesTest, AReplacedCatalogueKeepsPositionsAndPointers) {
  Result<Catalogues> catalogues = Catalogues::Build({Latchkey()});
  ASSERT_THAT(catalogues, IsOk());
  const CatalogueData first =
      AppWith({ScopeNamed("read:page:wiki"), ScopeNamed("write:page:wiki")});
  catalogues->Put(*catalogues->Compile(first), first);
  const Catalogue* before = catalogues->Find("wiki");
  const GrantSet held = *before->ScopeSet({"write:page:wiki"});

  const CatalogueData second =
      AppWith({ScopeNamed("admin:page:wiki"), ScopeNamed("write:page:wiki")});
  const Result<std::shared_ptr<const Catalogue>> compiled = catalogues->Compile(second);
  ASSERT_THAT(compiled, IsOk());
  EXPECT_EQ(catalogues->Find("wiki"), before) << "compiling alone changes nothing";
  catalogues->Put(*compiled, second);
  EXPECT_EQ(catalogues->Find("wiki"), compiled->get());
  EXPECT_EQ(catalogues->Find("wiki")->ScopeNames(held),
            std::vector<std::string>{"write:page:wiki"});
  EXPECT_EQ(before->app(), "wiki") << "a pointer that was handed out stays good";
  EXPECT_THAT(catalogues->Compile(second), IsOkAnd(*compiled)) << "the same again is the same";

  catalogues->Remove("wiki");
  EXPECT_EQ(catalogues->Find("wiki"), nullptr);
  EXPECT_EQ(catalogues->FindShared("wiki"), nullptr);
  catalogues->Put(*catalogues->Compile(first), first);
  EXPECT_EQ(catalogues->Find("wiki")->ScopeNames(held), std::vector<std::string>{"write:page:wiki"})
      << "also after it was away";
}

TEST(CataloguesTest, TheBuiltInOnesStay) {
  Result<Catalogues> catalogues = Catalogues::Build({AppWith({}), Latchkey()});
  ASSERT_THAT(catalogues, IsOk());
  EXPECT_TRUE(catalogues->IsBuiltIn("wiki"));
  EXPECT_FALSE(catalogues->IsBuiltIn("wik"));
  catalogues->Remove("wiki");
  EXPECT_NE(catalogues->Find("wiki"), nullptr);
}

TEST(CataloguesTest, RefusesAnAppTwiceAndALackOfLatchkey) {
  EXPECT_THAT(Catalogues::Build({AppWith({}), AppWith({}), Latchkey()}),
              FailsWith(kInvalidArgument, HasSubstr("stands twice")));
  EXPECT_THAT(Catalogues::Build({AppWith({})}), FailsWith(kInvalidArgument, HasSubstr("latchkey")));
  EXPECT_THAT(Catalogues::Build({}), FailsWith(kInvalidArgument));
  EXPECT_THAT(Catalogues::Build({AppWith({ScopeNamed("b ad")}), Latchkey()}),
              FailsWith(kInvalidArgument, HasSubstr("bad scope")));
}

}  // namespace
}  // namespace latchkey
