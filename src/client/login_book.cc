#include "client/login_book.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "json/strict_json.h"

namespace latchkey::client {
namespace {

using Json = nlohmann::json;
using namespace std::chrono_literals;

constexpr std::size_t kBookSizeMax = std::size_t{4} << 20U;
constexpr std::string_view kRenewScope = "rotate:self:latchkey";
constexpr std::chrono::days kRenewBefore{7};
constexpr int kLastPart = 5;
constexpr std::chrono::minutes kPause{10};

struct TextMember {
  const char* name;
  std::string Login::* member;
};
constexpr std::array kTexts = {TextMember{"url", &Login::url},
                               TextMember{"server", &Login::server},
                               TextMember{"username", &Login::username},
                               TextMember{"email", &Login::email},
                               TextMember{"id", &Login::id},
                               TextMember{"kind", &Login::kind},
                               TextMember{"app", &Login::app},
                               TextMember{"ca_file", &Login::ca_file},
                               TextMember{"refused", &Login::refused},
                               TextMember{"renewal_key", &Login::renewal_key},
                               TextMember{"renewal_refused", &Login::renewal_refused},
                               TextMember{"replaces", &Login::replaces},
                               TextMember{"sealed", &Login::sealed}};
struct TimeMember {
  const char* name;
  std::optional<Instant> Login::* member;
};
constexpr std::array kTimes = {TimeMember{"began_at", &Login::began_at},
                               TimeMember{"expires_at", &Login::expires_at},
                               TimeMember{"renewal_tried_at", &Login::renewal_tried_at}};

std::unexpected<Error> Malformed() {
  return Fail(Error::Code::kMalformed, "the file of logins is not of its documented form",
              "Move it away and log in again.");
}

Json FormatLogin(const Login& login) {
  Json json = Json::object();
  for (const auto& [name, member] : kTexts) {
    if (!(login.*member).empty()) json[name] = login.*member;
  }
  for (const auto& [name, member] : kTimes) {
    if (login.*member) json[name] = FormatInstant(*(login.*member));
  }
  json["grants"] = login.grants;
  return json;
}

bool ReadTimes(const Json& json, Login& login) {
  for (const auto& [name, member] : kTimes) {
    const std::string* text = FindText(json, name);
    if (text == nullptr) continue;
    const Result<Instant> instant = ParseInstant(*text);
    if (!instant) return false;
    login.*member = *instant;
  }
  return true;
}

std::optional<Login> ReadLogin(const Json& json) {
  if (!json.is_object()) return std::nullopt;
  Login login;
  for (const auto& [name, member] : kTexts) {
    if (const std::string* text = FindText(json, name)) login.*member = *text;
  }
  if (!ReadTimes(json, login) || !ParsePlace(login.url) || !ParsePlace(login.server)) {
    return std::nullopt;
  }
  const auto grants = json.find("grants");
  if (grants == json.end() || !grants->is_array()) return std::nullopt;
  for (const Json& grant : *grants) {
    if (!grant.is_string()) return std::nullopt;
    login.grants.push_back(grant.get<std::string>());
  }
  return login;
}

}  // namespace

const Login* LoginBook::Find(const Place& asked) const {
  const Login* found = nullptr;
  for (const Login& login : logins) {
    const Result<Place> place = ParsePlace(login.url);
    if (!place || !Covers(*place, asked)) continue;
    if (found == nullptr || login.url.size() > found->url.size()) found = &login;
  }
  return found;
}

Login* LoginBook::FindByUrl(std::string_view url) {
  const auto found = std::ranges::find(logins, url, &Login::url);
  return found == logins.end() ? nullptr : &*found;
}

void LoginBook::Put(Login login) {
  if (Login* known = FindByUrl(login.url)) {
    *known = std::move(login);
  } else {
    logins.push_back(std::move(login));
  }
}

bool LoginBook::Remove(std::string_view url) {
  return std::erase_if(logins, [url](const Login& login) { return login.url == url; }) > 0;
}

std::string FormatBook(const LoginBook& book) {
  Json json;
  json["version"] = 1;
  json["store"] = book.store == StoreKind::kFile ? "file" : "keyring";
  if (book.store == StoreKind::kFile) {
    json["unlock"] = book.unlock == UnlockKind::kKeyFile ? "key-file" : "passphrase";
  }
  if (!book.salt.empty()) json["salt"] = book.salt;
  json["logins"] = Json::array();
  for (const Login& login : book.logins) json["logins"].push_back(FormatLogin(login));
  return json.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) + "\n";
}

Result<LoginBook> ParseBook(std::string_view text) {
  const Result<Json> json = ParseStrictJson("the file of logins", text, kBookSizeMax);
  if (!json) return std::unexpected(json.error());
  LoginBook book;
  const std::string* store = FindText(*json, "store");
  const std::string* unlock = FindText(*json, "unlock");
  const auto logins = json->find("logins");
  if (json->value("version", Json{}) != 1 || store == nullptr || logins == json->end() ||
      !logins->is_array()) {
    return Malformed();
  }
  if (*store != "file" && *store != "keyring") return Malformed();
  book.store = *store == "file" ? StoreKind::kFile : StoreKind::kKeyring;
  if (unlock != nullptr && *unlock == "passphrase") book.unlock = UnlockKind::kPassphrase;
  if (const std::string* salt = FindText(*json, "salt")) book.salt = *salt;
  for (const Json& member : *logins) {
    std::optional<Login> login = ReadLogin(member);
    if (!login) return Malformed();
    book.logins.push_back(*std::move(login));
  }
  return book;
}

bool MayRenew(const Login& login) {
  return login.kind == "api-token" && login.renewal_refused.empty() &&
         std::ranges::find(login.grants, kRenewScope) != login.grants.end();
}

std::optional<Instant> RenewalStart(const Login& login) {
  if (!login.expires_at) return std::nullopt;
  const Instant end = *login.expires_at;
  const Instant began = login.began_at.value_or(end - kRenewBefore * kLastPart);
  const auto last_part = (end - began) / kLastPart;
  return end - std::min<std::chrono::milliseconds>(kRenewBefore, last_part);
}

bool IsRenewalDue(const Login& login, Instant now) {
  const std::optional<Instant> start = RenewalStart(login);
  if (!MayRenew(login) || !start || now < *start || HasEnded(login, now)) return false;
  // A pause, but never so long that the end passes meanwhile.
  if (!login.renewal_tried_at) return true;
  const auto pause = std::min<std::chrono::milliseconds>(kPause, (*login.expires_at - *start) / 10);
  return now >= *login.renewal_tried_at + pause || now < *login.renewal_tried_at;
}

bool HasEnded(const Login& login, Instant now) {
  return login.expires_at && now >= *login.expires_at;
}

}  // namespace latchkey::client
