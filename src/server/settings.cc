#include "server/settings.h"

#include <toml++/toml.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <charconv>
#include <optional>
#include <sstream>
#include <utility>

#include "base/text.h"

namespace latchkey::server {
namespace {

using enum Error::Code;
using std::chrono::seconds;

std::unexpected<Error> Unusable(std::string_view hint) {
  return Fail(kInvalidArgument, "the value cannot be used", std::string{hint});
}

template <typename Number>
std::optional<Number> ReadNumber(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

template <typename Number>
Result<void> SetNumber(Number& target, std::string_view text, Number min, Number max) {
  const std::optional<Number> value = ReadNumber<Number>(text);
  if (!value || *value < min || *value > max) {
    return Unusable("Give a whole number from " + std::to_string(min) + " to " +
                    std::to_string(max) + ".");
  }
  target = *value;
  return {};
}

std::optional<seconds> UnitOf(char unit) {
  switch (unit) {
    case 's': return seconds{1};
    case 'm': return std::chrono::minutes{1};
    case 'h': return std::chrono::hours{1};
    case 'd': return std::chrono::days{1};
    default: return std::nullopt;
  }
}

Result<void> SetDuration(seconds& target, std::string_view text) {
  constexpr std::uint32_t kCountMax = 100'000'000;
  const std::optional<seconds> unit = text.empty() ? std::nullopt : UnitOf(text.back());
  const std::optional<std::uint32_t> count =
      unit ? ReadNumber<std::uint32_t>(text.substr(0, text.size() - 1)) : std::nullopt;
  if (!count || *count > kCountMax) return Unusable("Give a duration like 30s, 10m, 12h or 90d.");
  target = *unit * *count;
  return {};
}

std::string ShowDuration(seconds duration) {
  const auto count = duration.count();
  for (const auto& [size, unit] : {std::pair{86400, 'd'}, {3600, 'h'}, {60, 'm'}}) {
    if (count != 0 && count % size == 0) return std::to_string(count / size) + unit;
  }
  return std::to_string(count) + "s";
}

std::vector<std::string> SplitList(std::string_view text) {
  std::vector<std::string> items;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    std::string_view item = text.substr(0, comma);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    if (!item.empty()) items.emplace_back(item);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return items;
}

std::string ShowList(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ",") + item;
  return text;
}

Result<void> SetListen(Settings& settings, std::string_view text) {
  const std::size_t colon = text.rfind(':');
  const std::optional<std::uint16_t> port = colon == std::string_view::npos
                                                ? std::nullopt
                                                : ReadNumber<std::uint16_t>(text.substr(colon + 1));
  std::string_view address = text.substr(0, std::min(colon, text.size()));
  if (address.starts_with('[') && address.ends_with(']')) {
    address = address.substr(1, address.size() - 2);
  }
  if (!port || address.empty())
    return Unusable("Give address:port, e.g. 127.0.0.1:8080 or [::]:8080.");
  settings.http.listen_address = address;
  settings.http.listen_port = *port;
  return {};
}

std::string ShowListen(const Settings& settings) {
  const std::string& address = settings.http.listen_address;
  const std::string shown = address.contains(':') ? "[" + address + "]" : address;
  return shown + ":" + std::to_string(settings.http.listen_port);
}

Result<void> SetPublicUrl(Settings& settings, std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  const auto url = boost::urls::parse_uri(boost::urls::string_view{text.data(), text.size()});
  const bool plain = url && (url->scheme() == "http" || url->scheme() == "https") &&
                     !url->encoded_host().empty() && !url->has_query() && !url->has_fragment() &&
                     !url->has_userinfo();
  if (!plain) return Unusable("Give the address that clients use, e.g. https://git.example.com.");
  settings.public_url = text;
  return {};
}

Result<void> SetTlsFile(Settings& settings, std::string http::TlsSettings::* member,
                        std::string_view text) {
  if (!settings.http.tls) settings.http.tls.emplace();
  *settings.http.tls.*member = text;
  return {};
}

Result<void> SetUsage(Settings& settings, std::string_view text) {
  if (text != "on" && text != "off") return Unusable("Give on or off.");
  settings.gate_usage = text == "on";
  return {};
}

Result<void> SetLogLevel(Settings& settings, std::string_view text) {
  constexpr std::array<std::string_view, 4> kLevels{"debug", "info", "warn", "error"};
  if (std::ranges::find(kLevels, text) == kLevels.end()) {
    return Unusable("Give debug, info, warn or error.");
  }
  settings.log_level = text;
  return {};
}

Result<void> SetPrefix(Settings& settings, std::string_view text) {
  Result<CredentialPrefix> prefix = CredentialPrefix::Parse(text);
  if (!prefix) return std::unexpected(prefix.error());
  settings.policy.prefix = std::move(*prefix);
  return {};
}

template <typename Address>
Result<void> SetAddresses(std::vector<Address>& target, std::string_view text,
                          Result<Address> (*parse)(std::string_view)) {
  std::vector<Address> addresses;
  for (const std::string& item : SplitList(text)) {
    Result<Address> address = parse(item);
    if (!address) return std::unexpected(address.error());
    addresses.push_back(std::move(*address));
  }
  target = std::move(addresses);
  return {};
}

std::string ShowGateListen(const Settings& settings) {
  std::vector<std::string> items;
  for (const gate::ListenAddress& address : settings.gate.listen) items.push_back(address.text());
  return ShowList(items);
}

std::string ShowGateFastCgi(const Settings& settings) {
  std::vector<std::string> items;
  for (const gate::FastCgiAddress& one : settings.gate.fastcgi) {
    items.push_back(one.address.text() + "=" + one.app);
  }
  return ShowList(items);
}

Result<void> SetSocketMode(Settings& settings, std::string_view text) {
  unsigned mode = 0;
  constexpr int kOctal = 8;
  constexpr unsigned kModeMax = 0777;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), mode, kOctal);
  if (error != std::errc{} || end != text.data() + text.size() || mode > kModeMax) {
    return Unusable("Give an octal mode, e.g. 0660.");
  }
  settings.gate.socket_mode = mode;
  return {};
}

