#include "client/doctor.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <ctime>
#include <iomanip>
#include <locale>
#include <sstream>
#include <utility>

#include "base/text.h"
#include "client/secret_look.h"
#include "credential/authorization.h"
#include "credential/credential.h"

namespace latchkey::client {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kTokenUser = "x-token-auth";
constexpr std::chrono::seconds kSkewWaning{60};
constexpr std::chrono::seconds kSkewBad{300};
constexpr std::chrono::days kEndNear{7};

Finding FindFault(const ServerAddress& server, const Fault& fault) {
  Finding finding{
      .mark = Mark::kBad, .about = "server", .text = server.url + ": " + Explain(fault)};
  switch (fault.kind) {
    case Fault::Kind::kNoSuchHost: finding.advice = "check the name, and DNS or the VPN"; break;
    case Fault::Kind::kNoConnection:
      finding.advice = "check the port and the firewall, and whether the server runs";
      break;
    case Fault::Kind::kTimeout:
      finding.advice = "check the firewall and the proxy (https_proxy, no_proxy)";
      break;
    case Fault::Kind::kCertificate:
      finding.about = "certificate";
      finding.advice =
          "if the authority is your own: latchkey login --ca-file FILE, and git config "
          "http." +
          server.url + ".sslCAInfo FILE";
      break;
    case Fault::Kind::kOther: finding.advice = "try again, and ask who runs the server"; break;
  }
  return finding;
}

/// The credential, as the refusal of a server has it.
Finding FindRefusal(std::string about, const Refusal& refusal) {
  Finding finding{.mark = Mark::kBad, .about = std::move(about), .text = Explain(refusal)};
  if (refusal.status == 429) {
    finding.advice = "wait, and look for what sends a wrong credential again and again";
  } else if (refusal.status >= 500) {
    finding.advice = "the credential is not to blame: ask who runs the server";
  } else if (!refusal.make_one.empty()) {
    finding.advice = "make a new one at " + refusal.make_one;
  }
  return finding;
}

bool IsKnownTo(const Identity& identity, std::string_view user) {
  if (EqualsIgnoringCase(user, identity.username) || EqualsIgnoringCase(user, identity.email)) {
    return true;
  }
  return identity.kind == "api-token" &&
         (user == kTokenUser || user == "x-bitbucket-api-token-auth");
}

Finding LookAtUser(const Identity& identity, std::string_view user) {
  if (IsKnownTo(identity, user)) {
    return {.about = "user", .text = std::string{user} + " is accepted with this secret"};
  }
  return {.mark = Mark::kBad,
          .about = "user",
          .text = EscapeForTerminal(user) + " does not go with this secret",
          .advice = identity.kind == "api-token"
                        ? "use x-token-auth, " + identity.username + " or " + identity.email
                        : "use " + identity.username + " or " + identity.email};
}

std::optional<Finding> LookAtEnd(const Identity& identity, Instant now) {
  if (!identity.expires_at) return std::nullopt;
  const std::string end = FormatInstant(*identity.expires_at);
  if (*identity.expires_at - now > kEndNear) {
    return Finding{.about = "expiry", .text = "lasts until " + end};
  }
  const bool renews =
      std::ranges::find(identity.grants, "rotate:self:latchkey") != identity.grants.end();
  return Finding{.mark = renews ? Mark::kGood : Mark::kWaning,
                 .about = "expiry",
                 .text = "ends on " + end,
                 .advice = renews ? "it renews itself when git next uses it"
                                  : "make another before; one with rotate:self:latchkey renews "
                                    "itself"};
}

SecretString BasicFor(std::string_view user, const SecretString& secret) {
  const SecretString encoded = EncodeBasic(user, secret);
  std::string text;
  text.reserve(6 + encoded.size());
  text.append("Basic ").append(encoded.Expose());
  return SecretString{std::move(text)};
}

Finding TryOperation(Transport& transport, const Patient& patient, std::string_view user) {
  const Operation& operation = *patient.operation;
  HttpRequest request{.url = patient.server.url, .ca_file = patient.server.ca_file};
  if (operation.kind == Operation::Kind::kGit) {
    request.url += "/" + operation.path + "/info/refs?service=" + operation.service;
  } else {
    request.url += operation.path;
  }
  request.authorization = BasicFor(user, patient.secret);
  const std::expected<HttpAnswer, Fault> answer = transport.Send(request);
  if (!answer) return FindFault(patient.server, answer.error());
  const std::string what = operation.kind == Operation::Kind::kGit
                               ? operation.service + " on " + operation.path
                               : "GET " + operation.path;
  if (answer->status < 400) return {.about = "operation", .text = what + " is allowed"};
  Finding finding = FindRefusal("operation", ReadRefusal(*answer));
  finding.text = what + ": " + finding.text;
  if (answer->status == 404 && finding.advice.empty()) {
    finding.advice = "check the name; to who is no member a repository does not exist";
  }
  return finding;
}

std::vector<std::string_view> WordsOf(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) words.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return words;
}

/// `WORKSPACE/REPO.git` of what was given as that or as a URL.
Result<std::string> RepositoryPath(std::string_view text, const Place& place) {
  std::string path{text};
  if (path.contains("://")) {
    const Result<Place> repository = ParsePlace(path);
    if (!repository) return std::unexpected(repository.error());
    if (!Covers(place, *repository)) {
      return Fail(Error::Code::kInvalidArgument, "the repository is not at " + FormatPlace(place));
    }
    path = repository->path;
  }
  while (path.starts_with('/')) path.erase(0, 1);
  if (!path.ends_with(".git")) path += ".git";
  return path;
}

}  // namespace

