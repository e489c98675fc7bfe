#include "git/pkt_line.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "testing/matchers.h"

namespace latchkey::git {
namespace {

using enum PktKind;

struct Kept {
  PktKind kind;
  std::string payload;
  friend bool operator==(const Kept&, const Kept&) = default;
};

/// Everything that `text` holds when it arrives `step` bytes at a time; stops at an error.
std::vector<Kept> ScanAll(std::string_view text, std::size_t step) {
  PktScanner scanner;
  std::vector<Kept> all;
  while (!text.empty()) {
    std::string_view piece = text.substr(0, step);
    text.remove_prefix(piece.size());
    while (!piece.empty()) {
      const Result<std::optional<Pkt>> pkt = scanner.Next(piece);
      if (!pkt) return all;
      if (*pkt) all.push_back({(*pkt)->kind, std::string{(*pkt)->payload}});
    }
  }
  return all;
}

TEST(PktLineTest, FormatsEachKind) {
  EXPECT_EQ(FormatPkt({.kind = kFlush, .payload = {}}), "0000");
  EXPECT_EQ(FormatPkt({.kind = kDelimiter, .payload = {}}), "0001");
  EXPECT_EQ(FormatPkt({.kind = kResponseEnd, .payload = {}}), "0002");
  EXPECT_EQ(FormatPkt({.kind = kData, .payload = ""}), "0004");
  EXPECT_EQ(FormatPkt({.kind = kData, .payload = "# service=git-upload-pack\n"}),
            "001e# service=git-upload-pack\n");
}

TEST(PktLineTest, TheLargestPacketPassesAndALargerOneIsRefused) {
  const std::string largest = FormatPkt({.kind = kData, .payload = std::string(70000, 'x')});
  EXPECT_EQ(largest.size(), kPktSizeMax);
  EXPECT_EQ(largest.substr(0, 4), "fff0");
  EXPECT_EQ(ScanAll(largest, largest.size()).size(), 1U);

  std::string_view larger = "fff1";
  PktScanner scanner;
  EXPECT_THAT(scanner.Next(larger), FailsWith(Error::Code::kMalformed));
}

TEST(PktLineTest, ScansTheSameHoweverTheBytesAreCut) {
  const std::string text = "0009done\n000100040000000aabcdef0002";
  const std::vector<Kept> want{{kData, "done\n"}, {kDelimiter, ""},  {kData, ""},
                               {kFlush, ""},      {kData, "abcdef"}, {kResponseEnd, ""}};
  for (std::size_t step = 1; step <= text.size(); ++step)
    EXPECT_EQ(ScanAll(text, step), want) << step;
}

TEST(PktLineTest, KnowsThatAPacketIsNotWhole) {
  PktScanner scanner;
  std::string_view input = "00";
  EXPECT_THAT(scanner.Next(input), IsOk());
  EXPECT_TRUE(scanner.mid_packet());
  input = "06ab";
  EXPECT_THAT(scanner.Next(input), IsOk());
  EXPECT_FALSE(scanner.mid_packet());
}

class PktLengthRefused : public testing::TestWithParam<std::string> {};

TEST_P(PktLengthRefused, AndStaysRefused) {
  PktScanner scanner;
  std::string_view input = GetParam();
  EXPECT_THAT(scanner.Next(input), FailsWith(Error::Code::kMalformed));
  std::string_view good = "0000";
  EXPECT_THAT(scanner.Next(good), FailsWith(Error::Code::kMalformed));
}

INSTANTIATE_TEST_SUITE_P(All, PktLengthRefused,
                         testing::Values("0003", "fff1", "ffff", "FFFF", "000A", "zzzz", "00 4",
                                         "-001", "0x04", "+004"));

}  // namespace
}  // namespace latchkey::git
