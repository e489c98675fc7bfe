// Credential text: what Parse accepts, Reveal returns byte for byte, and its id stands in the text
// as it is written alone. What it refuses has an error that quotes nothing of it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>
#include <utility>

#include "credential/credential.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using latchkey::Credential;
  using enum latchkey::Error::Code;
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  latchkey::Result<Credential> parsed = Credential::Parse(text);
  if (!parsed) {
    Require(parsed.error().code == kMalformed || parsed.error().code == kBadChecksum);
    return 0;
  }
  Require(text.size() <= Credential::kTextSizeMax);
  const std::size_t underscore = text.find('_');
  Require(text.substr(underscore + 1, latchkey::CredentialId::kTextSize) == parsed->id().text());
  Require(parsed->ComputeDigest() == latchkey::Sha256(text));
  Require(std::move(*parsed).Reveal().Expose() == text);
  return 0;
}
