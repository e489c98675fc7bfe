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
/// Texts are copied and compared on the way: so many bytes of one are as good as one part.
constexpr std::size_t kBytesOfAPart = 64;

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

OrFault<std::optional<Cursor>> Cursor::Resolve(std::string_view fragment, Budget& budget) const {
  Cursor place{*document_, document_->root(), ""};
  while (!fragment.empty()) {
    if (fragment.front() != '/') return std::nullopt;
    fragment.remove_prefix(1);
    const std::string token = UnescapedToken(fragment.substr(0, fragment.find('/')));
    fragment.remove_prefix(std::min(fragment.find('/'), fragment.size()));
    const Document::Found found = document_->LookUp(*place.node_, token);
    const std::size_t bytes = token.size() + place.pointer_.size();
    if (OrFault<void> spent = budget.Spend(*this, 1 + found.compared + bytes / kBytesOfAPart);
        !spent) {
      return std::unexpected(spent.error());
    }
    if (place.Is(Node::Kind::kSequence)) {
      const std::optional<std::size_t> index = IndexOf(token);
      if (!index || *index >= place.size()) return std::nullopt;
      place = place.At(*index);
      continue;
    }
    if (found.node == nullptr || found.node->kind == Node::Kind::kNull) return std::nullopt;
    place = Cursor{*document_, *found.node, place.pointer_ + "/" + PointerToken(token)};
  }
  return place;
}

OrFault<void> Budget::Spend(const Cursor& place) {
  // Whoever walks the members copies the pointer for each.
  return Spend(place, (place.size() + 1) * (1 + place.pointer().size() / (4 * kBytesOfAPart)));
}

OrFault<void> Budget::Spend(const Cursor& place, std::size_t steps) {
  spent_ += steps;
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

OrFault<void> RefuseReference(const Cursor& place) {
  const std::optional<Cursor> reference = place.Find("$ref");
  if (!reference) return {};
  return std::unexpected(reference->Wrong("a $ref cannot stand here; write out what it names"));
}

OrFault<Cursor> FollowReferences(Cursor place, Budget& budget) {
  for (int i = 0; i < kReferencesMax; ++i) {
    const std::optional<Cursor> reference = place.Find("$ref");
    if (!reference) return place;
    if (!reference->Is(Node::Kind::kString))
      return std::unexpected(reference->Wrong("it is not a text"));
    const std::string_view target = reference->node().text;
    if (!target.starts_with('#')) {
      return std::unexpected(reference->Wrong(
          "other files are not followed: bundle them into one document, with $ref: '#/...'"));
    }
    if (OrFault<void> spent = budget.Spend(*reference, target.size() / kBytesOfAPart); !spent) {
      return std::unexpected(spent.error());
    }
    OrFault<std::optional<Cursor>> next = reference->Resolve(target.substr(1), budget);
    if (!next) return std::unexpected(next.error());
    if (!*next) return std::unexpected(reference->Wrong("it names nothing in this document"));
    place = std::move(**next);
  }
  return std::unexpected(place.Wrong("references lead on and on"));
}

}  // namespace latchkey::openapi
