// Authenticator data, CBOR and keys: whatever comes, what is read lies within it; and an assertion
// that nobody signed is not believed.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

#include "webauthn/authenticator_data.h"
#include "webauthn/cbor.h"
#include "webauthn/public_key.h"

namespace {

using namespace latchkey::webauthn;

void Require(bool holds) {
  if (!holds) std::abort();
}

bool LiesWithin(std::string_view part, std::string_view whole) {
  return std::less_equal<>{}(whole.data(), part.data()) &&
         std::less_equal<>{}(part.data() + part.size(), whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};

  CborReader reader{bytes};
  if (const auto item = reader.ReadItem()) {
    Require(item->size() + reader.rest().size() == bytes.size());
  }
  const auto direct = AlgorithmOf(bytes);
  const auto read = ParseAuthenticatorData(bytes);
  if (!read) return 0;
  Require(LiesWithin(read->party_id_hash, bytes));
  std::string_view key = bytes;
  if (read->credential) {
    Require(LiesWithin(read->credential->id, bytes));
    Require(LiesWithin(read->credential->public_key, bytes));
    key = read->credential->public_key;
  }
  const std::string hash(32, 'h');
  Require(!VerifySignature(key, {.party_id = "localhost",
                                 .authenticator_data = bytes,
                                 .client_data_hash = hash,
                                 .signature = bytes,
                                 .user_verification_required = false}));
  static_cast<void>(direct);
  return 0;
}
