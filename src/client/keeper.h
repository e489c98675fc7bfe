#pragma once

// The logins in use: what git's helper answers, and how a token renews itself on the way.
//
//     git ──> Answer() ──> the book: no login? nothing. Ended or refused? quit, and why
//                     └──> renewal due? one process of many, under the file's lock:
//                            key written ──> POST rotate ──> new secret written ──> POST activate
//
// Whatever breaks in between is taken up where it stopped: a lost answer with the same key, an
// arrival that was not told with `replaces`. Without an answer the old token serves until it ends.
//
// Thread safety: none; any number of processes.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/random.h"
#include "client/git_protocol.h"
#include "client/login_book.h"
#include "client/ports.h"
#include "client/server_api.h"

namespace latchkey::client {

/// What `get` has for git.
struct HelperAnswer {
  SecretString text;  ///< For standard output; empty: this helper knows nothing.
  std::string why;    ///< Why git is to end; empty unless `text` says so.
};

/// What a new login is made of.
struct NewLogin {
  Place place;
  SecretString secret;
  std::string user;  ///< For an app password, which does not say whose it is.
  std::string ca_file;
  std::optional<StoreKind> store;         ///< Nothing: as it is, or the keyring if there is one.
  std::optional<UnlockKind> unlock = {};  ///< Of the file. Nothing: as it is, or a key file.
};

class Keeper {
 public:
  /// All outlive the keeper. `tell` takes one line for the person, without a secret.
  struct Parts {
    BookFile& file;
    Boxes& boxes;
    Transport& transport;
    const Clock& clock;
    Random& random;
    std::function<void(std::string_view line)> tell;
  };

  explicit Keeper(Parts parts) : parts_(std::move(parts)) {}

  /// Errors: those of the ports.
  [[nodiscard]] Result<HelperAnswer> Answer(const GitQuestion& question);
  /// Git used what it says with success. A Latchkey credential that was typed becomes a login.
  [[nodiscard]] Result<void> Store(GitQuestion question);
  /// The server refused what git sent. Of ours, says why; anything else is none of this helper's.
  [[nodiscard]] Result<void> Erase(const GitQuestion& question);

  /// Checks it against the server and keeps it. Errors: kInvalidArgument, kBadChecksum (the
  /// secret), kPermissionDenied (the server refuses it), kUnavailable, those of the ports.
  [[nodiscard]] Result<Login> LogIn(const NewLogin& made);
  /// Errors: kNotFound; those of the ports.
  [[nodiscard]] Result<Login> LogOut(std::string_view url);

  /// The server that `place` belongs to: the first from the host down its path where Latchkey
  /// answers. Errors: as FindServer.
  [[nodiscard]] Result<std::string> ServerOf(const Place& place, const std::string& ca_file);
  [[nodiscard]] Result<LoginBook> ReadBook() { return parts_.file.Read(); }
  /// Errors: those of SecretBox::Take.
  [[nodiscard]] Result<SecretString> TakeSecret(const LoginBook& book, const Login& login);
  /// Asks the server whose it is.
  [[nodiscard]] client::Answer<Identity> WhoAmI(const Login& login, const SecretString& secret);
  [[nodiscard]] Transport& transport() { return parts_.transport; }
  [[nodiscard]] Instant now() const { return parts_.clock.Now(); }

  /// `login` as it is after it was renewed, or its arrival told, where that was due. Where that
  /// could not be done it is as it was.
  [[nodiscard]] Result<Login> Refresh(const Login& login);

 private:
  [[nodiscard]] Result<SecretBox*> Box(const LoginBook& book);
  /// Asks the server what the new login is.
  [[nodiscard]] Result<Login> Check(const NewLogin& made);
  /// Moves what is there to where the new login is to be kept.
  [[nodiscard]] Result<void> ChooseStore(LoginBook& book, const NewLogin& made);
  [[nodiscard]] Result<void> MoveSecrets(LoginBook& book, StoreKind store, UnlockKind unlock);
  /// Why git is to end; nothing: it is not.
  [[nodiscard]] Result<std::optional<std::string>> WhyDead(Login& login,
                                                           const SecretString& secret);
  /// With the lock held. `login` stands in `book`.
  [[nodiscard]] Result<void> Renew(LoginBook& book, Login& login);
  [[nodiscard]] Result<void> TakeSuccessor(LoginBook& book, Login& login, Successor successor);
  [[nodiscard]] Result<void> NoteRefusal(LoginBook& book, Login& login, const Refusal& refusal);
  [[nodiscard]] Result<void> TellItArrived(LoginBook& book, Login& login);
  [[nodiscard]] Result<void> Note(const Login& login);

  Parts parts_;
  std::unique_ptr<SecretBox> box_;
};

/// One line: what is wrong with a login, and what to do.
[[nodiscard]] std::string DeadLine(const Login& login, const std::string& why,
                                   const std::string& make_one);

}  // namespace latchkey::client