Result<Operation> ParseOperation(std::string_view text, const Place& place) {
  const std::vector<std::string_view> words = WordsOf(text);
  const std::string what = words.empty() ? std::string{} : FoldAscii(words.front());
  if (words.size() == 2 && (what == "get" || what == "head") && words[1].starts_with('/')) {
    return Operation{
        .kind = Operation::Kind::kRequest, .path = std::string{words[1]}, .service = {}};
  }
  constexpr std::array<std::string_view, 4> kReading{"clone", "fetch", "pull", "ls-remote"};
  const bool git = words.size() == 3 && what == "git";
  const bool reads = git && std::ranges::find(kReading, words[1]) != kReading.end();
  if (!git || (!reads && words[1] != "push")) {
    return Fail(Error::Code::kInvalidArgument, "the operation is not one that can be tried",
                "Give \"git clone WORKSPACE/REPO\", \"git push WORKSPACE/REPO\" or \"GET /path\".");
  }
  Result<std::string> path = RepositoryPath(words[2], place);
  if (!path) return std::unexpected(path.error());
  return Operation{.kind = Operation::Kind::kGit,
                   .path = *std::move(path),
                   .service = reads ? "git-upload-pack" : "git-receive-pack"};
}

std::optional<Finding> LookAtClock(std::string_view date, Instant now) {
  // std::chrono::parse is not in GCC 12.
  std::tm parts{};
  std::istringstream in{std::string{date}};
  in.imbue(std::locale::classic());
  in >> std::get_time(&parts, "%a, %d %b %Y %H:%M:%S");
  if (in.fail()) return std::nullopt;
  const std::chrono::year_month_day day{std::chrono::year{parts.tm_year + 1900},
                                        std::chrono::month{static_cast<unsigned>(parts.tm_mon + 1)},
                                        std::chrono::day{static_cast<unsigned>(parts.tm_mday)}};
  if (!day.ok()) return std::nullopt;
  const Instant theirs = std::chrono::sys_days{day} + std::chrono::hours{parts.tm_hour} +
                         std::chrono::minutes{parts.tm_min} + std::chrono::seconds{parts.tm_sec};
  const auto skew = std::chrono::duration_cast<std::chrono::seconds>(now - theirs);
  const auto size = std::chrono::abs(skew);
  if (size < kSkewWaning) return Finding{.about = "clock", .text = "agrees with the server's"};
  return Finding{.mark = size < kSkewBad ? Mark::kWaning : Mark::kBad,
                 .about = "clock",
                 .text = "this machine's clock is " + std::to_string(size.count()) + " seconds " +
                         (skew > 0s ? "ahead of" : "behind") + " the server's",
                 .advice = "set it (NTP): an expiry is seen too early or too late"};
}

Findings LookAtServer(Transport& transport, const ServerAddress& server, Instant now) {
  Findings findings;
  const std::expected<HttpAnswer, Fault> answer =
      transport.Send({.url = server.url + "/api/v1/me", .ca_file = server.ca_file});
  if (!answer) return {FindFault(server, answer.error())};
  findings.push_back({.about = "server", .text = server.url + " answers"});
  if (server.url.starts_with("https:")) {
    findings.push_back({.about = "certificate", .text = "is trusted"});
  }
  if (std::optional<Finding> clock = LookAtClock(answer->date, now)) {
    findings.push_back(*std::move(clock));
  }
  if (answer->status != 401 || ReadRefusal(*answer).cause != "unknown") {
    findings.push_back({.mark = Mark::kBad,
                        .about = "server",
                        .text = "what answers at " + server.url + " is not Latchkey (status " +
                                std::to_string(answer->status) + ")",
                        .advice = "give the address that its pages have"});
  }
  return findings;
}

Findings LookAtCredential(Transport& transport, const Patient& patient, Instant now) {
  const SecretFault fault = LookAtSecret(patient.secret.Expose());
  if (fault != SecretFault::kNone) {
    return {{.mark = Mark::kBad, .about = "secret", .text = std::string{ExplainFault(fault)}}};
  }
  const Result<Credential> credential = Credential::Parse(patient.secret.Expose());
  if (!credential) return {};
  const std::string kind{KindName(credential->kind())};
  const bool api_token = kind == "api-token";
  Findings findings{{.about = "secret",
                     .text = "a whole " + std::string{KindTitle(credential->kind())} + ", id " +
                             credential->id().text()}};
  if (!patient.reached) return findings;
  const std::string user =
      patient.user.empty() && api_token ? std::string{kTokenUser} : patient.user;
  const Answer<Identity> answer =
      AskWhoAmI(transport, patient.server, AuthorizationFor(kind, user, patient.secret));
  if (const auto* nothing = std::get_if<Fault>(&answer)) {
    findings.push_back(FindFault(patient.server, *nothing));
    return findings;
  }
  if (const auto* refusal = std::get_if<Refusal>(&answer)) {
    findings.push_back(
        FindRefusal(refusal->cause == "wrong-user" ? "user" : "credential", *refusal));
    return findings;
  }
  const auto& identity = std::get<Identity>(answer);
  findings.push_back(
      {.about = "credential",
       .text = "in force, of " + identity.username + ", with " + JoinNames(identity.grants)});
  findings.push_back(LookAtUser(identity, user));
  if (std::optional<Finding> end = LookAtEnd(identity, now)) findings.push_back(*std::move(end));
  if (patient.operation) findings.push_back(TryOperation(transport, patient, user));
  return findings;
}

bool WasReached(const Findings& findings) {
  return std::ranges::none_of(findings, [](const Finding& finding) {
    return finding.mark == Mark::kBad &&
           (finding.about == "server" || finding.about == "certificate");
  });
}

Mark WorstOf(const Findings& findings) {
  Mark worst = Mark::kGood;
  for (const Finding& finding : findings) worst = std::max(worst, finding.mark);
  return worst;
}

}  // namespace latchkey::client
