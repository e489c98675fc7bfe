#include "store/sqlite/record_rows.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "store/codec/app_json.h"

namespace latchkey::sqlite {
namespace {

struct TableShape {
  std::string_view name;
  std::size_t key_columns;  // They stand first.
  std::vector<std::string_view> columns;
};

/// In the order of RecordType.
const std::array<TableShape, 10>& Shapes() {
  static const std::array<TableShape, 10> shapes{{
      {.name = "credentials",
       .key_columns = 1,
       .columns = {"id", "kind", "account_id", "app", "grants", "name", "created_at", "expires_at",
                   "revoked_at", "revoke_reason", "version", "seal"}},
      {.name = "accounts",
       .key_columns = 1,
       .columns = {"id", "email", "username", "display_name", "kind", "state", "admin",
                   "password_hash", "created_at", "version", "seal"}},
      {.name = "workspaces",
       .key_columns = 1,
       .columns = {"slug", "created_at", "version", "seal"}},
      {.name = "memberships",
       .key_columns = 2,
       .columns = {"workspace", "account_id", "role", "removed", "version", "seal"}},
      {.name = "repositories",
       .key_columns = 2,
       .columns = {"workspace", "slug", "created_at", "version", "seal"}},
      {.name = "apps",
       .key_columns = 1,
       .columns = {"name", "removed", "definition", "version", "seal"}},
      {.name = "sign_ins", .key_columns = 1, .columns = {"account_id", "version", "seal"}},
      {.name = "sessions",
       .key_columns = 1,
       .columns = {"id", "account_id", "name", "address", "user_agent", "created_at",
                   "authenticated_at", "methods", "expires_at", "ended_at", "end_reason", "version",
                   "seal"}},
      {.name = "links",
       .key_columns = 1,
       .columns = {"id", "kind", "account_id", "created_at", "expires_at", "used_at", "made_by",
                   "version", "seal"}},
      {.name = "policies",
       .key_columns = 1,
       .columns = {"name", "token_lifetime_max", "token_lifetime_default", "api_tokens",
                   "app_passwords", "second_step_required", "token_apps", "version", "seal"}},
  }};
  return shapes;
}

const TableShape& ShapeOf(RecordType type) { return Shapes().at(static_cast<std::size_t>(type)); }

std::string Join(std::span<const std::string_view> parts, std::string_view separator,
                 std::string_view suffix = {}) {
  std::string joined;
  for (const std::string_view part : parts) {
    if (!joined.empty()) joined += separator;
    joined.append(part).append(suffix);
  }
  return joined;
}

RecordTable MakeTable(const TableShape& shape) {
  const std::span<const std::string_view> columns{shape.columns};
  const auto keys = columns.first(shape.key_columns);
  const std::string name{shape.name};
  const std::string all = Join(columns, ", ");
  const std::string where = " WHERE " + Join(keys, " AND ", " = ?");
  std::string updates;
  for (const std::string_view column : columns.subspan(shape.key_columns)) {
    if (!updates.empty()) updates += ", ";
    updates.append(column).append(" = excluded.").append(column);
  }
  const std::vector<std::string_view> marks(columns.size(), "?");
  return {.name = name,
          .select_version = "SELECT version FROM " + name + where,
          .select_one = "SELECT " + all + " FROM " + name + where,
          .select_all = "SELECT " + all + " FROM " + name,
          .select_rows = "SELECT " + all + " FROM " + name + " WHERE rowid BETWEEN ? AND ?",
          .upsert = "INSERT INTO " + name + " (" + all + ") VALUES (" + Join(marks, ", ") +
                    ") ON CONFLICT (" + Join(keys, ", ") + ") DO UPDATE SET " + updates,
          .erase = "DELETE FROM " + name + where};
}

std::string JoinNames(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) {
    if (!joined.empty()) joined += ' ';
    joined += name;
  }
  return joined;
}

std::vector<std::string> SplitNames(std::string_view text) {
  std::vector<std::string> names;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    names.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return names;
}

void BindFields(Query& query, const CredentialRecord& record) {
  query.Bind(record.id.text()).Bind(KindName(record.kind)).Bind(record.account).Bind(record.app);
  query.Bind(JoinNames(record.grants)).Bind(record.name).Bind(record.created_at);
  query.Bind(record.expires_at).Bind(record.revoked_at).Bind(record.revoke_reason);
}

void BindFields(Query& query, const AccountRecord& record) {
  const Account& account = record.value;
  query.Bind(account.id).Bind(account.email).Bind(account.username).Bind(account.display_name);
  query.Bind(KindName(account.kind)).Bind(StateName(account.state));
  query.Bind(std::int64_t{account.admin}).Bind(account.password_hash).Bind(account.created_at);
}

void BindFields(Query& query, const WorkspaceRecord& record) {
  query.Bind(record.value.slug).Bind(record.value.created_at);
}

void BindFields(Query& query, const MembershipRecord& record) {
  const Membership& membership = record.value.membership;
  query.Bind(membership.workspace).Bind(membership.account).Bind(RoleName(membership.role));
  query.Bind(std::int64_t{record.value.removed});
}

void BindFields(Query& query, const RepositoryRecord& record) {
  query.Bind(record.value.workspace).Bind(record.value.slug).Bind(record.value.created_at);
}

void BindFields(Query& query, const AppRecord& record) {
  query.Bind(record.value.definition.name).Bind(std::int64_t{record.value.removed});
  query.Bind(FormatApp(record.value.definition));
}

void BindFields(Query& query, const SignInRecord& record) { query.Bind(record.account); }

void BindFields(Query& query, const SessionRecord& record) {
  const Session& session = record.value;
  query.Bind(session.id).Bind(session.account).Bind(session.name).Bind(session.address);
  query.Bind(session.user_agent).Bind(session.created_at).Bind(session.authenticated_at);
  query.Bind(JoinNames(session.methods)).Bind(session.expires_at).Bind(session.ended_at);
  query.Bind(session.end_reason);
}

void BindFields(Query& query, const LinkRecord& record) {
  const Link& link = record.value;
  query.Bind(link.id).Bind(KindName(link.kind)).Bind(link.account).Bind(link.created_at);
  query.Bind(link.expires_at).Bind(link.used_at).Bind(link.made_by);
}

void BindFields(Query& query, const PolicyRecord& record) {
  const InstallationPolicy& policy = record.value;
  query.Bind(kPolicyKey).Bind(policy.token_lifetime_max).Bind(policy.token_lifetime_default);
  query.Bind(std::int64_t{policy.api_tokens}).Bind(std::int64_t{policy.app_passwords});
  query.Bind(std::int64_t{policy.second_step_required}).Bind(JoinNames(policy.token_apps));
}

/// Reads the columns of a row from left to right. Once one is not what it should be, the row is
/// unreadable.
class RowReader {
 public:
  explicit RowReader(const Query& query) : query_(query) {}

