#pragma once

// Changes: what is written, and the line that the change log and the audit journal both keep of it.
//
//     line = {"seq":7,"batch":3,"at":"…","action":"credential.revoke",…,"record":{…}}   from a
//     ChangeCodec mac(n) = HMAC-SHA-256(journal key, mac(n-1) | line(n)),  mac(0) = 32 zero bytes
//
// A line holds the record's full new state with its version, so that applying it twice is harmless
// and a lost change can be made again from the journal.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "authority/record.h"
#include "base/instant.h"
#include "base/result.h"
#include "crypto/digest.h"
#include "crypto/mac.h"

namespace latchkey {

/// Who changed what, from where: the audit part.
struct ChangeInfo {
  std::string action;      ///< `credential.issue`, `credential.revoke`, `account.suspend` …
  std::string actor;       ///< `cli:root`, `account:<id>`, `credential:<id>`.
  std::string origin;      ///< Client address; empty for the command line.
  std::string request_id;  ///< Empty for the command line.
  std::string note;        ///< A reason that somebody gave.
};

/// An idempotency key that a client chose for one creation. The same account and key never create
/// two records.
struct IdempotencyClaim {
  AccountId account;
  std::string key;  ///< 1 to 255 bytes of printable ASCII.
  Digest
      fingerprint;  ///< Of what was asked for, so that the same key for something else is noticed.
  Instant expires_at;  ///< Until when the key is remembered, at least.
};

/// One change to make: `record` replaces the version before it (version 1: there must be none).
struct Write {
  Record record;
  ChangeInfo info;
  std::optional<IdempotencyClaim> claim;
  /// The credential that asks for it, if one does: it must still be in force when the change is
  /// made.
  std::optional<CredentialId> on_behalf_of = {};
  /// Likewise the session, by its id; empty: none.
  std::string on_behalf_of_session = {};
};

struct Change {
  std::uint64_t seq;    ///< 1, 2, 3 … without gaps.
  std::uint64_t batch;  ///< Changes that became durable together share it.
  Instant at;
  ChangeInfo info;
  Record record;
};

/// A change as it is kept.
struct ChangeLine {
  std::uint64_t seq;
  std::uint64_t batch;
  std::string text;  ///< One line, without line break.
  Mac mac;
};

/// Where the changes end: number, batch and MAC of the last one; zeros if there is none.
struct ChangeHead {
  std::uint64_t seq = 0;
  std::uint64_t batch = 0;
  Mac mac{};

  friend bool operator==(const ChangeHead&, const ChangeHead&) = default;
};

struct RecordVersion {
  RecordType type;
  std::string key;
  std::uint64_t version;
};

/// Turns changes into lines and back. The one implementation is JSON: store/codec/.
class ChangeCodec {
 public:
  virtual ~ChangeCodec() = default;
  [[nodiscard]] virtual std::string Encode(const Change& change) const = 0;
  /// Errors: kMalformed.
  [[nodiscard]] virtual Result<Change> Decode(std::string_view line) const = 0;
  /// As Decode, but only which record became which version: the start asks it of every line.
  [[nodiscard]] virtual Result<RecordVersion> DecodeVersion(std::string_view line) const;
};

/// The chain of MACs, as far as it has come.
class Chain {
 public:
  /// `journal_key` outlives it.
  explicit Chain(const SecretKey& journal_key) : maker_(journal_key) {}
  Chain(const SecretKey& journal_key, const Mac& last) : maker_(journal_key), last_(last) {}

  [[nodiscard]] const Mac& last() const { return last_; }
  /// Adds a line and returns its MAC.
  const Mac& Extend(std::string_view line);

 private:
  MacMaker maker_;
  Mac last_{};
};

}  // namespace latchkey
