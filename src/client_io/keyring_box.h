#pragma once

#include <memory>
#include <string>

#include "client/ports.h"

namespace latchkey::client {

/// The desktop's keyring, over the Secret Service (specifications.freedesktop.org/secret-service):
/// one item a login, with its address as attribute. libsecret is loaded when it is asked for, so
/// that a server needs none of it.
class KeyringBox final : public SecretBox {
 public:
  /// Errors: kUnavailable: no libsecret, no session bus, or nobody on it who keeps secrets.
  [[nodiscard]] static Result<std::unique_ptr<KeyringBox>> Connect();

  [[nodiscard]] Result<std::string> Put(const Login& login, const SecretString& secret) override;
  [[nodiscard]] Result<SecretString> Take(const Login& login) override;
  [[nodiscard]] Result<void> Forget(const Login& login) override;

 private:
  struct Library;
  explicit KeyringBox(const Library& library) : library_(library) {}
  /// Null where it is not installed. Stays loaded until the process ends.
  static const Library* Load();

  const Library& library_;
};

}  // namespace latchkey::client
