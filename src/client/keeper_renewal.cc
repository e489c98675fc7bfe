// The part of the keeper that renews a token.

#include <array>
#include <utility>

#include "client/keeper.h"
#include "crypto/base64url.h"

namespace latchkey::client {
namespace {

ServerAddress AddressOf(const Login& login) { return {login.server, login.ca_file}; }

SecretString Bearer(const SecretString& secret) {
  return AuthorizationFor("api-token", "", secret);
}

Result<std::string> DrawKey(Random& random) {
  std::array<std::byte, 16> bytes{};
  if (Result<void> drawn = random.Fill(bytes); !drawn) return std::unexpected(drawn.error());
  return EncodeBase64Url({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

}  // namespace

Result<Login> Keeper::Refresh(const Login& login) {
  const Instant now = parts_.clock.Now();
  if (!IsRenewalDue(login, now) && login.replaces.empty()) return login;
  const Result<std::unique_ptr<Held>> held = parts_.file.Hold();
  if (!held) {
    // Somebody else is at it, and longer than we wait: the token that is here still works.
    if (held.error().code == Error::Code::kInUse) return login;
    return std::unexpected(held.error());
  }
  // What others did while we waited is in the file.
  Result<LoginBook> book = parts_.file.Read();
  if (!book) return std::unexpected(book.error());
  Login* known = book->FindByUrl(login.url);
  if (known == nullptr) return login;
  if (!known->replaces.empty()) {
    if (Result<void> told = TellItArrived(*book, *known); !told) {
      return std::unexpected(told.error());
    }
  }
  if (IsRenewalDue(*known, now)) {
    if (Result<void> renewed = Renew(*book, *known); !renewed) {
      return std::unexpected(renewed.error());
    }
  }
  return *known;
}

Result<void> Keeper::Renew(LoginBook& book, Login& login) {
  const Result<SecretString> secret = TakeSecret(book, login);
  if (!secret) return std::unexpected(secret.error());
  if (login.renewal_key.empty()) {
    Result<std::string> key = DrawKey(parts_.random);
    if (!key) return std::unexpected(key.error());
    login.renewal_key = *std::move(key);
  }
  login.renewal_tried_at = parts_.clock.Now();
  // Before it is asked: should the answer be lost, the same key gets another.
  if (Result<void> written = parts_.file.Write(book); !written) return written;
  client::Answer<Successor> answer =
      AskForSuccessor(parts_.transport, AddressOf(login), Bearer(*secret), login.renewal_key);
  if (const auto* fault = std::get_if<Fault>(&answer)) {
    parts_.tell(login.url + ": the API token could not renew itself yet: " + Explain(*fault));
    return {};
  }
  if (const auto* refusal = std::get_if<Refusal>(&answer)) {
    return NoteRefusal(book, login, *refusal);
  }
  return TakeSuccessor(book, login, std::get<Successor>(std::move(answer)));
}

Result<void> Keeper::NoteRefusal(LoginBook& book, Login& login, const Refusal& refusal) {
  const std::string why = Explain(refusal);
  if (refusal.is_final()) {
    login.refused = why;
  } else {
    parts_.tell(login.url + ": the API token does not renew itself: " + why);
    // What a later try would hear again. Anything else may pass: a disk that is full, a throttle.
    const bool lasting = refusal.status == 403 || refusal.status == 404 || refusal.status == 409;
    if (lasting) login.renewal_refused = why;
  }
  return parts_.file.Write(book);
}

Result<void> Keeper::TakeSuccessor(LoginBook& book, Login& login, Successor successor) {
  const Result<SecretBox*> box = Box(book);
  if (!box) return std::unexpected(box.error());
  const std::string replaced = login.id;
  const Login before = login;
  login.id = successor.identity.id;
  login.grants = successor.identity.grants;
  login.began_at = successor.created_at;
  login.expires_at = successor.identity.expires_at;
  login.renewal_key.clear();
  login.renewal_tried_at.reset();
  login.replaces = replaced;
  Result<std::string> sealed = (*box)->Put(login, successor.secret);
  if (!sealed) {
    login = before;
    return std::unexpected(sealed.error());
  }
  login.sealed = *std::move(sealed);
  // The old one works until the new one is known to be here.
  if (Result<void> written = parts_.file.Write(book); !written) return written;
  parts_.tell(login.url + ": the API token renewed itself" +
              (login.expires_at ? "; it lasts until " + FormatInstant(*login.expires_at) : ""));
  return TellItArrived(book, login);
}

Result<void> Keeper::TellItArrived(LoginBook& book, Login& login) {
  const Result<SecretString> secret = TakeSecret(book, login);
  if (!secret) return std::unexpected(secret.error());
  const client::Answer<bool> answer =
      TellArrival(parts_.transport, AddressOf(login), Bearer(*secret), login.replaces);
  const auto* refusal = std::get_if<Refusal>(&answer);
  // Not told: the next use tells it. A server that does not know what it is about never will.
  const bool lasting = refusal != nullptr && (refusal->status == 403 || refusal->status == 404);
  if (!std::holds_alternative<bool>(answer) && !lasting) return {};
  login.replaces.clear();
  return parts_.file.Write(book);
}

}  // namespace latchkey::client
