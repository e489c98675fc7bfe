#include "store/rows/record_rows.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "store/codec/app_json.h"

namespace latchkey::rows {
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

std::string Join(std::span<const std::string_view> parts, std::string_view separator) {
  std::string joined;
  for (const std::string_view part : parts) {
    if (!joined.empty()) joined += separator;
    joined += part;
  }
  return joined;
}

/// `$1, $2, $3`: PostgreSQL's form, which SQLite takes too.
std::string Marks(std::size_t count) {
  std::string marks = "$1";
  for (std::size_t i = 2; i <= count; ++i) marks += ", $" + std::to_string(i);
  return marks;
}

std::string WhereKeyIs(std::span<const std::string_view> keys) {
  std::string where;
  for (std::size_t i = 0; i < keys.size(); ++i) {
    where.append(i == 0 ? " WHERE " : " AND ").append(keys[i]);
    where += " = $" + std::to_string(i + 1);
  }
  return where;
}

RecordTable MakeTable(const TableShape& shape) {
  const std::span<const std::string_view> columns{shape.columns};
  const auto keys = columns.first(shape.key_columns);
  const std::string name{shape.name};
  const std::string all = Join(columns, ", ");
  const std::string where = WhereKeyIs(keys);
  std::string updates;
  for (const std::string_view column : columns.subspan(shape.key_columns)) {
    if (!updates.empty()) updates += ", ";
    updates.append(column).append(" = excluded.").append(column);
  }
  return {.name = name,
          .select_version = "SELECT version FROM " + name + where,
          .select_one = "SELECT " + all + " FROM " + name + where,
          .select_all = "SELECT " + all + " FROM " + name,
          .upsert = "INSERT INTO " + name + " (" + all + ") VALUES (" + Marks(columns.size()) +
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

void PutFields(RowWriter& row, const CredentialRecord& record) {
  row.PutAll(record.id.text(), KindName(record.kind), record.account, record.app);
  row.PutAll(JoinNames(record.grants), record.name, record.created_at, record.expires_at);
  row.PutAll(record.revoked_at, record.revoke_reason);
}

void PutFields(RowWriter& row, const AccountRecord& record) {
  const Account& account = record.value;
  row.PutAll(account.id, account.email, account.username, account.display_name);
  row.PutAll(KindName(account.kind), StateName(account.state), std::int64_t{account.admin});
  row.PutAll(account.password_hash, account.created_at);
}

void PutFields(RowWriter& row, const WorkspaceRecord& record) {
  row.PutAll(record.value.slug, record.value.created_at);
}

void PutFields(RowWriter& row, const MembershipRecord& record) {
  const Membership& membership = record.value.membership;
  row.PutAll(membership.workspace, membership.account, RoleName(membership.role));
  row.Put(std::int64_t{record.value.removed});
}

void PutFields(RowWriter& row, const RepositoryRecord& record) {
  row.PutAll(record.value.workspace, record.value.slug, record.value.created_at);
}

void PutFields(RowWriter& row, const AppRecord& record) {
  const AppState& app = record.value;
  row.PutAll(app.definition.name, std::int64_t{app.removed}, FormatApp(app.definition));
}

void PutFields(RowWriter& row, const SignInRecord& record) { row.Put(record.account); }

void PutFields(RowWriter& row, const SessionRecord& record) {
  const Session& session = record.value;
  row.PutAll(session.id, session.account, session.name, session.address, session.user_agent);
  row.PutAll(session.created_at, session.authenticated_at, JoinNames(session.methods));
  row.PutAll(session.expires_at, session.ended_at, session.end_reason);
}

void PutFields(RowWriter& row, const LinkRecord& record) {
  const Link& link = record.value;
  row.PutAll(link.id, KindName(link.kind), link.account, link.created_at, link.expires_at);
  row.PutAll(link.used_at, link.made_by);
}

void PutFields(RowWriter& row, const PolicyRecord& record) {
  const InstallationPolicy& policy = record.value;
  row.PutAll(kPolicyKey, policy.token_lifetime_max, policy.token_lifetime_default);
  row.PutAll(std::int64_t{policy.api_tokens}, std::int64_t{policy.app_passwords});
  row.PutAll(std::int64_t{policy.second_step_required}, JoinNames(policy.token_apps));
}

/// Reads the columns of a row from left to right. Once one is not what it should be, the row is
/// unreadable.
class RowReader {
 public:
  explicit RowReader(const RowView& row) : row_(row) {}

  [[nodiscard]] bool ok() const { return ok_; }
  void Fail() { ok_ = false; }

  std::string_view Text() { return Keep(row_.Text(column_++)); }
  std::int64_t Number() { return Keep(row_.Number(column_++)); }
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
    const std::span<const std::byte> bytes = Keep(row_.Blob(column_++));
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
    const bool null = row_.IsNull(column_);
    if (null) ++column_;
    return null;
  }

  template <typename T>
  T Keep(const std::optional<T>& value) {
    if (!value) Fail();
    return value.value_or(T{});
  }

  const RowView& row_;
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

void PutKey(RowWriter& row, RecordType type, std::string_view key) {
  if (ShapeOf(type).key_columns == 1) {
    row.Put(key);
    return;
  }
  // A slug, which stands first, holds no slash.
  const std::size_t slash = std::min(key.find('/'), key.size());
  row.PutAll(key.substr(0, slash), key.substr(std::min(slash + 1, key.size())));
}

void PutRecord(RowWriter& row, const Record& record) {
  std::visit(
      [&row](const auto& one) {
        PutFields(row, one);
        row.PutAll(static_cast<std::int64_t>(one.version), std::span<const std::byte>{one.seal});
      },
      record);
}

std::optional<Record> ReadRecord(const RowView& row, RecordType type) {
  RowReader reader{row};
  Record record = ReadFields(reader, type);
  if (!reader.ok()) return std::nullopt;
  return record;
}

std::string ReadKey(const RowView& row, RecordType type) {
  std::string key{row.Text(0).value_or("")};
  if (ShapeOf(type).key_columns == 2) key.append("/").append(row.Text(1).value_or(""));
  return key;
}

bool IsStorable(const Record& record) {
  const std::vector<std::string>* names = NamesOf(record);
  return names == nullptr || std::ranges::none_of(*names, [](const std::string& name) {
           return name.empty() || name.contains(' ');
         });
}

std::string ListCredentialsSql(const CredentialFilter& filter) {
  std::string sql = TableOf(RecordType::kCredential).select_all;
  int marks = 0;
  const auto demand = [&](std::string_view condition) {
    sql.append(marks == 0 ? " WHERE " : " AND ").append(condition);
    sql += "$" + std::to_string(++marks);
  };
  if (filter.account) demand("account_id = ");
  if (filter.kind) demand("kind = ");
  if (filter.app) demand("app = ");
  if (filter.after) {
    demand("(created_at, id) < (");
    sql += ", $" + std::to_string(++marks) + ")";
  }
  return sql + " ORDER BY created_at DESC, id DESC";
}

void PutFilter(RowWriter& row, const CredentialFilter& filter,
               std::optional<std::int64_t> after_created_at) {
  if (filter.account) row.Put(*filter.account);
  if (filter.kind) row.Put(KindName(*filter.kind));
  if (filter.app) row.Put(*filter.app);
  if (filter.after) row.PutAll(after_created_at, filter.after->text());
}

Result<ChangeLine> ReadLine(const RowView& row) {
  const std::optional<std::int64_t> seq = row.Number(0);
  const std::optional<std::int64_t> batch = row.Number(1);
  const std::optional<std::string_view> text = row.Text(2);
  const auto mac = row.Blob(3);
  if (!seq || !batch || !text || !mac || mac->size() != std::tuple_size_v<Mac>) {
    return Fail(Error::Code::kTampered,
                "change " + std::to_string(seq.value_or(0)) + " in the database cannot be read");
  }
  ChangeLine line{.seq = static_cast<std::uint64_t>(*seq),
                  .batch = static_cast<std::uint64_t>(*batch),
                  .text = std::string{*text},
                  .mac = {}};
  std::ranges::copy(*mac, line.mac.begin());
  return line;
}

void PutLine(RowWriter& row, const ChangeLine& line) {
  row.PutAll(static_cast<std::int64_t>(line.seq), static_cast<std::int64_t>(line.batch), line.text,
             std::span<const std::byte>{line.mac});
}

Result<KnownClaim> ReadClaim(const RowView& row) {
  const auto fingerprint = row.Blob(0);
  const std::optional<std::string_view> record_key = row.Text(1);
  if (!fingerprint || fingerprint->size() != std::tuple_size_v<Digest> || !record_key) {
    return Fail(Error::Code::kTampered, "an idempotency key in the database cannot be read");
  }
  KnownClaim claim{.fingerprint = {}, .record_key = std::string{*record_key}};
  std::ranges::copy(*fingerprint, claim.fingerprint.begin());
  return claim;
}

}  // namespace latchkey::rows