std::string ShowSocketMode(const Settings& settings) {
  std::ostringstream text;
  text << '0' << std::oct << settings.gate.socket_mode;
  return text.str();
}

#define LATCHKEY_DURATION(key, member, text)                                      \
  SettingRow {                                                                    \
    key, "duration", text,                                                        \
        [](Settings& s, std::string_view v) { return SetDuration(s.member, v); }, \
        [](const Settings& s) { return ShowDuration(s.member); }                  \
  }
#define LATCHKEY_NUMBER(key, member, min, max, text)                            \
  SettingRow {                                                                  \
    key, "number", text,                                                        \
        [](Settings& s, std::string_view v) {                                   \
          return SetNumber<decltype(Settings{}.member)>(s.member, v, min, max); \
        },                                                                      \
        [](const Settings& s) { return std::to_string(s.member); }              \
  }
#define LATCHKEY_TEXT(key, form, member, text)                \
  SettingRow {                                                \
    key, form, text,                                          \
        [](Settings& s, std::string_view v) -> Result<void> { \
          s.member = v;                                       \
          return {};                                          \
        },                                                    \
        [](const Settings& s) { return s.member; }            \
  }
#define LATCHKEY_LIST(key, form, member, text)                \
  SettingRow {                                                \
    key, form, text,                                          \
        [](Settings& s, std::string_view v) -> Result<void> { \
          s.member = SplitList(v);                            \
          return {};                                          \
        },                                                    \
        [](const Settings& s) { return ShowList(s.member); }  \
  }

