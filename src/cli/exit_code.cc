#include "cli/exit_code.h"

namespace latchkey::cli {

ExitCode ExitCodeFor(Error::Code code) {
  switch (code) {
    case Error::Code::kNotFound: return kNotFound;
    case Error::Code::kMalformed:
    case Error::Code::kBadChecksum:
    case Error::Code::kInvalidArgument:
    case Error::Code::kPermissionDenied:
    case Error::Code::kLimitExceeded: return kRefused;
    case Error::Code::kAlreadyExists:
    case Error::Code::kConflict: return kExists;
    case Error::Code::kInUse: return kNoInstallation;
    case Error::Code::kTampered:
    case Error::Code::kDisagreement: return kTampered;
    case Error::Code::kUnavailable:
    case Error::Code::kNoSpace:
    case Error::Code::kIo:
    case Error::Code::kInternal: return kFailure;
  }
  return kFailure;
}

ExitCode ExitCodeForStart(Error::Code code) {
  const ExitCode plain = ExitCodeFor(code);
  if (plain == kTampered) return kTampered;
  const bool bad_setting = code == Error::Code::kInvalidArgument || code == Error::Code::kMalformed;
  return bad_setting ? kRefused : kNoInstallation;
}

std::string_view ExitCodeHelp() {
  return "Exit status:\n"
         "  0  done\n"
         "  1  failed: a full disk, a broken connection; the outcome may be unknown\n"
         "  2  the command line is wrong\n"
         "  3  no such account, workspace, repository, credential, app or file\n"
         "  4  refused: bad input, above policy, not allowed\n"
         "  5  the name is taken, or the record changed meanwhile\n"
         "  6  the data directory or its server cannot be reached\n"
         "  7  journal and database disagree, or something was tampered with\n"
         "  8  inspect: the checksum is wrong\n";
}

}  // namespace latchkey::cli
