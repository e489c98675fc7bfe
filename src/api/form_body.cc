#include "api/form_body.h"

#include <algorithm>

#include "base/text.h"
#include "http/percent.h"
#include "problem/denial_response.h"
#include "problem/json_text.h"

namespace latchkey::api {
namespace {

/// Decoded; nothing if it is refused.
std::optional<SecretString> Decode(std::string_view text) {
  const SecretString encoded{text};
  std::string spaced{encoded.Expose()};
  std::ranges::replace(spaced, '+', ' ');
  std::optional<std::string> decoded = http::PercentDecode(spaced);
  Wipe(spaced);
  if (!decoded) return std::nullopt;
  SecretString value{std::move(*decoded)};
  if (value.Expose().contains('\0') || !IsUtf8(value.Expose())) return std::nullopt;
  return value;
}

bool IsForm(const http::Fields& fields) {
  constexpr std::string_view kType = "application/x-www-form-urlencoded";
  if (fields.Count("Content-Type") != 1 || fields.Count("Content-Encoding") > 0) return false;
  const std::string type = FoldAscii(fields.Find("Content-Type").value_or(""));
  if (!type.starts_with(kType)) return false;
  std::string rest = type.substr(kType.size());
  std::erase_if(rest, [](char c) { return c == ' ' || c == '\t' || c == '"'; });
  return rest.empty() || rest == ";charset=utf-8";
}

}  // namespace

std::optional<FormBody> FormBody::Parse(std::string_view text) {
  FormBody form;
  while (!text.empty()) {
    const std::string_view pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    const std::size_t equals = std::min(pair.find('='), pair.size());
    const std::optional<SecretString> name = Decode(pair.substr(0, equals));
    std::optional<SecretString> value = Decode(pair.substr(std::min(equals + 1, pair.size())));
    if (!name || !value || form.parameters_.size() == kParametersMax) return std::nullopt;
    const bool twice = std::ranges::any_of(form.parameters_, [&name](const auto& parameter) {
      return parameter.first == name->Expose();
    });
    if (twice) return std::nullopt;
    form.parameters_.emplace_back(std::string{name->Expose()}, *std::move(value));
  }
  return form;
}

const SecretString* FormBody::Find(std::string_view name) const {
  for (const auto& [known, value] : parameters_) {
    if (known == name && !value.empty()) return &value;
  }
  return nullptr;
}

http::Awaitable<OrProblem<std::optional<FormBody>>> ReadFormBody(http::Exchange& exchange,
                                                                 std::size_t size_max) {
  const http::RequestHead& head = exchange.head();
  if (!head.has_body) co_return std::optional<FormBody>{};
  if (!IsForm(head.fields)) {
    co_return ProblemWith(ProblemType::kUnsupportedMediaType,
                          "send the body as application/x-www-form-urlencoded, without "
                          "Content-Encoding");
  }
  Result<std::string> text = co_await exchange.ReadWholeBody(size_max);
  if (!text) co_return std::unexpected(ProblemFor(text.error()));
  std::optional<FormBody> form = FormBody::Parse(*text);
  Wipe(*text);
  co_return form;
}

Outcome OAuthError(std::string_view error, std::string_view description) {
  Json json;
  json["error"] = error;
  json["error_description"] = description;
  Answer answer{.response = JsonResponse(400, json)};
  answer.response.fields.Set("Cache-Control", "no-store");
  return answer;
}

}  // namespace latchkey::api
