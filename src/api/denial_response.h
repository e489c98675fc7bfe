#pragma once

// What a client may read of a verdict and of an error: decided here and nowhere else in this
// folder.
//
// Until a client has proved that it holds a secret it is told one and the same, whatever was wrong:
// that a valid credential is needed. Two exceptions give nothing away: a mistyped credential (its
// checksum, which anybody can compute, is wrong) and a throttled client.

#include "api/problem.h"
#include "base/result.h"
#include "verify/verdict.h"

namespace latchkey::api {

/// The body of kAbsent is that of kUnknown; only the challenge differs.
[[nodiscard]] Problem ProblemFor(const Denial& denial);

/// Message and hint of errors that are about the request; of the others a fixed sentence, since
/// what failed inside is for the log alone.
[[nodiscard]] Problem ProblemFor(const Error& error);

}  // namespace latchkey::api
