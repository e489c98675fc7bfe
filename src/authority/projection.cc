#include "authority/projection.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <utility>

namespace latchkey {
namespace {

std::string Label(const Record& record) {
  return std::string{TypeName(TypeOf(record))} + " " + KeyOf(record);
}

Result<void> UnknownApp(const Catalogues& catalogues, const std::string& app) {
  const Result<const Catalogue*> found = catalogues.Require(app);
  if (!found) return std::unexpected(found.error());
  return {};
}

/// Of an installation whose policy is refused: nothing new is made until an administrator sets it.
InstallationPolicy StrictestPolicy() {
  return {.token_lifetime_max = std::nullopt,
          .token_lifetime_default = std::nullopt,
          .api_tokens = false,
          .app_passwords = false,
          .second_step_required = true,
          .token_apps = {}};
}

Error GoneRecord(const std::string& label) {
  return {.code = Error::Code::kTampered,
          .message = label + " is gone from the database",
          .hint = "It is refused. \"latchkey audit verify\" says more."};
}

Error UnreadableRecord(std::string_view key) {
  return {.code = Error::Code::kTampered,
          .message = std::string{key} + " cannot be read as a record",
          .hint = "It is refused. docs/operating.md, \"Alarms\"."};
}

}  // namespace

bool Projection::Refusals::Add(std::string label) {
  const std::scoped_lock lock{mutex_};
  const bool fresh = labels_.insert(std::move(label)).second;
  size_.store(labels_.size());
  return fresh;
}

void Projection::Refusals::Remove(const Record& record) {
  if (size_.load() == 0) return;
  const std::scoped_lock lock{mutex_};
  labels_.erase(Label(record));
  size_.store(labels_.size());
}

bool Projection::Refusals::Contains(const std::string& label) const {
  const std::scoped_lock lock{mutex_};
  return labels_.contains(label);
}

Result<void> Projection::Load(const Store& store, Versions versions, std::uint64_t records,
                              const LoadPlan& plan) {
  const std::scoped_lock lock{mutex_};
  versions_ = std::move(versions);
  apps_.Reset();
  index_.Reserve(plan.credentials);
  sign_ins_.Clear();
  has_policy_ = false;
  std::atomic<std::uint64_t> found{0};
  Result<void> loaded = store.LoadByThreads(
      plan.threads,
      [&](const Record& record) {
        ++found;
        Admit(record);
      },
      [&](std::string_view key) {
        ++found;
        RefuseKey(std::string{key}, UnreadableRecord(key));
      });
  // Without it, everything that it forbade would be allowed.
  if (!has_policy_ && versions_.contains({RecordType::kPolicy, std::string{kPolicyKey}})) {
    const std::string label = "policy " + std::string{kPolicyKey};
    RefuseKey(label, GoneRecord(label));
    sign_ins_.Put(StrictestPolicy());
  }
  if (loaded && found < records) {
    alarms_.Raise({.code = Error::Code::kTampered,
                   .message = "the database lacks " + std::to_string(records - found.load()) +
                              " record(s) that the journal holds",
                   .hint = "\"latchkey audit verify\" says more."});
  }
  return loaded;
}

Result<void> Projection::Recheck(const Store& store) {
  const std::scoped_lock lock{mutex_};
  std::set<std::string> seen;
  Result<void> loaded = store.Load(
      [&](const Record& record) {
        seen.insert(Label(record));
        Result<void> ok = CheckVersion(record);
        if (ok) ok = sealer_.Check(record);
        if (!ok) Refuse(record, ok.error());
      },
      [this](std::string_view key) { RefuseKey(std::string{key}, UnreadableRecord(key)); });
  // A change that is durable and not yet applied waits for this function: memory holds nothing that
  // the store does not.
  if (loaded) RefuseMissing(seen);
  return loaded;
}

Result<void> Projection::ReloadCredentials(const Store& store, const std::string& app) {
  constexpr std::size_t kPage = 1000;
  CredentialFilter filter{.app = app, .limit = kPage};
  while (true) {
    // While the lock is held, memory is not ahead of what the store is asked for.
    const std::scoped_lock lock{mutex_};
    const Result<std::vector<CredentialRecord>> page = store.ListCredentials(filter);
    if (!page) return std::unexpected(page.error());
    for (const CredentialRecord& record : *page) {
      Admit(record);
      Remember(record);
    }
    if (page->size() < kPage) return {};
    filter.after = page->back().id;
  }
}

void Projection::Remember(const Record& record) {
  if (VersionOf(record) <= KnownVersion(record)) return;
  // Whoever can write to the database cannot make a version up.
  if (sealer_.Check(record)) versions_[{TypeOf(record), KeyOf(record)}] = VersionOf(record);
}

std::uint64_t Projection::KnownVersion(RecordType type, const std::string& key) const {
  const std::scoped_lock lock{mutex_};
  const auto known = versions_.find({type, key});
  return known == versions_.end() ? 1 : known->second;
}

std::map<std::string, Error> Projection::BrokenApps() const {
  const std::scoped_lock lock{mutex_};
  return broken_apps_;
}

void Projection::RefuseMissing(const std::set<std::string>& seen) {
  const auto gone = [&](std::string label) {
    if (seen.contains(label)) return false;
    const Error error = GoneRecord(label);
    RefuseKey(std::move(label), error);
    return true;
  };
  index_.RemoveIf([&](CredentialId id) { return gone("credential " + id.text()); });
  for (const auto& account : directory_.ListAccounts()) {
    if (gone("account " + account->id)) directory_.RemoveAccount(account->id);
  }
  for (const Membership& membership : directory_.ListMemberships()) {
    if (gone("membership " + membership.workspace + "/" + membership.account)) {
      directory_.RemoveMembership(membership.workspace, membership.account);
    }
  }
  for (const std::string& name : apps_.recorded()) {
    if (gone("app " + name)) apps_.Refuse(name);
  }
  RefuseMissingSignIns(gone);
}

void Projection::RefuseMissingSignIns(const std::function<bool(std::string label)>& gone) {
  for (const AccountId& account : sign_ins_.ListSignIns()) {
    if (gone("sign-in " + account)) sign_ins_.RemoveSignIn(account);
  }
  for (const std::string& id : sign_ins_.ListSessionIds()) {
    if (gone("session " + id)) sign_ins_.RemoveSession(id);
  }
  for (const std::string& id : sign_ins_.ListLinkIds()) {
    if (gone("link " + id)) sign_ins_.RemoveLink(id);
  }
  if (has_policy_ && gone("policy " + std::string{kPolicyKey})) sign_ins_.Put(StrictestPolicy());
}

void Projection::Apply(const Record& record) {
  const std::scoped_lock lock{mutex_};
  const std::uint64_t version = VersionOf(record);
  // What another node made later was read from the store already: nothing goes back to what it was.
  if (version < KnownVersion(record)) return;
  if (version > 1) versions_[{TypeOf(record), KeyOf(record)}] = version;
  const bool is_app = TypeOf(record) == RecordType::kApp;
  const bool was_there = is_app && catalogues_.Find(KeyOf(record)) != nullptr;
  Admit(record);
  if (is_app && !was_there && catalogues_.Find(KeyOf(record)) != nullptr) {
    returned_apps_.insert(KeyOf(record));
    has_returned_apps_ = true;
  }
}

void Projection::CaughtUp(const Store& store) {
  if (!has_returned_apps_) return;
  std::set<std::string> apps;
  {
    const std::scoped_lock lock{mutex_};
    apps.swap(returned_apps_);
    has_returned_apps_ = false;
  }
  for (const std::string& app : apps) {
    if (ReloadCredentials(store, app)) continue;
    // Tried again the next time.
    const std::scoped_lock lock{mutex_};
    returned_apps_.insert(app);
    has_returned_apps_ = true;
  }
}

std::size_t Projection::refused() const { return refused_.size(); }

void Projection::Admit(const Record& record) {
  Result<void> ok = CheckVersion(record);
  if (ok) ok = Put(record);
  if (!ok) {
    Refuse(record, ok.error());
    return;
  }
  refused_.Remove(record);
}

void Projection::Refuse(const Record& record, const Error& error) {
  TakeOut(record);
  RefuseKey(Label(record), error);
}

void Projection::TakeOut(const Record& record) {
  switch (TypeOf(record)) {
    case RecordType::kCredential: index_.Remove(std::get<CredentialRecord>(record).id); return;
    case RecordType::kAccount: directory_.RemoveAccount(KeyOf(record)); return;
    case RecordType::kMembership: {
      const Membership& value = std::get<MembershipRecord>(record).value.membership;
      directory_.RemoveMembership(value.workspace, value.account);
      return;
    }
    case RecordType::kApp: apps_.Refuse(KeyOf(record)); return;
    case RecordType::kSignIn: sign_ins_.RemoveSignIn(KeyOf(record)); return;
    case RecordType::kSession: sign_ins_.RemoveSession(KeyOf(record)); return;
    case RecordType::kLink: sign_ins_.RemoveLink(KeyOf(record)); return;
    case RecordType::kPolicy: sign_ins_.Put(StrictestPolicy()); return;
    case RecordType::kWorkspace:
    case RecordType::kRepository: return;
  }
}

void Projection::RefuseKey(std::string key, const Error& error) {
  if (refused_.Add(std::move(key))) alarms_.Raise(error);
}

std::uint64_t Projection::KnownVersion(const Record& record) const {
  if (versions_.empty()) return 1;
  const auto known = versions_.find({TypeOf(record), KeyOf(record)});
  return known == versions_.end() ? 1 : known->second;
}

Result<void> Projection::CheckVersion(const Record& record) const {
  const std::uint64_t known = KnownVersion(record);
  // A newer version than memory knows is on its way through the ledger.
  if (VersionOf(record) >= known) return {};
  return Fail(Error::Code::kTampered, Label(record) + " was put back to version " +
                                          std::to_string(VersionOf(record)) +
                                          "; the journal holds version " + std::to_string(known));
}

bool Projection::IsInForce(CredentialId id) const {
  const std::optional<IndexEntry> entry = index_.Find(id);
  if (!entry || entry->revoked_at) return false;
  const std::shared_ptr<const Account> account = directory_.FindAccount(entry->account);
  return account && account->state == AccountState::kActive;
}

bool Projection::IsInForce(const std::string& session) const {
  const std::shared_ptr<const KnownSession> known = sign_ins_.FindSession(session);
  if (!known) return false;
  const std::shared_ptr<const Account> account = directory_.FindAccount(known->session.account);
  return account && account->state == AccountState::kActive;
}

Result<void> Projection::CheckAsker(const Write& write) const {
  if (write.on_behalf_of && !IsInForce(*write.on_behalf_of)) {
    return Fail(Error::Code::kPermissionDenied,
                "the credential that asked went out of force meanwhile", "Nothing was changed.");
  }
  const std::string& session = write.on_behalf_of_session;
  if (session.empty() || IsInForce(session)) return {};
  return Fail(Error::Code::kPermissionDenied, "the session that asked ended meanwhile",
              "Nothing was changed.");
}

Result<void> Projection::CheckNext(const Write& write) const {
  const std::scoped_lock lock{mutex_};
  if (Result<void> allowed = CheckAsker(write); !allowed) return allowed;
  if (const auto* sign_in = std::get_if<SignInRecord>(&write.record)) {
    if (Result<void> unique = CheckUnique(*sign_in); !unique) return unique;
  }
  const auto* credential = std::get_if<CredentialRecord>(&write.record);
  const bool is_new = credential != nullptr && credential->version == 1;
  if (is_new && catalogues_.Find(credential->app) == nullptr) {
    return Fail(Error::Code::kConflict, "the app went away meanwhile", "Nothing was changed.");
  }
  if (is_new && !sign_ins_.policy()->Allows(credential->kind)) {
    return Fail(Error::Code::kPermissionDenied, "policy changed meanwhile and allows no new ones",
                "Nothing was changed.");
  }
  const auto known = versions_.find({TypeOf(write.record), KeyOf(write.record)});
  const std::uint64_t version = VersionOf(write.record);
  // Of a record at version 1 memory keeps no number; that there is one already is for the store to
  // say.
  const std::uint64_t least = known != versions_.end() ? known->second + 1 : 1;
  if (version >= least) return {};
  return Fail(
      Error::Code::kConflict,
      Label(write.record) + " changed meanwhile, or the database holds an older version of it",
      "Try again. If that does not help, see what \"latchkey audit verify\" says.");
}

// The store cannot see what stands in a seal, so that memory says what is taken.
Result<void> Projection::CheckUnique(const SignInRecord& record) const {
  const Result<SignIn> sign_in = sealer_.OpenSignIn(record);
  if (!sign_in) return std::unexpected(sign_in.error());
  const auto of_another = [&record](const std::shared_ptr<const SignIn>& held) {
    return held != nullptr && held->account != record.account;
  };
  const bool passkey = std::ranges::any_of(sign_in->passkeys, [&](const Passkey& one) {
    return of_another(sign_ins_.FindByPasskey(one.id));
  });
  const bool identity = std::ranges::any_of(sign_in->identities, [&](const ExternalIdentity& one) {
    return of_another(sign_ins_.FindByIdentity(one.issuer, one.subject));
  });
  if (!passkey && !identity) return {};
  return Fail(
      Error::Code::kAlreadyExists,
      std::string{passkey ? "that passkey" : "that identity"} + " belongs to another account",
      "Remove it there first.");
}

Result<void> Projection::Put(const Record& record) {
  if (const auto* credential = std::get_if<CredentialRecord>(&record)) {
    return PutCredential(*credential);
  }
  if (const auto* sign_in = std::get_if<SignInRecord>(&record)) return PutSignIn(*sign_in);
  if (const auto* session = std::get_if<SessionRecord>(&record)) return PutSession(*session);
  if (const auto* link = std::get_if<LinkRecord>(&record)) return PutLink(*link);
  if (Result<void> checked = sealer_.Check(record); !checked) return checked;
  return PutPlain(record);
}

Result<void> Projection::PutPlain(const Record& record) {
  if (const auto* app = std::get_if<AppRecord>(&record)) return PutApp(*app);
  if (const auto* account = std::get_if<AccountRecord>(&record)) {
    directory_.Put(account->value);
  } else if (const auto* workspace = std::get_if<WorkspaceRecord>(&record)) {
    directory_.Put(workspace->value);
  } else if (const auto* repository = std::get_if<RepositoryRecord>(&record)) {
    directory_.Put(repository->value);
  } else if (const auto* policy = std::get_if<PolicyRecord>(&record)) {
    sign_ins_.Put(policy->value);
    has_policy_ = true;
  } else if (const auto* state = std::get_if<MembershipRecord>(&record)) {
    const Membership& membership = state->value.membership;
    if (state->value.removed) {
      directory_.RemoveMembership(membership.workspace, membership.account);
    } else {
      directory_.Put(membership);
    }
  }
  return {};
}

Result<void> Projection::PutSignIn(const SignInRecord& record) {
  Result<SignIn> sign_in = sealer_.OpenSignIn(record);
  if (!sign_in) return std::unexpected(sign_in.error());
  sign_ins_.Put(std::move(*sign_in));
  return {};
}

Result<void> Projection::PutSession(const SessionRecord& record) {
  const Result<Digest> digest = sealer_.OpenTicket(record);
  if (!digest) return std::unexpected(digest.error());
  sign_ins_.Put(KnownSession{.session = record.value, .digest = *digest});
  return {};
}

Result<void> Projection::PutLink(const LinkRecord& record) {
  const Result<Digest> digest = sealer_.OpenTicket(record);
  if (!digest) return std::unexpected(digest.error());
  sign_ins_.Put(KnownLink{.link = record.value, .digest = *digest});
  return {};
}

Result<void> Projection::PutCredential(const CredentialRecord& record) {
  {
    // It comes while the seal is opened.
    const EpochDomain::Guard guard = directory_.epochs().Enter();
    index_.Prefetch(guard, record.id);
  }
  const Result<Digest> digest = sealer_.OpenCredential(record);
  if (!digest) return std::unexpected(digest.error());
  std::shared_ptr<const Catalogue> catalogue = catalogues_.FindShared(record.app);
  if (!catalogue) {
    index_.Remove(record.id);
    // Of an app that was removed, or that is refused itself: the one alarm is enough.
    if (record.revoked_at || refused_.Contains("app " + record.app)) return {};
    return UnknownApp(catalogues_, record.app);
  }
  index_.Put({.id = record.id,
              .digest = *digest,
              .kind = record.kind,
              .account = record.account,
              .catalogue = std::move(catalogue),
              .grants = record.grants,
              .expires_at = record.expires_at,
              .revoked_at = record.revoked_at});
  return {};
}

Result<void> Projection::PutApp(const AppRecord& record) {
  const std::string& name = record.value.definition.name;
  Result<void> put = apps_.Put(record.value);
  if (put) {
    broken_apps_.erase(name);
    if (const auto catalogue = catalogues_.FindShared(name)) {
      index_.ReplaceCatalogue(name, catalogue);
    }
    return {};
  }
  broken_apps_.insert_or_assign(name, put.error());
  return put;
}

}  // namespace latchkey