constexpr std::array kTable{
    LATCHKEY_TEXT("data", "directory", data,
                  "Where everything is kept. Made at the first start, mode 0700."),
    SettingRow{"listen", "address:port", "Where HTTP is served; port 0 takes a free one.",
               SetListen, ShowListen},
    SettingRow{"public_url", "URL",
               "The address that clients use; every link in an answer starts with it. Default: "
               "made from listen.",
               SetPublicUrl, [](const Settings& s) { return s.public_url; }},
    SettingRow{"tls_certificate", "file",
               "PEM certificate chain; with tls_key turns TLS on. Read again on SIGHUP.",
               [](Settings& s, std::string_view v) {
                 return SetTlsFile(s, &http::TlsSettings::certificate_file, v);
               },
               [](const Settings& s) { return s.http.tls ? s.http.tls->certificate_file : ""; }},
    SettingRow{"tls_key", "file", "PEM private key of tls_certificate.",
               [](Settings& s, std::string_view v) {
                 return SetTlsFile(s, &http::TlsSettings::key_file, v);
               },
               [](const Settings& s) { return s.http.tls ? s.http.tls->key_file : ""; }},
    LATCHKEY_NUMBER("threads", http.threads, 0, 1024, "Threads that serve; 0: one per core."),
    LATCHKEY_LIST("host_names", "names", http.host_names,
                  "Host names to answer for beside public_url's, localhost and IP addresses; "
                  "others get 421."),
    LATCHKEY_LIST("trusted_proxies", "CIDR blocks", http.trusted_proxies,
                  "Proxies whose X-Forwarded-For and X-Request-Id count."),
    SettingRow{"gate_listen", "addresses",
               "Where proxies ask the gate: ADDRESS:PORT and unix:PATH; empty: nowhere.",
               [](Settings& s, std::string_view v) {
                 return SetAddresses(s.gate.listen, v, gate::ParseListenAddress);
               },
               ShowGateListen},
    SettingRow{"gate_fastcgi", "addresses",
               "Where Apache asks the gate over FastCGI, ADDRESS:PORT=APP: one address an app.",
               [](Settings& s, std::string_view v) {
                 return SetAddresses(s.gate.fastcgi, v, gate::ParseFastCgiAddress);
               },
               ShowGateFastCgi},
    LATCHKEY_NUMBER("gate_threads", gate.threads, 0, 1024,
                    "Threads that answer for the gate; 0: one per core."),
    SettingRow{
        "gate_socket_mode", "octal mode",
        "Of the gate's Unix sockets. Who may open one may ask for any client, so keep them in "
        "a directory that only the proxy may enter.",
        SetSocketMode, ShowSocketMode},
    LATCHKEY_LIST("gate_trusted_proxies", "CIDR blocks", gate.trusted_proxies,
                  "Addresses that may ask the gate over TCP, and whose entries in X-Forwarded-For "
                  "are read over; others get 403."),
    SettingRow{"gate_usage", "on or off", "Whether the gate notes uses of credentials.", SetUsage,
               [](const Settings& s) -> std::string { return s.gate_usage ? "on" : "off"; }},
    LATCHKEY_TEXT("gate_header_prefix", "text", gate_header_prefix,
                  "What the names of the gate's headers begin with."),
    LATCHKEY_LIST("gate_header_names", "names", gate_header_names,
                  "Single names instead, e.g. account=Remote-User; of account, email, credential, "
                  "scopes, status and error."),
    LATCHKEY_TEXT("keyring", "file", keyring,
                  "The keyring. Default: systemd's credential latchkey-keyring, else DIR/keyring."),
    SettingRow{"credential_prefix", "2 to 8 letters",
               "First letters of new credentials. Older ones with another prefix stay valid.",
               SetPrefix, [](const Settings& s) { return s.policy.prefix.text(); }},
    LATCHKEY_DURATION("token_lifetime_min", policy.token_lifetime_min,
                      "Shortest life of a new API token."),
    LATCHKEY_DURATION("token_lifetime_max", policy.token_lifetime_max,
                      "Longest life of a new API token."),
    LATCHKEY_DURATION(
        "token_lifetime_default", policy.token_lifetime_default,
        "Life of an API token whose request names no expiry; never more than token_lifetime_max."),
    LATCHKEY_DURATION("app_password_lifetime_min", policy.app_password_lifetime_min,
                      "Shortest life of a new app password that has an expiry."),
    LATCHKEY_NUMBER("throttle_failures", throttle.failures_max, 0, 1'000'000,
                    "Failed attempts that an address or an account may have in a window before the "
                    "answer is 429."),
    LATCHKEY_DURATION("throttle_window", throttle.window, "The length of that window."),
    LATCHKEY_LIST("metrics_addresses", "CIDR blocks", metrics_addresses,
                  "Clients that may read /metrics."),
    SettingRow{"log_level", "level", "debug, info, warn or error.", SetLogLevel,
               [](const Settings& s) { return s.log_level; }},
    LATCHKEY_TEXT("log_file", "file", log_file,
                  "Where the log goes; empty: standard error. Opened again on SIGHUP."),
    LATCHKEY_TEXT("access_log", "file", access_log,
                  "Where the access log goes; empty: with the log; off: nowhere."),
    LATCHKEY_NUMBER("target_size_max", http.limits.target_size_max, 256, 1 << 20,
                    "Bytes of a request target; 414 beyond."),
    LATCHKEY_NUMBER("head_size_max", http.limits.head_size_max, 1024, 1 << 20,
                    "Bytes of a request's line and header fields; 431 beyond."),
    LATCHKEY_NUMBER("connections_max", http.limits.connections_max, 1, 1'000'000,
                    "Connections in all; 503 beyond."),
    LATCHKEY_NUMBER("connections_per_address_max", http.limits.connections_per_address_max, 1,
                    1'000'000, "Connections of one client address; 429 beyond."),
    LATCHKEY_DURATION("head_timeout", http.limits.head_timeout,
                      "Time for a request's head to arrive; 408 beyond."),
    LATCHKEY_DURATION("keep_alive_timeout", http.limits.keep_alive_timeout,
                      "Idle time between requests."),
    LATCHKEY_DURATION("body_timeout", http.limits.body_timeout,
                      "Longest silence within a body; 408 beyond."),
    LATCHKEY_DURATION("write_timeout", http.limits.write_timeout,
                      "Longest time that a client may read nothing."),
    LATCHKEY_DURATION("grace", http.grace, "Time for requests under way when stopping."),
    LATCHKEY_NUMBER("git_processes_max", git_processes_max, 0, 4096,
                    "git processes at once, a quarter of them for one account; 0: twice the cores, "
                    "at least 32."),
    LATCHKEY_NUMBER("git_push_size_max", git_push_size_max, 1, ~0ULL >> 1U, "Bytes of one push."),
};

