#include "api/issue_answer.h"

#include <string_view>
#include <utility>

#include "base/secret.h"
#include "credential/authorization.h"

namespace latchkey::api {
namespace {

constexpr std::string_view kTokenUser = "x-token-auth";
constexpr std::string_view kSecretMember = R"(,"secret":")";
constexpr std::string_view kBasicMember = R"(","basic_x_token_auth":")";

}  // namespace

std::string FormatIssueAnswer(const Json& record, Credential credential) {
  const bool api_token = credential.kind() == CredentialKind::kApiToken;
  const auto revealed = std::move(credential).Reveal();
  const SecretString secret{revealed.Expose()};
  SecretString basic;
  if (api_token) basic = EncodeBasic(kTokenUser, secret);

  std::string text;
  const std::string open = FormatJson(record);
  // All at once: growing would leave a copy behind.
  text.reserve(open.size() + kSecretMember.size() + secret.size() + kBasicMember.size() +
               basic.size() + 2);
  // Letters, digits, `_` and those of Base64 need no escaping.
  text.append(open, 0, open.size() - 1).append(kSecretMember).append(secret.Expose());
  if (api_token) text.append(kBasicMember).append(basic.Expose());
  return text.append("\"}");
}

}  // namespace latchkey::api
