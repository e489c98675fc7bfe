#include "client/keeper.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "credential/credential.h"

namespace latchkey::client {
namespace {

using enum Error::Code;

constexpr std::string_view kTokenUser = "x-token-auth";

std::string KindWords(const Login& login) {
  return login.kind == "app-password" ? "app password" : "API token";
}

std::string_view UserFor(const Login& login) {
  return login.kind == "api-token" ? kTokenUser : std::string_view{login.username};
}

/// Whether git asks for this account, or for nobody in particular.
bool IsFor(const Login& login, std::string_view asked) {
  if (asked.empty() || EqualsIgnoringCase(asked, login.username)) return true;
  if (!login.email.empty() && EqualsIgnoringCase(asked, login.email)) return true;
  return login.kind == "api-token" &&
         (asked == kTokenUser || asked == "x-bitbucket-api-token-auth");
}

HelperAnswer Quit(std::string why) {
  return {.text = SecretString{kGitQuit}, .why = std::move(why)};
}

std::string EndedWhy(const Login& login) {
  return "the " + KindWords(login) + " " + login.id + " expired on " +
         FormatInstant(*login.expires_at);
}

ServerAddress AddressOf(const Login& login) { return {login.server, login.ca_file}; }

Login MakeLogin(const NewLogin& made, const std::string& server, const Identity& identity,
                Instant now) {
  return {.url = FormatPlace(made.place),
          .server = server,
          .username = identity.username,
          .email = identity.email,
          .id = identity.id,
          .kind = identity.kind,
          .app = identity.app,
          .grants = identity.grants,
          .began_at = now,
          .expires_at = identity.expires_at,
          .ca_file = made.ca_file};
}

}  // namespace

std::string DeadLine(const Login& login, const std::string& why, const std::string& make_one) {
  std::string line = login.url + ": " + why + "; make a new one";
  if (!make_one.empty()) line += " at " + make_one;
  return line + " and run: latchkey login " + login.url;
}

Result<SecretBox*> Keeper::Box(const LoginBook& book) {
  if (box_ == nullptr) {
    Result<std::unique_ptr<SecretBox>> opened = parts_.boxes.Open(book);
    if (!opened) return std::unexpected(opened.error());
    box_ = std::move(*opened);
  }
  return box_.get();
}

Result<SecretString> Keeper::TakeSecret(const LoginBook& book, const Login& login) {
  const Result<SecretBox*> box = Box(book);
  if (!box) return std::unexpected(box.error());
  return (*box)->Take(login);
}

client::Answer<Identity> Keeper::WhoAmI(const Login& login, const SecretString& secret) {
  return AskWhoAmI(parts_.transport, AddressOf(login),
                   AuthorizationFor(login.kind, login.username, secret));
}

Result<void> Keeper::Note(const Login& login) {
  const Result<std::unique_ptr<Held>> held = parts_.file.Hold();
  if (!held) return std::unexpected(held.error());
  Result<LoginBook> book = parts_.file.Read();
  if (!book) return std::unexpected(book.error());
  Login* known = book->FindByUrl(login.url);
  // Renewed or replaced meanwhile: what was learnt is about another.
  if (known == nullptr || known->id != login.id) return {};
  known->refused = login.refused;
  return parts_.file.Write(*book);
}

Result<std::optional<std::string>> Keeper::WhyDead(Login& login, const SecretString& secret) {
  if (HasEnded(login, parts_.clock.Now())) return DeadLine(login, EndedWhy(login), {});
  if (login.refused.empty()) return std::nullopt;
  // The server refused it before. It may have changed its mind: an account that was resumed, say.
  const client::Answer<Identity> answer = WhoAmI(login, secret);
  if (const auto* refusal = std::get_if<Refusal>(&answer); refusal != nullptr) {
    if (refusal->is_final()) return DeadLine(login, Explain(*refusal), refusal->make_one);
    return std::nullopt;
  }
  if (std::holds_alternative<Fault>(answer)) return DeadLine(login, login.refused, {});
  login.refused.clear();
  if (Result<void> noted = Note(login); !noted) return std::unexpected(noted.error());
  return std::nullopt;
}

Result<HelperAnswer> Keeper::Answer(const GitQuestion& question) {
  const Result<Place> place = MakePlace(question.protocol, question.host, question.path);
  if (!place) return HelperAnswer{};  // Nothing that a login can be for.
  Result<LoginBook> book = parts_.file.Read();
  if (!book) return std::unexpected(book.error());
  const Login* found = book->Find(*place);
  if (found == nullptr || !IsFor(*found, question.username)) return HelperAnswer{};
  Login login = *found;
  // What has ended needs no passphrase to be told of.
  if (HasEnded(login, parts_.clock.Now())) return Quit(DeadLine(login, EndedWhy(login), {}));
  Result<SecretString> secret = TakeSecret(*book, login);
  if (!secret) return std::unexpected(secret.error());
  const Result<std::optional<std::string>> dead = WhyDead(login, *secret);
  if (!dead) return std::unexpected(dead.error());
  if (*dead) return Quit(**dead);

  const Result<Login> fresh = Refresh(login);
  // A renewal that failed is told; the token serves until it ends.
  if (!fresh) parts_.tell(fresh.error().message);
  const bool changed = fresh && fresh->id != login.id;
  if (fresh) login = *fresh;
  if (changed) {
    secret = TakeSecret(*book, login);
    if (!secret) return std::unexpected(secret.error());
  }
  if (!login.refused.empty()) return Quit(DeadLine(login, login.refused, {}));
  return HelperAnswer{.text = FormatGitAnswer(question, UserFor(login), *secret,
                                              login.kind == "api-token", login.expires_at),
                      .why = {}};
}

Result<void> Keeper::Store(GitQuestion question) {
  const Result<Place> place = MakePlace(question.protocol, question.host, question.path);
  if (!place || !question.secret) return {};
  const Result<Credential> credential = Credential::Parse(question.secret->Expose());
  if (!credential) return {};  // Another system's: other helpers keep it.
  const Result<LoginBook> book = parts_.file.Read();
  if (!book) return std::unexpected(book.error());
  // One that is there stays: what git sends may be older than what was renewed meanwhile.
  const Login* known = book->Find(*place);
  if (known != nullptr && !HasEnded(*known, parts_.clock.Now()) && known->refused.empty()) {
    return {};
  }
  const Result<Login> made = LogIn({.place = *place,
                                    .secret = *std::move(question.secret),
                                    .user = question.username,
                                    .ca_file = known == nullptr ? "" : known->ca_file,
                                    .store = {}});
  if (!made) return std::unexpected(made.error());
  return {};
}

Result<void> Keeper::Erase(const GitQuestion& question) {
  const Result<Place> place = MakePlace(question.protocol, question.host, question.path);
  if (!place) return {};
  Result<LoginBook> book = parts_.file.Read();
  if (!book) return std::unexpected(book.error());
  const Login* found = book->Find(*place);
  if (found == nullptr) return {};
  Login login = *found;
  const Result<SecretString> secret = TakeSecret(*book, login);
  if (!secret) return std::unexpected(secret.error());
  // Another one's, or one that was renewed since: not what is kept here.
  if (question.secret && question.secret->Expose() != secret->Expose()) return {};
  const client::Answer<Identity> answer = WhoAmI(login, *secret);
  const auto* refusal = std::get_if<Refusal>(&answer);
  // Whatever refused it, the server has nothing against it, or cannot be asked: it is kept.
  if (refusal == nullptr || !refusal->is_final()) return {};
  login.refused = Explain(*refusal);
  parts_.tell(DeadLine(login, login.refused, refusal->make_one));
  return Note(login);
}

Result<std::string> Keeper::ServerOf(const Place& place, const std::string& ca_file) {
  // From the host down the path: the pages may be anywhere, and only Latchkey is asked more.
  Place tried = place;
  tried.path.clear();
  Result<void> found = FindServer(parts_.transport, {FormatPlace(tried), ca_file});
  if (found) return FormatPlace(tried);
  if (found.error().code == kUnavailable || place.path.empty()) {
    return std::unexpected(found.error());
  }
  std::size_t end = 0;
  while (end != std::string::npos) {
    end = place.path.find('/', end + 1);
    tried.path = place.path.substr(0, end);
    const Result<void> here = FindServer(parts_.transport, {FormatPlace(tried), ca_file});
    if (here) return FormatPlace(tried);
  }
  return std::unexpected(found.error());
}

Result<void> Keeper::MoveSecrets(LoginBook& book, StoreKind store, UnlockKind unlock) {
  const LoginBook before = book;
  std::unique_ptr<SecretBox> old_box;
  if (!before.logins.empty()) {
    const Result<SecretBox*> opened = Box(before);
    if (!opened) return std::unexpected(opened.error());
    old_box = std::move(box_);
  }
  Result<std::unique_ptr<SecretBox>> made = parts_.boxes.Make(book, store, unlock);
  if (!made) return std::unexpected(made.error());
  box_ = std::move(*made);
  for (Login& login : book.logins) {
    const Result<SecretString> secret = old_box->Take(login);
    if (!secret) return std::unexpected(secret.error());
    Result<std::string> sealed = box_->Put(login, *secret);
    if (!sealed) return std::unexpected(sealed.error());
    login.sealed = *std::move(sealed);
  }
  // Nothing is forgotten in the old place before the new one is known.
  if (Result<void> written = parts_.file.Write(book); !written) return written;
  for (const Login& login : before.logins) {
    if (Result<void> gone = old_box->Forget(login); !gone) return gone;
  }
  return {};
}

Result<Login> Keeper::Check(const NewLogin& made) {
  const Result<Credential> credential = Credential::Parse(made.secret.Expose());
  if (!credential) {
    if (credential.error().code == kBadChecksum) return std::unexpected(credential.error());
    return Fail(kInvalidArgument, "this is not a Latchkey credential",
                "Paste it alone: it looks like lkat_ or lkap_ and 39 letters and digits.");
  }
  const std::string kind{KindName(credential->kind())};
  if (kind == "app-password" && made.user.empty()) {
    return Fail(kInvalidArgument, "an app password goes with its account's name",
                "Give it with --user NAME.");
  }
  const Result<std::string> server = ServerOf(made.place, made.ca_file);
  if (!server) return std::unexpected(server.error());
  const client::Answer<Identity> answer = AskWhoAmI(parts_.transport, {*server, made.ca_file},
                                                    AuthorizationFor(kind, made.user, made.secret));
  if (const auto* fault = std::get_if<Fault>(&answer)) {
    return Fail(kUnavailable, *server + ": " + Explain(*fault));
  }
  if (const auto* refusal = std::get_if<Refusal>(&answer)) {
    return Fail(kPermissionDenied, *server + ": " + Explain(*refusal),
                refusal->make_one.empty() ? "" : "Make a new one at " + refusal->make_one);
  }
  return MakeLogin(made, *server, std::get<Identity>(answer), parts_.clock.Now());
}

Result<void> Keeper::ChooseStore(LoginBook& book, const NewLogin& made) {
  if (book.logins.empty()) {
    const StoreKind usual = parts_.boxes.HasKeyring() ? StoreKind::kKeyring : StoreKind::kFile;
    return MoveSecrets(book, made.store.value_or(usual),
                       made.unlock.value_or(UnlockKind::kKeyFile));
  }
  const StoreKind store = made.store.value_or(book.store);
  // A passphrase that is there stays unless something else was asked for.
  const UnlockKind unlock = made.unlock.value_or(book.unlock);
  if (store == book.store && unlock == book.unlock) return {};
  return MoveSecrets(book, store, unlock);
}

Result<Login> Keeper::LogIn(const NewLogin& made) {
  Result<Login> login = Check(made);
  if (!login) return login;
  const Result<std::unique_ptr<Held>> held = parts_.file.Hold();
  if (!held) return std::unexpected(held.error());
  Result<LoginBook> book = parts_.file.Read();
  if (!book) return std::unexpected(book.error());
  if (Result<void> chosen = ChooseStore(*book, made); !chosen) {
    return std::unexpected(chosen.error());
  }
  const Result<SecretBox*> box = Box(*book);
  if (!box) return std::unexpected(box.error());
  Result<std::string> sealed = (*box)->Put(*login, made.secret);
  if (!sealed) return std::unexpected(sealed.error());
  login->sealed = *std::move(sealed);
  book->Put(*login);
  if (Result<void> written = parts_.file.Write(*book); !written) {
    return std::unexpected(written.error());
  }
  return login;
}

Result<Login> Keeper::LogOut(std::string_view url) {
  const Result<std::unique_ptr<Held>> held = parts_.file.Hold();
  if (!held) return std::unexpected(held.error());
  Result<LoginBook> book = parts_.file.Read();
  if (!book) return std::unexpected(book.error());
  const Login* known = book->FindByUrl(url);
  if (known == nullptr) {
    return Fail(kNotFound, "there is no login at " + EscapeForTerminal(url),
                "\"latchkey whoami\" lists them.");
  }
  const Login login = *known;
  if (book->store == StoreKind::kKeyring) {
    const Result<SecretBox*> box = Box(*book);
    if (!box) return std::unexpected(box.error());
    if (Result<void> gone = (*box)->Forget(login); !gone) return std::unexpected(gone.error());
  }
  book->Remove(url);
  if (Result<void> written = parts_.file.Write(*book); !written) {
    return std::unexpected(written.error());
  }
  return login;
}

}  // namespace latchkey::client
