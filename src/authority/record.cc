#include "authority/record.h"

#include <array>
#include <utility>

namespace latchkey {
namespace {

constexpr std::array<std::string_view, 10> kTypeNames{
    "credential", "account", "workspace", "membership", "repository",
    "app",        "sign-in", "session",   "link",       "policy"};

void Bind(AssociatedData& data, Instant instant) {
  data.Add(static_cast<std::uint64_t>(instant.time_since_epoch().count()));
}

/// A missing instant and instant 0 differ: the flag comes first.
void Bind(AssociatedData& data, const std::optional<Instant>& instant) {
  data.Add(std::uint64_t{instant.has_value()});
  if (instant) Bind(data, *instant);
}

void BindFields(AssociatedData& data, const CredentialRecord& record) {
  data.Add(record.id.value()).Add(KindName(record.kind)).Add(record.account).Add(record.app);
  data.Add(record.grants.size());
  for (const std::string& grant : record.grants) data.Add(grant);
  data.Add(record.name);
  Bind(data, record.created_at);
  Bind(data, record.expires_at);
  Bind(data, record.revoked_at);
  data.Add(record.revoke_reason);
}

void BindFields(AssociatedData& data, const AccountRecord& record) {
  const Account& account = record.value;
  data.Add(account.id).Add(account.email).Add(account.username).Add(account.display_name);
  data.Add(KindName(account.kind)).Add(StateName(account.state));
  data.Add(std::uint64_t{account.admin}).Add(account.password_hash);
  Bind(data, account.created_at);
}

void BindFields(AssociatedData& data, const WorkspaceRecord& record) {
  data.Add(record.value.slug);
  Bind(data, record.value.created_at);
}

void BindFields(AssociatedData& data, const MembershipRecord& record) {
  const Membership& membership = record.value.membership;
  data.Add(membership.workspace).Add(membership.account).Add(RoleName(membership.role));
  data.Add(std::uint64_t{record.value.removed});
}

void BindFields(AssociatedData& data, const RepositoryRecord& record) {
  data.Add(record.value.workspace).Add(record.value.slug);
  Bind(data, record.value.created_at);
}

void Bind(AssociatedData& data, const std::vector<std::string>& texts) {
  data.Add(texts.size());
  for (const std::string& text : texts) data.Add(text);
}

void Bind(AssociatedData& data, const NameAlternatives& lists) {
  data.Add(lists.size());
  for (const std::vector<std::string>& list : lists) Bind(data, list);
}

void Bind(AssociatedData& data, const CatalogueData& catalogue) {
  data.Add(catalogue.app).Add(catalogue.title).Add(catalogue.scopes.size());
  for (const Scope& scope : catalogue.scopes) {
    data.Add(scope.name).Add(scope.title).Add(scope.description).Add(scope.group);
  }
  data.Add(catalogue.permissions.size());
  for (const Permission& permission : catalogue.permissions) {
    data.Add(permission.name).Add(permission.title).Add(permission.description);
    data.Add(permission.group);
    Bind(data, permission.implies);
    Bind(data, permission.scopes);
  }
}

void Bind(AssociatedData& data, const GatePolicy& policy) {
  data.Add(policy.base_path).Add(std::uint64_t{policy.any_credential_where_unmatched});
  for (const PathRuleFlag& flag : kPathRuleFlags) {
    data.Add(flag.name).Add(std::uint64_t{policy.paths.*flag.member});
  }
}

void BindFields(AssociatedData& data, const AppRecord& record) {
  const AppDefinition& app = record.value.definition;
  data.Add(app.name).Add(app.title).Add(std::uint64_t{record.value.removed});
  data.Add(std::uint64_t{app.built_in});
  Bind(data, app.catalogue);
  Bind(data, app.policy);
  Bind(data, app.templates.greedy);
  data.Add(app.operations.size());
  for (const OperationRule& rule : app.operations) {
    data.Add(rule.method).Add(rule.path).Add(std::uint64_t{rule.open_to_anybody});
    Bind(data, rule.scopes);
    Bind(data, rule.permissions);
  }
}

void BindFields(AssociatedData& data, const SignInRecord& record) { data.Add(record.account); }

void BindFields(AssociatedData& data, const SessionRecord& record) {
  const Session& session = record.value;
  data.Add(session.id).Add(session.account).Add(session.name).Add(session.address);
  data.Add(session.user_agent);
  Bind(data, session.created_at);
  Bind(data, session.authenticated_at);
  Bind(data, session.methods);
  Bind(data, session.expires_at);
  Bind(data, session.ended_at);
  data.Add(session.end_reason);
}

void BindFields(AssociatedData& data, const LinkRecord& record) {
  const Link& link = record.value;
  data.Add(link.id).Add(KindName(link.kind)).Add(std::uint64_t{link.account.has_value()});
  data.Add(link.account.value_or(""));
  Bind(data, link.created_at);
  Bind(data, link.expires_at);
  Bind(data, link.used_at);
  data.Add(link.made_by);
}

void Bind(AssociatedData& data, const std::optional<std::chrono::seconds>& span) {
  data.Add(std::uint64_t{span.has_value()});
  if (span) data.Add(static_cast<std::uint64_t>(span->count()));
}

void BindFields(AssociatedData& data, const PolicyRecord& record) {
  const InstallationPolicy& policy = record.value;
  data.Add(kPolicyKey);
  Bind(data, policy.token_lifetime_max);
  Bind(data, policy.token_lifetime_default);
  data.Add(std::uint64_t{policy.api_tokens}).Add(std::uint64_t{policy.app_passwords});
  data.Add(std::uint64_t{policy.second_step_required});
  Bind(data, policy.token_apps);
}

std::string Key(const CredentialRecord& record) { return record.id.text(); }
std::string Key(const AccountRecord& record) { return record.value.id; }
std::string Key(const WorkspaceRecord& record) { return record.value.slug; }
std::string Key(const MembershipRecord& record) {
  return record.value.membership.workspace + "/" + record.value.membership.account;
}
std::string Key(const RepositoryRecord& record) {
  return record.value.workspace + "/" + record.value.slug;
}
std::string Key(const AppRecord& record) { return record.value.definition.name; }
std::string Key(const SignInRecord& record) { return record.account; }
std::string Key(const SessionRecord& record) { return record.value.id; }
std::string Key(const LinkRecord& record) { return record.value.id; }
std::string Key(const PolicyRecord& /*record*/) { return std::string{kPolicyKey}; }

bool IsOver(const CredentialRecord& record) { return record.revoked_at.has_value(); }
bool IsOver(const AccountRecord& record) { return record.value.state == AccountState::kSuspended; }
bool IsOver(const MembershipRecord& record) { return record.value.removed; }
bool IsOver(const AppRecord& record) { return record.value.removed; }
bool IsOver(const SessionRecord& record) { return record.value.ended_at.has_value(); }
bool IsOver(const LinkRecord& record) { return record.value.used_at.has_value(); }
bool IsOver(const WorkspaceRecord& /*record*/) { return false; }
bool IsOver(const RepositoryRecord& /*record*/) { return false; }
bool IsOver(const SignInRecord& /*record*/) { return false; }
bool IsOver(const PolicyRecord& /*record*/) { return false; }

}  // namespace

std::string_view TypeName(RecordType type) { return kTypeNames.at(static_cast<std::size_t>(type)); }

std::optional<RecordType> ParseTypeName(std::string_view name) {
  for (std::size_t i = 0; i < kTypeNames.size(); ++i) {
    if (kTypeNames.at(i) == name) return static_cast<RecordType>(i);
  }
  return std::nullopt;
}

RecordType TypeOf(const Record& record) { return static_cast<RecordType>(record.index()); }

std::string KeyOf(const Record& record) {
  return std::visit([](const auto& one) { return Key(one); }, record);
}

std::uint64_t VersionOf(const Record& record) {
  return std::visit([](const auto& one) { return one.version; }, record);
}

bool TakesAway(const Record& record) {
  return std::visit([](const auto& one) { return IsOver(one); }, record);
}

bool MayTakeAway(const Record& record) {
  if (TakesAway(record)) return true;
  switch (TypeOf(record)) {
    case RecordType::kApp:
    case RecordType::kPolicy: return true;
    case RecordType::kAccount:
    case RecordType::kMembership: return VersionOf(record) > 1;
    // A credential's grants stand for ever. Nobody signs in, by an old password or a used code,
    // without a new session, and that is a change which is made after all those before it.
    case RecordType::kCredential:
    case RecordType::kSignIn:
    case RecordType::kSession:
    case RecordType::kLink:
    case RecordType::kWorkspace:
    case RecordType::kRepository: return false;
  }
  std::unreachable();
}

AssociatedData BindingOf(const Record& record) {
  AssociatedData data;
  data.Add(TypeName(TypeOf(record))).Add(VersionOf(record));
  std::visit([&data](const auto& one) { BindFields(data, one); }, record);
  return data;
}

}  // namespace latchkey
