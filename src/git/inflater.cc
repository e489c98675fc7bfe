#include "git/inflater.h"

#include <zlib.h>

#include <algorithm>
#include <limits>

namespace latchkey::git {
namespace {

// Largest window, and gzip framing alone (zlib.h, inflateInit2).
constexpr int kGzipWindowBits = 15 + 16;

uInt Clamp(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, std::numeric_limits<uInt>::max()));
}

std::unexpected<Error> NotGzip() {
  return Fail(Error::Code::kMalformed,
              "the body is not the gzip stream that Content-Encoding says");
}

}  // namespace

struct Inflater::Stream {
  z_stream z{};
};

Inflater::Inflater() : stream_(std::make_unique<Stream>()) {
  usable_ = ::inflateInit2(&stream_->z, kGzipWindowBits) == Z_OK;
}

Inflater::~Inflater() {
  if (usable_) ::inflateEnd(&stream_->z);
}

Result<std::size_t> Inflater::Take(std::string_view& input, std::span<char> out) {
  if (!usable_) return Fail(Error::Code::kUnavailable, "no memory to inflate with");
  if (complete_ && !input.empty()) return NotGzip();
  z_stream& z = stream_->z;
  const uInt input_size = Clamp(input.size());
  const uInt out_size = Clamp(out.size());
  // zlib reads only; its interface is older than const.
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  z.avail_in = input_size;
  z.next_out = reinterpret_cast<Bytef*>(out.data());
  z.avail_out = out_size;
  const int status = ::inflate(&z, Z_NO_FLUSH);
  if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) return NotGzip();
  complete_ = status == Z_STREAM_END;
  input.remove_prefix(input_size - z.avail_in);
  if (complete_ && !input.empty()) return NotGzip();
  return out_size - z.avail_out;
}

}  // namespace latchkey::git