  [[nodiscard]] bool ok() const { return ok_; }
  void Fail() { ok_ = false; }

  std::string_view Text() { return Keep(query_.Text(column_++)); }
  std::int64_t Number() { return Keep(query_.Number(column_++)); }
  Instant Time() { return Instant{std::chrono::milliseconds{Number()}}; }

  std::optional<Instant> OptionalTime() {
    if (SkipNull()) return std::nullopt;
    return Time();
  }

  std::optional<std::string> OptionalText() {
    if (SkipNull()) return std::nullopt;
    return std::string{Text()};
  }

  std::optional<std::chrono::seconds> OptionalSeconds() {
    if (SkipNull()) return std::nullopt;
    return std::chrono::seconds{Number()};
  }

  bool Flag() {
    const std::int64_t number = Number();
    if (number != 0 && number != 1) Fail();
    return number == 1;
  }

  std::uint64_t Version() {
    const std::int64_t number = Number();
    if (number < 1) Fail();
    return static_cast<std::uint64_t>(number);
  }

  Seal SealBytes() {
    const std::span<const std::byte> bytes = Keep(query_.Blob(column_++));
    return {bytes.begin(), bytes.end()};
  }

  CredentialId Id() {
    const Result<CredentialId> id = CredentialId::Parse(Text());
    if (!id) Fail();
    return id.value_or(CredentialId{0});
  }

