#pragma once

// An opened data directory, with everything above it built once: the composition root of both
// `latchkey serve` and a command that finds no server running.
//
//     lock → keyring → store, journal → agreement → index, directory → ledger → authorities,
//     verifier
//
// Opening refuses, with what to do, rather than start with less than everything: without its
// keyring every credential would look unknown, and with a journal that disagrees a revocation could
// be undone.

#include <functional>
#include <memory>
#include <optional>

#include "admin/service.h"
#include "app/apps.h"
#include "authority/account_authority.h"
#include "authority/app_authority.h"
#include "authority/credential_authority.h"
#include "authority/link_authority.h"
#include "authority/password_checker.h"
#include "authority/policy_authority.h"
#include "authority/projection.h"
#include "authority/reconcile.h"
#include "authority/session_authority.h"
#include "authority/sign_in_authority.h"
#include "crypto/system_random.h"
#include "git/repositories.h"
#include "server/cluster_node.h"
#include "server/data_directory.h"
#include "server/settings.h"
#include "server/storage.h"
#include "store/codec/json_change_codec.h"
#include "store/journal/file_journal.h"
#include "verify/usage.h"
#include "verify/verifier.h"

namespace latchkey::server {

/// Directory, keyring, store and journal, before they were compared: what repairing needs.
struct OpenedFiles {
  DataDirectory directory;
  Sealer sealer;
  std::unique_ptr<Store> store;
  std::unique_ptr<NodeRegistry> nodes;  ///< Of a database that several nodes share; else null.
  std::unique_ptr<FileJournal> journal;
  JsonChangeCodec codec;

  [[nodiscard]] Books books() const {
    return {.store = *store,
            .journal = *journal,
            .codec = codec,
            .journal_key = sealer.keyring().journal_key(),
            .threads = 1,
            .shared = nodes != nullptr};
  }
};

/// Makes what is missing in a new directory; in one that is in use a missing or wrong keyring is an
/// error. Errors: as DataDirectory::Open; kNotFound, kTampered, kPermissionDenied (the keyring), as
/// the stores' Open.
[[nodiscard]] Result<OpenedFiles> OpenFiles(const Settings& settings, Random& random,
                                            const Clock& clock);

/// Likewise, and takes an empty database beside a journal that is whole from change 1 on: Repair()
/// then fills it from there.
[[nodiscard]] Result<OpenedFiles> OpenFilesForRepair(const Settings& settings, Random& random,
                                                     const Clock& clock);

class Installation final : public admin::Auditor, public admin::RepositoryFiles {
 public:
  /// `clock` and `alarms` outlive the installation. Errors: as OpenFiles, Reconcile and
  /// Projection::Load.
  [[nodiscard]] static Result<std::unique_ptr<Installation>> Open(const Settings& settings,
                                                                  const Clock& clock,
                                                                  Alarms& alarms);

  /// Of several that share a database, this node; null: it is alone.
  [[nodiscard]] const ClusterNode* node() const { return node_.get(); }
  [[nodiscard]] Announcer announcer() const { return node_ ? node_->announcer() : Announcer{}; }
  /// How many changes the journal was completed with: after a crash, or by other nodes.
  [[nodiscard]] std::uint64_t completed() const { return completed_; }

  [[nodiscard]] const Catalogues& catalogues() const { return catalogues_; }
  [[nodiscard]] const Index& index() const { return index_; }
  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] const Verifier& verifier() const { return *verifier_; }
  /// The same without a throttle: for services that ask about what others sent them.
  [[nodiscard]] const Verifier& introspector() const { return *introspector_; }
  /// Told of every use of a credential.
  [[nodiscard]] UsageRecorder& usage() { return usage_; }
  [[nodiscard]] UsageStore& usage_store() { return *side_.usage; }
  [[nodiscard]] const Store& store() const { return *files_.store; }
  [[nodiscard]] const ChangeCodec& codec() const { return files_.codec; }
  [[nodiscard]] Random& random_source() { return random_; }
  [[nodiscard]] const Ledger& ledger() const { return *ledger_; }
  [[nodiscard]] const Projection& projection() const { return *projection_; }
  [[nodiscard]] CredentialAuthority& credentials() { return *credentials_; }
  [[nodiscard]] AccountAuthority& accounts() { return *accounts_; }
  [[nodiscard]] AppAuthority& app_authority() { return *app_authority_; }
  [[nodiscard]] PolicyAuthority& policy() { return *policy_; }
  [[nodiscard]] SignInDirectory& sign_ins() { return sign_ins_; }
  [[nodiscard]] SessionAuthority& sessions() { return *sessions_; }
  [[nodiscard]] FactorAuthority& factors() { return *factors_; }
  [[nodiscard]] SignInAuthority& sign_in() { return *sign_in_; }
  [[nodiscard]] LinkAuthority& links() { return *links_; }
  /// Who is told of every sign-in, by any thread. To be set before there are any.
  void OnSignIn(std::function<void(const SignInEvent&)> listener) {
    on_sign_in_ = std::move(listener);
  }
  /// Who is told of every revocation, by any thread. To be set before there are any.
  void OnSignInChanged(std::function<void(const AccountId&, const ChangeInfo&)> listener) {
    on_sign_in_changed_ = std::move(listener);
  }
  void OnRevoked(std::function<void(const CredentialRecord&, const Caller&)> listener) {
    on_revoked_ = std::move(listener);
  }
  /// What the gate asks.
  [[nodiscard]] const Apps& apps() const { return apps_; }
  [[nodiscard]] const git::RepositoryStore& repositories() const { return *repositories_; }
  [[nodiscard]] const std::string& data_path() const { return files_.directory.path(); }

