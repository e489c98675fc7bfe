#include "authority/link_authority.h"

#include <algorithm>
#include <utility>

#include "signin/ticket.h"

namespace latchkey {
namespace {

using enum Error::Code;
using Why = SignInRefusal::Cause;

std::unexpected<SignInRefusal> LinkOver() {
  return std::unexpected(SignInRefusal{
      .cause = Why::kLinkOver,
      .retry_after = {},
      .error = {.code = kNotFound,
                .message = "this link is of no use any more",
                .hint = "It works once, and for a limited time. Ask an administrator for a new "
                        "one."}});
}

bool MayHaveLink(const Account* account) {
  return account != nullptr && account->state == AccountState::kActive &&
         account->kind == AccountKind::kPerson;
}

}  // namespace

Result<NewLink> LinkAuthority::Make(LinkKind kind, const AccountId& id, const Caller& caller) {
  const std::shared_ptr<const Account> account = parts_.directory.FindAccount(id);
  if (!account) return Fail(kNotFound, "no such account");
  if (!MayHaveLink(account.get())) {
    return account->kind == AccountKind::kService
               ? Fail(kInvalidArgument, account->username + " is a service account",
                      "It never signs in: make credentials for it.")
               : Fail(kInvalidArgument, account->username + " is suspended", "Resume it first.");
  }
  if (kind == LinkKind::kSetUp) return Fail(kInvalidArgument, "a set-up link is for no account");
  return MakeNew(kind, id, caller);
}

Result<NewLink> LinkAuthority::MakeFor(const AccountId& account, const Caller& caller) {
  return Make(parts_.factors.CanSignIn(account) ? LinkKind::kPasswordReset : LinkKind::kInvitation,
              account, caller);
}

SignInResult<void> LinkAuthority::AttendAsk(std::string_view address) {
  const std::string bucket = AddressBucket(address);
  const std::chrono::seconds wait = asks_.Reserve({&bucket, 1}, parts_.clock.Now());
  if (wait.count() == 0) return {};
  return std::unexpected(
      SignInRefusal{.cause = Why::kThrottled,
                    .retry_after = wait,
                    .error = {.code = kLimitExceeded,
                              .message = "too many letters were asked for from here",
                              .hint = "Try again in " + std::to_string(wait.count()) + " s."}});
}

Result<std::optional<NewLink>> LinkAuthority::MakeByAsk(std::string_view user,
                                                        const Caller& caller) {
  const std::shared_ptr<const Account> account = parts_.directory.FindAccountByName(user);
  if (!MayHaveLink(account.get())) return std::nullopt;
  const std::scoped_lock lock{asking_};
  const auto links = parts_.sign_ins.ListLinks(account->id);
  const Instant now = parts_.clock.Now();
  if (!links.empty() && now - links.front()->link.created_at < kAskPause) return std::nullopt;
  Result<NewLink> link = MakeFor(account->id, caller);
  if (!link) return std::unexpected(link.error());
  return *std::move(link);
}

bool LinkAuthority::IsSetUp() const {
  return std::ranges::any_of(parts_.directory.ListAccounts(), [this](const auto& account) {
    return account->state == AccountState::kActive && parts_.factors.CanSignIn(account->id);
  });
}

Result<NewLink> LinkAuthority::MakeSetUp(const Caller& caller) {
  if (IsSetUp()) {
    return Fail(kConflict, "somebody can sign in already",
                "\"latchkey account link NAME\" makes a link for an account.");
  }
  return MakeNew(LinkKind::kSetUp, std::nullopt, caller);
}

Result<NewLink> LinkAuthority::MakeNew(LinkKind kind, const std::optional<AccountId>& account,
                                       const Caller& caller) {
  if (Result<void> ended = EndUnused(account, caller); !ended) {
    return std::unexpected(ended.error());
  }
  Result<Ticket> ticket = Ticket::Draw(parts_.random);
  if (!ticket) return std::unexpected(ticket.error());
  const Instant now = parts_.clock.Now();
  LinkRecord record{.value = {.id = std::string{ticket->id()},
                              .kind = kind,
                              .account = account,
                              .created_at = now,
                              .expires_at = now + LifetimeOf(kind),
                              .used_at = {},
                              .made_by = caller.actor},
                    .version = 1,
                    .seal = {}};
  if (Result<void> sealed = parts_.sealer.SealTicket(record, ticket->digest()); !sealed) {
    return std::unexpected(sealed.error());
  }
  Result<void> submitted =
      parts_.ledger.Submit({.record = record,
                            .info = caller.Info("link.make", std::string{KindName(kind)}),
                            .claim = {}});
  if (!submitted) return std::unexpected(submitted.error());
  const auto text = (*std::move(ticket)).Reveal();
  return NewLink{.link = std::move(record.value), .text = SecretString{text.Expose()}};
}

Result<void> LinkAuthority::EndUnused(const std::optional<AccountId>& account,
                                      const Caller& caller) {
  const Instant now = parts_.clock.Now();
  for (const std::string& id : parts_.sign_ins.ListLinkIds()) {
    const auto known = parts_.sign_ins.FindLink(id);
    if (!known || known->link.account != account || !known->link.IsLive(now)) continue;
    const Result<bool> marked = MarkUsed(id, caller.Info("link.end"));
    if (!marked) return std::unexpected(marked.error());
  }
  return {};
}

Result<bool> LinkAuthority::MarkUsed(const std::string& id, const ChangeInfo& info) {
  Result<Record> found = parts_.store.Find(RecordType::kLink, id);
  if (!found && found.error().code == kNotFound) return false;
  if (!found) return std::unexpected(found.error());
  auto record = std::get<LinkRecord>(std::move(*found));
  const Result<Digest> digest = parts_.sealer.OpenTicket(record);
  if (!digest) return std::unexpected(digest.error());
  if (!record.value.IsLive(parts_.clock.Now())) return false;
  record.value.used_at = parts_.clock.Now();
  ++record.version;
  if (Result<void> sealed = parts_.sealer.SealTicket(record, *digest); !sealed) {
    return std::unexpected(sealed.error());
  }
  Result<void> submitted =
      parts_.ledger.Submit({.record = std::move(record), .info = info, .claim = {}});
  if (submitted) return true;
  // The only change that a link ever has is this one.
  if (submitted.error().code == kConflict) return false;
  return std::unexpected(submitted.error());
}

SignInResult<LinkView> LinkAuthority::Inspect(std::string_view text) const {
  const Result<Ticket> ticket = Ticket::Parse(text);
  if (!ticket) return LinkOver();
  const std::shared_ptr<const KnownLink> known = parts_.sign_ins.FindLink(ticket->id());
  // An unknown id costs as much as a wrong secret.
  const Digest digest = known ? known->digest : Digest{};
  const bool right = EqualInConstantTime(ticket->digest(), digest);
  if (!known || !right || !known->link.IsLive(parts_.clock.Now())) return LinkOver();
  LinkView view{.link = known->link, .account = {}};
  if (!view.link.account) {
    if (view.link.kind != LinkKind::kSetUp || IsSetUp()) return LinkOver();
    return view;
  }
  view.account = parts_.directory.FindAccount(*view.link.account);
  if (!MayHaveLink(view.account.get())) return LinkOver();
  return view;
}

SignInResult<void> LinkAuthority::Use(const Link& link, const Caller& caller) {
  const Result<bool> used =
      MarkUsed(link.id, caller.Info("link.use", std::string{KindName(link.kind)}));
  if (!used) return Refuse(used.error());
  if (!*used) return LinkOver();
  return {};
}

SignInResult<AccountId> LinkAuthority::AcceptSetUp(const Link& link, LinkAnswer answer,
                                                   const Caller& caller) {
  const NewAccount request{.email = std::move(answer.email),
                           .username = std::move(answer.username),
                           .display_name = std::move(answer.display_name),
                           .kind = AccountKind::kPerson,
                           .admin = true,
                           .password = std::move(answer.password)};
  if (Result<void> usable = parts_.accounts.CheckNewAccount(request); !usable) {
    return Refuse(usable.error());
  }
  Account account;
  account.email = request.email;
  account.username = request.username;
  account.display_name = request.display_name;
  SignInResult<void> checked = parts_.factors.CheckNewPassword(account, request.password);
  if (checked) checked = Use(link, caller);
  if (!checked) return std::unexpected(std::move(checked.error()));
  Result<Account> created = parts_.accounts.CreateAccount(request, caller);
  if (!created) return Refuse(created.error());
  return std::move(created->id);
}

SignInResult<AccountId> LinkAuthority::AcceptPassword(const LinkView& view,
                                                      const SecretString& password,
                                                      const Caller& caller) {
  const SignInResult<PreparedPassword> prepared =
      parts_.factors.PreparePassword(*view.account, password);
  if (!prepared) return std::unexpected(prepared.error());
  if (SignInResult<void> used = Use(view.link, caller); !used) {
    return std::unexpected(std::move(used.error()));
  }
  const AccountId& account = view.account->id;
  Result<void> applied = parts_.factors.ApplyPassword(account, *prepared, {}, caller);
  if (!applied) return Refuse(applied.error());
  return account;
}

SignInResult<SignInOutcome> LinkAuthority::Accept(std::string_view text, LinkAnswer answer,
                                                  const SignInClient& client) {
  const SignInResult<LinkView> view = Inspect(text);
  if (!view) return std::unexpected(view.error());
  const Link& link = view->link;
  const Caller caller{
      .actor = "link:" + link.id, .origin = client.address, .request_id = client.request_id};
  SignInResult<AccountId> account = view->account ? AcceptPassword(*view, answer.password, caller)
                                                  : AcceptSetUp(link, std::move(answer), caller);
  if (!account) return std::unexpected(std::move(account.error()));
  if (Result<void> ended = EndUnused(link.account, caller); !ended) return Refuse(ended.error());
  return parts_.sign_in.BeginProven(*account, "link", /*stay=*/false, client);
}

}  // namespace latchkey