  template <typename T>
  T Parsed(std::optional<T> (*parse)(std::string_view), T otherwise) {
    const std::optional<T> value = parse(Text());
    if (!value) Fail();
    return value.value_or(otherwise);
  }

 private:
  bool SkipNull() {
    const bool null = query_.IsNull(column_);
    if (null) ++column_;
    return null;
  }

  template <typename T>
  T Keep(const std::optional<T>& value) {
    if (!value) Fail();
    return value.value_or(T{});
  }

  const Query& query_;
  int column_ = 0;
  bool ok_ = true;
};

// A braced list of initialisers is evaluated from left to right, which is the order of the columns.

CredentialRecord ReadCredential(RowReader& row) {
  return {.id = row.Id(),
          .kind = row.Parsed(ParseKindName, CredentialKind::kApiToken),
          .account = std::string{row.Text()},
          .app = std::string{row.Text()},
          .grants = SplitNames(row.Text()),
          .name = std::string{row.Text()},
          .created_at = row.Time(),
          .expires_at = row.OptionalTime(),
          .revoked_at = row.OptionalTime(),
          .revoke_reason = std::string{row.Text()},
          .version = row.Version(),
          .seal = row.SealBytes()};
}

AccountRecord ReadAccount(RowReader& row) {
  return {.value = {.id = std::string{row.Text()},
                    .email = std::string{row.Text()},
                    .username = std::string{row.Text()},
                    .display_name = std::string{row.Text()},
                    .kind = row.Parsed(ParseAccountKind, AccountKind::kPerson),
                    .state = row.Parsed(ParseAccountState, AccountState::kSuspended),
                    .admin = row.Flag(),
                    .password_hash = std::string{row.Text()},
                    .created_at = row.Time()},
          .version = row.Version(),
          .seal = row.SealBytes()};
}

WorkspaceRecord ReadWorkspace(RowReader& row) {
  return {.value = {.slug = std::string{row.Text()}, .created_at = row.Time()},
          .version = row.Version(),
          .seal = row.SealBytes()};
}

MembershipRecord ReadMembership(RowReader& row) {
  return {.value = {.membership = {.workspace = std::string{row.Text()},
                                   .account = std::string{row.Text()},
                                   .role = row.Parsed(ParseRole, Role::kRead)},
                    .removed = row.Flag()},
          .version = row.Version(),
          .seal = row.SealBytes()};
}

RepositoryRecord ReadRepository(RowReader& row) {
  return {.value = {.workspace = std::string{row.Text()},
                    .slug = std::string{row.Text()},
                    .created_at = row.Time()},
          .version = row.Version(),
          .seal = row.SealBytes()};
}

AppRecord ReadApp(RowReader& row) {
  const std::string name{row.Text()};
  const bool removed = row.Flag();
  std::optional<AppDefinition> definition = ParseApp(name, row.Text());
  if (!definition) row.Fail();
  return {
      .value = {.definition = std::move(definition).value_or(AppDefinition{}), .removed = removed},
      .version = row.Version(),
      .seal = row.SealBytes()};
}

SignInRecord ReadSignIn(RowReader& row) {
  return {.account = std::string{row.Text()}, .version = row.Version(), .seal = row.SealBytes()};
}

SessionRecord ReadSession(RowReader& row) {
  return {.value = {.id = std::string{row.Text()},
                    .account = std::string{row.Text()},
                    .name = std::string{row.Text()},
                    .address = std::string{row.Text()},
                    .user_agent = std::string{row.Text()},
                    .created_at = row.Time(),
                    .authenticated_at = row.Time(),
                    .methods = SplitNames(row.Text()),
                    .expires_at = row.Time(),
                    .ended_at = row.OptionalTime(),
                    .end_reason = std::string{row.Text()}},
          .version = row.Version(),
          .seal = row.SealBytes()};
}

LinkRecord ReadLink(RowReader& row) {
  return {.value = {.id = std::string{row.Text()},
                    .kind = row.Parsed(ParseLinkKind, LinkKind::kPasswordReset),
                    .account = row.OptionalText(),
                    .created_at = row.Time(),
                    .expires_at = row.Time(),
                    .used_at = row.OptionalTime(),
                    .made_by = std::string{row.Text()}},
          .version = row.Version(),
          .seal = row.SealBytes()};
}

PolicyRecord ReadPolicy(RowReader& row) {
  if (row.Text() != kPolicyKey) row.Fail();
  return {.value = {.token_lifetime_max = row.OptionalSeconds(),
                    .token_lifetime_default = row.OptionalSeconds(),
                    .api_tokens = row.Flag(),
                    .app_passwords = row.Flag(),
                    .second_step_required = row.Flag(),
                    .token_apps = SplitNames(row.Text())},
          .version = row.Version(),
          .seal = row.SealBytes()};
}

Record ReadFields(RowReader& row, RecordType type) {
  switch (type) {
    case RecordType::kCredential: return ReadCredential(row);
    case RecordType::kAccount: return ReadAccount(row);
    case RecordType::kWorkspace: return ReadWorkspace(row);
    case RecordType::kMembership: return ReadMembership(row);
    case RecordType::kRepository: return ReadRepository(row);
    case RecordType::kApp: return ReadApp(row);
    case RecordType::kSignIn: return ReadSignIn(row);
    case RecordType::kSession: return ReadSession(row);
    case RecordType::kLink: return ReadLink(row);
    case RecordType::kPolicy: return ReadPolicy(row);
  }
  std::unreachable();
}

/// The list that a record has one column for; null if there is none.
const std::vector<std::string>* NamesOf(const Record& record) {
  if (const auto* credential = std::get_if<CredentialRecord>(&record)) return &credential->grants;
  if (const auto* session = std::get_if<SessionRecord>(&record)) return &session->value.methods;
  if (const auto* policy = std::get_if<PolicyRecord>(&record)) return &policy->value.token_apps;
  return nullptr;
}

}  // namespace

