#include "git/request_body.h"

#include <string>

#include "base/text.h"

namespace latchkey::git {
namespace {

constexpr std::size_t kCompressedStep = 16384;

}  // namespace

Result<RequestBody> RequestBody::Create(http::Exchange& exchange, std::uint64_t size_max) {
  const http::Fields& fields = exchange.head().fields;
  const std::string_view coding = fields.Find("Content-Encoding").value_or("identity");
  const bool gzip = EqualsIgnoringCase(coding, "gzip") || EqualsIgnoringCase(coding, "x-gzip");
  const bool known = gzip || EqualsIgnoringCase(coding, "identity");
  if (!known || fields.Count("Content-Encoding") > 1) {
    return Fail(Error::Code::kInvalidArgument,
                "Send the body as it is, or with Content-Encoding: gzip.");
  }
  return RequestBody{exchange, size_max, gzip};
}

RequestBody::RequestBody(http::Exchange& exchange, std::uint64_t size_max, bool gzip)
    : exchange_(&exchange), size_left_(size_max) {
  if (!gzip) return;
  inflater_ = std::make_unique<Inflater>();
  compressed_.resize(kCompressedStep);
}

http::Awaitable<Result<std::size_t>> RequestBody::Read(std::span<char> out) {
  Result<std::size_t> size{};
  if (inflater_) {
    size = co_await ReadInflated(out);
  } else {
    size = co_await ReadPlain(out);
  }
  if (!size) co_return size;
  if (*size > size_left_) {
    co_return Fail(Error::Code::kLimitExceeded, "The request body is too large.");
  }
  size_left_ -= *size;
  co_return size;
}

http::Awaitable<Result<std::size_t>> RequestBody::ReadPlain(std::span<char> out) {
  const Result<std::size_t> size = co_await exchange_->ReadBody(out);
  connection_failed_ = !size;
  co_return size;
}

http::Awaitable<Result<std::size_t>> RequestBody::ReadInflated(std::span<char> out) {
  for (;;) {
    // Also with nothing unread: the stream may hold back output that did not fit before.
    const Result<std::size_t> size = inflater_->Take(unread_, out);
    if (!size || *size > 0) co_return size;
    const Result<std::size_t> more = co_await ReadPlain(compressed_);
    if (!more) co_return more;
    unread_ = {compressed_.data(), *more};
    if (*more > 0) continue;
    if (!inflater_->complete()) {
      co_return Fail(Error::Code::kMalformed, "the gzip stream breaks off");
    }
    co_return std::size_t{0};
  }
}

}  // namespace latchkey::git
