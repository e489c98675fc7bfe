#include "signin/link.h"

#include <utility>

namespace latchkey {

std::string_view KindName(LinkKind kind) {
  switch (kind) {
    case LinkKind::kSetUp: return "set-up";
    case LinkKind::kInvitation: return "invitation";
    case LinkKind::kPasswordReset: return "password-reset";
  }
  std::unreachable();
}

std::optional<LinkKind> ParseLinkKind(std::string_view name) {
  for (const LinkKind kind : {LinkKind::kSetUp, LinkKind::kInvitation, LinkKind::kPasswordReset}) {
    if (name == KindName(kind)) return kind;
  }
  return std::nullopt;
}

std::chrono::seconds LifetimeOf(LinkKind kind) {
  switch (kind) {
    case LinkKind::kSetUp: return std::chrono::days{1};
    case LinkKind::kInvitation: return std::chrono::days{7};
    case LinkKind::kPasswordReset: return std::chrono::hours{1};
  }
  std::unreachable();
}

}  // namespace latchkey
