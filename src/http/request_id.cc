#include "http/request_id.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>

#include "http/mask.h"

namespace latchkey::http {

namespace {

constexpr std::size_t kSizeMax = 64;
constexpr std::uint64_t kProcessBits = (std::uint64_t{1} << 48U) - 1;

bool IsIdCharacter(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
         c == '_' || c == '-';
}

}  // namespace

RequestIds::RequestIds() {
  // Not secret, so a generator that fails is no reason to stop: the process id still tells apart.
  if (::getentropy(&process_, sizeof(process_)) != 0) {
    process_ = static_cast<std::uint64_t>(::getpid());
  }
  process_ &= kProcessBits;
}

std::string RequestIds::Next() {
  return fmt::format("{:012x}-{:08x}", process_, next_.fetch_add(1, std::memory_order_relaxed));
}

bool RequestIds::IsAcceptable(std::string_view id) {
  return !id.empty() && id.size() <= kSizeMax && std::ranges::all_of(id, IsIdCharacter) &&
         MaskCredentials(id) == id;
}

}  // namespace latchkey::http
