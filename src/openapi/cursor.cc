#include "openapi/cursor.h"

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

#include "operation/decoded.h"

namespace latchkey::openapi {
namespace {

constexpr int kReferencesMax = 16;
constexpr std::size_t kPartsWalkedMax = 4'000'000;

/// One token of a pointer in a fragment: percent-decoded, then `~1` and `~0` (RFC 6901 section 6).
std::string UnescapedToken(std::string_view token) {
  const std::string plain = Decoded(token);
  std::string text;
  for (std::size_t i = 0; i < plain.size(); ++i) {
    const char next = plain[i] == '~' && i + 1 < plain.size() ? plain[i + 1] : '\0';
    if (next == '0' || next == '1') {
      text += next == '0' ? '~' : '/';
      ++i;
    } else {
      text += plain[i];
    }
  }
  return text;
}

std::optional<std::size_t> IndexOf(std::string_view token) {
  std::size_t index = 0;
  const char* const end = token.data() + token.size();
  const auto [stop, error] = std::from_chars(token.data(), end, index);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return index;
}

}  // namespace

std::optional<Cursor> Cursor::Find(std::string_view key) const {
  const Node* found = document_->Find(*node_, key);
  if (found == nullptr || found->kind == Node::Kind::kNull) return std::nullopt;
  return Cursor{*document_, *found, pointer_ + "/" + PointerToken(key)};
}

Cursor Cursor::At(std::size_t index) const {
  const Member& member = node_->members[index];
  const std::string token =
      node_->kind == Node::Kind::kMapping ? PointerToken(member.key) : std::to_string(index);
  return {*document_, document_->node(member.node), pointer_ + "/" + token};
}

std::optional<Cursor> Cursor::Resolve(std::string_view reference) const {
  if (!reference.starts_with('#')) return std::nullopt;
  reference.remove_prefix(1);
  Cursor place{*document_, document_->root(), ""};
  while (!reference.empty()) {
    if (reference.front() != '/') return std::nullopt;
    reference.remove_prefix(1);
    const std::string token = UnescapedToken(reference.substr(0, reference.find('/')));
    reference.remove_prefix(std::min(reference.find('/'), reference.size()));
    if (place.Is(Node::Kind::kSequence)) {
      const std::optional<std::size_t> index = IndexOf(token);
      if (!index || *index >= place.size()) return std::nullopt;
      place = place.At(*index);
    } else {
      std::optional<Cursor> next = place.Find(token);
      if (!next) return std::nullopt;
      place = std::move(*next);
    }
  }
  return place;
}

OrFault<void> Budget::Spend(const Cursor& place) {
  spent_ += place.size() + 1;
  if (spent_ <= kPartsWalkedMax) return {};
  return std::unexpected(place.Wrong("with its aliases and references the document is too large",
                                     Error::Code::kLimitExceeded));
}

OrFault<void> RequireMapping(const Cursor& place) {
  if (place.Is(Node::Kind::kMapping)) return {};
  return std::unexpected(place.Wrong("it is not a mapping"));
}

OrFault<void> RequireSequence(const Cursor& place) {
  if (place.Is(Node::Kind::kSequence)) return {};
  return std::unexpected(place.Wrong("it is not a list"));
}

OrFault<std::string> RequireText(const Cursor& place) {
  if (place.Is(Node::Kind::kString)) return place.node().text;
  return std::unexpected(place.Wrong("it is not a text"));
}

OrFault<Cursor> FollowReferences(Cursor place) {
  for (int i = 0; i < kReferencesMax; ++i) {
    const std::optional<Cursor> reference = place.Find("$ref");
    if (!reference) return place;
    const OrFault<std::string> target = RequireText(*reference);
    if (!target) return std::unexpected(target.error());
    std::optional<Cursor> next = place.Resolve(*target);
    if (!next) return std::unexpected(reference->Wrong("it names nothing in this document"));
    place = std::move(*next);
  }
  return std::unexpected(place.Wrong("references lead on and on"));
}

}  // namespace latchkey::openapi
