#include "admin/actor.h"

#include <gtest/gtest.h>

namespace latchkey::admin {
namespace {

TEST(ActorTest, NamesTheUser) { EXPECT_EQ(ActorFor(0), "cli:root"); }

TEST(ActorTest, NumbersAUserWithoutName) {
  EXPECT_EQ(ActorFor(3'999'999'999), "cli:uid-3999999999");
}

}  // namespace
}  // namespace latchkey::admin
