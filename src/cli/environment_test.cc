#include "cli/environment.h"

#include <gtest/gtest.h>

namespace latchkey::cli {
namespace {

TEST(ProcessEnvironmentTest, LeavesOnlyThePortsEmpty) {
  const CliEnvironment environment = MakeProcessEnvironment();
  EXPECT_NE(environment.output, nullptr);
  EXPECT_NE(environment.error_output, nullptr);
  EXPECT_NE(environment.clock, nullptr);
  EXPECT_TRUE(environment.prompt_secret);
  EXPECT_TRUE(environment.read_secret_input);
  EXPECT_TRUE(environment.variable("PATH").has_value());
  EXPECT_FALSE(environment.variable("LATCHKEY_NO_SUCH_VARIABLE").has_value());
  EXPECT_FALSE(environment.connect);
}

}  // namespace
}  // namespace latchkey::cli
