// The part of GitRequest that moves bytes.

#include <algorithm>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "git/command_list.h"
#include "git/git_request.h"
#include "git/pkt_line.h"

namespace latchkey::git {
namespace {

constexpr std::size_t kBodyStep = std::size_t{128} << 10;
constexpr std::size_t kOutputStep = std::size_t{256} << 10;
// An advertisement up to this size goes out as a whole, so that what goes wrong gets its status.
constexpr std::size_t kAdvertisementStep = std::size_t{64} << 10;

std::string AdvertisementPrefix(GitService service, int version) {
  // Version 2 announces itself in its first packet (gitprotocol-http(5), gitprotocol-v2(5)).
  if (service == GitService::kUploadPack && version == 2) return {};
  const std::string line = "# service=" + std::string{ServiceName(service)} + "\n";
  return FormatPkt({.kind = PktKind::kData, .payload = line}) +
         FormatPkt({.kind = PktKind::kFlush, .payload = {}});
}

std::string MediaType(GitService service, std::string_view what) {
  return std::string{"application/x-"}.append(ServiceName(service)).append("-").append(what);
}

http::Fields StreamFields(std::string_view type) {
  http::Fields fields;
  fields.Set("Content-Type", std::string{type});
  fields.Set("Cache-Control", "no-store");
  return fields;
}

/// The status for a body that was refused for what it holds.
int BodyStatus(const Error& error) { return error.code == Error::Code::kLimitExceeded ? 413 : 400; }

/// Whether git gave up over what the client sent. These are its words under LC_ALL=C.
bool BlamesClient(std::string_view git_error) {
  return git_error.contains("protocol error") || git_error.contains("hung up unexpectedly");
}

}  // namespace

void GitRequest::Note(const Child& child, std::string_view fault) {
  exchange_.Annotate("fault", fault);
  if (!child.error_text().empty()) exchange_.Annotate("git", child.error_text());
}

Awaitable<void> GitRequest::AnswerFailure(Child& child, std::string_view reason) {
  co_await child.Stop();
  Note(child, reason);
  http::Response failure = BlamesClient(child.error_text())
                               ? MakeText(400, "The request does not follow Git's protocol.")
                               : MakeText(500, "Git could not read or change the repository.");
  co_await Send(std::move(failure));
}

Awaitable<void> GitRequest::ReplyWhole(Child& child, std::string_view type, std::string body) {
  const Exit exit = co_await child.Wait();
  if (!exit.ok()) {
    co_await AnswerFailure(child, "git failed");
    co_return;
  }
  http::Response response;
  response.fields = StreamFields(type);
  response.body = std::move(body);
  co_await Send(std::move(response));
}

Awaitable<void> GitRequest::Advertise(Child& child) {
  child.CloseInput();
  std::vector<char> buffer(kAdvertisementStep);
  std::size_t size = 0;
  while (size < buffer.size()) {
    const std::span<char> room = std::span(buffer).subspan(size);
    const Result<std::size_t> read = co_await child.Read(room);
    if (!read) {
      co_await AnswerFailure(child, read.error().message);
      co_return;
    }
    if (*read == 0) break;
    size += *read;
  }
  const std::string type = MediaType(service_, "advertisement");
  const std::string prefix =
      AdvertisementPrefix(service_, ParseGitProtocol(exchange_.head().fields));
  if (size < buffer.size()) {
    std::string body = prefix + std::string(buffer.data(), size);
    co_await ReplyWhole(child, type, std::move(body));
    co_return;
  }
  co_await Stream(child, type, prefix, std::move(buffer), size);
}

Awaitable<void> GitRequest::Transfer(Child& child, RequestBody body) {
  if (!co_await Feed(child, body)) co_return;
  const std::string type = MediaType(service_, "result");
  std::vector<char> buffer(kOutputStep);
  // Nothing is said before git has said something: until then a failure can have its own status.
  const Result<std::size_t> first = co_await child.Read(buffer);
  if (!first) {
    co_await AnswerFailure(child, first.error().message);
    co_return;
  }
  if (*first == 0) {
    co_await ReplyWhole(child, type, std::string{});
    co_return;
  }
  co_await Stream(child, type, {}, std::move(buffer), *first);
}

Awaitable<bool> GitRequest::Refuse(Child& child, const RequestBody& body, const Error& error) {
  co_await child.Stop();
  Note(child, error.message);
  // The server itself answers for the connection.
  if (body.connection_failed()) co_return false;
  http::Response refusal = MakeText(BodyStatus(error), error.message);
  co_await Send(std::move(refusal));
  co_return false;
}

Awaitable<bool> GitRequest::Hand(Child& child, std::span<const char> bytes) {
  std::optional<http::Response> denial = Recheck();
  if (denial) {
    co_await child.Stop();
    co_await Send(std::move(*denial));
    co_return false;
  }
  // What git does not want is read all the same, so that its answer finds a client that listens.
  if (!child_wants_more_) co_return true;
  const Result<void> written = co_await child.Write(bytes);
  if (written) co_return true;
  child_wants_more_ = false;
  if (written.error().code == Error::Code::kNotFound) co_return true;
  co_await AnswerFailure(child, written.error().message);
  co_return false;
}

Awaitable<bool> GitRequest::Feed(Child& child, RequestBody& body) {
  CommandList commands{handler_.settings_.commands};
  // The newest piece is held back: git gets the last one only after the body has ended as it
  // should.
  std::vector<char> held(kBodyStep);
  std::vector<char> fresh(kBodyStep);
  std::size_t held_size = 0;
  for (;;) {
    const Result<std::size_t> size = co_await body.Read(fresh);
    if (!size) co_return co_await Refuse(child, body, size.error());
    if (*size == 0) break;
    if (service_ == GitService::kReceivePack) {
      const Result<void> taken = commands.Take({fresh.data(), *size});
      if (!taken) co_return co_await Refuse(child, body, taken.error());
    }
    if (held_size > 0) {
      const bool handed = co_await Hand(child, std::span(held).first(held_size));
      if (!handed) co_return false;
    }
    std::swap(held, fresh);
    held_size = *size;
  }
  const bool handed = co_await Hand(child, std::span(held).first(held_size));
  child.CloseInput();
  co_return handed;
}

Awaitable<bool> GitRequest::Pass(Child& child, std::vector<char>& buffer, std::size_t size) {
  const bool reads = service_ == GitService::kUploadPack;
  bool client_listens = true;
  while (size > 0) {
    if (client_listens) {
      const Result<void> written = co_await exchange_.Write(std::span(buffer).first(size));
      client_listens = written.has_value();
    }
    // A push has been decided by now: it is ended neither by its client nor by its credential, so
    // that no update breaks off half-way. A download is.
    if (reads && (!client_listens || RecheckAfterAWhile())) co_return false;
    const Result<std::size_t> read = co_await child.Read(buffer);
    if (!read) co_return false;
    size = *read;
  }
  co_return client_listens;
}

Awaitable<void> GitRequest::Stream(Child& child, std::string_view type, std::string_view prefix,
                                   std::vector<char> buffer, std::size_t size) {
  http::Fields fields = StreamFields(type);
  Result<void> ignored = co_await exchange_.StartStream(200, std::move(fields));
  // After a failure the next Write() fails too.
  if (!prefix.empty()) ignored = co_await exchange_.Write(prefix);
  const bool passed = co_await Pass(child, buffer, size);
  if (!passed && service_ == GitService::kUploadPack) co_await child.Stop();
  const Exit exit = co_await child.Wait();
  if (!exit.ok() && passed) Note(child, exit.killed ? "git was killed" : "git failed");
  // What git says of its own failures stands in the stream. When it could not, the client must see
  // that the answer is broken.
  if (exit.killed || !passed) {
    exchange_.Abort();
    co_return;
  }
  ignored = co_await exchange_.FinishStream();
  static_cast<void>(ignored);
}

}  // namespace latchkey::git
