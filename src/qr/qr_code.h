#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace latchkey {

/// A QR code (ISO/IEC 18004, error correction M) of `text`, as one line of SVG that may stand in a
/// page: dark on white whatever the page's colours are, with the quiet zone of four modules that
/// readers need, no size of its own, no script, no style and no identifier. `title` is what screen
/// readers say. The answer shows what `text` holds, so it is a secret where `text` is one.
/// Errors: kLimitExceeded if `text` has more than 1,000 bytes.
[[nodiscard]] Result<SecretString> QrSvg(const SecretString& text, std::string_view title);

}  // namespace latchkey
