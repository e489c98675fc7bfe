#pragma once

// What of a batch of writes the database accepts. All that the rules ask is read at once, and
// judged here, write by write: a question for each of 512 writes would be as many journeys to the
// server, while every other node waits for the head.

#include <map>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include "authority/change.h"
#include "base/result.h"
#include "store/postgres/connection.h"

namespace latchkey::postgres {

class BatchRules {
 public:
  /// Reads what concerns `writes`, in the transaction that holds the head.
  [[nodiscard]] static Result<BatchRules> Read(Connection& connection,
                                               std::span<const Write> writes);

  /// Why the database refuses `write` after those that were accepted; nothing if it does not.
  [[nodiscard]] std::optional<Error> FindRefusal(const Write& write) const;
  /// `write` is accepted.
  void Accept(const Write& write);

 private:
  using Key = std::pair<RecordType, std::string>;
  /// By folded name, the account that has it.
  using Holders = std::map<std::string, std::string>;
  struct Names {
    std::string email;
    std::string username;
  };

  [[nodiscard]] std::size_t Take(const Write& write, std::span<const Answer> answers);
  void TakeNames(const Account& account, std::span<const Answer, 3> answers);

  std::map<Key, std::uint64_t> versions_;  // Of what is stored.
  std::map<std::string, Names> names_;     // By account.
  Holders emails_;
  Holders usernames_;
  std::map<std::pair<std::string, std::string>, Instant> claims_;  // When each expires.
};

}  // namespace latchkey::postgres
