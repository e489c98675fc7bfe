#include "store/postgres/translate.h"

#include <gmock/gmock.h>

namespace latchkey::postgres {
namespace {

using testing::HasSubstr;
using enum Error::Code;

TEST(TranslateTest, TellsWhatKindOfFailureItIs) {
  const std::vector<std::pair<std::string_view, Error::Code>> table{
      {"53100", kNoSpace},     {"53300", kUnavailable},
      {"53200", kUnavailable}, {"23505", kAlreadyExists},
      {"XX001", kTampered},    {"XX002", kTampered},
      {"XX000", kIo},          {"55P03", kUnavailable},
      {"57014", kUnavailable}, {"57P01", kUnavailable},
      {"25006", kUnavailable}, {"40001", kUnavailable},
      {"40P01", kUnavailable}, {"08006", kUnavailable},
      {"28P01", kIo},          {"42P01", kIo},
      {"58030", kIo},          {"", kIo}};
  for (const auto& [state, code] : table) EXPECT_EQ(Translate(state, "x").code, code) << state;
  const Error full = Translate("53100", "be written");
  EXPECT_EQ(full.message, "the database cannot be written: its disk is full (SQLSTATE 53100)");
  EXPECT_THAT(full.hint, HasSubstr("Make room"));
}

TEST(TranslateTest, KnowsWhatLeavesACommitOpen) {
  for (const char* state : {"40003", "08006", "57P01", "57014"}) {
    EXPECT_TRUE(LeavesOutcomeOpen(state)) << state;
  }
  for (const char* state : {"40001", "53100", "23505", "25P02"}) {
    EXPECT_FALSE(LeavesOutcomeOpen(state)) << state;
  }
}

}  // namespace
}  // namespace latchkey::postgres
