// Lines of the change log: what is read is written to the same line, and the quick look at a line
// sees the same record and version.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "store/codec/json_change_codec.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view line{reinterpret_cast<const char*>(data), size};
  const latchkey::JsonChangeCodec codec;
  const latchkey::Result<latchkey::RecordVersion> version = codec.DecodeVersion(line);
  const latchkey::Result<latchkey::Change> change = codec.Decode(line);
  if (!change) return 0;
  Require(codec.Encode(*change) == line);
  Require(version.has_value() && version->version == latchkey::VersionOf(change->record));
  Require(version->type == latchkey::TypeOf(change->record));
  Require(version->key == latchkey::KeyOf(change->record));
  return 0;
}
