#pragma once

// Which form of a file a client takes. Pure.

#include <cstdint>
#include <string_view>

namespace latchkey::web {

enum class Coding : std::uint8_t { kIdentity, kGzip, kBrotli };

/// The best of what `accept_encoding` allows (RFC 9110 section 12.5.3): Brotli before gzip before
/// neither. What cannot be read allows nothing.
[[nodiscard]] Coding BestCoding(std::string_view accept_encoding, bool has_gzip, bool has_brotli);

/// `br`, `gzip`; empty for kIdentity.
[[nodiscard]] std::string_view CodingName(Coding coding);

/// Whether `accept` (RFC 9110 section 12.5.1) names text/html: a browser that goes somewhere does;
/// scripts and other programs take anything, and ask for it in no particular form.
[[nodiscard]] bool AsksForHtml(std::string_view accept);

/// Whether `if_none_match` names `etag` (with its quotes), compared weakly (RFC 9110 section
/// 13.1.2).
[[nodiscard]] bool Matches(std::string_view if_none_match, std::string_view etag);

/// `text/javascript; charset=utf-8` for `a/b.js`; `application/octet-stream` for what is not known.
[[nodiscard]] std::string_view MediaTypeOf(std::string_view path);

}  // namespace latchkey::web
