#pragma once

// What a client may read of a verdict and of an error: decided here and nowhere else in this
// folder.
//
// Until a client has proved that it holds a secret it is told one and the same, whatever was wrong:
// that a valid credential is needed. Two exceptions give nothing away: a mistyped credential (its
// checksum, which anybody can compute, is wrong) and a throttled client.

#include "base/result.h"
#include "problem/problem.h"
#include "verify/decision.h"
#include "verify/verdict.h"

namespace latchkey {

/// The body of kAbsent is that of kUnknown; only the challenge differs.
[[nodiscard]] Problem ProblemFor(const Denial& denial);

/// Of a decision that denies; the guard under which it was made must still live.
[[nodiscard]] Problem ProblemFor(const Decision& decision, const Requirement& requirement);

/// Message and hint of errors that are about the request; of the others a fixed sentence, since
/// what failed inside is for the log alone.
[[nodiscard]] Problem ProblemFor(const Error& error);

}  // namespace latchkey
