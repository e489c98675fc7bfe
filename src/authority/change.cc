#include "authority/change.h"

namespace latchkey {

Result<RecordVersion> ChangeCodec::DecodeVersion(std::string_view line) const {
  const Result<Change> change = Decode(line);
  if (!change) return std::unexpected(change.error());
  return RecordVersion{.type = TypeOf(change->record),
                       .key = KeyOf(change->record),
                       .version = VersionOf(change->record)};
}

const Mac& Chain::Extend(std::string_view line) {
  last_ = maker_.Compute(last_, line);
  return last_;
}

}  // namespace latchkey
