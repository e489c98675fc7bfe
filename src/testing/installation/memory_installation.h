#pragma once

// A whole installation in memory: real domain, real ledger, a store and a journal that keep
// nothing.
//
//     MemoryInstallation latchkey;
//     const Account ana = latchkey.AddAccount("ana");
//     const std::string secret = latchkey.IssueToken(ana, {"read:repository:bitbucket"});
//
// What fails here fails the test through CHECK-like aborts: it is set-up, not what is tested.

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "authority/account_authority.h"
#include "authority/app_authority.h"
#include "authority/credential_authority.h"
#include "authority/link_authority.h"
#include "authority/policy_authority.h"
#include "authority/projection.h"
#include "authority/reconcile.h"
#include "authority/sign_in_authority.h"
#include "catalogue/loader.h"
#include "crypto/system_random.h"
#include "signin/sign_in_directory.h"
#include "store/codec/json_change_codec.h"
#include "store/memory/memory_journal.h"
#include "store/memory/memory_store.h"
#include "testing/manual_clock.h"
#include "testing/scripted_random.h"
#include "verify/verifier.h"

namespace latchkey {

/// The value of a result that a test relies on; ends the test program otherwise.
template <typename T>
T Must(Result<T> result) {
  if (!result) {
    std::cerr << "a test's set-up failed: " << Describe(result.error()) << '\n';
    std::abort();
  }
  if constexpr (!std::is_void_v<T>) return std::move(*result);
}

class RecordingAlarms final : public Alarms {
 public:
  void Raise(const Error& error) override { raised.push_back(error); }
  std::vector<Error> raised;
};

// NOLINTBEGIN(readability-make-member-function-const): what changes the installation is not const.
class MemoryInstallation {
 public:
  explicit MemoryInstallation(ThrottleSettings throttle = {.failures_max = 1'000'000})
      : throttle_(throttle) {
    Must(InitializeCrypto());
    sealer.emplace(Must(Keyring::Generate(random, clock.Now())));
    record_sealer.emplace(*sealer, random);
    Start();
  }

  /// Forgets what is in memory and reads store and journal again, as a restart does.
  Result<void> Restart() {
    Stop();
    return TryStart();
  }

  [[nodiscard]] Books books() {
    return {.store = store,
            .journal = journal,
            .codec = codec,
            .journal_key = sealer->keyring().journal_key()};
  }

  Account AddAccount(const std::string& username, AccountKind kind = AccountKind::kPerson) {
    NewAccount account;
    account.email = username + "@example.com";
    account.username = username;
    account.kind = kind;
    return Must(accounts->CreateAccount(account, kCommandLine));
  }

  /// Returns the secret.
  std::string IssueToken(const Account& account, std::vector<std::string> scopes,
                         std::chrono::seconds lifetime = std::chrono::days{30},
                         const std::string& app = std::string{kBitbucketApp}) {
    return Issue({.kind = CredentialKind::kApiToken,
                  .account = account.id,
                  .app = app,
                  .name = "test",
                  .grants = std::move(scopes),
                  .expires_at = clock.Now() + lifetime});
  }

  std::string IssueAppPassword(const Account& account,
                               const std::vector<std::string>& permissions) {
    return Issue({.kind = CredentialKind::kAppPassword,
                  .account = account.id,
                  .name = "test",
                  .grants = permissions});
  }

  std::string Issue(const IssueRequest& request) {
    Issued issued = Must(credentials->Issue(request, kCommandLine));
    return std::string{(*std::move(issued.credential)).Reveal().Expose()};
  }

  static CredentialId IdOf(const std::string& secret) {
    return Must(Credential::Parse(secret)).id();
  }

  [[nodiscard]] Requirement Needs(
      const std::vector<std::string>& scopes,
      const std::optional<std::vector<std::string>>& permissions = std::nullopt,
      std::string_view app = kBitbucketApp) const {
    return Must(Requirement::Build(*catalogues.Find(app), scopes, permissions));
  }

  /// The verdict on an Authorization header value.
  [[nodiscard]] Verdict Ask(std::string_view authorization, const Requirement& requirement,
                            const std::optional<Access>& access = std::nullopt) const {
    const std::optional<Presented> presented = ParseAuthorization(authorization);
    return verifier->Verify(
        {.presented = presented, .client_address = "192.0.2.1", .now = clock.Now()}, requirement,
        access);
  }

  inline static const Caller kCommandLine{.actor = "cli:test", .origin = {}, .request_id = {}};

  ManualClock clock;
  ScriptedRandom random;
  Catalogues catalogues = Must(LoadBuiltInCatalogues());
  Apps apps;
  MemoryStore store;
  MemoryJournal journal;
  JsonChangeCodec codec;
  RecordingAlarms alarms;
  Policy policy;
  std::optional<Sealer> sealer;
  std::optional<RecordSealer> record_sealer;
  SignInDirectory sign_ins;
  std::unique_ptr<Directory> directory;
  std::unique_ptr<Index> index;
  std::unique_ptr<Projection> projection;
  std::unique_ptr<Ledger> ledger;
  std::unique_ptr<Verifier> verifier;
  std::unique_ptr<CredentialAuthority> credentials;
  std::unique_ptr<AccountAuthority> accounts;
  std::unique_ptr<AppAuthority> app_authority;
  std::unique_ptr<PolicyAuthority> policy_authority;
  /// Told of each revocation.
  std::function<void(const CredentialRecord&, const Caller&)> on_revoked;
  SessionLimits session_limits;  ///< Of the next start.
  SessionActivity activity;
  SignInThrottle sign_in_throttle;
  PasswordChecker passwords;
  std::unique_ptr<SessionAuthority> sessions;
  std::unique_ptr<FactorAuthority> factors;
  std::unique_ptr<SignInAuthority> sign_in;
  std::unique_ptr<LinkAuthority> links;
  std::vector<SignInEvent> sign_in_events;

