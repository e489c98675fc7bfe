#pragma once

#include "authority/announcer.h"
#include "http/message.h"

namespace latchkey::api {

/// Adds what is said of a revocation to a body that is an object of JSON: `effective_at`,
/// `confirmed` and `fenced`, or `in_force_by`. Any other body stays, and so does one where nothing
/// is to be said.
void AddAnnouncement(const Announcement& said, http::Response& response);

}  // namespace latchkey::api
