#include "base/room_writer.h"

#include <gtest/gtest.h>

#include <limits>

namespace latchkey {
namespace {

TEST(RoomWriterTest, PutsTextsCharactersAndNumbersBehindWhatIsThere) {
  std::string out = "before ";
  AppendWithin(out, 100, [](RoomWriter& room) {
    room.Put("text").Put(' ').Put(std::uint64_t{0}).Put(' ').Put(std::uint64_t{1234567890});
  });
  EXPECT_EQ(out, "before text 0 1234567890");
}

TEST(RoomWriterTest, WritesTheLargestNumber) {
  std::string out;
  AppendWithin(out, 20,
               [](RoomWriter& room) { room.Put(std::numeric_limits<std::uint64_t>::max()); });
  EXPECT_EQ(out, "18446744073709551615");
}

TEST(RoomWriterTest, TakesNothing) {
  std::string out = "x";
  AppendWithin(out, 0, [](RoomWriter& room) { room.Put(""); });
  EXPECT_EQ(out, "x");
}

TEST(RoomWriterTest, FillsItsRoomAndNoMore) {
  std::string out;
  AppendWithin(out, 4, [](RoomWriter& room) { room.Put("four"); });
  EXPECT_EQ(out, "four");
  EXPECT_DEATH(AppendWithin(out, 3, [](RoomWriter& room) { room.Put("four"); }), "");
}

TEST(RoomWriterTest, AllocatesNothingWhereThereIsRoom) {
  std::string out;
  out.reserve(64);
  const char* const place = out.data();
  for (int i = 0; i < 3; ++i) {
    AppendWithin(out, 16, [](RoomWriter& room) { room.Put("abc"); });
  }
  EXPECT_EQ(out, "abcabcabc");
  EXPECT_EQ(out.data(), place);
}

}  // namespace
}  // namespace latchkey
