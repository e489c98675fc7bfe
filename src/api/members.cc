#include "api/members.h"

#include <utility>

#include "api/cross_site.h"

namespace latchkey::api {

template <typename T>
T Members::Take(std::string_view name, OrProblem<T> found) {
  asked_.push_back(name);
  if (found) return std::move(*found);
  if (!fault_) fault_ = std::move(found.error());
  return T{};
}

void Members::RequireThere(std::string_view name, bool there) {
  if (there || fault_) return;
  fault_ =
      ProblemWith(ProblemType::kInvalidValue, std::string{name} + " is missing", std::string{name})
          .error();
}

std::string Members::Text(std::string_view name) {
  std::optional<std::string> text = FindText(name);
  RequireThere(name, text.has_value());
  return std::move(text).value_or("");
}

SecretString Members::Secret(std::string_view name) {
  std::optional<SecretString> secret = FindSecret(name);
  RequireThere(name, secret.has_value());
  return secret ? std::move(*secret) : SecretString{};
}

std::optional<JsonBody> Members::Object(std::string_view name) {
  std::optional<JsonBody> object = FindObject(name);
  RequireThere(name, object.has_value());
  return object;
}

std::optional<std::string> Members::FindText(std::string_view name) {
  return Take(name, body_.FindText(name));
}

std::optional<SecretString> Members::FindSecret(std::string_view name) {
  return Take(name, body_.TakeSecret(name));
}

std::optional<JsonBody> Members::FindObject(std::string_view name) {
  return Take(name, body_.FindObject(name));
}

std::optional<std::int64_t> Members::FindInteger(std::string_view name) {
  return Take(name, body_.FindInteger(name));
}

std::optional<std::int64_t> Members::FindIntegerOrNull(std::string_view name) {
  return Take(name, body_.FindIntegerOrNull(name));
}

std::optional<std::vector<std::string>> Members::FindTexts(std::string_view name) {
  return Take(name, body_.FindTexts(name));
}

std::optional<bool> Members::FindFlag(std::string_view name) {
  return Take(name, body_.FindFlag(name));
}

OrProblem<void> Members::Finish() const {
  if (fault_) return std::unexpected(*fault_);
  return body_.RequireOnly(asked_);
}

http::Awaitable<OrProblem<Members>> ReadMembers(http::Exchange& exchange, std::size_t size_max) {
  OrProblem<JsonBody> body = co_await ReadJsonBody(exchange, size_max);
  if (!body) co_return std::unexpected(body.error());
  co_return Members{std::move(*body)};
}

http::Awaitable<OrProblem<Members>> ReadFromOwnPage(const Call& call, const Settings& settings) {
  const OrProblem<void> own = RequireOwnPage(call.exchange.head(), settings.public_url);
  if (!own) co_return std::unexpected(own.error());
  co_return co_await ReadMembers(call.exchange, settings.body_size_max);
}

}  // namespace latchkey::api
