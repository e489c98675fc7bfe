#include "git/inflater.h"

#include <gtest/gtest.h>
#include <zlib.h>

#include <string>
#include <vector>

#include "testing/matchers.h"

namespace latchkey::git {
namespace {

std::string Gzip(std::string text) {
  z_stream z{};
  EXPECT_EQ(::deflateInit2(&z, Z_BEST_SPEED, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  std::string out(::deflateBound(&z, text.size()) + 64, '\0');
  z.next_in = reinterpret_cast<Bytef*>(text.data());
  z.avail_in = static_cast<uInt>(text.size());
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(::deflate(&z, Z_FINISH), Z_STREAM_END);
  out.resize(z.total_out);
  ::deflateEnd(&z);
  return out;
}

/// What comes out when `step` bytes go in at a time and there is room for `room`.
Result<std::string> InflateAll(std::string_view input, std::size_t step, std::size_t room) {
  Inflater inflater;
  std::string out;
  std::vector<char> buffer(room);
  while (!input.empty()) {
    std::string_view piece = input.substr(0, step);
    input.remove_prefix(piece.size());
    for (;;) {
      const Result<std::size_t> size = inflater.Take(piece, buffer);
      if (!size) return std::unexpected(size.error());
      if (*size == 0) break;
      out.append(buffer.data(), *size);
    }
  }
  if (!inflater.complete()) return Fail(Error::Code::kMalformed, "breaks off");
  return out;
}

TEST(InflaterTest, InflatesHoweverTheBytesAreCut) {
  const std::string text = std::string(10'000, 'a') + "0032want";
  for (const std::size_t step : {1U, 7U, 100'000U}) {
    for (const std::size_t room : {1U, 100U, 100'000U}) {
      EXPECT_THAT(InflateAll(Gzip(text), step, room), IsOkAnd(text)) << step << " " << room;
    }
  }
}

TEST(InflaterTest, RefusesWhatIsNoWholeStream) {
  const std::string good = Gzip("hello");
  std::string wrong_checksum = good;
  wrong_checksum[good.size() - 6] ^= 1;
  for (const std::string& bad : {std::string{"0000"}, wrong_checksum, good + "x", good + good,
                                 good.substr(0, good.size() - 1)}) {
    EXPECT_THAT(InflateAll(bad, 1000, 1000), FailsWith(Error::Code::kMalformed));
  }
}

}  // namespace
}  // namespace latchkey::git
