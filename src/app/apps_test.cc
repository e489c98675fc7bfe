#include "app/apps.h"

#include <gtest/gtest.h>

#include <thread>

namespace latchkey {
namespace {

std::shared_ptr<const App> Named(const std::string& name) {
  CatalogueData data;
  data.app = name;
  data.title = name;
  Result<Catalogue> catalogue = Catalogue::Build(data, {});
  AppDefinition definition;
  definition.name = name;
  return std::make_shared<const App>(
      *CompileApp(definition, std::make_shared<const Catalogue>(*std::move(catalogue))));
}

TEST(AppsTest, StartsEmpty) {
  const Apps apps;
  EXPECT_EQ(apps.Current()->Find("wiki"), nullptr);
  EXPECT_TRUE(apps.Current()->apps().empty());
}

TEST(AppsTest, ASetThatSomebodyHoldsStaysAsItWas) {
  Apps apps;
  const std::uint64_t before = apps.generation();
  apps.Replace(apps.Current()->With(Named("wiki")));
  EXPECT_NE(apps.generation(), before);
  const std::shared_ptr<const AppSet> held = apps.Current();
  const App* first = held->Find("wiki");
  ASSERT_NE(first, nullptr);
  apps.Replace(apps.Current()->With(Named("wiki")));
  EXPECT_NE(apps.Current()->Find("wiki"), first);
  apps.Replace(apps.Current()->Without("wiki"));
  EXPECT_EQ(apps.Current()->Find("wiki"), nullptr);
  EXPECT_EQ(held->Find("wiki"), first);
  EXPECT_EQ(apps.Current()->Without("other")->apps().size(), 0U);
}

TEST(AppsTest, WhoSeesANewGenerationSeesItsSet) {
  Apps apps;
  std::thread writer{[&apps] {
    for (int i = 0; i < 100; ++i) apps.Replace(apps.Current()->With(Named("a")));
    apps.Replace(apps.Current()->With(Named("last")));
  }};
  std::uint64_t seen = apps.generation();
  std::shared_ptr<const AppSet> set = apps.Current();
  while (set->Find("last") == nullptr) {
    if (apps.generation() == seen) continue;
    seen = apps.generation();
    set = apps.Current();
  }
  writer.join();
  EXPECT_NE(set->Find("a"), nullptr);
}

}  // namespace
}  // namespace latchkey
