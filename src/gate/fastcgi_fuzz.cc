// Properties: how the bytes were cut does not change what is read; what is read is bounded, and its
// pairs lie within it.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gate/fastcgi.h"

namespace {

using latchkey::gate::FastCgiParams;
using latchkey::gate::FastCgiRequest;

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  FastCgiRequest request;
  const auto used = latchkey::gate::ReadFastCgiRequest(bytes, request);
  if (!used || *used == 0) return 0;
  Require(*used <= bytes.size());
  Require(request.params.size() <= latchkey::gate::kFastCgiRequestMax);
  FastCgiRequest again;
  Require(latchkey::gate::ReadFastCgiRequest(std::string_view{bytes}.substr(0, *used), again) ==
          used);
  Require(again.params == request.params && again.id == request.id && again.role == request.role);
  Require(latchkey::gate::ReadFastCgiRequest(std::string_view{bytes}.substr(0, *used - 1), again) ==
          0U);
  FastCgiParams params(request.params);
  std::size_t total = 0;
  while (const auto pair = params.Next()) total += pair->name.size() + pair->value.size();
  Require(total <= request.params.size());
  std::string out;
  latchkey::gate::AppendFastCgiAnswer(request.id, request.params, out);
  Require(out.size() >= request.params.size() + 24);
  return 0;
}
