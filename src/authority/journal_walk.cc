#include "authority/journal_walk.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/parallel.h"

namespace latchkey {
namespace {

std::unexpected<Error> BrokenChain(std::uint64_t seq) {
  return Fail(Error::Code::kTampered,
              "the journal's chain is broken at change " + std::to_string(seq) +
                  ": a line was changed, removed or added by somebody without its key",
              std::string{kBackupHint});
}

Ledger::Position PositionAt(const ChangeLine& line) {
  return {.seq = line.seq, .batch = line.batch, .mac = line.mac};
}

/// Whether `line` is the next one, by its number and its MAC. `chain` stands where `position` does.
bool Continues(Chain& chain, const Ledger::Position& position, const ChangeLine& line) {
  return line.seq == position.seq + 1 && EqualInConstantTime(chain.Extend(line.text), line.mac);
}

/// That there is a policy at all is remembered too: its absence would allow everything.
bool IsRemembered(const RecordVersion& record) {
  return record.version != 1 || record.type == RecordType::kPolicy;
}

/// What one thread found in one part.
struct PartEnd {
  /// Its link to the part before is not judged yet. Nothing if no line begins in the part.
  std::optional<ChangeLine> first;
  Ledger::Position position;
  std::vector<RecordVersion> remembered;  // In order.
  std::uint64_t records = 0;
  std::uint64_t credentials = 0;

  void Note(RecordVersion record) {
    if (record.version == 1) {
      ++records;
      if (record.type == RecordType::kCredential) ++credentials;
    }
    if (IsRemembered(record)) remembered.push_back(std::move(record));
  }
};

/// Judges every link but the first. False: something is not as it should be.
bool ReadPart(const JournalWalk& walk, const JournalParts& parts, std::size_t part, PartEnd& end) {
  std::optional<Chain> chain;
  bool good = true;
  const Result<void> read = parts.Read(part, [&](const ChangeLine& line) {
    if (chain) {
      good = Continues(*chain, end.position, line);
    } else {
      end.first = line;
      chain.emplace(walk.journal_key, line.mac);
    }
    Result<RecordVersion> record = walk.codec.DecodeVersion(line.text);
    good = good && record.has_value();
    if (!good) return false;
    end.position = PositionAt(line);
    end.Note(*std::move(record));
    return true;
  });
  return read && good;
}

/// Puts the parts together. Nothing if they do not follow each other.
std::optional<JournalEnd> Join(const SecretKey& journal_key, std::vector<PartEnd> parts) {
  JournalEnd end;
  for (PartEnd& part : parts) {
    if (!part.first) continue;
    Chain chain{journal_key, end.position.mac};
    if (!Continues(chain, end.position, *part.first)) return std::nullopt;
    end.position = part.position;
    end.records += part.records;
    end.credentials += part.credentials;
    for (RecordVersion& record : part.remembered) {
      end.versions[{record.type, std::move(record.key)}] = record.version;
    }
  }
  return end;
}

/// Nothing if anything at all is unusual: the reading line by line says what.
std::optional<JournalEnd> ReadInParts(const JournalWalk& walk, std::size_t threads) {
  const Result<std::unique_ptr<JournalParts>> parts = walk.journal.Parts();
  if (!parts) return std::nullopt;
  std::vector<PartEnd> ends((*parts)->count());
  const bool good = TakeTurns(ends.size(), threads, [&](std::size_t part, std::size_t /*worker*/) {
    return ReadPart(walk, **parts, part, ends[part]);
  });
  if (!good) return std::nullopt;
  return Join(walk.journal_key, std::move(ends));
}

Result<JournalEnd> ReadLineByLine(const JournalWalk& walk) {
  JournalEnd end;
  const Result<Ledger::Position> position =
      WalkJournal(walk, [&](const ChangeLine& line) -> Result<void> {
        Result<RecordVersion> record = walk.codec.DecodeVersion(line.text);
        if (!record) return std::unexpected(record.error());
        end.Note(std::move(*record));
        return {};
      });
  if (!position) return std::unexpected(position.error());
  end.position = *position;
  return end;
}

}  // namespace

void JournalEnd::Note(RecordVersion record) {
  if (record.version == 1) {
    ++records;
    if (record.type == RecordType::kCredential) ++credentials;
  }
  if (IsRemembered(record)) versions[{record.type, std::move(record.key)}] = record.version;
}

Result<Ledger::Position> WalkJournal(const JournalWalk& walk,
                                     const std::function<Result<void>(const ChangeLine&)>& visit) {
  Chain chain{walk.journal_key};
  Ledger::Position position;
  std::optional<Error> failure;
  const Result<void> read = walk.journal.Read([&](const ChangeLine& line) {
    if (!Continues(chain, position, line)) {
      failure = BrokenChain(position.seq + 1).error();
      return false;
    }
    position = PositionAt(line);
    if (Result<void> visited = visit(line); !visited) {
      failure = visited.error();
      return false;
    }
    return true;
  });
  if (failure) return std::unexpected(*failure);
  if (!read) return std::unexpected(read.error());
  return position;
}

Result<JournalEnd> ReadJournal(const JournalWalk& walk, std::size_t threads) {
  std::optional<JournalEnd> end = ReadInParts(walk, threads);
  if (end) return *std::move(end);
  return ReadLineByLine(walk);
}

}  // namespace latchkey
