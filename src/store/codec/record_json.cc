#include "store/codec/record_json.h"

#include <utility>

#include "base/text.h"
#include "crypto/mac.h"
#include "store/codec/app_json.h"
#include "store/codec/hex.h"

namespace latchkey {
namespace {

OrderedJson TimeToJson(const std::optional<Instant>& instant) {
  if (!instant) return nullptr;
  return FormatInstant(*instant);
}

OrderedJson TextsToJson(const std::vector<std::string>& texts) {
  OrderedJson array = OrderedJson::array();
  for (const std::string& text : texts) array.push_back(TextToJson(text));
  return array;
}

OrderedJson SecondsToJson(const std::optional<std::chrono::seconds>& span) {
  if (!span) return nullptr;
  return span->count();
}

OrderedJson FieldsToJson(const CredentialRecord& record) {
  return {{"id", record.id.text()},
          {"kind", KindName(record.kind)},
          {"account", TextToJson(record.account)},
          {"app", TextToJson(record.app)},
          {"grants", TextsToJson(record.grants)},
          {"name", TextToJson(record.name)},
          {"created_at", FormatInstant(record.created_at)},
          {"expires_at", TimeToJson(record.expires_at)},
          {"revoked_at", TimeToJson(record.revoked_at)},
          {"revoke_reason", TextToJson(record.revoke_reason)}};
}

OrderedJson FieldsToJson(const AccountRecord& record) {
  const Account& account = record.value;
  return {{"id", TextToJson(account.id)},
          {"email", TextToJson(account.email)},
          {"username", TextToJson(account.username)},
          {"display_name", TextToJson(account.display_name)},
          {"kind", KindName(account.kind)},
          {"state", StateName(account.state)},
          {"admin", account.admin},
          {"password_hash", TextToJson(account.password_hash)},
          {"created_at", FormatInstant(account.created_at)}};
}

OrderedJson FieldsToJson(const WorkspaceRecord& record) {
  return {{"slug", TextToJson(record.value.slug)},
          {"created_at", FormatInstant(record.value.created_at)}};
}

OrderedJson FieldsToJson(const MembershipRecord& record) {
  const Membership& membership = record.value.membership;
  return {{"workspace", TextToJson(membership.workspace)},
          {"account", TextToJson(membership.account)},
          {"role", RoleName(membership.role)},
          {"removed", record.value.removed}};
}

OrderedJson FieldsToJson(const RepositoryRecord& record) {
  return {{"workspace", TextToJson(record.value.workspace)},
          {"slug", TextToJson(record.value.slug)},
          {"created_at", FormatInstant(record.value.created_at)}};
}

OrderedJson FieldsToJson(const AppRecord& record) {
  return {{"name", TextToJson(record.value.definition.name)},
          {"removed", record.value.removed},
          {"definition", AppToJson(record.value.definition)}};
}

OrderedJson FieldsToJson(const SignInRecord& record) {
  return {{"account", TextToJson(record.account)}};
}

OrderedJson FieldsToJson(const SessionRecord& record) {
  const Session& session = record.value;
  return {{"id", TextToJson(session.id)},
          {"account", TextToJson(session.account)},
          {"name", TextToJson(session.name)},
          {"address", TextToJson(session.address)},
          {"user_agent", TextToJson(session.user_agent)},
          {"created_at", FormatInstant(session.created_at)},
          {"authenticated_at", FormatInstant(session.authenticated_at)},
          {"methods", TextsToJson(session.methods)},
          {"expires_at", FormatInstant(session.expires_at)},
          {"ended_at", TimeToJson(session.ended_at)},
          {"end_reason", TextToJson(session.end_reason)}};
}

OrderedJson FieldsToJson(const LinkRecord& record) {
  const Link& link = record.value;
  return {{"id", TextToJson(link.id)},
          {"kind", KindName(link.kind)},
          {"account", link.account ? TextToJson(*link.account) : OrderedJson(nullptr)},
          {"created_at", FormatInstant(link.created_at)},
          {"expires_at", FormatInstant(link.expires_at)},
          {"used_at", TimeToJson(link.used_at)},
          {"made_by", TextToJson(link.made_by)}};
}

OrderedJson FieldsToJson(const PolicyRecord& record) {
  const InstallationPolicy& policy = record.value;
  return {{"name", kPolicyKey},
          {"token_lifetime_max", SecondsToJson(policy.token_lifetime_max)},
          {"token_lifetime_default", SecondsToJson(policy.token_lifetime_default)},
          {"api_tokens", policy.api_tokens},
          {"app_passwords", policy.app_passwords},
          {"second_step_required", policy.second_step_required},
          {"token_apps", TextsToJson(policy.token_apps)}};
}

CredentialId ReadId(JsonReader& reader) {
  const Result<CredentialId> id = CredentialId::Parse(reader.Text("id"));
  if (id) return *id;
  reader.Fail();
  return CredentialId{0};
}

Record ReadCredential(JsonReader& reader) {
  const CredentialId id = ReadId(reader);
  return CredentialRecord{
      .id = id,
      .kind = reader.Parsed("kind", ParseKindName, CredentialKind::kApiToken),
      .account = reader.Text("account"),
      .app = reader.Text("app"),
      .grants = reader.Texts("grants"),
      .name = reader.Text("name"),
      .created_at = reader.Time("created_at"),
      .expires_at = reader.OptionalTime("expires_at"),
      .revoked_at = reader.OptionalTime("revoked_at"),
      .revoke_reason = reader.Text("revoke_reason"),
      .version = reader.Number("version"),
      .seal = reader.SealBytes("seal"),
  };
}

template <typename T>
Record WithSeal(T value, JsonReader& reader) {
  return Sealed<T>{.value = std::move(value),
                   .version = reader.Number("version"),
                   .seal = reader.SealBytes("seal")};
}

Record ReadAccount(JsonReader& reader) {
  Account account{.id = reader.Text("id"),
                  .email = reader.Text("email"),
                  .username = reader.Text("username"),
                  .display_name = reader.Text("display_name"),
                  .kind = reader.Parsed("kind", ParseAccountKind, AccountKind::kPerson),
                  .state = reader.Parsed("state", ParseAccountState, AccountState::kSuspended),
                  .admin = reader.Flag("admin"),
                  .password_hash = reader.Text("password_hash"),
                  .created_at = reader.Time("created_at")};
  return WithSeal(std::move(account), reader);
}

Record ReadWorkspace(JsonReader& reader) {
  return WithSeal(Workspace{.slug = reader.Text("slug"), .created_at = reader.Time("created_at")},
                  reader);
}

Record ReadMembership(JsonReader& reader) {
  MembershipState state{.membership = {.workspace = reader.Text("workspace"),
                                       .account = reader.Text("account"),
                                       .role = reader.Parsed("role", ParseRole, Role::kRead)},
                        .removed = reader.Flag("removed")};
  return WithSeal(std::move(state), reader);
}

Record ReadRepository(JsonReader& reader) {
  return WithSeal(Repository{.workspace = reader.Text("workspace"),
                             .slug = reader.Text("slug"),
                             .created_at = reader.Time("created_at")},
                  reader);
}

Record ReadApp(JsonReader& reader) {
  const std::string name = reader.Text("name");
  const bool removed = reader.Flag("removed");
  const OrderedJson* json = reader.Object("definition");
  std::optional<AppDefinition> definition =
      json == nullptr ? std::nullopt : AppFromJson(name, *json);
  if (!definition) reader.Fail();
  return WithSeal(
      AppState{.definition = std::move(definition).value_or(AppDefinition{}), .removed = removed},
      reader);
}

Record ReadSignIn(JsonReader& reader) {
  return SignInRecord{.account = reader.Text("account"),
                      .version = reader.Number("version"),
                      .seal = reader.SealBytes("seal")};
}

template <typename T>
Record WithTicket(T value, JsonReader& reader) {
  return SealedTicket<T>{.value = std::move(value),
                         .version = reader.Number("version"),
                         .seal = reader.SealBytes("seal")};
}

Record ReadSession(JsonReader& reader) {
  return WithTicket(Session{.id = reader.Text("id"),
                            .account = reader.Text("account"),
                            .name = reader.Text("name"),
                            .address = reader.Text("address"),
                            .user_agent = reader.Text("user_agent"),
                            .created_at = reader.Time("created_at"),
                            .authenticated_at = reader.Time("authenticated_at"),
                            .methods = reader.Texts("methods"),
                            .expires_at = reader.Time("expires_at"),
                            .ended_at = reader.OptionalTime("ended_at"),
                            .end_reason = reader.Text("end_reason")},
                    reader);
}

Record ReadLink(JsonReader& reader) {
  return WithTicket(Link{.id = reader.Text("id"),
                         .kind = reader.Parsed("kind", ParseLinkKind, LinkKind::kPasswordReset),
                         .account = reader.OptionalText("account"),
                         .created_at = reader.Time("created_at"),
                         .expires_at = reader.Time("expires_at"),
                         .used_at = reader.OptionalTime("used_at"),
                         .made_by = reader.Text("made_by")},
                    reader);
}

Record ReadPolicy(JsonReader& reader) {
  if (reader.Text("name") != kPolicyKey) reader.Fail();
  return WithSeal(
      InstallationPolicy{.token_lifetime_max = reader.OptionalSeconds("token_lifetime_max"),
                         .token_lifetime_default = reader.OptionalSeconds("token_lifetime_default"),
                         .api_tokens = reader.Flag("api_tokens"),
                         .app_passwords = reader.Flag("app_passwords"),
                         .second_step_required = reader.Flag("second_step_required"),
                         .token_apps = reader.Texts("token_apps")},
      reader);
}

Record ReadRecord(RecordType type, JsonReader& reader) {
  switch (type) {
    case RecordType::kCredential: return ReadCredential(reader);
    case RecordType::kAccount: return ReadAccount(reader);
    case RecordType::kWorkspace: return ReadWorkspace(reader);
    case RecordType::kMembership: return ReadMembership(reader);
    case RecordType::kRepository: return ReadRepository(reader);
    case RecordType::kApp: return ReadApp(reader);
    case RecordType::kSignIn: return ReadSignIn(reader);
    case RecordType::kSession: return ReadSession(reader);
    case RecordType::kLink: return ReadLink(reader);
    case RecordType::kPolicy: return ReadPolicy(reader);
  }
  std::unreachable();
}

}  // namespace

OrderedJson TextToJson(std::string_view text) {
  if (IsUtf8(text)) return text;
  return {{"hex", FormatHex(AsBytes(text))}};
}

std::optional<std::string> TextFromJson(const OrderedJson& value) {
  if (const auto* text = value.get_ptr<const std::string*>()) return *text;
  const auto found = value.is_object() ? value.find("hex") : value.end();
  if (found == value.end() || !found->is_string()) return std::nullopt;
  const std::optional<std::vector<std::byte>> bytes =
      ParseHex(*found->get_ptr<const std::string*>());
  if (!bytes) return std::nullopt;
  return std::string{reinterpret_cast<const char*>(bytes->data()), bytes->size()};
}

OrderedJson RecordToJson(const Record& record) {
  return std::visit(
      [](const auto& one) {
        OrderedJson json = FieldsToJson(one);
        json["version"] = one.version;
        json["seal"] = FormatHex(one.seal);
        return json;
      },
      record);
}

JsonReader::JsonReader(const OrderedJson& object) : object_(object), ok_(object.is_object()) {}

const OrderedJson* JsonReader::Find(const char* name) {
  if (!object_.is_object()) return nullptr;
  const auto found = object_.find(name);
  if (found != object_.end()) return &*found;
  ok_ = false;
  return nullptr;
}

std::string JsonReader::Text(const char* name) {
  const OrderedJson* value = Find(name);
  std::optional<std::string> text = value == nullptr ? std::nullopt : TextFromJson(*value);
  if (text) return *std::move(text);
  ok_ = false;
  return {};
}

std::uint64_t JsonReader::Number(const char* name) {
  const OrderedJson* value = Find(name);
  if (value != nullptr && value->is_number_unsigned()) return value->get<std::uint64_t>();
  ok_ = false;
  return 0;
}

bool JsonReader::Flag(const char* name) {
  const OrderedJson* value = Find(name);
  if (value != nullptr && value->is_boolean()) return value->get<bool>();
  ok_ = false;
  return false;
}

Instant JsonReader::Time(const char* name) {
  const Result<Instant> instant = ParseInstant(Text(name));
  if (instant) return *instant;
  ok_ = false;
  return {};
}

std::optional<Instant> JsonReader::OptionalTime(const char* name) {
  const OrderedJson* value = Find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return Time(name);
}

std::optional<std::string> JsonReader::OptionalText(const char* name) {
  const OrderedJson* value = Find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  return Text(name);
}

std::optional<std::chrono::seconds> JsonReader::OptionalSeconds(const char* name) {
  const OrderedJson* value = Find(name);
  if (value == nullptr || value->is_null()) return std::nullopt;
  if (value->is_number_integer()) return std::chrono::seconds{value->get<std::int64_t>()};
  ok_ = false;
  return std::nullopt;
}

std::vector<std::string> JsonReader::Texts(const char* name) {
  std::vector<std::string> texts;
  const OrderedJson* value = Find(name);
  if (value == nullptr || !value->is_array()) {
    ok_ = false;
    return texts;
  }
  for (const OrderedJson& element : *value) {
    std::optional<std::string> text = TextFromJson(element);
    if (!text) ok_ = false;
    texts.push_back(std::move(text).value_or(""));
  }
  return texts;
}

Seal JsonReader::SealBytes(const char* name) {
  std::optional<Seal> seal = ParseHex(Text(name));
  if (!seal) ok_ = false;
  return std::move(seal).value_or(Seal{});
}

const OrderedJson* JsonReader::Object(const char* name) { return Find(name); }

std::optional<Record> RecordFromJson(RecordType type, const OrderedJson& object) {
  JsonReader reader{object};
  Record record = ReadRecord(type, reader);
  if (!reader.ok()) return std::nullopt;
  return record;
}

}  // namespace latchkey
