#include "gate/fastcgi_conversation.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/answer.h"
#include "http/grammar.h"

namespace latchkey::gate {

namespace {

constexpr std::string_view kDialect = "fastcgi";
constexpr std::size_t kMethodSizeMax = 32;

struct Wanted {
  std::string_view name;
  std::size_t count = 0;
  std::string_view value;
};
enum WantedIndex : std::uint8_t { kMethod, kUri, kClient, kAuthorization, kUserAgent };
using WantedVariables = std::array<Wanted, 5>;

std::unexpected<Problem> Malformed(std::string_view variable, std::string_view fault) {
  return ProblemWith(ProblemType::kMalformed,
                     "the variable " + std::string{variable} + " " + std::string{fault});
}

/// `X-Latchkey-Account` as `Variable-X_LATCHKEY_ACCOUNT`.
void AppendVariable(std::string_view header, std::string_view value, std::string& out) {
  out += "Variable-";
  for (const char c : header) {
    if (c == '-') {
      out += '_';
    } else {
      out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    }
  }
  out += ": ";
  out += value;
  out += "\r\n";
}

}  // namespace

FastCgiConversation::FastCgiConversation(const DeskParts& parts, std::string app)
    : parts_(parts),
      app_(std::move(app)),
      desk_(parts.gatekeeper.OpenDesk()),
      access_(parts.access) {}

Turn FastCgiConversation::Serve(const Peer& peer, std::string_view input, bool stopping,
                                std::string& output) {
  Turn turn;
  while (!input.empty() && !turn.close) {
    const auto used = ReadFastCgiRequest(input, request_);
    if (!used) {
      turn.close = turn.linger = true;
      return turn;
    }
    if (*used == 0) return turn;
    Answer(peer, output);
    turn.used += *used;
    input.remove_prefix(*used);
    turn.close = !request_.keep_connection || stopping || !peer.trusted;
  }
  turn.linger = turn.close && !input.empty();
  return turn;
}

void FastCgiConversation::Answer(const Peer& peer, std::string& output) {
  if (request_.role != kFastCgiAuthorizer) return AppendFastCgiUnknownRole(request_.id, output);
  Ask(peer);
  int status = 200;
  const std::string request_id = answer_.allowed() ? std::string{} : parts_.request_ids.Next();
  if (answer_.allowed()) {
    AppendFastCgiAnswer(request_.id, MakeAllowed(), output);
  } else {
    const http::Response denial = parts_.renderer.MakeDenial(answer_, request_id);
    status = denial.status;
    AppendFastCgiAnswer(request_.id, MakeDenied(denial), output);
  }
  const bool asked = !question_.uri.empty();
  access_.Note({.now = question_.now,
                .client = client_.view(),
                .app = app_,
                .dialect = kDialect,
                .method = asked ? question_.method : "-",
                .uri = asked ? question_.uri : "-",
                .status = status,
                .outcome = answer_.label(),
                .account = answer_.identity.account,
                .credential = answer_.identity.credential,
                .request_id = request_id});
}

void FastCgiConversation::Ask(const Peer& peer) {
  question_ = {};
  question_.now = parts_.clock.Now();
  question_.app = app_;
  if (peer.local) {
    client_.Assign("local");
  } else {
    client_.Assign(peer.address);
  }
  if (!peer.trusted) {
    desk_->Refuse(app_, Outcome::kUntrustedProxy,
                  {.type = ProblemType::kUntrustedProxy,
                   .detail = "This address is not among gate_trusted_proxies."},
                  answer_);
    return;
  }
  if (OrProblem<void> read = Read(); !read) {
    question_.uri = {};
    desk_->Refuse(app_, Outcome::kMalformed, std::move(read.error()), answer_);
    return;
  }
  desk_->Ask(question_, answer_);
}

namespace {

OrProblem<void> Collect(std::string_view block, WantedVariables& wanted) {
  FastCgiParams params(block);
  while (const auto pair = params.Next()) {
    auto* const found = std::ranges::find(wanted, pair->name, &Wanted::name);
    if (found == wanted.end()) continue;
    if (found->count++ == 0) found->value = pair->value;
  }
  if (params.broken()) return ProblemWith(ProblemType::kMalformed, "the variables are broken");
  for (const Wanted& one : wanted) {
    if (one.count > 1) return Malformed(one.name, "stands more than once");
  }
  for (const WantedIndex index : {kMethod, kUri, kClient}) {
    if (wanted.at(index).value.empty()) return Malformed(wanted.at(index).name, "is missing");
  }
  return {};
}

}  // namespace

OrProblem<void> FastCgiConversation::Read() {
  WantedVariables wanted{
      Wanted{.name = "REQUEST_METHOD", .value = {}}, Wanted{.name = "REQUEST_URI", .value = {}},
      Wanted{.name = "REMOTE_ADDR", .value = {}}, Wanted{.name = "HTTP_AUTHORIZATION", .value = {}},
      Wanted{.name = "HTTP_USER_AGENT", .value = {}}};
  if (OrProblem<void> collected = Collect(request_.params, wanted); !collected) return collected;
  question_.method = wanted[kMethod].value;
  question_.uri = wanted[kUri].value;
  question_.user_agent = wanted[kUserAgent].value;
  question_.authorization = http::TrimSpace(wanted[kAuthorization].value);
  if (question_.method.size() > kMethodSizeMax || !http::IsToken(question_.method)) {
    return Malformed("REQUEST_METHOD", "is not a method");
  }
  if (!IsOriginForm(question_.uri)) return Malformed("REQUEST_URI", "is not a path");
  if (!http::IsFieldValue(question_.authorization)) {
    return Malformed("HTTP_AUTHORIZATION", "holds a control character");
  }
  const auto client = http::ParseForwardedAddress(wanted[kClient].value);
  if (!client) return Malformed("REMOTE_ADDR", "is not an IP address");
  client_.Assign(*client);
  question_.client_address = client_.view();
  return {};
}

std::string FastCgiConversation::MakeAllowed() const {
  const Identity& identity = answer_.identity;
  const HeaderNames& names = parts_.renderer.names();
  std::string content = "Status: 200 OK\r\n";
  AppendVariable("AUTH_USER", identity.account.empty() ? "-" : identity.account, content);
  AppendVariable(names.account, identity.account, content);
  AppendVariable(names.email, identity.email, content);
  AppendVariable(names.credential, identity.credential, content);
  AppendVariable(names.scopes, identity.scopes, content);
  if (answer_.age) AppendVariable(names.age, std::to_string(answer_.age->count()), content);
  content += "\r\n";
  return content;
}

std::string FastCgiConversation::MakeDenied(const http::Response& denial) {
  std::string content = "Status: " + std::to_string(denial.status) + " " +
                        std::string{http::ReasonPhrase(denial.status)} + "\r\n";
  for (const auto& [name, value] : denial.fields.lines()) {
    const bool basic = name == "WWW-Authenticate" && value.starts_with("Basic");
    if (basic || !http::IsFieldValue(value)) continue;
    content.append(name).append(": ").append(value).append("\r\n");
  }
  content += "\r\n" + denial.body;
  return content;
}

void FastCgiConversation::Settle(std::chrono::steady_clock::time_point now, bool at_once) {
  access_.Settle(now, at_once);
}

}  // namespace latchkey::gate
