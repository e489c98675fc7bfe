#include "api/letters.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace latchkey::api {
namespace {

constexpr std::string_view kAccount = "account:";
constexpr std::string_view kCommandLine = "cli:";

bool IsOwners(const CredentialRecord& record, const Caller& caller) {
  return caller.owner() == record.account || caller.actor == std::string{kAccount} + record.account;
}

/// What happened, by the action of the change log; empty for what nobody needs to be told.
std::string_view WhatHappened(std::string_view action) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 9> kTold{{
      {"sign-in.set-password", "The password was changed"},
      {"sign-in.add-totp", "An authenticator app was added as a second step"},
      {"sign-in.remove-totp", "The authenticator app was removed"},
      {"sign-in.replace-recovery-codes", "New recovery codes were made"},
      {"sign-in.use-recovery-code", "A recovery code was used"},
      {"sign-in.add-passkey", "A passkey was added"},
      {"sign-in.remove-passkey", "A passkey was removed"},
      {"sign-in.link-identity", "Signing in with another provider was added"},
      {"sign-in.reset-second-step", "Second steps and recovery codes were taken away"},
  }};
  const auto* const found =
      std::ranges::find(kTold, action, &std::pair<std::string_view, std::string_view>::first);
  return found == kTold.end() ? std::string_view{} : found->second;
}

/// Whether its secret was the leave to end it.
bool IsReport(const Caller& caller) {
  return caller.actor.starts_with("credential:") && !caller.owner();
}

}  // namespace

std::optional<mail::Recipient> RecipientOf(const Account& account) {
  if (account.kind == AccountKind::kService || !mail::ValidateAddress(account.email)) {
    return std::nullopt;
  }
  return mail::Recipient{.address = account.email, .display_name = account.display_name};
}

mail::CredentialFacts FactsOf(const CredentialRecord& record) {
  const bool token = record.kind == CredentialKind::kApiToken;
  return {.kind = token ? mail::CredentialFacts::Kind::kApiToken
                        : mail::CredentialFacts::Kind::kAppPassword,
          .name = record.name,
          .id = record.id.text(),
          .app = record.app,
          .expires_at = record.expires_at};
}

std::string Letters::NameOf(std::string_view actor, std::string_view owner) const {
  constexpr std::string_view kLink = "link:";
  if (actor.starts_with(kLink)) return "a link";
  if (actor.starts_with(kAccount)) {
    if (actor.substr(kAccount.size()) == owner) return {};
    const auto account = parts_.directory.FindAccount(AccountId{actor.substr(kAccount.size())});
    if (account) return account->username + " (administrator)";
  }
  if (actor.starts_with(kCommandLine)) {
    return std::string{actor.substr(kCommandLine.size())} + " (on the server)";
  }
  return std::string{actor};
}

bool Letters::MayTellOfRevocation(const AccountId& account) {
  constexpr std::chrono::hours kWindow{1};
  const Instant now = parts_.clock.Now();
  const std::scoped_lock lock{mutex_};
  if (int* sent = sent_.Find(account, now)) return ++*sent <= kRevocationsAnHour;
  sent_.Put(account, 1, now + kWindow);
  return true;
}

void Letters::TellOfRevocation(const CredentialRecord& record, const Caller& caller) {
  if (parts_.outbox == nullptr || IsOwners(record, caller)) return;
  const std::shared_ptr<const Account> owner = parts_.directory.FindAccount(record.account);
  const std::optional<mail::Recipient> to = owner ? RecipientOf(*owner) : std::nullopt;
  if (!to || !MayTellOfRevocation(record.account)) return;
  const bool reported = IsReport(caller);
  const mail::Event event{.at = record.revoked_at.value_or(parts_.clock.Now()),
                          .by = reported ? std::string{} : NameOf(caller.actor),
                          .address = caller.origin};
  parts_.outbox->Post(mail::CredentialEndedMessage(
      parts_.site, *to, FactsOf(record),
      reported ? mail::Ending::kReported : mail::Ending::kRevoked, event,
      reported ? std::string_view{} : std::string_view{record.revoke_reason}));
}

void Letters::TellOfSignInChange(const AccountId& account, const ChangeInfo& info) {
  const std::string_view what = WhatHappened(info.action);
  if (parts_.outbox == nullptr || what.empty()) return;
  const std::shared_ptr<const Account> owner = parts_.directory.FindAccount(account);
  const std::optional<mail::Recipient> to = owner ? RecipientOf(*owner) : std::nullopt;
  if (!to) return;
  parts_.outbox->Post(mail::SignInChangedMessage(
      parts_.site, *to, what,
      {.at = parts_.clock.Now(), .by = NameOf(info.actor, account), .address = info.origin}));
}

void Letters::TellOfSignIn(const SignInEvent& event) {
  if (parts_.outbox == nullptr || !parts_.about_sign_ins || event.new_device.empty()) return;
  const std::shared_ptr<const Account> account = parts_.directory.FindAccount(event.account);
  const std::optional<mail::Recipient> to = account ? RecipientOf(*account) : std::nullopt;
  if (!to) return;
  parts_.outbox->Post(
      mail::NewSignInMessage(parts_.site, *to, event.new_device,
                             {.at = parts_.clock.Now(), .by = {}, .address = event.address}));
}

}  // namespace latchkey::api