  /// If somebody else wrote to the database since the last call, looks at every record again.
  /// Blocks; one caller at a time. Errors: as Store::Load.
  [[nodiscard]] Result<void> RecheckIfTouched();

  /// Writes down when sessions were seen and what failed (authority/sign_in_notes.h), and forgets
  /// sessions and links that are over. Errors: as SignInNotes::Save.
  [[nodiscard]] Result<void> SaveSignInNotes();

  /// See authority/reseal.h.
  [[nodiscard]] Result<std::uint64_t> Reseal(const Caller& caller);

  [[nodiscard]] admin::AdminService::Parts AdminParts(admin::Presentation presentation);

  // admin::Auditor
  [[nodiscard]] Result<AuditReport> Verify() override;
  // admin::RepositoryFiles
  [[nodiscard]] Result<std::string> Create(std::string_view workspace,
                                           std::string_view slug) override;
  [[nodiscard]] Result<void> Remove(std::string_view workspace, std::string_view slug) override;
  [[nodiscard]] Result<std::string> PathOf(std::string_view workspace,
                                           std::string_view slug) const override;

 private:
  Installation(OpenedFiles files, Catalogues catalogues, const Clock& clock, Alarms& alarms);
  [[nodiscard]] Result<void> Start(const Settings& settings);
  [[nodiscard]] Result<void> BuildVerifiers(const Settings& settings);
  [[nodiscard]] Result<void> OpenSide(const Settings& settings);
  [[nodiscard]] Result<void> BuildSignIn(const Settings& settings);
  void BuildPeople();
  [[nodiscard]] std::function<void(const CredentialRecord&, const Caller&)> TellOfRevocations();
  void BuildAuthorities(const Settings& settings);

  const Clock& clock_;
  Alarms& alarms_;
  SystemRandom random_;
  OpenedFiles files_;
  Catalogues catalogues_;
  Apps apps_;
  RecordSealer record_sealer_;
  Directory directory_;
  Index index_{directory_};
  SignInDirectory sign_ins_;
  SessionActivity activity_;
  SignInThrottle sign_in_throttle_;
  PasswordChecker passwords_;
  SecretKey device_key_;
  std::function<void(const SignInEvent&)> on_sign_in_;
  std::function<void(const AccountId&, const ChangeInfo&)> on_sign_in_changed_;
  std::function<void(const CredentialRecord&, const Caller&)> on_revoked_;
  std::unique_ptr<BreachedPasswords> breached_;
  std::unique_ptr<Projection> projection_;
  std::unique_ptr<Ledger> ledger_;
  std::unique_ptr<ClusterNode> node_;  // Null: this process is alone.
  UsageRecorder usage_;
  SideStorage side_;
  std::unique_ptr<Verifier> verifier_;
  std::unique_ptr<Verifier> introspector_;
  std::unique_ptr<SessionAuthority> sessions_;
  std::unique_ptr<FactorAuthority> factors_;
  std::unique_ptr<CredentialAuthority> credentials_;
  std::unique_ptr<AccountAuthority> accounts_;
  std::unique_ptr<SignInAuthority> sign_in_;
  std::unique_ptr<LinkAuthority> links_;
  std::unique_ptr<AppAuthority> app_authority_;
  std::unique_ptr<PolicyAuthority> policy_;
  std::optional<git::RepositoryStore> repositories_;
  std::uint64_t completed_ = 0;
  std::uint64_t foreign_writes_ = 0;
};

struct KeyringRotated {
  std::uint32_t newest = 0;
  std::size_t keys = 0;
  std::uint64_t resealed = 0;
};

/// Adds a sealing key to the keyring and seals every record anew under it. Older keys stay in the
/// ring, for backups. If it is interrupted, calling it again completes it. No server may run.
/// Errors: as Installation::Open, ReplaceKeyring and ResealAll.
[[nodiscard]] Result<KeyringRotated> RotateKeyring(const Settings& settings, const Clock& clock,
                                                   Alarms& alarms, const Caller& caller);

}  // namespace latchkey::server
