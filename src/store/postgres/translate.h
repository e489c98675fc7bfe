#pragma once

#include <string_view>

#include "base/result.h"

namespace latchkey::postgres {

/// What an SQLSTATE (PostgreSQL's documentation, appendix A) means, in words that hold no value of
/// any row. `doing`: "be written".
///   53100                            kNoSpace
///   23505                            kAlreadyExists
///   XX001, XX002                     kTampered
///   no connection, no primary, no lock, no time, no memory, another transaction in between
///                                    kUnavailable
///   anything else                    kIo
[[nodiscard]] Error Translate(std::string_view sqlstate, std::string_view doing);

/// Whether after this answer to COMMIT the changes may have been made all the same.
[[nodiscard]] bool LeavesOutcomeOpen(std::string_view sqlstate);

}  // namespace latchkey::postgres
