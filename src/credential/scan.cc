#include "credential/scan.h"

#include <algorithm>

#include "base/base62.h"
#include "credential/credential.h"

namespace latchkey {
namespace {

constexpr bool IsLowerLetter(char c) { return c >= 'a' && c <= 'z'; }

std::size_t CountLettersBefore(std::string_view text, std::size_t end) {
  std::size_t count = 0;
  constexpr std::size_t kMax = Credential::kPrefixSizeMax + 2;
  while (count < kMax && count < end && IsLowerLetter(text[end - count - 1])) ++count;
  return count;
}

}  // namespace

std::optional<Sighting> FindCredential(std::string_view text) {
  // Id, secret and checksum; see credential.h.
  constexpr std::size_t kBodySize = CredentialId::kTextSize + 22 + 6;
  constexpr std::size_t kLettersMin = 4;  // A prefix of two, and the kind.
  for (std::size_t underscore = text.find('_'); underscore != std::string_view::npos;
       underscore = text.find('_', underscore + 1)) {
    if (text.size() - underscore - 1 < kBodySize) return std::nullopt;
    // The checksum covers the prefix, so only the true one fits.
    for (std::size_t letters = CountLettersBefore(text, underscore); letters >= kLettersMin;
         --letters) {
      const std::size_t offset = underscore - letters;
      const std::size_t size = letters + 1 + kBodySize;
      if (Credential::Parse(text.substr(offset, size))) {
        return Sighting{.offset = offset, .size = size};
      }
    }
  }
  return std::nullopt;
}

}  // namespace latchkey
