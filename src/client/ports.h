#pragma once

// What the client needs of the world: HTTP, the file of logins, the place for their secrets.
// client_io/ fills these ports; tests have their own.

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "client/login_book.h"

namespace latchkey::client {

struct HttpRequest {
  std::string method = "GET";
  std::string url;
  SecretString authorization = {};  ///< The field's value; empty: none.
  std::vector<std::pair<std::string, std::string>> fields = {};
  SecretString body = {};
  std::string ca_file = {};  ///< PEM; empty: the system's.
};

struct HttpAnswer {
  int status = 0;
  std::string date;  ///< The field as it was sent; may be empty.
  std::string content_type;
  SecretString body;
};

/// Why there was no answer.
struct Fault {
  enum class Kind : std::uint8_t { kNoSuchHost, kNoConnection, kTimeout, kCertificate, kOther };
  Kind kind = Kind::kOther;
  std::string text;  ///< A few words, without anything secret.
};

class Transport {
 public:
  virtual ~Transport() = default;
  /// Within a few seconds; redirects are not followed.
  [[nodiscard]] virtual std::expected<HttpAnswer, Fault> Send(const HttpRequest& request) = 0;
};

/// Held until it goes: nobody else changes the logins meanwhile.
class Held {
 public:
  virtual ~Held() = default;
};

class BookFile {
 public:
  virtual ~BookFile() = default;
  /// An empty book where there is no file yet. Errors: kIo, kMalformed, kPermissionDenied (others
  /// may write to it).
  [[nodiscard]] virtual Result<LoginBook> Read() = 0;
  /// As a whole or not at all, and durable. Errors: kIo, kNoSpace.
  [[nodiscard]] virtual Result<void> Write(const LoginBook& book) = 0;
  /// Waits a few seconds for others. Errors: kInUse, kIo.
  [[nodiscard]] virtual Result<std::unique_ptr<Held>> Hold() = 0;
};

/// Where the secrets are. What is put for one address is not to be had for another.
class SecretBox {
 public:
  virtual ~SecretBox() = default;
  /// Keeps `secret`, in the box or in what it returns, to be kept as Login::sealed. Errors: kIo,
  /// kUnavailable.
  [[nodiscard]] virtual Result<std::string> Put(const Login& login, const SecretString& secret) = 0;
  /// Errors: kNotFound, kTampered (also: a wrong passphrase), kIo, kUnavailable.
  [[nodiscard]] virtual Result<SecretString> Take(const Login& login) = 0;
  /// Errors: kIo, kUnavailable.
  [[nodiscard]] virtual Result<void> Forget(const Login& login) = 0;
};

class Boxes {
 public:
  virtual ~Boxes() = default;
  /// The box that `book` says; asks for the passphrase where it has one. Errors: kUnavailable, kIo,
  /// kNotFound (the key file is gone), kPermissionDenied (others may read it).
  [[nodiscard]] virtual Result<std::unique_ptr<SecretBox>> Open(const LoginBook& book) = 0;
  /// A new box, and what the book must say of it. Errors: as Open.
  [[nodiscard]] virtual Result<std::unique_ptr<SecretBox>> Make(LoginBook& book, StoreKind store,
                                                                UnlockKind unlock) = 0;
  /// Whether there is a keyring to speak to.
  [[nodiscard]] virtual bool HasKeyring() = 0;
};

/// All of them, with who fills them.
struct Ports {
  std::unique_ptr<Random> random;
  std::unique_ptr<BookFile> file;
  std::unique_ptr<Boxes> boxes;  ///< May use `random`.
  std::unique_ptr<Transport> transport;
};

}  // namespace latchkey::client
