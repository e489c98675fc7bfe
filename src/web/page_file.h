#pragma once

// The files of the built pages, as the program carries them.

#include <span>
#include <string_view>

namespace latchkey::web {

struct PageFile {
  std::string_view path;  ///< Below the pages' root: `index.html`, `assets/index-1a2b3c.js`.
  std::string_view hash;  ///< Of its bytes: what names this version of it.
  std::string_view bytes;
  std::string_view gzip;    ///< The same, compressed; empty: it is not worth it.
  std::string_view brotli;  ///< Likewise.
};

/// Empty where the program was built without its pages.
[[nodiscard]] std::span<const PageFile> BuiltPages();

}  // namespace latchkey::web
