#include "gate/http_conversation.h"

#include <utility>

#include "http/answer.h"

namespace latchkey::gate {

namespace {

// Answers of one round; a client that pipelines more waits for them to be sent.
constexpr std::size_t kOutputMax = 262144;

constexpr std::string_view kTurnAway =
    "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\n"
    "Connection: close\r\n\r\n";

bool MayAsk(const Dialect& dialect, std::string_view method) {
  // Envoy asks with the client's own method; TRACE and CONNECT are never let through.
  if (dialect.uri_field.empty()) return method != "TRACE" && method != "CONNECT";
  return method == "GET" || method == "HEAD";
}

Problem UntrustedProxy() {
  return {.type = ProblemType::kUntrustedProxy,
          .detail =
              "This address is not among gate_trusted_proxies, so nothing that it says about "
              "a request counts."};
}

Outcome OutcomeOf(const Problem& problem) {
  return problem.type == ProblemType::kTwoCredentials ? Outcome::kTwoCredentials
                                                      : Outcome::kMalformed;
}

}  // namespace

HttpConversation::HttpConversation(const DeskParts& parts)
    : parts_(parts), desk_(parts.gatekeeper.OpenDesk()), access_(parts.access) {
  head_.fields.reserve(parts.limits.field_count_max + 1);
}

void HttpConversation::BeginRound() {
  now_ = parts_.clock.Now();
  const auto second = std::chrono::floor<std::chrono::seconds>(now_.time_since_epoch());
  if (second == date_second_) return;
  date_second_ = second;
  date_ = http::HttpDate();
}

Turn HttpConversation::Serve(const Peer& peer, std::string_view input, bool stopping,
                             std::string& output) {
  BeginRound();
  Turn turn;
  while (!input.empty()) {
    if (output.size() >= kOutputMax) {
      turn.more = true;
      return turn;
    }
    http::HeadScanner scanner(parts_.limits);
    const auto size = scanner.Scan(input);
    if (!size) {
      Refuse(peer, size.error(), {}, output);
      turn.close = turn.linger = true;
      return turn;
    }
    if (*size == 0) return turn;
    const bool keep = ServeHead(peer, input.substr(0, *size), stopping, output);
    turn.used += *size;
    input.remove_prefix(*size);
    if (!keep) {
      turn.close = true;
      // Of an answer to a body that was not read, too.
      turn.linger = !input.empty() || head_.has_body;
      return turn;
    }
  }
  return turn;
}

bool HttpConversation::ServeHead(const Peer& peer, std::string_view bytes, bool stopping,
                                 std::string& output) {
  if (const auto read = http::ReadHead(bytes, parts_.limits, head_); !read) {
    head_.has_body = true;  // Nobody knows: what follows is not looked at.
    Refuse(peer, read.error(), {}, output);
    return false;
  }
  const AnswerFrame frame{.to_head = head_.method == "HEAD",
                          // Nobody else has a reason to ask twice.
                          .keep_alive = head_.keep_alive && !stopping && peer.trusted,
                          .date = date_};
  if (head_.has_body) {
    Refuse(peer, {413, "A request to the gate has no body."}, frame, output);
    return false;
  }
  const std::optional<Route> route =
      IsOriginForm(head_.target) ? FindRoute(head_.target) : std::nullopt;
  if (!route) {
    const bool odd = !IsOriginForm(head_.target);
    Refuse(peer,
           odd ? http::Refusal{400, "The request target is not acceptable."}
               : http::Refusal{404, "This is the gate: /gate/{app}/{dialect}."},
           frame, output);
    return frame.keep_alive && !odd;
  }
  if (!MayAsk(*route->dialect, head_.method)) {
    Refuse(peer, {405, "The gate is asked with GET."}, frame, output);
    return frame.keep_alive;
  }
  AnswerRoute(peer, *route, frame, output);
  return frame.keep_alive;
}

bool HttpConversation::Ask(const Peer& peer, const Route& route) {
  if (!peer.trusted) {
    question_ = {};
    desk_->Refuse(route.app, Outcome::kUntrustedProxy, UntrustedProxy(), answer_);
    return false;
  }
  if (OrProblem<void> read = ReadQuestion(route, head_, peer, parts_.proxies, client_, question_);
      !read) {
    const Outcome outcome = OutcomeOf(read.error());
    desk_->Refuse(route.app, outcome, std::move(read.error()), answer_);
    return false;
  }
  question_.now = now_;
  desk_->Ask(question_, answer_);
  return true;
}

void HttpConversation::AnswerRoute(const Peer& peer, const Route& route, const AnswerFrame& frame,
                                   std::string& output) {
  const bool asked = Ask(peer, route);
  const std::string request_id = answer_.allowed() ? std::string{} : parts_.request_ids.Next();
  const int status = parts_.renderer.Append(*route.dialect, answer_, frame, request_id, output);
  access_.Note({.now = now_,
                .client = asked ? question_.client_address : ClientOf(peer),
                .app = route.app,
                .dialect = route.dialect->name,
                .method = asked ? question_.method : "-",
                .uri = asked ? question_.uri : "-",
                .status = status,
                .outcome = answer_.label(),
                .account = answer_.identity.account,
                .credential = answer_.identity.credential,
                .request_id = request_id});
}

void HttpConversation::Refuse(const Peer& peer, const http::Refusal& refusal, AnswerFrame frame,
                              std::string& output) {
  const bool unreadable = frame.date.empty();
  if (unreadable) frame = {.to_head = false, .keep_alive = false, .date = date_};
  if (head_.has_body && !unreadable) frame.keep_alive = false;
  if (refusal.status == 400) frame.keep_alive = false;
  const std::string request_id = parts_.request_ids.Next();
  Renderer::AppendRefusal(refusal.status, refusal.detail, frame, request_id, output);
  access_.Note({.now = now_,
                .client = ClientOf(peer),
                .app = {},
                .dialect = {},
                .method = unreadable ? "-" : head_.method,
                .uri = unreadable ? std::string_view{"-"} : head_.target,
                .status = refusal.status,
                .outcome = {},
                .account = {},
                .credential = {},
                .request_id = request_id});
}

std::string_view HttpConversation::ClientOf(const Peer& peer) {
  if (peer.local) {
    client_.Assign("local");
  } else {
    client_.Assign(peer.address);
  }
  return client_.view();
}

void HttpConversation::AppendTimeout(const Peer& peer, std::string& output) {
  BeginRound();
  Refuse(peer, {408, "The head of the request came too slowly."}, {}, output);
}

std::string_view HttpConversation::turn_away() const { return kTurnAway; }

std::size_t HttpConversation::request_size_max() const { return parts_.limits.head_size_max; }

void HttpConversation::Settle(std::chrono::steady_clock::time_point now, bool at_once) {
  access_.Settle(now, at_once);
}

}  // namespace latchkey::gate
