#pragma once

#include "cli/session.h"

namespace latchkey::cli {

/// Prints a fresh credential from the answer of a create method: its secret on a line of its own,
/// and under it what to do with it. The commands that a shell keeps in its history ask for the
/// secret; the ones that hold it are marked as such. Only what works with what was granted is
/// printed: nothing of git's for a credential that cannot clone.
void PrintInstructions(const Session& session, const Json& issued);

}  // namespace latchkey::cli
