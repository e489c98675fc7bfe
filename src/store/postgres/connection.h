#pragma once

// libpq, wrapped once: a connection that never waits longer than it may, and a transaction. Nothing
// else in the program speaks to PostgreSQL.
//
// Every wait for the server has a deadline of our own, because a partition is silent: past it the
// socket is closed. PQcancel is never used: it would end the server's wait for its standby and make
// a commit look successful that no standby has.
//
// Thread safety: a connection and what it made belong to one thread at a time.

#include <libpq-fe.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/postgres/address.h"
#include "store/postgres/answer.h"
#include "store/postgres/statement.h"

namespace latchkey::postgres {

struct Settings {
  Address address;
  /// How long a statement, or several that are sent together, may take altogether.
  std::chrono::milliseconds deadline{10'000};
  /// How long the server lets us wait for a lock.
  std::chrono::milliseconds lock_timeout{5'000};
  /// After that the server throws us out of a transaction in which nothing happens: a frozen
  /// process must not keep the others from writing.
  std::chrono::milliseconds idle_timeout{5'000};
};

class Connection {
 public:
  /// Blocks for up to 3 s a host, unless the address says otherwise. Errors: kUnavailable: no host
  /// can be reached that takes writes; kInvalidArgument: the server is older than PostgreSQL 13, or
  /// the database does not keep UTF-8.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> Open(const Settings& settings);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// Errors: as Translate(); kUnavailable also if the connection is lost, or was, or the deadline
  /// passed.
  [[nodiscard]] Result<Answer> Run(const Statement& statement);
  /// Sends all at once and waits once. The first that fails is the error, and those after it are
  /// not executed; outside a transaction all of them are one.
  [[nodiscard]] Result<std::vector<Answer>> RunAll(std::span<const Statement> statements);
  /// Several statements in one text, without parameters and answers.
  [[nodiscard]] Result<void> Execute(const std::string& sql);

  /// Ends the transaction that is under way. Errors: kNoSpace, kIo: it was rolled back;
  /// kUnavailable: it may have been committed, or not, or on this server alone. Then the connection
  /// is lost.
  [[nodiscard]] Result<void> Commit();

  /// Nothing more can be done with it.
  [[nodiscard]] bool lost() const { return !connection_; }
  /// It is lost because a deadline passed: whoever waited that long should not wait again.
  [[nodiscard]] bool overdue() const { return overdue_; }
  [[nodiscard]] bool in_transaction() const;
  /// 150004 is PostgreSQL 15.4.
  [[nodiscard]] int server_version() const;
  /// The SQLSTATE of the last error that the server reported; empty if it reported none.
  [[nodiscard]] std::string_view last_state() const { return last_state_; }

 private:
  using Clock = std::chrono::steady_clock;
  struct Finish {
    void operator()(PGconn* connection) const;
  };
  /// One answer that is on its way.
  struct Expected {
    std::string_view sql;
    bool preparing;
  };

  Connection(std::unique_ptr<PGconn, Finish> connection, std::chrono::milliseconds deadline);

  [[nodiscard]] Result<void> Configure(const Settings& settings);
  [[nodiscard]] bool Send(std::span<const Statement> statements, std::vector<Expected>& expected);
  [[nodiscard]] bool SendOne(const Statement& statement, std::vector<Expected>& expected);
  [[nodiscard]] bool Flush(Clock::time_point deadline);
  /// Waits for `events` of poll(2), and takes in what has come. False: the deadline passed, or the
  /// connection is lost.
  [[nodiscard]] bool Wait(short events, Clock::time_point deadline);
  /// The next result; null where libpq says that a statement's results have ended. Errors: lost.
  [[nodiscard]] Result<ResultHandle> Next(Clock::time_point deadline);
  [[nodiscard]] Result<std::vector<Answer>> Receive(std::span<const Expected> expected,
                                                    Clock::time_point deadline);
  /// Adds an answer, or notes the first failure. Errors: lost.
  [[nodiscard]] Result<void> ReceiveOne(const Expected& one, Clock::time_point deadline,
                                        std::vector<Answer>& answers,
                                        std::optional<Error>& failure);
  /// What a failed result means.
  [[nodiscard]] Error Explain(const PGresult* result, std::string_view sql);
  /// Gives the connection up.
  [[nodiscard]] std::unexpected<Error> Lose();

  std::unique_ptr<PGconn, Finish> connection_;
  std::chrono::milliseconds deadline_;
  std::unordered_map<std::string, std::string> prepared_;  // By text, the name of each.
  std::uint64_t names_ = 0;
  std::string last_state_;
  bool doomed_ = false;     // The server said that it ends the connection.
  bool timed_out_ = false;  // Of the last wait.
  bool overdue_ = false;
  bool warned_ = false;  // Since it was last reset.
};

/// Rolls back unless it was committed.
class Transaction {
 public:
  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  /// `first` are sent along with it, and answered.
  [[nodiscard]] Result<std::vector<Answer>> Begin(std::vector<Statement> first = {},
                                                  std::string_view begin = "BEGIN");
  /// Errors: as Connection::Commit.
  [[nodiscard]] Result<void> Commit() { return connection_.Commit(); }

 private:
  Connection& connection_;
};

}  // namespace latchkey::postgres
