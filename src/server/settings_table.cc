// The table of settings: see settings.h.

#include <algorithm>
#include <array>
#include <boost/url/parse.hpp>
#include <charconv>
#include <optional>
#include <sstream>
#include <utility>

#include "server/setting_values.h"
#include "server/settings.h"
#include "store/postgres/address.h"

namespace latchkey::server {
namespace {

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

Result<void> SetStore(Settings& settings, std::string_view text) {
  if (!text.empty()) {
    const Result<postgres::Address> address = postgres::Address::Parse(text);
    if (!address) return std::unexpected(address.error());
    const bool secret = std::ranges::any_of(
        address->values(), [](const auto& value) { return value.first == "password"; });
    if (secret) {
      return Unusable(
          "A password does not belong there, where process lists and settings show it. Put it into "
          "a file as libpq reads it and add passfile=FILE, or set PGPASSFILE.");
    }
  }
  settings.store = text;
  return {};
}

Result<void> SetLease(Settings& settings, std::string_view text) {
  std::chrono::seconds lease{};
  if (Result<void> set = SetDuration(lease, text); !set) return set;
  if (lease < std::chrono::seconds{2} || lease > std::chrono::minutes{10}) {
    return Unusable("Give 2s to 10m.");
  }
  settings.lease = lease;
  return {};
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

template <bool Settings::* kMember>
Result<void> SetSwitch(Settings& settings, std::string_view text) {
  if (text != "on" && text != "off") return Unusable("Give on or off.");
  settings.*kMember = text == "on";
  return {};
}

template <bool Settings::* kMember>
std::string ShowSwitch(const Settings& settings) {
  return settings.*kMember ? "on" : "off";
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
    SettingRow{
        "store", "connection string",
        "Where accounts and credentials are kept: empty for SQLite in the data directory, or "
        "postgresql://USER@HOST1,HOST2/DATABASE for several nodes. No password in it: "
        "passfile=FILE or PGPASSFILE names the file that holds it.",
        SetStore, [](const Settings& s) { return s.store; }},
    LATCHKEY_TEXT("node_name", "text", node_name,
                  "What people call this node of several. Default: host name and port."),
    SettingRow{"lease", "duration",
               "How long a node of several answers from memory without proving that it follows the "
               "others; 2 s to 10 min, the same on all nodes, and longer than the database's "
               "failover.",
               SetLease, [](const Settings& s) { return ShowDuration(s.lease); }},
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
    SettingRow{"gate_usage", "on or off", "Whether the gate notes uses of credentials.",
               SetSwitch<&Settings::gate_usage>, ShowSwitch<&Settings::gate_usage>},
    LATCHKEY_TEXT("gate_header_prefix", "text", gate_header_prefix,
                  "What the names of the gate's headers begin with."),
    LATCHKEY_LIST("gate_header_names", "names", gate_header_names,
                  "Single names instead, e.g. account=Remote-User; of account, email, credential, "
                  "scopes, status, error and age."),
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
    LATCHKEY_DURATION("session_idle", sessions.idle,
                      "A browser that signed in and sends nothing for so long is signed out."),
    LATCHKEY_DURATION("session_idle_long", sessions.idle_long,
                      "The same for who chose to stay signed in."),
    LATCHKEY_DURATION("session_lifetime", sessions.lifetime,
                      "After so long signing in is asked for again, whatever is done meanwhile."),
    LATCHKEY_DURATION("session_lifetime_long", sessions.lifetime_long,
                      "The same for who chose to stay signed in."),
    LATCHKEY_DURATION("reauthentication", sessions.reauthentication,
                      "How long after a proof secrets may be made without another one."),
    LATCHKEY_NUMBER("sessions_per_account_max", sessions.per_account_max, 1, 100'000,
                    "Sessions of one account at a time; a new one more ends the oldest."),
    SettingRow{"set_up_link", "on or off",
               "Whether a start makes and prints a link for the first administrator while nobody "
               "can sign in.",
               SetSwitch<&Settings::set_up_link>, ShowSwitch<&Settings::set_up_link>},
    LATCHKEY_TEXT("breached_passwords", "file", breached_passwords,
                  "SHA-1 digests of passwords that nobody may choose, one a line in order, as Have "
                  "I Been Pwned has them. Default: the 20,000 most common alone."),
    LATCHKEY_TEXT(
        "smtp_url", "URL", smtp_url,
        "Where letters go: smtps://USER@HOST:465, smtp://USER@HOST:587 (STARTTLS), or "
        "smtp+plain://localhost:25. Empty: no mail is sent, and links are shown instead."),
    LATCHKEY_TEXT("smtp_password_file", "file", smtp_password_file,
                  "Holds the password of smtp_url's user."),
    LATCHKEY_TEXT("smtp_ca_file", "file", smtp_ca_file,
                  "PEM certificates that vouch for the mail server; empty: the system's."),
    LATCHKEY_TEXT("mail_from", "address", mail_from,
                  "Who letters are from: an address, or Name <address>. Needed with smtp_url."),
    SettingRow{"sign_in_letters", "on or off",
               "Whether people are told by mail of a sign-in from a browser that did not sign them "
               "in before.",
               SetSwitch<&Settings::sign_in_letters>, ShowSwitch<&Settings::sign_in_letters>},
    LATCHKEY_TEXT("oidc_issuer", "URL", oidc_issuer,
                  "An OpenID provider to sign in with, as it writes its issuer; empty: none."),
    LATCHKEY_TEXT("oidc_client_id", "text", oidc_client_id, "What it calls this server."),
    LATCHKEY_TEXT("oidc_client_secret_file", "file", oidc_client_secret_file,
                  "Holds the client secret; empty: a public client."),
    LATCHKEY_TEXT("oidc_name", "name", oidc_name,
                  "In its redirect address, PUBLIC_URL/login/oidc/NAME/callback: lower-case "
                  "letters, digits, dashes."),
    LATCHKEY_TEXT("oidc_title", "text", oidc_title, "On the button of the page."),
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

}  // namespace

std::span<const SettingRow> SettingTable() { return kTable; }

}  // namespace latchkey::server