#undef LATCHKEY_DURATION
#undef LATCHKEY_NUMBER
#undef LATCHKEY_TEXT
#undef LATCHKEY_LIST

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
  const Policy& policy = settings.policy;
  if (policy.token_lifetime_min <= policy.token_lifetime_max) return {};
  return Fail(kInvalidArgument,
              "token_lifetime_min is " + ShowDuration(policy.token_lifetime_min) +
                  ", more than token_lifetime_max, which is " +
                  ShowDuration(policy.token_lifetime_max),
              "Change one of the two.");
}

}  // namespace

std::span<const SettingRow> SettingTable() { return kTable; }

std::string EnvironmentName(std::string_view key) {
  std::string name = "LATCHKEY_";
  for (const char c : key) name += (c >= 'a' && c <= 'z') ? static_cast<char>(c - 'a' + 'A') : c;
  return name;
}

Result<void> ApplySetting(Settings& settings, std::string_view key, std::string_view value) {
  const auto* const row = std::ranges::find(kTable, key, &SettingRow::key);
  if (row == kTable.end()) {
    std::vector<std::string> known;
    for (const SettingRow& one : kTable) known.emplace_back(one.key);
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
  for (const SettingRow& row : kTable) {
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
    const bool known = std::ranges::any_of(
        kTable, [&name](const SettingRow& row) { return EnvironmentName(row.key) == name; });
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