const RecordTable& TableOf(RecordType type) {
  static const std::vector<RecordTable> tables = [] {
    std::vector<RecordTable> made;
    for (const TableShape& shape : Shapes()) made.push_back(MakeTable(shape));
    return made;
  }();
  return tables.at(static_cast<std::size_t>(type));
}

void BindKey(Query& query, RecordType type, std::string_view key) {
  if (ShapeOf(type).key_columns == 1) {
    query.Bind(key);
    return;
  }
  // A slug, which stands first, holds no slash.
  const std::size_t slash = std::min(key.find('/'), key.size());
  query.Bind(key.substr(0, slash)).Bind(key.substr(std::min(slash + 1, key.size())));
}

void BindRecord(Query& query, const Record& record) {
  std::visit(
      [&query](const auto& one) {
        BindFields(query, one);
        query.Bind(static_cast<std::int64_t>(one.version));
        query.Bind(std::span<const std::byte>{one.seal});
      },
      record);
}

std::optional<Record> ReadRecord(const Query& query, RecordType type) {
  RowReader row{query};
  Record record = ReadFields(row, type);
  if (!row.ok()) return std::nullopt;
  return record;
}

std::string ReadKey(const Query& query, RecordType type) {
  std::string key{query.Text(0).value_or("")};
  if (ShapeOf(type).key_columns == 2) key.append("/").append(query.Text(1).value_or(""));
  return key;
}

bool IsStorable(const Record& record) {
  const std::vector<std::string>* names = NamesOf(record);
  return names == nullptr || std::ranges::none_of(*names, [](const std::string& name) {
           return name.empty() || name.contains(' ');
         });
}

const std::string& CredentialColumns() {
  static const std::string columns =
      Join(std::span<const std::string_view>{ShapeOf(RecordType::kCredential).columns}, ", ");
  return columns;
}

}  // namespace latchkey::sqlite
