#include "webauthn/cbor.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

namespace latchkey::webauthn {
namespace {

using namespace std::string_literals;

TEST(CborTest, ReadsIntegersOfEveryLength) {
  EXPECT_EQ(CborReader{"\x17"}.ReadInteger(), 23);
  EXPECT_EQ(CborReader{"\x18\x18"}.ReadInteger(), 24);
  EXPECT_EQ(CborReader{"\x19\x01\x00"s}.ReadInteger(), 256);
  EXPECT_EQ(CborReader{"\x1A\x00\x01\x00\x00"s}.ReadInteger(), 65536);
  EXPECT_EQ(CborReader{"\x1B\x00\x00\x00\x01\x00\x00\x00\x00"s}.ReadInteger(), 4294967296);
  EXPECT_EQ(CborReader{"\x26"}.ReadInteger(), -7);
  EXPECT_EQ(CborReader{"\x39\x01\x00"s}.ReadInteger(), -257);
  EXPECT_EQ(CborReader{"\x3B\x7F\xFF\xFF\xFF\xFF\xFF\xFF\xFF"}.ReadInteger(), INT64_MIN);
}

TEST(CborTest, ReadsOneItemAfterTheOther) {
  CborReader reader{"\x42\x01\x02\x61\x61\xA1\x01\x02\xF5"};
  EXPECT_EQ(reader.ReadBytes(), "\x01\x02");
  EXPECT_EQ(reader.ReadText(), "a");
  EXPECT_EQ(reader.ReadMapSize(), 1U);
  EXPECT_EQ(reader.ReadInteger(), 1);
  EXPECT_EQ(reader.ReadItem(), "\x02");
  EXPECT_EQ(reader.ReadItem(), "\xF5");
  EXPECT_TRUE(reader.rest().empty());
  EXPECT_EQ(reader.ReadItem(), std::nullopt);
}

TEST(CborTest, TakesFourLevelsAndNotFive) {
  EXPECT_TRUE(CborReader{"\x81\x81\x81\x81\x01"}.ReadItem());
  EXPECT_FALSE(CborReader{"\x81\x81\x81\x81\x81\x01"}.ReadItem());
  EXPECT_FALSE(CborReader{std::string(100'000, '\x81')}.ReadItem());
}

TEST(CborTest, RefusesWhatIsNotCanonical) {
  const std::vector<std::string> cases{
      "",                                       // Nothing.
      "\x18\x17",                               // 23 in two bytes.
      "\x19\x00\xFF"s,                          // 255 in three.
      "\x1A\x00\x00\xFF\xFF"s,                  // 65535 in five.
      "\x1B\x00\x00\x00\x00\xFF\xFF\xFF\xFF"s,  // 2^32-1 in nine.
      "\x1C",                                   // Reserved.
      "\x5F\x41\x01\xFF",                       // Of indefinite length.
      "\x9F\xFF",
      "\xBF\xFF",                              //
      "\xC0\x01",                              // A tag.
      "\xF9\x00\x00"s,                         // A float.
      "\xF7",                                  // undefined
      "\x42\x01",                              // Cut.
      "\x5B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",  // Longer than anything.
      "\x9B\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",  //
      "\xBB\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",  //
      "\xA1\x01",                              // A pair without its value.
      "\x61\xFF",                              // Not UTF-8.
  };
  for (const std::string& bytes : cases) {
    EXPECT_EQ(CborReader{bytes}.ReadItem(), std::nullopt) << testing::PrintToString(bytes);
  }
}

TEST(CborTest, RefusesAnotherType) {
  EXPECT_FALSE(CborReader{"\x41\x01"}.ReadInteger());
  EXPECT_FALSE(CborReader{"\x61\x61"}.ReadBytes());
  EXPECT_FALSE(CborReader{"\x41\x61"}.ReadText());
  EXPECT_FALSE(CborReader{"\x81\x01"}.ReadMapSize());
  EXPECT_FALSE(CborReader{"\x1B\x80\x00\x00\x00\x00\x00\x00\x00"s}.ReadInteger());
}

}  // namespace
}  // namespace latchkey::webauthn
