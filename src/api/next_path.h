#pragma once

#include <string>
#include <string_view>

namespace latchkey::api {

/// `next` if it is a path of our own pages, else `/`. Browsers read some spellings of a path as the
/// name of another host, so a path here is `/`, then letters, digits and a few marks; without `//`,
/// `\`, dots segments, percent signs, and anything that is not ASCII. Its query may have `+` and
/// percent-encoded bytes, as a link into the wizard has, and stays as it is. Pure.
[[nodiscard]] std::string SafeNext(std::string_view next);

}  // namespace latchkey::api
