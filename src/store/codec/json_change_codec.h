#pragma once

// A change as one line of JSON, the form that docs/operating.md describes for the audit journal:
//
//     {"seq":7,"batch":3,"at":"2026-11-24T09:00:00Z","action":"credential.revoke","actor":"cli:root",
//      "origin":"","request_id":"","note":"left the team","type":"credential","record":{…}}
//
// The members stand in this order, without spaces, so that a change has one line and a line can be
// searched by simple tools. `seq` and `batch` stand first: the journal reads them without parsing
// the rest.
//
// Thread safety: stateless.

#include <string>
#include <string_view>

#include "authority/change.h"

namespace latchkey {

class JsonChangeCodec final : public ChangeCodec {
 public:
  [[nodiscard]] std::string Encode(const Change& change) const override;

  /// Accepts exactly what Encode() returns: no other order, spacing, spelling or member.
  /// Errors: kMalformed.
  [[nodiscard]] Result<Change> Decode(std::string_view line) const override;

  /// Of a line that Encode() made, which the caller knows from its MAC; of others it does not see
  /// all that is wrong. Costs a search in the text, not a parse.
  [[nodiscard]] Result<RecordVersion> DecodeVersion(std::string_view line) const override;
};

}  // namespace latchkey
