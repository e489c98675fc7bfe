#include "authority/session_authority.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "credential/scan.h"
#include "signin/device.h"
#include "signin/device_name.h"
#include "signin/ticket.h"

namespace latchkey {
namespace {

using enum Error::Code;

constexpr std::size_t kNameSizeMax = 80;
constexpr std::size_t kUserAgentSizeMax = 200;
/// How often a change is tried again when the record changed meanwhile.
constexpr int kAttemptsMax = 5;

std::unexpected<Error> NoSuchSession() {
  return Fail(kNotFound, "no such session", "It may have ended meanwhile.");
}

/// As it may be kept and shown: somebody may have put a credential there.
std::string Presentable(const std::string& user_agent) {
  if (FindCredential(user_agent)) return {};
  return EscapeForTerminal(user_agent, kUserAgentSizeMax);
}

/// A new ticket under the id of an old one.
Result<Ticket> DrawUnder(std::string_view id, Random& random) {
  Result<Ticket> drawn = Ticket::Draw(random);
  if (!drawn) return drawn;
  const auto fresh = (*std::move(drawn)).Reveal();
  std::string text{id};
  text.reserve(Ticket::kTextSize + 1);  // No copy is left behind.
  text.append(fresh.Expose().substr(Ticket::kIdSize));
  const SecretString secret{std::move(text)};
  return Ticket::Parse(secret.Expose());
}

SecretString Reveal(Ticket ticket) {
  const auto text = std::move(ticket).Reveal();
  return SecretString{text.Expose()};
}

}  // namespace

Result<NewSession> SessionAuthority::Begin(const SessionStart& start, const SignInClient& client) {
  const std::shared_ptr<const Account> account = parts_.directory.FindAccount(start.account);
  if (!account) return Fail(kNotFound, "no such account");
  if (account->state != AccountState::kActive) {
    return Fail(kPermissionDenied, "the account is suspended", "Resume it first.");
  }
  Result<Ticket> ticket = Ticket::Draw(parts_.random);
  if (!ticket) return std::unexpected(ticket.error());
  const Instant now = parts_.clock.Now();
  SessionRecord record{.value = {.id = std::string{ticket->id()},
                                 .account = start.account,
                                 .name = DeviceName(client.user_agent),
                                 .address = client.address,
                                 .user_agent = Presentable(client.user_agent),
                                 .created_at = now,
                                 .authenticated_at = now,
                                 .methods = start.methods,
                                 .expires_at = SessionExpiry(parts_.limits, now, start.stay),
                                 .ended_at = {},
                                 .end_reason = {}},
                       .version = 1,
                       .seal = {}};
  Result<SecretString> device = DeviceFor(start.account, client);
  if (!device) return std::unexpected(device.error());
  if (Result<void> sealed = parts_.sealer.SealTicket(record, ticket->digest()); !sealed) {
    return std::unexpected(sealed.error());
  }
  Result<void> submitted = parts_.ledger.Submit(
      {.record = record, .info = client.As(start.account).Info("session.begin"), .claim = {}});
  if (!submitted) return std::unexpected(submitted.error());
  parts_.activity.Note(record.value.id, now, client.address);
  // Behind it, so that of many at once the last sees all of them.
  Result<void> room = MakeRoom(start.account, record.value.id, client.As(start.account));
  if (!room) return std::unexpected(room.error());
  return NewSession{.session = std::move(record.value),
                    .cookie = Reveal(*std::move(ticket)),
                    .device = std::move(*device)};
}

Result<void> SessionAuthority::MakeRoom(const AccountId& account, std::string_view newest,
                                        const Caller& caller) {
  std::vector<ListedSession> live = List(account);
  if (live.size() <= parts_.limits.per_account_max) return {};
  std::ranges::sort(live, {}, [](const ListedSession& one) { return one.session.created_at; });
  std::erase_if(live, [&](const ListedSession& one) { return one.session.id == newest; });
  live.resize(live.size() + 1 - parts_.limits.per_account_max);
  for (const ListedSession& oldest : live) {
    const Result<void> ended =
        End(account, oldest.session.id, "the account has too many sessions", caller);
    const bool gone = ended || ended.error().code == kNotFound;
    if (!gone) return ended;
  }
  return {};
}

Result<SecretString> SessionAuthority::DeviceFor(const AccountId& account,
                                                 const SignInClient& client) const {
  if (!KnownDevice(parts_.device_key, account, client.device).empty()) {
    return SecretString{client.device};
  }
  return MakeDevice(parts_.device_key, account, parts_.random);
}

Instant SessionAuthority::LastSeen(const Session& session) const {
  const std::optional<SessionSeen> seen = parts_.activity.Find(session.id);
  return seen ? std::max(seen->at, session.authenticated_at) : session.authenticated_at;
}

bool SessionAuthority::IsInForce(const Session& session) const {
  return !session.ended_at &&
         parts_.clock.Now() < SessionEnd(parts_.limits, session, LastSeen(session));
}

std::optional<LiveSession> SessionAuthority::Find(std::string_view cookie,
                                                  std::string_view address) const {
  const Result<Ticket> ticket = Ticket::Parse(cookie);
  if (!ticket) return std::nullopt;
  std::shared_ptr<const KnownSession> known = parts_.sign_ins.FindSession(ticket->id());
  // An unknown id costs as much as a wrong secret.
  const Digest digest = known ? known->digest : Digest{};
  const bool right = EqualInConstantTime(ticket->digest(), digest);
  if (!known || !right || !IsInForce(known->session)) return std::nullopt;
  std::shared_ptr<const Account> account = parts_.directory.FindAccount(known->session.account);
  if (!account || account->state != AccountState::kActive) return std::nullopt;
  const Instant now = parts_.clock.Now();
  parts_.activity.Note(known->session.id, now, address);
  const Session* session = &known->session;
  return LiveSession{.session = {std::move(known), session},
                     .account = std::move(account),
                     .last_seen_at = now,
                     .idle_until = SessionEnd(parts_.limits, *session, now),
                     .reauthenticate_after = ReauthenticateAfter(parts_.limits, *session)};
}

Result<SessionRecord> SessionAuthority::FindRecord(const AccountId& account,
                                                   std::string_view id) const {
  if (!IsTicketId(id)) return NoSuchSession();
  Result<Record> found = parts_.store.Find(RecordType::kSession, id);
  if (!found && found.error().code == kNotFound) return NoSuchSession();
  if (!found) return std::unexpected(found.error());
  if (Result<void> checked = parts_.sealer.Check(*found); !checked) {
    return std::unexpected(checked.error());
  }
  auto record = std::get<SessionRecord>(std::move(*found));
  if (record.value.account != account) return NoSuchSession();
  if (record.value.ended_at) {
    // The store knows of an end a moment before it is in force.
    if (Result<void> settled = parts_.ledger.Settle(); !settled) {
      return std::unexpected(settled.error());
    }
  }
  if (!record.value.IsLive(parts_.clock.Now())) return NoSuchSession();
  return record;
}

template <typename Edit>
Result<Session> SessionAuthority::Change(const AccountId& account, std::string_view id,
                                         const ChangeInfo& info, Edit edit) {
  for (int attempt = 1;; ++attempt) {
    Result<SessionRecord> record = FindRecord(account, id);
    if (!record) return std::unexpected(record.error());
    Result<Digest> digest = parts_.sealer.OpenTicket(*record);
    if (!digest) return std::unexpected(digest.error());
    edit(record->value, *digest);
    ++record->version;
    if (Result<void> sealed = parts_.sealer.SealTicket(*record, *digest); !sealed) {
      return std::unexpected(sealed.error());
    }
    Result<void> submitted = parts_.ledger.Submit({.record = *record, .info = info, .claim = {}});
    if (submitted) return std::move(record->value);
    if (submitted.error().code != kConflict || attempt == kAttemptsMax) {
      return std::unexpected(submitted.error());
    }
  }
}

Result<NewSession> SessionAuthority::Renew(const LiveSession& live, const std::string& method,
                                           const SignInClient& client) {
  const AccountId& account = live.session->account;
  Result<Ticket> ticket = DrawUnder(live.session->id, parts_.random);
  if (!ticket) return std::unexpected(ticket.error());
  Result<SecretString> device = DeviceFor(account, client);
  if (!device) return std::unexpected(device.error());
  const Digest fresh = ticket->digest();
  const Instant now = parts_.clock.Now();
  Result<Session> session =
      Change(account, live.session->id, client.As(account).Info("session.renew"),
             [&](Session& value, Digest& digest) {
               value.authenticated_at = now;
               if (std::ranges::find(value.methods, method) == value.methods.end()) {
                 value.methods.push_back(method);
               }
               digest = fresh;
             });
  if (!session) return std::unexpected(session.error());
  return NewSession{.session = std::move(*session),
                    .cookie = Reveal(*std::move(ticket)),
                    .device = std::move(*device)};
}

std::vector<ListedSession> SessionAuthority::List(const AccountId& account) const {
  std::vector<ListedSession> sessions;
  for (const auto& known : parts_.sign_ins.ListSessions(account)) {
    if (!IsInForce(known->session)) continue;
    ListedSession listed{.session = known->session, .last_seen_at = LastSeen(known->session)};
    const std::optional<SessionSeen> seen = parts_.activity.Find(known->session.id);
    if (seen && !seen->address.empty()) listed.session.address = seen->address;
    sessions.push_back(std::move(listed));
  }
  return sessions;
}

Result<Session> SessionAuthority::Rename(const AccountId& account, std::string_view id,
                                         const std::string& name, const Caller& caller) {
  if (Result<void> valid = ValidateDisplayText("the name", name, kNameSizeMax); !valid) {
    return std::unexpected(valid.error());
  }
  if (FindCredential(name)) {
    return Fail(kInvalidArgument, "the name has a whole credential in it",
                "It would be shown in lists and logs. Choose another text.");
  }
  return Change(account, id, caller.Info("session.rename"),
                [&name](Session& session, Digest&) { session.name = name; });
}

Result<void> SessionAuthority::End(const AccountId& account, std::string_view id,
                                   const std::string& reason, const Caller& caller) {
  const Instant now = parts_.clock.Now();
  const Result<Session> ended =
      Change(account, id, caller.Info("session.end", reason), [&](Session& session, Digest&) {
        session.ended_at = now;
        session.end_reason = reason;
      });
  if (!ended) return std::unexpected(ended.error());
  parts_.activity.Forget(id);
  return {};
}

Result<std::uint64_t> SessionAuthority::EndAll(const AccountId& account, std::string_view except,
                                               const std::string& reason, const Caller& caller) {
  std::uint64_t count = 0;
  for (const auto& known : parts_.sign_ins.ListSessions(account)) {
    const std::string& id = known->session.id;
    // Also one that is idle now: under other settings it would not be.
    if (id == except || !known->session.IsLive(parts_.clock.Now())) continue;
    Result<void> ended = End(account, id, reason, caller);
    if (!ended && ended.error().code != kNotFound) return std::unexpected(ended.error());
    if (ended) ++count;
  }
  return count;
}

}  // namespace latchkey
