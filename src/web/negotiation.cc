#include "web/negotiation.h"

#include <algorithm>
#include <array>
#include <ranges>
#include <utility>

#include "base/text.h"

namespace latchkey::web {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Whether a member's parameters hold a weight of zero: `;q=0`, `; q=0.000`.
bool IsRefused(std::string_view parameters) {
  const std::string_view weight = Trimmed(parameters);
  if (!weight.starts_with("q=") && !weight.starts_with("Q=")) return false;
  const std::string_view number = weight.substr(2);
  return !number.empty() && number.find_first_not_of("0.") == std::string_view::npos;
}

/// Whether a list of what a client takes has `name` in it, with a weight above zero.
bool Allows(std::string_view list, std::string_view name) {
  for (const auto part : std::views::split(list, ',')) {
    const std::string_view member{part.begin(), part.end()};
    const std::size_t semicolon = std::min(member.find(';'), member.size());
    if (!EqualsIgnoringCase(Trimmed(member.substr(0, semicolon)), name)) continue;
    return semicolon == member.size() || !IsRefused(member.substr(semicolon + 1));
  }
  return false;
}

}  // namespace

Coding BestCoding(std::string_view accept_encoding, bool has_gzip, bool has_brotli) {
  if (has_brotli && Allows(accept_encoding, CodingName(Coding::kBrotli))) return Coding::kBrotli;
  if (has_gzip && Allows(accept_encoding, CodingName(Coding::kGzip))) return Coding::kGzip;
  return Coding::kIdentity;
}

std::string_view CodingName(Coding coding) {
  switch (coding) {
    case Coding::kIdentity: return "";
    case Coding::kGzip: return "gzip";
    case Coding::kBrotli: return "br";
  }
  std::unreachable();
}

bool AsksForHtml(std::string_view accept) { return Allows(accept, "text/html"); }

bool Matches(std::string_view if_none_match, std::string_view etag) {
  for (const auto part : std::views::split(if_none_match, ',')) {
    std::string_view member = Trimmed({part.begin(), part.end()});
    if (member == "*") return true;
    if (member.starts_with("W/")) member.remove_prefix(2);
    if (!member.empty() && member == etag) return true;
  }
  return false;
}

std::string_view MediaTypeOf(std::string_view path) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 11> kTypes{{
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".svg", "image/svg+xml; charset=utf-8"},
      {".png", "image/png"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".json", "application/json"},
      {".webmanifest", "application/manifest+json"},
      {".txt", "text/plain; charset=utf-8"},
      {".map", "application/json"},
  }};
  for (const auto& [ending, type] : kTypes) {
    if (path.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

}  // namespace latchkey::web
