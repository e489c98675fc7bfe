#include "cli/exit_code.h"

#include <gtest/gtest.h>

namespace latchkey::cli {
namespace {

using Code = Error::Code;

TEST(ExitCodeTest, TellsTheKindsOfFailureApart) {
  EXPECT_EQ(ExitCodeFor(Code::kIo), 1);
  EXPECT_EQ(ExitCodeFor(Code::kNotFound), 3);
  EXPECT_EQ(ExitCodeFor(Code::kInvalidArgument), 4);
  EXPECT_EQ(ExitCodeFor(Code::kAlreadyExists), 5);
  EXPECT_EQ(ExitCodeFor(Code::kInUse), 6);
  EXPECT_EQ(ExitCodeFor(Code::kTampered), 7);
}

TEST(ExitCodeTest, BeforeTheStartMostMeansNoInstallation) {
  EXPECT_EQ(ExitCodeForStart(Code::kNotFound), 6);
  EXPECT_EQ(ExitCodeForStart(Code::kIo), 6);
  EXPECT_EQ(ExitCodeForStart(Code::kPermissionDenied), 6);
  EXPECT_EQ(ExitCodeForStart(Code::kDisagreement), 7);
  EXPECT_EQ(ExitCodeForStart(Code::kInvalidArgument), 4);
}

TEST(ExitCodeTest, TheHelpListsEachStatus) {
  for (int code = kOk; code <= kWrongChecksum; ++code) {
    EXPECT_TRUE(ExitCodeHelp().contains("\n  " + std::to_string(code) + "  ")) << code;
  }
}

}  // namespace
}  // namespace latchkey::cli
