#include "base/result.h"

namespace latchkey {

std::string_view CodeName(Error::Code code) {
  using enum Error::Code;
  switch (code) {
    case kMalformed: return "malformed";
    case kBadChecksum: return "bad-checksum";
    case kInvalidArgument: return "invalid-argument";
    case kNotFound: return "not-found";
    case kAlreadyExists: return "already-exists";
    case kConflict: return "conflict";
    case kPermissionDenied: return "permission-denied";
    case kLimitExceeded: return "limit-exceeded";
    case kUnavailable: return "unavailable";
    case kNoSpace: return "no-space";
    case kTampered: return "tampered";
    case kDisagreement: return "disagreement";
    case kInUse: return "in-use";
    case kIo: return "io";
    case kInternal: return "internal";
  }
  return "internal";
}

std::string Describe(const Error& error) {
  if (error.hint.empty()) return error.message;
  return error.message + "\n" + error.hint;
}

}  // namespace latchkey
