#pragma once

#include "authority/sign_in_result.h"
#include "problem/problem.h"

namespace latchkey::api {

/// What a client may read of a refusal: decided here alone. Of one about who somebody is, the same
/// whatever was wrong.
[[nodiscard]] Problem ProblemFor(const SignInRefusal& refusal);

}  // namespace latchkey::api
