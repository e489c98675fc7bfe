// Property: an accepted target has no segment with a second reading, and writing the segments out
// again gives a target that is accepted with the same segments.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/target.h"

namespace {

std::string Encode(std::string_view segment) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  for (const char character : segment) {
    const auto byte = static_cast<unsigned char>(character);
    out += '%';
    out += kDigits[byte >> 4U];
    out += kDigits[byte & 15U];
  }
  return out;
}

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string raw(data, data + size);
  const auto target = latchkey::http::ParseTarget(raw);
  if (!target) return 0;
  Require(target->raw == raw && !target->segments.empty());
  std::string again;
  for (const std::string& segment : target->segments) {
    Require(segment != "." && segment != "..");
    Require(segment.find_first_of(std::string_view("/\\\0\r\n", 5)) == std::string::npos);
    again += '/' + Encode(segment);
  }
  const auto second = latchkey::http::ParseTarget(again, again.size());
  Require(second.has_value() && second->segments == target->segments);
  return 0;
}
