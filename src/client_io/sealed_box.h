#pragma once

#include <string>

#include "base/random.h"
#include "client/ports.h"
#include "crypto/sealer.h"

namespace latchkey::client {

/// Secrets sealed into the file of logins itself (XChaCha20-Poly1305), each bound to its address:
/// whoever can write to the file cannot have one sent elsewhere.
class SealedBox final : public SecretBox {
 public:
  /// `random` outlives the box.
  SealedBox(Sealer sealer, Random& random) : sealer_(std::move(sealer)), random_(random) {}

  [[nodiscard]] Result<std::string> Put(const Login& login, const SecretString& secret) override;
  [[nodiscard]] Result<SecretString> Take(const Login& login) override;
  [[nodiscard]] Result<void> Forget(const Login& login) override;

 private:
  Sealer sealer_;
  Random& random_;
};

}  // namespace latchkey::client