 private:
  void NoteEvent(const SignInEvent& event) {
    const std::scoped_lock lock{events_mutex_};
    sign_in_events.push_back(event);
  }

  void Start() { Must(TryStart()); }

  void Stop() {
    links.reset();
    sign_in.reset();
    credentials.reset();
    accounts.reset();
    factors.reset();
    sessions.reset();
    app_authority.reset();
    policy_authority.reset();
    verifier.reset();
    ledger.reset();
    projection.reset();
  }

  Result<void> TryStart() {
    index.reset();  // Before the directory, which numbers its accounts.
    directory = std::make_unique<Directory>();
    index = std::make_unique<Index>(*directory);
    Result<Agreement> agreement = Reconcile(books());
    if (!agreement) return std::unexpected(agreement.error());
    projection = std::make_unique<Projection>(*record_sealer, catalogues, apps, alarms, *index,
                                              *directory, sign_ins);
    if (Result<void> loaded =
            projection->Load(store, std::move(agreement->versions), agreement->records);
        !loaded) {
      return loaded;
    }
    ledger = std::make_unique<Ledger>(store, journal, codec, sealer->keyring().journal_key(), clock,
                                      *projection, agreement->position);
    verifier = std::make_unique<Verifier>(*index, *directory, throttle_);
    StartIssuing();
    StartSigningIn();
    return {};
  }

  void StartIssuing() {
    credentials =
        std::make_unique<CredentialAuthority>(CredentialAuthority::Parts{.store = store,
                                                                         .ledger = *ledger,
                                                                         .sealer = *record_sealer,
                                                                         .catalogues = catalogues,
                                                                         .directory = *directory,
                                                                         .sign_ins = sign_ins,
                                                                         .clock = clock,
                                                                         .random = random,
                                                                         .policy = policy,
                                                                         .on_revoked = Forward()});
    policy_authority =
        std::make_unique<PolicyAuthority>(PolicyAuthority::Parts{.store = store,
                                                                 .ledger = *ledger,
                                                                 .sealer = *record_sealer,
                                                                 .catalogues = catalogues,
                                                                 .sign_ins = sign_ins,
                                                                 .settings = policy});
    app_authority = std::make_unique<AppAuthority>(AppAuthority::Parts{.store = store,
                                                                       .ledger = *ledger,
                                                                       .sealer = *record_sealer,
                                                                       .projection = *projection,
                                                                       .catalogues = catalogues,
                                                                       .apps = apps,
                                                                       .clock = clock});
  }

  std::function<void(const CredentialRecord&, const Caller&)> Forward() {
    return [this](const CredentialRecord& record, const Caller& caller) {
      if (on_revoked) on_revoked(record, caller);
    };
  }

  void StartSigningIn() {
    sessions = std::make_unique<SessionAuthority>(
        SessionAuthority::Parts{.store = store,
                                .ledger = *ledger,
                                .sealer = *record_sealer,
                                .sign_ins = sign_ins,
                                .directory = *directory,
                                .activity = activity,
                                .clock = clock,
                                .random = random,
                                .device_key = sealer->keyring().journal_key(),
                                .limits = session_limits});
    factors = std::make_unique<FactorAuthority>(FactorAuthority::Parts{.store = store,
                                                                       .ledger = *ledger,
                                                                       .sealer = *record_sealer,
                                                                       .directory = *directory,
                                                                       .sign_ins = sign_ins,
                                                                       .passwords = passwords,
                                                                       .password_rules = {},
                                                                       .sessions = *sessions,
                                                                       .clock = clock,
                                                                       .random = random});
    accounts = std::make_unique<AccountAuthority>(AccountAuthority::Parts{.store = store,
                                                                          .ledger = *ledger,
                                                                          .sealer = *record_sealer,
                                                                          .directory = *directory,
                                                                          .factors = *factors,
                                                                          .sessions = *sessions,
                                                                          .clock = clock,
                                                                          .random = random});
    sign_in = std::make_unique<SignInAuthority>(
        SignInAuthority::Parts{.directory = *directory,
                               .sign_ins = sign_ins,
                               .passwords = passwords,
                               .throttle = sign_in_throttle,
                               .sessions = *sessions,
                               .factors = *factors,
                               .clock = clock,
                               .random = random,
                               .device_key = sealer->keyring().journal_key(),
                               .on_event = [this](const SignInEvent& event) { NoteEvent(event); }});
    links = std::make_unique<LinkAuthority>(LinkAuthority::Parts{.store = store,
                                                                 .ledger = *ledger,
                                                                 .sealer = *record_sealer,
                                                                 .directory = *directory,
                                                                 .sign_ins = sign_ins,
                                                                 .accounts = *accounts,
                                                                 .factors = *factors,
                                                                 .sign_in = *sign_in,
                                                                 .clock = clock,
                                                                 .random = random});
  }

  std::mutex events_mutex_;
  ThrottleSettings throttle_;
};
// NOLINTEND(readability-make-member-function-const)

}  // namespace latchkey
