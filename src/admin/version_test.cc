#include "admin/version.h"

#include <gmock/gmock.h>

namespace latchkey::admin {
namespace {

TEST(VersionTest, IsThreeNumbers) {
  EXPECT_THAT(std::string{Version()}, testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace latchkey::admin
