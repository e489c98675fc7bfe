#pragma once

// The logins of a person on this machine, as they stand in the file `logins.json`. No secret stands
// there in clear: it is in the desktop's keyring, or sealed.
//
// Thread safety: values.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "client/place.h"

namespace latchkey::client {

/// What is known of a login beside its secret.
struct Login {
  std::string url = {};       ///< Where it counts: FormatPlace(), its name.
  std::string server = {};    ///< Where the API is: `SERVER/api/v1/me`.
  std::string username = {};  ///< The account's.
  std::string email = {};
  std::string id = {};    ///< The credential's public id.
  std::string kind = {};  ///< `api-token` or `app-password`.
  std::string app = {};
  std::vector<std::string> grants = {};  ///< Scopes or permissions.
  /// When it was made, or else when this machine learnt of it.
  std::optional<Instant> began_at = {};
  std::optional<Instant> expires_at = {};
  std::string ca_file = {};  ///< PEM; empty: the system's.
  /// Why the server refused it, once it did.
  std::string refused = {};
  /// Of a renewal that began and whose answer has not come; empty: none is on its way.
  std::string renewal_key = {};
  std::optional<Instant> renewal_tried_at = {};
  /// Why it will not renew itself; empty: it may.
  std::string renewal_refused = {};
  /// The token before this one, until the server was told that this one has arrived.
  std::string replaces = {};
  std::string sealed = {};  ///< The store's own; Base64 of a seal, or empty.

  friend bool operator==(const Login&, const Login&) = default;
};

enum class StoreKind : unsigned char { kFile, kKeyring };
enum class UnlockKind : unsigned char { kKeyFile, kPassphrase };

struct LoginBook {
  StoreKind store = StoreKind::kFile;
  UnlockKind unlock = UnlockKind::kKeyFile;  ///< Of the file.
  std::string salt;                          ///< Base64; of the passphrase.
  std::vector<Login> logins;

  /// The login with the longest path that covers `asked`; null if there is none.
  [[nodiscard]] const Login* Find(const Place& asked) const;
  [[nodiscard]] Login* FindByUrl(std::string_view url);
  /// Takes the place of one with the same address.
  void Put(Login login);
  bool Remove(std::string_view url);
};

[[nodiscard]] std::string FormatBook(const LoginBook& book);
/// Errors: kMalformed.
[[nodiscard]] Result<LoginBook> ParseBook(std::string_view text);

/// Whether it renews itself when it is time.
[[nodiscard]] bool MayRenew(const Login& login);
/// From when on: seven days before the end, or in the last fifth of its life if that is later.
/// Nothing if it has no end.
[[nodiscard]] std::optional<Instant> RenewalStart(const Login& login);
/// Whether to try now. After a try that failed, not again for a while.
[[nodiscard]] bool IsRenewalDue(const Login& login, Instant now);
[[nodiscard]] bool HasEnded(const Login& login, Instant now);

}  // namespace latchkey::client
