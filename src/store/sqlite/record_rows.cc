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
const std::array<TableShape, 6>& Shapes() {
  static const std::array<TableShape, 6> shapes{{
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

std::string JoinGrants(const std::vector<std::string>& grants) {
  std::string joined;
  for (const std::string& grant : grants) {
    if (!joined.empty()) joined += ' ';
    joined += grant;
  }
  return joined;
}

std::vector<std::string> SplitGrants(std::string_view text) {
  std::vector<std::string> grants;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    grants.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return grants;
}

void BindFields(Query& query, const CredentialRecord& record) {
  query.Bind(record.id.text()).Bind(KindName(record.kind)).Bind(record.account).Bind(record.app);
  query.Bind(JoinGrants(record.grants)).Bind(record.name).Bind(record.created_at);
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
    if (query_.IsNull(column_)) {
      ++column_;
      return std::nullopt;
    }
    return Time();
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
          .grants = SplitGrants(row.Text()),
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

Record ReadFields(RowReader& row, RecordType type) {
  switch (type) {
    case RecordType::kCredential: return ReadCredential(row);
    case RecordType::kAccount: return ReadAccount(row);
    case RecordType::kWorkspace: return ReadWorkspace(row);
    case RecordType::kMembership: return ReadMembership(row);
    case RecordType::kRepository: return ReadRepository(row);
    case RecordType::kApp: return ReadApp(row);
  }
  std::unreachable();
}

}  // namespace

const RecordTable& TableOf(RecordType type) {
  static const std::array<RecordTable, 6> tables{MakeTable(Shapes()[0]), MakeTable(Shapes()[1]),
                                                 MakeTable(Shapes()[2]), MakeTable(Shapes()[3]),
                                                 MakeTable(Shapes()[4]), MakeTable(Shapes()[5])};
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
  const auto* credential = std::get_if<CredentialRecord>(&record);
  return credential == nullptr ||
         std::ranges::none_of(credential->grants, [](const std::string& grant) {
           return grant.empty() || grant.contains(' ');
         });
}

const std::string& CredentialColumns() {
  static const std::string columns =
      Join(std::span<const std::string_view>{ShapeOf(RecordType::kCredential).columns}, ", ");
  return columns;
}

}  // namespace latchkey::sqlite
