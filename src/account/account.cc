#include "account/account.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace latchkey {
namespace {

constexpr std::size_t kEmailSizeMax = 254;  // RFC 5321 section 4.5.3.1.3, less the angle brackets.
constexpr std::size_t kSlugSizeMax = 62;
constexpr std::size_t kDisplayNameSizeMax = 255;

/// First path segments that belong to the server itself, now or soon.
constexpr std::array<std::string_view, 20> kReservedSlugs{
    "2.0",  "account", "admin",    "api",   "app",    "assets", "auth",
    "gate", "git",     "health",   "info",  "link",   "login",  "logout",
    "oidc", "metrics", "settings", "setup", "static", "oauth"};

/// Files that Windows cannot make: a client may name one after its user.
constexpr std::array<std::string_view, 4> kDeviceNames{"aux", "con", "nul", "prn"};

/// Whether somebody could take the owner of that username for the server itself. Usernames are
/// unique without regard to case, so such names are taken in every spelling.
bool IsReservedUsername(std::string_view username) {
  const std::string folded = FoldAscii(username);
  return IsTokenUser(folded) || std::ranges::find(kReservedSlugs, folded) != kReservedSlugs.end() ||
         std::ranges::find(kDeviceNames, folded) != kDeviceNames.end();
}

constexpr bool IsLower(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }
constexpr bool IsAlphanumeric(char c) { return IsLower(c) || (c >= 'A' && c <= 'Z'); }

template <typename IsFirst, typename IsRest>
bool HasForm(std::string_view text, IsFirst is_first, IsRest is_rest) {
  return !text.empty() && text.size() <= kSlugSizeMax && is_first(text.front()) &&
         std::ranges::all_of(text, is_rest);
}

std::unexpected<Error> Unusable(std::string_view what, std::string_view value,
                                std::string_view hint) {
  return Fail(Error::Code::kInvalidArgument,
              std::string{what} + " \"" + EscapeForTerminal(value, 80) + "\" cannot be used",
              std::string{hint});
}

bool IsEmail(std::string_view email) {
  const std::size_t at = email.find('@');
  const bool one_at = std::ranges::count(email, '@') == 1;
  const bool plain = std::ranges::none_of(email, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    // RFC 5322 section 3.2.3: what is not of an atom would need quotes, and then others may read
    // another address in it.
    return byte <= 0x20 || byte == 0x7F || std::string_view{"()<>[]:;\\,\""}.contains(c);
  });
  return email.size() <= kEmailSizeMax && one_at && plain && at > 0 && at + 1 < email.size() &&
         ValidateDisplayText("", email, kEmailSizeMax).has_value();
}

}  // namespace

std::string_view KindName(AccountKind kind) {
  switch (kind) {
    case AccountKind::kPerson: return "person";
    case AccountKind::kService: return "service";
  }
  std::unreachable();
}

std::string_view StateName(AccountState state) {
  switch (state) {
    case AccountState::kActive: return "active";
    case AccountState::kSuspended: return "suspended";
  }
  std::unreachable();
}

std::string_view RoleName(Role role) {
  switch (role) {
    case Role::kRead: return "read";
    case Role::kWrite: return "write";
    case Role::kAdmin: return "admin";
  }
  std::unreachable();
}

std::optional<AccountKind> ParseAccountKind(std::string_view name) {
  for (const AccountKind kind : {AccountKind::kPerson, AccountKind::kService}) {
    if (name == KindName(kind)) return kind;
  }
  return std::nullopt;
}

std::optional<AccountState> ParseAccountState(std::string_view name) {
  for (const AccountState state : {AccountState::kActive, AccountState::kSuspended}) {
    if (name == StateName(state)) return state;
  }
  return std::nullopt;
}

std::optional<Role> ParseRole(std::string_view name) {
  for (const Role role : {Role::kRead, Role::kWrite, Role::kAdmin}) {
    if (name == RoleName(role)) return role;
  }
  return std::nullopt;
}

Result<void> Account::Validate() const {
  if (!IsEmail(email)) {
    return Unusable("the e-mail", email, "Give an address like ana@example.com.");
  }
  const bool username_ok = HasForm(
      username, IsAlphanumeric, [](char c) { return IsAlphanumeric(c) || c == '_' || c == '-'; });
  if (!username_ok || IsReservedUsername(username)) {
    return Unusable("the username", username,
                    "Use up to 62 letters, digits, \"_\" and \"-\", starting with a letter or "
                    "digit, and no name that the server itself uses (admin, api, login …).");
  }
  return ValidateDisplayText("the display name", display_name, kDisplayNameSizeMax);
}

Result<void> ValidateWorkspaceSlug(std::string_view slug) {
  const bool form =
      HasForm(slug, IsLower, [](char c) { return IsLower(c) || c == '_' || c == '-'; });
  if (!form || std::ranges::find(kReservedSlugs, slug) != kReservedSlugs.end()) {
    return Unusable(
        "the workspace slug", slug,
        "Use up to 62 lower-case letters, digits, \"_\" and \"-\", starting with a letter or "
        "digit, and no name that the server itself uses.");
  }
  return {};
}

Result<void> ValidateRepositorySlug(std::string_view slug) {
  const bool form = HasForm(
      slug, [](char c) { return IsLower(c) || c == '_'; },
      [](char c) { return IsLower(c) || c == '_' || c == '-' || c == '.'; });
  const bool confusing = slug.contains("..") || slug.ends_with('.') || slug.ends_with(".git") ||
                         slug.ends_with(".lock");
  if (!form || confusing) {
    return Unusable(
        "the repository slug", slug,
        "Use up to 62 lower-case letters, digits, \"_\", \"-\" and \".\", starting with a letter, "
        "digit or \"_\", without \"..\" and not ending in \".\", \".git\" or \".lock\".");
  }
  return {};
}

bool IsTokenUser(std::string_view user) {
  return user == "x-token-auth" || user == "x-bitbucket-api-token-auth";
}

}  // namespace latchkey
