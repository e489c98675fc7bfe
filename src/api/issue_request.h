#pragma once

// What a client asks for when it creates a credential.
//
//     {"name": "deploy", "app": "bitbucket", "scopes": ["read:repository:bitbucket"],
//      "expires_at": "2027-03-31" | "ttl": 3600}

#include "api/json_body.h"
#include "authority/credential_authority.h"
#include "http/message.h"

namespace latchkey::api {

/// Reads the body and the Idempotency-Key field into a request for `account`. Only the form is
/// checked here; what is acceptable is the authority's to decide. Problems: kUnknownMember,
/// kInvalidValue, and kMalformed for more than one Idempotency-Key.
[[nodiscard]] OrProblem<IssueRequest> ReadIssueRequest(const JsonBody& body,
                                                       const http::Fields& fields,
                                                       CredentialKind kind,
                                                       const AccountId& account, Instant now);

}  // namespace latchkey::api
