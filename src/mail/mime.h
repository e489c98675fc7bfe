#pragma once

// Letters as bytes: RFC 5322 with RFC 2045 to 2047. Lines end in CRLF and have at most 76
// characters (78 in headers); all of it is ASCII, whatever the texts hold, and no text can begin a
// header.

#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "base/secret.h"
#include "mail/message.h"

namespace latchkey::mail {

struct Sender {
  std::string address;
  std::string name;  ///< UTF-8; may be empty.
};

/// multipart/alternative, text/plain first. `unique` is 1 to 64 letters and digits that no other
/// letter has. Errors: kInvalidArgument for an address or subject that no header can hold.
[[nodiscard]] Result<SecretString> FormatMessage(const Sender& from, const Message& message,
                                                 Instant date, std::string_view unique);

/// `Fri, 04 Dec 2026 09:05:00 +0000`.
[[nodiscard]] std::string FormatDateHeader(Instant date);

/// As it stands if it is ASCII of at most 60 characters without `=?`, else encoded words
/// (RFC 2047) of at most 75, folded. Characters are not torn apart.
[[nodiscard]] std::string EncodeHeaderText(std::string_view text);

/// RFC 2045 section 6.7; any line break becomes CRLF.
[[nodiscard]] std::string EncodeQuotedPrintable(std::string_view text);

}  // namespace latchkey::mail
