#include "server/installation.h"

#include <filesystem>
#include <utility>

#include "authority/reseal.h"
#include "base/parallel.h"
#include "catalogue/loader.h"
#include "crypto/mac.h"
#include "server/breached_file.h"
#include "server/keyring_file.h"

namespace latchkey::server {
namespace {

using enum Error::Code;

/// A value sealed under the keyring and kept in the database: whether it opens tells whether the
/// two belong together.
constexpr std::string_view kKeyringCheck = "keyring-check";

AssociatedData CheckData() {
  AssociatedData data;
  data.Add(kKeyringCheck);
  return data;
}

Result<void> StoreKeyringCheck(Store& store, const Sealer& sealer, Random& random) {
  const Result<Seal> seal = sealer.Close({}, CheckData(), random);
  if (!seal) return std::unexpected(seal.error());
  return store.WriteMeta(kKeyringCheck,
                         {reinterpret_cast<const char*>(seal->data()), seal->size()});
}

Result<void> CheckKeyring(const Store& store, const Sealer& sealer, const std::string& path) {
  const Result<std::string> value = store.ReadMeta(kKeyringCheck);
  if (!value) return std::unexpected(value.error());
  const auto bytes = AsBytes(*value);
  if (sealer.Open(Seal{bytes.begin(), bytes.end()}, CheckData(), {})) return {};
  return Fail(kTampered,
              "the keyring " + path + " is not the one that this database was sealed with",
              "Put the right keyring back, from its place or its backup. Without it no credential "
              "can be checked, "
              "so Latchkey does not start.");
}

/// The keyring of a new installation, or the one of an existing one.
Result<Keyring> FindKeyring(const std::string& path, bool new_installation, Random& random,
                            const Clock& clock) {
  Result<Keyring> keyring = ReadKeyring(path);
  if (keyring || keyring.error().code != kNotFound) return keyring;
  if (new_installation) return CreateKeyring(path, random, clock);
  return Fail(
      kNotFound,
      "the keyring " + path + " is missing, while the database holds records sealed with it",
      "Put it back from its place or its backup, or say where it is with the setting keyring. "
      "Without it no "
      "credential can be checked, so Latchkey does not start.");
}

enum class Purpose : std::uint8_t { kServe, kRepair };

/// The database of a directory with a journal has no check value: it lost everything, as a young
/// one does together with its write-ahead log, or it is not the one of that journal.
Result<void> CheckEmptied(const Store& store, Purpose purpose, bool database_exists) {
  const Result<std::optional<ChangeLine>> last = store.LastChange();
  if (!last) return std::unexpected(last.error());
  if (!*last && purpose == Purpose::kRepair) return {};
  std::string what = "the database is empty";
  if (!database_exists) {
    what = "the database is missing";
  } else if (*last) {
    what = "the database does not say which keyring it was sealed with";
  }
  return Fail(kDisagreement, what + ", while there is a journal",
              *last ? "Put latchkey.db back from its backup. docs/operating.md, \"Repair\"."
                    : "Put latchkey.db back from its place. If it is lost for good, run "
                      "\"latchkey audit repair\", which writes it anew from the journal.");
}

enum class Condition : std::uint8_t { kNew, kWhole, kEmptied };

Result<Condition> FindCondition(const Store& store, const DataDirectory& directory, Purpose purpose,
                                bool database_exists) {
  // A first start that was cut off leaves a database without the check value, and nothing in it.
  const Result<std::string> check = store.ReadMeta(kKeyringCheck);
  if (check) return Condition::kWhole;
  if (check.error().code != kNotFound) return std::unexpected(check.error());
  if (!std::filesystem::exists(directory.journal())) return Condition::kNew;
  if (Result<void> may = CheckEmptied(store, purpose, database_exists); !may) {
    return std::unexpected(may.error());
  }
  return Condition::kEmptied;
}

/// Whether the keyring is the one of the database, as far as that says so by itself.
Result<void> CheckDatabase(Condition condition, Store& store, const Sealer& sealer, Random& random,
                           const std::string& keyring_path) {
  switch (condition) {
    case Condition::kNew:
      // Another node may have been first: then its value is the one that counts.
      if (Result<void> stored = StoreKeyringCheck(store, sealer, random); !stored) return stored;
      return CheckKeyring(store, sealer, keyring_path);
    case Condition::kWhole: return CheckKeyring(store, sealer, keyring_path);
    case Condition::kEmptied: break;
  }
  return {};
}

/// The same of a database that says nothing: the chain's key is in the keyring, so a chain that is
/// whole tells that it is the right one.
Result<void> AdoptEmptied(OpenedFiles& files, Random& random) {
  if (Result<void> whole = CheckJournal(files.books()); !whole) return whole;
  return StoreKeyringCheck(*files.store, files.sealer, random);
}

Result<OpenedFiles> OpenFilesFor(const Settings& settings, Random& random, const Clock& clock,
                                 Purpose purpose) {
  Result<DataDirectory> directory = DataDirectory::Open(settings.data);
  if (!directory) return std::unexpected(directory.error());
  const std::string keyring_path = KeyringPath(settings);
  Result<Storage> storage = OpenStorage(settings, *directory);
  if (!storage) return std::unexpected(storage.error());
  Store& store = *storage->store;
  const Result<Condition> condition = FindCondition(store, *directory, purpose, storage->existed);
  if (!condition) return std::unexpected(condition.error());
  Result<Keyring> keyring = FindKeyring(keyring_path, *condition == Condition::kNew, random, clock);
  if (!keyring) return std::unexpected(keyring.error());
  Sealer sealer{std::move(*keyring)};
  // Before there is a journal: a start that is cut off in between must still look like a first one.
  if (Result<void> checked = CheckDatabase(*condition, store, sealer, random, keyring_path);
      !checked) {
    return std::unexpected(checked.error());
  }
  Result<std::unique_ptr<FileJournal>> journal = FileJournal::Open(directory->path());
  if (!journal) return std::unexpected(journal.error());
  OpenedFiles files{.directory = std::move(*directory),
                    .sealer = std::move(sealer),
                    .store = std::move(storage->store),
                    .nodes = std::move(storage->nodes),
                    .journal = std::move(*journal),
                    .codec = {}};
  if (*condition == Condition::kEmptied) {
    if (Result<void> adopted = AdoptEmptied(files, random); !adopted) {
      return std::unexpected(adopted.error());
    }
  }
  return files;
}

}  // namespace

Result<OpenedFiles> OpenFiles(const Settings& settings, Random& random, const Clock& clock) {
  return OpenFilesFor(settings, random, clock, Purpose::kServe);
}

Result<OpenedFiles> OpenFilesForRepair(const Settings& settings, Random& random,
                                       const Clock& clock) {
  return OpenFilesFor(settings, random, clock, Purpose::kRepair);
}

Installation::Installation(OpenedFiles files, Catalogues catalogues, const Clock& clock,
                           Alarms& alarms)
    : clock_(clock),
      alarms_(alarms),
      files_(std::move(files)),
      catalogues_(std::move(catalogues)),
      record_sealer_(files_.sealer, random_),
      projection_(std::make_unique<Projection>(record_sealer_, catalogues_, apps_, alarms, index_,
                                               directory_, sign_ins_)) {}

Result<std::unique_ptr<Installation>> Installation::Open(const Settings& settings,
                                                         const Clock& clock, Alarms& alarms) {
  SystemRandom random;
  Result<OpenedFiles> files = OpenFiles(settings, random, clock);
  if (!files) return std::unexpected(files.error());
  Result<Catalogues> catalogues = LoadBuiltInCatalogues();
  if (!catalogues) return std::unexpected(catalogues.error());
  std::unique_ptr<Installation> installation{
      new Installation{std::move(*files), std::move(*catalogues), clock, alarms}};
  if (Result<void> started = installation->Start(settings); !started) {
    return std::unexpected(started.error());
  }
  return installation;
}

Result<void> Installation::Start(const Settings& settings) {
  // Nothing else is to do until the start is done, and it takes as long as there are credentials.
  const std::size_t threads = UsableThreads();
  Books books = files_.books();
  books.threads = threads;
  Result<Agreement> agreement = Reconcile(books);
  if (!agreement) return std::unexpected(agreement.error());
  completed_ = agreement->completed;
  const Result<std::uint64_t> foreign_writes = files_.store->ForeignWrites();
  if (!foreign_writes) return std::unexpected(foreign_writes.error());
  foreign_writes_ = *foreign_writes;
  if (Result<void> loaded =
          projection_->Load(*files_.store, std::move(agreement->versions), agreement->records,
                            {.credentials = agreement->credentials, .threads = threads});
      !loaded) {
    return loaded;
  }
  if (Result<void> opened = OpenSide(settings); !opened) return opened;
  git::GitProgram program;
  program.pack_size_max = settings.git_push_size_max;
  Result<git::RepositoryStore> repositories =
      git::RepositoryStore::Open(files_.directory.repositories(), std::move(program));
  if (!repositories) return std::unexpected(repositories.error());
  repositories_.emplace(std::move(*repositories));

  const SecretKey& journal_key = files_.sealer.keyring().journal_key();
  ledger_ = std::make_unique<Ledger>(*files_.store, *files_.journal, files_.codec, journal_key,
                                     clock_, *projection_, agreement->position,
                                     LedgerOptions{.shared = books.shared, .alarms = &alarms_});
  if (Result<void> built = BuildVerifiers(settings); !built) return built;
  if (Result<void> built = BuildSignIn(settings); !built) return built;
  BuildAuthorities(settings);
  return node_ ? node_->Join(*ledger_, alarms_) : Result<void>{};
}

Result<void> Installation::BuildVerifiers(const Settings& settings) {
  if (files_.nodes) {
    Result<std::unique_ptr<ClusterNode>> node =
        ClusterNode::Create(settings, files_.directory, std::move(files_.nodes), random_, clock_);
    if (!node) return std::unexpected(node.error());
    node_ = *std::move(node);
  }
  const Lease* lease = node_ ? &node_->lease() : nullptr;
  verifier_ = std::make_unique<Verifier>(index_, directory_, settings.throttle, lease);
  introspector_ = std::make_unique<Verifier>(index_, directory_, kNoThrottle, lease);
  return {};
}

Result<void> Installation::OpenSide(const Settings& settings) {
  Result<SideStorage> side = OpenSideStorage(settings, files_.directory);
  if (!side) return std::unexpected(side.error());
  side_ = *std::move(side);
  const Result<SignInNotes::Kept> kept = side_.notes->Load();
  if (!kept) return std::unexpected(kept.error());
  activity_.Restore(kept->sessions);
  sign_in_throttle_.Restore(kept->failures, clock_.Now());
  return {};
}

Result<void> Installation::BuildSignIn(const Settings& settings) {
  if (!settings.breached_passwords.empty()) {
    Result<std::unique_ptr<BreachedFile>> list = BreachedFile::Open(settings.breached_passwords);
    if (!list) return std::unexpected(list.error());
    breached_ = *std::move(list);
  }
  device_key_ = DeriveKey(files_.sealer.keyring().journal_key(), "lkdevice");
  sessions_ =
      std::make_unique<SessionAuthority>(SessionAuthority::Parts{.store = *files_.store,
                                                                 .ledger = *ledger_,
                                                                 .sealer = record_sealer_,
                                                                 .sign_ins = sign_ins_,
                                                                 .directory = directory_,
                                                                 .activity = activity_,
                                                                 .clock = clock_,
                                                                 .random = random_,
                                                                 .device_key = device_key_,
                                                                 .limits = settings.sessions});
  factors_ = std::make_unique<FactorAuthority>(
      FactorAuthority::Parts{.store = *files_.store,
                             .ledger = *ledger_,
                             .sealer = record_sealer_,
                             .directory = directory_,
                             .sign_ins = sign_ins_,
                             .passwords = passwords_,
                             .password_rules = {.breached = breached_.get()},
                             .sessions = *sessions_,
                             .clock = clock_,
                             .random = random_,
                             .on_changed = [this](const AccountId& id, const ChangeInfo& info) {
                               if (on_sign_in_changed_) on_sign_in_changed_(id, info);
                             }});
  BuildPeople();
  return {};
}

void Installation::BuildPeople() {
  accounts_ = std::make_unique<AccountAuthority>(AccountAuthority::Parts{.store = *files_.store,
                                                                         .ledger = *ledger_,
                                                                         .sealer = record_sealer_,
                                                                         .directory = directory_,
                                                                         .factors = *factors_,
                                                                         .sessions = *sessions_,
                                                                         .clock = clock_,
                                                                         .random = random_});
  sign_in_ = std::make_unique<SignInAuthority>(
      SignInAuthority::Parts{.directory = directory_,
                             .sign_ins = sign_ins_,
                             .passwords = passwords_,
                             .throttle = sign_in_throttle_,
                             .sessions = *sessions_,
                             .factors = *factors_,
                             .clock = clock_,
                             .random = random_,
                             .device_key = device_key_,
                             .on_event = [this](const SignInEvent& event) {
                               if (on_sign_in_) on_sign_in_(event);
                             }});
  links_ = std::make_unique<LinkAuthority>(LinkAuthority::Parts{.store = *files_.store,
                                                                .ledger = *ledger_,
                                                                .sealer = record_sealer_,
                                                                .directory = directory_,
                                                                .sign_ins = sign_ins_,
                                                                .accounts = *accounts_,
                                                                .factors = *factors_,
                                                                .sign_in = *sign_in_,
                                                                .clock = clock_,
                                                                .random = random_});
}

std::function<void(const CredentialRecord&, const Caller&)> Installation::TellOfRevocations() {
  return [this](const CredentialRecord& record, const Caller& caller) {
    if (on_revoked_) on_revoked_(record, caller);
  };
}

void Installation::BuildAuthorities(const Settings& settings) {
  credentials_ = std::make_unique<CredentialAuthority>(
      CredentialAuthority::Parts{.store = *files_.store,
                                 .ledger = *ledger_,
                                 .sealer = record_sealer_,
                                 .catalogues = catalogues_,
                                 .directory = directory_,
                                 .sign_ins = sign_ins_,
                                 .clock = clock_,
                                 .random = random_,
                                 .policy = settings.policy,
                                 .on_revoked = TellOfRevocations()});
  policy_ = std::make_unique<PolicyAuthority>(PolicyAuthority::Parts{.store = *files_.store,
                                                                     .ledger = *ledger_,
                                                                     .sealer = record_sealer_,
                                                                     .catalogues = catalogues_,
                                                                     .sign_ins = sign_ins_,
                                                                     .settings = settings.policy});
  app_authority_ = std::make_unique<AppAuthority>(AppAuthority::Parts{.store = *files_.store,
                                                                      .ledger = *ledger_,
                                                                      .sealer = record_sealer_,
                                                                      .projection = *projection_,
                                                                      .catalogues = catalogues_,
                                                                      .apps = apps_,
                                                                      .clock = clock_});
}

Result<void> Installation::SaveSignInNotes() {
  const Instant now = clock_.Now();
  const Instant forget_before = now - sessions_->limits().lifetime_long;
  sign_ins_.ForgetExpired(now);
  activity_.ForgetBefore(forget_before);
  return side_.notes->Save(
      {.sessions = activity_.CollectChanged(), .failures = sign_in_throttle_.CollectChanged()},
      forget_before);
}

Result<void> Installation::RecheckIfTouched() {
  const Result<std::uint64_t> foreign_writes = files_.store->ForeignWrites();
  if (!foreign_writes) return std::unexpected(foreign_writes.error());
  if (*foreign_writes == foreign_writes_) return {};
  if (Result<void> rechecked = projection_->Recheck(*files_.store); !rechecked) return rechecked;
  foreign_writes_ = *foreign_writes;
  return {};
}

admin::AdminService::Parts Installation::AdminParts(admin::Presentation presentation) {
  return {.credentials = *credentials_,
          .accounts = *accounts_,
          .apps = *app_authority_,
          .policy = *policy_,
          .factors = *factors_,
          .sessions = *sessions_,
          .links = *links_,
          .usage = *side_.usage,
          .catalogues = catalogues_,
          .directory = directory_,
          .clock = clock_,
          .ledger = *ledger_,
          .index = index_,
          .projection = *projection_,
          .repositories = *this,
          .auditor = *this,
          .presentation = std::move(presentation),
          .announcer = announcer(),
          .node = node_ ? &node_->member() : nullptr};
}

Result<AuditReport> Installation::Verify() { return VerifyAudit(files_.books(), record_sealer_); }

Result<std::string> Installation::Create(std::string_view workspace, std::string_view slug) {
  if (Result<void> created = repositories_->Create(workspace, slug); !created) {
    return std::unexpected(created.error());
  }
  return PathOf(workspace, slug);
}

Result<void> Installation::Remove(std::string_view workspace, std::string_view slug) {
  const Result<std::string> path = PathOf(workspace, slug);
  if (!path) return std::unexpected(path.error());
  std::error_code error;
  std::filesystem::remove_all(*path, error);
  if (error) return Fail(kIo, "the repository's files cannot be removed: " + error.message());
  return {};
}

Result<std::string> Installation::PathOf(std::string_view workspace, std::string_view slug) const {
  if (Result<void> valid = ValidateWorkspaceSlug(workspace); !valid) {
    return std::unexpected(valid.error());
  }
  if (Result<void> valid = ValidateRepositorySlug(slug); !valid) {
    return std::unexpected(valid.error());
  }
  std::error_code error;
  const std::filesystem::path root =
      std::filesystem::absolute(files_.directory.repositories(), error);
  if (error) return Fail(kIo, "the working directory is gone: " + error.message());
  return (root / workspace / (std::string{slug} + ".git")).string();
}

Result<std::uint64_t> Installation::Reseal(const Caller& caller) {
  return ResealAll(*files_.store, *ledger_, record_sealer_, caller);
}

namespace {

/// Returns the ring with its new key, which is in the file then.
Result<Keyring> AddKey(const Settings& settings, const Clock& clock) {
  SystemRandom random;
  // Holds the directory's lock, and makes sure that the keyring belongs to the database.
  const Result<OpenedFiles> files = OpenFiles(settings, random, clock);
  if (!files) return std::unexpected(files.error());
  const std::string path = KeyringPath(settings);
  Result<Keyring> keyring = ReadKeyring(path);
  if (!keyring) return keyring;
  if (Result<void> rotated = keyring->Rotate(random, clock.Now()); !rotated) {
    return std::unexpected(rotated.error());
  }
  if (Result<void> replaced = ReplaceKeyring(path, *keyring); !replaced) {
    return std::unexpected(replaced.error());
  }
  return keyring;
}

}  // namespace

Result<KeyringRotated> RotateKeyring(const Settings& settings, const Clock& clock, Alarms& alarms,
                                     const Caller& caller) {
  const Result<Keyring> keyring = AddKey(settings, clock);
  if (!keyring) return std::unexpected(keyring.error());
  Result<std::unique_ptr<Installation>> installation = Installation::Open(settings, clock, alarms);
  if (!installation) return std::unexpected(installation.error());
  const Result<std::uint64_t> resealed = (*installation)->Reseal(caller);
  if (!resealed) return std::unexpected(resealed.error());
  return KeyringRotated{
      .newest = keyring->newest(), .keys = keyring->size(), .resealed = *resealed};
}

}  // namespace latchkey::server
