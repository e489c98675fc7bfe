#pragma once

// What the pages are told about who is signed in.

#include <string_view>

#include "api/services.h"
#include "problem/json_text.h"

namespace latchkey::api {

/// {"signed_in":false,"sign_in":{…}}: the ways that there are.
[[nodiscard]] Json SignedOutJson(const Services& services);

/// {"signed_in":true,…}: session, account, how it can prove itself again, policy, second step.
[[nodiscard]] Json SignedInJson(const Services& services, const Session& session,
                                const Account& account, Instant reauthenticate_after);
[[nodiscard]] Json SignedInJson(const Services& services, const LiveSession& live);

/// {"id","name","address",…,"current"}
[[nodiscard]] Json SessionJson(const Session& session, Instant last_seen_at, bool current);

/// {"id","email","username","display_name","kind","state","admin","created_at"}
[[nodiscard]] Json AccountJson(const Account& account);

}  // namespace latchkey::api
