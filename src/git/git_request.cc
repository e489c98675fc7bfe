#include "git/git_request.h"

#include <boost/asio/this_coro.hpp>
#include <chrono>
#include <string>
#include <utility>

#include "base/text.h"
#include "credential/authorization.h"
#include "git/pkt_line.h"

namespace latchkey::git {
namespace {

// How far a download may run on before its credential is looked at again.
constexpr std::chrono::seconds kRecheckInterval{1};
constexpr std::string_view kBusyRetryAfter = "10";

std::string MediaType(GitService service, std::string_view what) {
  return std::string{"application/x-"}.append(ServiceName(service)).append("-").append(what);
}

http::Response MakeNotAllowed(std::string_view allow) {
  http::Response response =
      MakeText(405, "This path knows the method " + std::string{allow} + " only.");
  response.fields.Set("Allow", std::string{allow});
  return response;
}

http::Response MakeBusy() {
  http::Response response =
      MakeText(503, "Too many Git operations are under way; try again in a moment.");
  response.fields.Set("Retry-After", std::string{kBusyRetryAfter});
  return response;
}

/// What is wrong with the `service` of a request for info/refs.
http::Response MakeServiceRefusal(std::size_t count) {
  if (count > 1) return MakeText(400, "The query names more than one service.");
  if (count == 1) return MakeText(403, "There is no such Git service here.");
  return MakeText(403, "This server speaks smart HTTP only: your Git client is too old for it.");
}

}  // namespace

int ParseGitProtocol(const http::Fields& fields) {
  if (fields.Count("Git-Protocol") != 1) return 0;
  const std::string_view value = fields.Find("Git-Protocol").value_or("");
  if (value == "version=2") return 2;
  if (value == "version=1") return 1;
  return 0;
}

GitRequest::GitRequest(GitHandler& handler, http::Exchange& exchange, std::string workspace,
                       std::string slug)
    : handler_(handler),
      exchange_(exchange),
      workspace_(std::move(workspace)),
      slug_(std::move(slug)) {}

DenialWords GitRequest::words() const {
  return {.realm = handler_.settings_.realm, .public_url = handler_.settings_.public_url};
}

Verdict GitRequest::Verify(GitService service) const {
  const Attempt attempt{.presented = presented_,
                        .client_address = exchange_.head().client_address,
                        .now = handler_.clock_.Now()};
  const Access access{.workspace = workspace_, .role = ServiceRole(service)};
  return handler_.verifier_.Verify(attempt, handler_.requirements_.For(service), access);
}

http::Response GitRequest::Deny(const Denial& denial) const {
  exchange_.Annotate("cause", CauseName(denial.cause));
  if (denial.proven) {
    exchange_.Annotate("account", denial.proven->account->username);
    exchange_.Annotate("credential", denial.proven->id.text());
  }
  return MakeDenial(denial, words());
}

std::optional<http::Response> GitRequest::Recheck() const {
  const Verdict verdict = Verify(service_);
  if (verdict) return std::nullopt;
  exchange_.Annotate("cause", CauseName(verdict.error().cause));
  return MakeDenial(verdict.error(), words());
}

std::optional<http::Response> GitRequest::RecheckAfterAWhile() {
  const Instant now = handler_.clock_.Now();
  // A clock that was set back is no reason to stop looking.
  if (now >= verified_at_ && now - verified_at_ < kRecheckInterval) return std::nullopt;
  verified_at_ = now;
  return Recheck();
}

std::optional<http::Response> GitRequest::CheckHead(const GitOperation& operation) const {
  const http::RequestHead& head = exchange_.head();
  const std::string_view allow = operation.advertises ? "GET" : "POST";
  if (head.method != allow) return MakeNotAllowed(allow);
  if (head.fields.Count("Authorization") > 1) {
    return MakeText(400, "The request has more than one Authorization field.");
  }
  return std::nullopt;
}

std::optional<http::Response> GitRequest::Authorize(const GitOperation& operation) {
  presented_ = ParseAuthorization(exchange_.head().fields.Find("Authorization").value_or(""));
  // A service that is none is said to those alone who may read.
  service_ = operation.service.value_or(GitService::kUploadPack);
  exchange_.Annotate("service", ServiceName(service_));
  verified_at_ = handler_.clock_.Now();
  const Verdict verdict = Verify(service_);
  if (!verdict) return Deny(verdict.error());
  exchange_.Annotate("account", verdict->holder().account->username);
  exchange_.Annotate("credential", verdict->holder().id.text());
  handler_.usage_.Note(verdict->holder().id, verified_at_, exchange_.head().client_address,
                       exchange_.head().fields.Find("User-Agent").value_or(""));
  account_ = verdict->holder().account->id;
  if (!operation.service) {
    return MakeServiceRefusal(exchange_.head().target.QueryValues("service").size());
  }
  if (!handler_.directory_.HasRepository(workspace_, slug_)) {
    exchange_.Annotate("cause", CauseName(Cause::kNotVisible));
    return MakeNotFound(words());
  }
  Result<FileDescriptor> directory = handler_.repositories_.OpenRepository(workspace_, slug_);
  if (!directory) {
    exchange_.Annotate("fault", directory.error().message);
    return MakeNotFound(words());
  }
  directory_ = std::move(*directory);
  return std::nullopt;
}

Awaitable<void> GitRequest::Send(http::Response response) {
  // Whether it arrived changes nothing here; the server logs what went wrong.
  const Result<void> ignored = co_await exchange_.Respond(std::move(response));
  static_cast<void>(ignored);
}

Awaitable<void> GitRequest::Run(GitOperation operation) {
  std::optional<http::Response> refusal = CheckHead(operation);
  if (!refusal) refusal = Authorize(operation);
  if (refusal) {
    co_await Send(std::move(*refusal));
    co_return;
  }
  co_await Serve(operation.advertises);
}

GitCommand GitRequest::Command(bool advertises) const {
  GitCommand command{.arguments = {ServiceCommand(service_), "--stateless-rpc"}};
  const int version = ParseGitProtocol(exchange_.head().fields);
  // There is no version 2 of pushing (gitprotocol-v2(5)).
  const bool reads = service_ == GitService::kUploadPack;
  command.protocol_version = reads || version < 2 ? version : 0;
  if (reads) command.arguments.emplace_back("--strict");
  if (advertises) command.arguments.emplace_back("--http-backend-info-refs");
  command.arguments.emplace_back(".");
  return command;
}

Awaitable<void> GitRequest::Serve(bool advertises) {
  const std::string_view type = exchange_.head().fields.Find("Content-Type").value_or("");
  if (!advertises && !EqualsIgnoringCase(type, MediaType(service_, "request"))) {
    http::Response refusal = MakeText(415, "Send Content-Type: " + MediaType(service_, "request"));
    co_await Send(std::move(refusal));
    co_return;
  }
  const std::uint64_t pack_size_max = handler_.repositories_.program().pack_size_max;
  std::uint64_t size_max = handler_.settings_.upload_request_size_max;
  if (service_ == GitService::kReceivePack) {
    size_max =
        pack_size_max == 0 ? UINT64_MAX : pack_size_max + handler_.settings_.commands.size_max;
  }
  Result<RequestBody> body = RequestBody::Create(exchange_, size_max);
  if (!body) {
    http::Response refusal = MakeText(415, body.error().message);
    co_await Send(std::move(refusal));
    co_return;
  }
  std::string account = account_;
  const std::optional<ChildSlots::Slot> slot = co_await handler_.slots_.Take(std::move(account));
  if (!slot) {
    exchange_.Annotate("fault", "too many git processes");
    http::Response busy = MakeBusy();
    co_await Send(std::move(busy));
    co_return;
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  const GitCommand command = Command(advertises);
  Result<std::unique_ptr<Child>> child =
      Child::Start(executor, handler_.repositories_.program(), command, directory_.get(),
                   handler_.settings_.child);
  if (!child) {
    exchange_.Annotate("fault", child.error().message);
    http::Response failure = MakeText(500, "Git cannot run here at present.");
    co_await Send(std::move(failure));
    co_return;
  }
  directory_.Close();
  if (advertises) {
    co_await Advertise(**child);
  } else {
    co_await Transfer(**child, std::move(*body));
  }
}

}  // namespace latchkey::git
