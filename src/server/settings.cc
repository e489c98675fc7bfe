#include "server/settings.h"

#include <toml++/toml.h>
#include <unistd.h>
#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

#include "base/text.h"
#include "server/setting_values.h"

namespace latchkey::server {
namespace {

using enum Error::Code;

std::optional<std::string> TextOf(const toml::node& node) {
  if (const auto text = node.value<std::string>(); node.is_string()) return text;
  if (node.is_integer()) return std::to_string(*node.value<std::int64_t>());
  const toml::array* array = node.as_array();
  if (array == nullptr) return std::nullopt;
  std::vector<std::string> items;
  for (const toml::node& item : *array) {
    if (!item.is_string()) return std::nullopt;
    items.push_back(*item.value<std::string>());
  }
  return ShowList(items);
}

Result<toml::table> ReadToml(const std::string& path) {
  try {
    return toml::parse_file(path);
  } catch (const toml::parse_error& error) {
    std::ostringstream text;
    text << path << ": " << error.description();
    if (error.source().begin.line != 0) text << ", line " << error.source().begin.line;
    return Fail(kMalformed, text.str(), "docs/settings.md describes the file.");
  }
}

Result<void> CheckTogether(const Settings& settings) {
  const bool half_tls = settings.http.tls && (settings.http.tls->certificate_file.empty() ||
                                              settings.http.tls->key_file.empty());
  if (half_tls) {
    return Fail(kInvalidArgument, "tls_certificate and tls_key go together", "Set both or none.");
  }
  if (const auto names =
          gate::HeaderNames::Create(settings.gate_header_prefix, settings.gate_header_names);
      !names) {
    return Fail(kInvalidArgument,
                "gate_header_prefix and gate_header_names: " + names.error().message,
                names.error().hint);
  }
  const SessionLimits& sessions = settings.sessions;
  if (sessions.lifetime > sessions.lifetime_long || sessions.idle > sessions.idle_long) {
    return Fail(kInvalidArgument,
                "session_lifetime and session_idle are at most session_lifetime_long and "
                "session_idle_long",
                "Who stays signed in is signed out no sooner than others.");
  }
  const Policy& policy = settings.policy;
  if (policy.token_lifetime_min <= policy.token_lifetime_max) return {};
  return Fail(kInvalidArgument,
              "token_lifetime_min is " + ShowDuration(policy.token_lifetime_min) +
                  ", more than token_lifetime_max, which is " +
                  ShowDuration(policy.token_lifetime_max),
              "Change one of the two.");
}

}  // namespace

std::string EnvironmentName(std::string_view key) {
  std::string name = "LATCHKEY_";
  for (const char c : key) name += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

Result<void> ApplySetting(Settings& settings, std::string_view key, std::string_view value) {
  const std::span<const SettingRow> table = SettingTable();
  const auto row = std::ranges::find(table, key, &SettingRow::key);
  if (row == table.end()) {
    std::vector<std::string> known;
    for (const SettingRow& one : table) known.emplace_back(one.key);
    const std::vector<std::string> nearest = NearestNames(key, known);
    return Fail(kInvalidArgument, "unknown setting \"" + EscapeForTerminal(key, 80) + "\"",
                nearest.empty() ? "docs/settings.md lists them all."
                                : "Did you mean " + JoinNames(nearest) + "?");
  }
  Result<void> set = row->set(settings, value);
  if (!set) {
    return Fail(kInvalidArgument, "setting " + std::string{key} + ": " + set.error().message,
                set.error().hint);
  }
  return {};
}

Result<void> ApplyFile(Settings& settings, const std::string& path) {
  const Result<toml::table> table = ReadToml(path);
  if (!table) return std::unexpected(table.error());
  for (const auto& [key, node] : *table) {
    const std::optional<std::string> value = TextOf(node);
    const Result<void> applied =
        value ? ApplySetting(settings, key.str(), *value)
              : Fail(kInvalidArgument, "setting " + std::string{key.str()} +
                                           " is not a text, a whole number or a list of texts");
    if (!applied) {
      return Fail(applied.error().code,
                  path + ", line " + std::to_string(node.source().begin.line) + ": " +
                      applied.error().message,
                  applied.error().hint);
    }
  }
  return {};
}

Result<void> ApplyEnvironment(Settings& settings,
                              const std::map<std::string, std::string>& environment) {
  for (const SettingRow& row : SettingTable()) {
    const std::string name = EnvironmentName(row.key);
    const auto variable = environment.find(name);
    if (variable == environment.end()) continue;
    if (Result<void> applied = ApplySetting(settings, row.key, variable->second); !applied) {
      return Fail(applied.error().code,
                  "environment variable " + name + ": " + applied.error().message,
                  applied.error().hint);
    }
  }
  return {};
}

std::map<std::string, std::string> ProcessVariables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text{*entry};
    const std::size_t equals = std::min(text.find('='), text.size());
    variables.emplace(text.substr(0, equals), text.substr(std::min(equals + 1, text.size())));
  }
  return variables;
}

std::vector<std::string> UnknownVariables(const std::map<std::string, std::string>& environment) {
  std::vector<std::string> unknown;
  for (const auto& [name, value] : environment) {
    const bool known = std::ranges::any_of(SettingTable(), [&name](const SettingRow& row) {
      return EnvironmentName(row.key) == name;
    });
    if (name.starts_with("LATCHKEY_") && !known) unknown.push_back(name);
  }
  return unknown;
}

Result<Settings> LoadSettings(const std::string& config_file,
                              const std::map<std::string, std::string>& environment,
                              const std::vector<std::pair<std::string, std::string>>& flags) {
  Settings settings;
  if (!config_file.empty()) {
    if (Result<void> applied = ApplyFile(settings, config_file); !applied) {
      return std::unexpected(applied.error());
    }
  }
  if (Result<void> applied = ApplyEnvironment(settings, environment); !applied) {
    return std::unexpected(applied.error());
  }
  for (const auto& [key, value] : flags) {
    if (Result<void> applied = ApplySetting(settings, key, value); !applied) {
      return std::unexpected(applied.error());
    }
  }
  if (Result<void> consistent = CheckTogether(settings); !consistent) {
    return std::unexpected(consistent.error());
  }
  return settings;
}

std::string PublicUrl(const Settings& settings, std::uint16_t port) {
  if (!settings.public_url.empty()) return settings.public_url;
  const std::string& address = settings.http.listen_address;
  const bool any = address == "0.0.0.0" || address == "::";
  std::string host = any ? "localhost" : address;
  if (host.contains(':')) host = "[" + host + "]";
  return (settings.http.tls ? "https://" : "http://") + host + ":" + std::to_string(port);
}

}  // namespace latchkey::server
