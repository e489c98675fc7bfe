#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "client/ports.h"

namespace latchkey::client {

/// The places for secrets on this machine: the desktop's keyring, or the file of logins, sealed
/// under a passphrase (Argon2id) or under the key in the file `key` beside it, mode 0600.
class LocalBoxes final : public Boxes {
 public:
  struct Parts {
    std::string directory;
    Random& random;
    const Clock& clock;
    /// Asks without echo. Errors: kUnavailable (no terminal).
    std::function<Result<SecretString>(std::string_view prompt)> ask;
  };

  explicit LocalBoxes(Parts parts) : parts_(std::move(parts)) {}

  [[nodiscard]] Result<std::unique_ptr<SecretBox>> Open(const LoginBook& book) override;
  [[nodiscard]] Result<std::unique_ptr<SecretBox>> Make(LoginBook& book, StoreKind store,
                                                        UnlockKind unlock) override;
  [[nodiscard]] bool HasKeyring() override;

 private:
  [[nodiscard]] Result<std::unique_ptr<SecretBox>> OpenWithKeyFile();
  [[nodiscard]] Result<std::unique_ptr<SecretBox>> OpenWithPassphrase(const LoginBook& book);
  [[nodiscard]] Result<std::unique_ptr<SecretBox>> Unlock(const SecretString& passphrase,
                                                          std::string_view salt);
  [[nodiscard]] Result<SecretString> AskForNewPassphrase() const;
  [[nodiscard]] std::string KeyPath() const { return parts_.directory + "/key"; }

  Parts parts_;
};

}  // namespace latchkey::client
