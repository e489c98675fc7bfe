#include "git/command_list.h"

#include <string>

namespace latchkey::git {

Result<void> CommandList::Take(std::string_view bytes) {
  while (!complete_ && !bytes.empty()) {
    const std::size_t before = bytes.size();
    const Result<std::optional<Pkt>> pkt = scanner_.Next(bytes);
    if (!pkt) return std::unexpected(pkt.error());
    size_ += before - bytes.size();
    if (size_ > limits_.size_max) {
      return Fail(Error::Code::kLimitExceeded, "the list of ref updates is longer than " +
                                                   std::to_string(limits_.size_max) + " bytes");
    }
    if (!*pkt) continue;
    complete_ = (*pkt)->kind == PktKind::kFlush;
    if ((*pkt)->kind == PktKind::kData) ++count_;
    if (count_ > limits_.count_max) {
      return Fail(Error::Code::kLimitExceeded,
                  "a push may update at most " + std::to_string(limits_.count_max) + " refs");
    }
  }
  return {};
}

}  // namespace latchkey::git
