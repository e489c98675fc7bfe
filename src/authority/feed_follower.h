#pragma once

// How far this process has come in the one sequence of changes, and how it goes on: by its own, and
// by those that other processes made in a store which several write to.
//
//     head ── the lines after our position ── each continues the chain? ── Journal::Append
//                                                              ── ChangeSink::Apply ── position
//
// The lines, their numbers and their MACs are the same for everybody, so that each process keeps a
// journal of its own with the very same lines.
//
// A database whose head is behind our position is refused, and asked again: a primary that was
// deposed looks like that for a moment, and an old backup for good. One that holds another change
// under the same number has another history: nothing more is taken from it until a restart.
//
// Thread safety: one thread.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "authority/change.h"
#include "authority/change_sink.h"
#include "authority/journal.h"
#include "authority/store.h"

namespace latchkey {

class FeedFollower {
 public:
  /// All outlive the follower.
  struct Parts {
    const Store& store;
    Journal& journal;
    const ChangeCodec& codec;
    const SecretKey& journal_key;
    ChangeSink& sink;
  };

  /// `position`: what journal and memory hold.
  FeedFollower(const Parts& parts, const ChangeHead& position)
      : parts_(parts), position_(position) {}

  [[nodiscard]] const ChangeHead& position() const { return position_; }

  /// Takes in what stands between our position and `head`, which the store said a moment ago.
  /// Errors: kDisagreement: the database is behind, or broken() from then on; kUnavailable: the
  /// journal cannot be written, and broken(); kMalformed (a change is none that this program
  /// knows); kNoSpace; as Store::ReadChanges. Whatever it took in before the error stays.
  [[nodiscard]] Result<void> CatchUp(const ChangeHead& head);

  /// Appends lines that this process made, which continue the position, to the journal; telling
  /// memory is the caller's. Errors: as Journal::Append, and broken().
  [[nodiscard]] Result<void> Keep(std::span<const ChangeLine> lines);

  /// Remembers that nothing more may be taken in or written until a restart.
  std::unexpected<Error> Break(Error error);
  /// Why not, if so.
  [[nodiscard]] const std::optional<Error>& broken() const { return broken_; }

 private:
  class Intake;

  [[nodiscard]] Result<void> TakeUpTo(std::uint64_t seq);

  const Parts parts_;
  ChangeHead position_;
  std::optional<Error> broken_;
};

}  // namespace latchkey
