#include "store/memory/sample_records.h"

#include <utility>

#include "crypto/digest.h"

namespace latchkey {
namespace {

constexpr Instant kCreated{std::chrono::milliseconds{1'795'510'800'000}};

std::string Hex32(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(32 - digits.size(), '0') + digits;
}

std::string Id16(std::uint64_t number) {
  const std::string digits = std::to_string(number);
  return std::string(16 - digits.size(), '0') + digits;
}

Seal SampleSeal(std::uint64_t number) {
  const Digest digest = Sha256("seal " + std::to_string(number));
  return {digest.begin(), digest.end()};
}

}  // namespace

CredentialRecord SampleCredential(std::uint64_t number) {
  return {.id = CredentialId{number},
          .kind = CredentialKind::kApiToken,
          .account = Hex32(1),
          .app = "bitbucket",
          .grants = {"read:repository:bitbucket", "write:repository:bitbucket"},
          .name = "credential " + std::to_string(number),
          .created_at = kCreated,
          .expires_at = kCreated + std::chrono::days{90},
          .revoked_at = std::nullopt,
          .revoke_reason = "",
          .version = 1,
          .seal = SampleSeal(number)};
}

AccountRecord SampleAccount(std::uint64_t number) {
  const std::string name = "user-" + std::to_string(number);
  return {.value = {.id = Hex32(number),
                    .email = name + "@example.com",
                    .username = name,
                    .display_name = "User " + std::to_string(number),
                    .kind = AccountKind::kPerson,
                    .state = AccountState::kActive,
                    .admin = false,
                    .password_hash = "",
                    .created_at = kCreated},
          .version = 1,
          .seal = SampleSeal(number)};
}

WorkspaceRecord SampleWorkspace(std::uint64_t number) {
  return {.value = {.slug = "team-" + std::to_string(number), .created_at = kCreated},
          .version = 1,
          .seal = SampleSeal(number)};
}

MembershipRecord SampleMembership(std::uint64_t number) {
  return {.value = {.membership = {.workspace = "team-" + std::to_string(number),
                                   .account = Hex32(number),
                                   .role = Role::kWrite},
                    .removed = false},
          .version = 1,
          .seal = SampleSeal(number)};
}

RepositoryRecord SampleRepository(std::uint64_t number) {
  return {.value = {.workspace = "team-" + std::to_string(number),
                    .slug = "code.repository",
                    .created_at = kCreated},
          .version = 1,
          .seal = SampleSeal(number)};
}

AppRecord SampleApp(std::uint64_t number) {
  const std::string name = "app-" + std::to_string(number);
  AppDefinition definition{
      .name = name,
      .title = "App " + std::to_string(number),
      .catalogue = {.app = name,
                    .title = "App " + std::to_string(number),
                    .scopes = {{.name = "read:page",
                                .title = "Read pages",
                                .description = "Reads pages.",
                                .group = "Pages"}},
                    .permissions = {{.name = "page",
                                     .title = "Read pages",
                                     .description = "Reads pages.",
                                     .group = "Pages",
                                     .implies = {},
                                     .scopes = {"read:page"}}}},
      .operations = {{.method = "GET",
                      .path = "/pages/{id}",
                      .scopes = {{"read:page"}},
                      .permissions = {{"page"}},
                      .open_to_anybody = false}},
      .policy = {.base_path = "/v1", .any_credential_where_unmatched = false, .paths = {}},
      .templates = {},
      .built_in = false};
  return {.value = {.definition = std::move(definition), .removed = false},
          .version = 1,
          .seal = SampleSeal(number)};
}

SignInRecord SampleSignIn(std::uint64_t number) {
  return {.account = Hex32(number), .version = 1, .seal = SampleSeal(number)};
}

SessionRecord SampleSession(std::uint64_t number) {
  return {.value = {.id = Id16(number),
                    .account = Hex32(1),
                    .name = "Firefox on Linux",
                    .address = "192.0.2.1",
                    .user_agent = "Mozilla/5.0",
                    .created_at = kCreated,
                    .authenticated_at = kCreated,
                    .methods = {"password", "totp"},
                    .expires_at = kCreated + std::chrono::hours{12},
                    .ended_at = std::nullopt,
                    .end_reason = ""},
          .version = 1,
          .seal = SampleSeal(number)};
}

LinkRecord SampleLink(std::uint64_t number) {
  return {.value = {.id = Id16(number),
                    .kind = LinkKind::kInvitation,
                    .account = Hex32(1),
                    .created_at = kCreated,
                    .expires_at = kCreated + std::chrono::days{7},
                    .used_at = std::nullopt,
                    .made_by = "cli:root"},
          .version = 1,
          .seal = SampleSeal(number)};
}

PolicyRecord SamplePolicy(std::uint64_t number) {
  return {.value = {.token_lifetime_max = std::chrono::days{90},
                    .token_lifetime_default = std::chrono::days{30},
                    .api_tokens = true,
                    .app_passwords = false,
                    .second_step_required = true,
                    .token_apps = {"bitbucket", "wiki"}},
          .version = 1,
          .seal = SampleSeal(number)};
}

namespace {

/// Those of the types that concern signing in.
std::vector<Record> NastySignIns() {
  SignInRecord sign_in = SampleSignIn(8);
  sign_in.seal.resize(4096);
  SessionRecord session = SampleSession(9);
  session.value.name = session.value.user_agent = "it's \"nasty\"\n,\"version\":9,\"seal\":\"\xFF";
  session.value.methods = {};
  session.value.ended_at = kCreated + std::chrono::milliseconds{1};
  session.value.end_reason = "signed out\n";
  LinkRecord set_up = SampleLink(10);
  set_up.value.kind = LinkKind::kSetUp;
  set_up.value.account = std::nullopt;
  set_up.value.used_at = kCreated + std::chrono::milliseconds{1};
  set_up.value.made_by = "";
  PolicyRecord policy = SamplePolicy(11);
  policy.value = {};
  return {sign_in, session, set_up, SampleLink(12), policy};
}

AppRecord NastyApp() {
  AppRecord app = SampleApp(6);
  AppDefinition& definition = app.value.definition;
  definition.title = definition.catalogue.title = "it's \"nasty\"\n,\"version\":9,\"seal\":\"";
  definition.operations.push_back({.method = "PUT",
                                   .path = "/a\"b/{x}",
                                   .scopes = {{"a", "b"}, {}, {"\xFF"}},
                                   .permissions = {},
                                   .open_to_anybody = true});
  definition.policy.any_credential_where_unmatched = true;
  definition.policy.paths.semicolon = true;
  definition.policy.paths.double_encoding = true;
  definition.templates.greedy = {"path", ""};
  app.value.removed = true;
  return app;
}

}  // namespace

std::vector<Record> NastyRecords() {
  CredentialRecord token = SampleCredential(0);
  token.name =
      "it's \"quoted\", back\\slashed, \xE2\x82\xAC and \xF0\x9F\x94\x91; DROP TABLE accounts;--";
  token.revoked_at = kCreated + std::chrono::milliseconds{1};
  token.revoke_reason =
      "line\nbreak, \x01 and \x7F, ,\"type\":\"account\",\"record\":{\"id\":\"x\",";
  CredentialRecord password = SampleCredential(UINT64_MAX);
  password.kind = CredentialKind::kAppPassword;
  password.account = "";
  password.app = "";
  password.grants = {};
  password.name = "";
  password.expires_at = std::nullopt;
  password.seal = {};
  AccountRecord account = SampleAccount(2);
  account.value.email = "O'Brien+\"x\"@\xC3\xA9xample.com";
  // NOLINTNEXTLINE(misc-misleading-bidirectional): such names are what this sample is for.
  account.value.display_name = "\xE2\x80\xAE gnp.exe \xCC\x81";
  account.value.kind = AccountKind::kService;
  account.value.state = AccountState::kSuspended;
  account.value.admin = true;
  account.value.password_hash = "$argon2id$v=19$m=65536,t=3,p=1$c2FsdA$aGFzaA";
  WorkspaceRecord workspace = SampleWorkspace(3);
  workspace.value.created_at = Instant{};
  MembershipRecord membership = SampleMembership(4);
  membership.value.membership.role = Role::kAdmin;
  membership.value.removed = true;
  RepositoryRecord repository = SampleRepository(5);
  repository.value.slug = "_.a-b";
  repository.version = 1;
  AppRecord built_in = SampleApp(7);
  built_in.value.definition.built_in = true;
  built_in.value.definition.catalogue = {};
  std::vector<Record> records{token,      password,   account,    workspace,
                              membership, repository, NastyApp(), built_in};
  for (Record& record : NastySignIns()) records.push_back(std::move(record));
  return records;
}

Write WriteOf(Record record) {
  return {.record = std::move(record),
          .info = {.action = "test.change",
                   .actor = "cli:root",
                   .origin = "",
                   .request_id = "",
                   .note = ""},
          .claim = std::nullopt};
}

IdempotencyClaim SampleClaim(std::string account, std::string key) {
  const Digest fingerprint = Sha256(account + key);
  return {.account = std::move(account),
          .key = std::move(key),
          .fingerprint = fingerprint,
          .expires_at = kCreated + std::chrono::days{1}};
}

bool AreSame(const Record& left, const Record& right) {
  const auto seal = [](const Record& record) {
    return std::visit([](const auto& one) { return one.seal; }, record);
  };
  return BindingOf(left).bytes() == BindingOf(right).bytes() && seal(left) == seal(right);
}

ChangeLine LineScript::Make() {
  ++seq_;
  std::string text = R"({"seq":)" + std::to_string(seq_) + R"(,"batch":)" + std::to_string(batch_) +
                     R"(,"note":"it's \"nasty\" )" + "\xE2\x82\xAC" + R"("})";
  const Mac mac = Sha256(text);
  return {.seq = seq_, .batch = batch_, .text = std::move(text), .mac = mac};
}

bool AreSame(const ChangeLine& left, const ChangeLine& right) {
  return left.seq == right.seq && left.batch == right.batch && left.text == right.text &&
         left.mac == right.mac;
}

}  // namespace latchkey
