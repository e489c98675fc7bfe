#include "store/postgres/connection.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/text.h"
#include "store/postgres/translate.h"

namespace latchkey::postgres {
namespace {

constexpr int kOldestServer = 130'000;
/// Of an answer: numbers and blobs as bytes.
constexpr int kBinary = 1;

std::string_view DoingOf(std::string_view sql) {
  const bool reads =
      sql.starts_with("SELECT") || sql.starts_with("FETCH") || sql.starts_with("DECLARE");
  return reads ? "be read" : "be written";
}

std::string_view Field(const PGresult* result, int field) {
  const char* text = PQresultErrorField(result, field);
  return text == nullptr ? std::string_view{} : std::string_view{text};
}

std::string Milliseconds(std::chrono::milliseconds span) { return std::to_string(span.count()); }

Error OutcomeUnknown(std::string_view why) {
  return {.code = Error::Code::kUnavailable,
          .message = "it is unknown whether the database made the change: " + std::string{why},
          .hint = "It is looked up when the database answers again."};
}

}  // namespace

// Neither a farewell nor a wait: the server may be gone.
void Connection::Finish::operator()(PGconn* connection) const {
  if (const int socket = PQsocket(connection); socket >= 0) shutdown(socket, SHUT_RDWR);
  PQfinish(connection);
}

Connection::Connection(std::unique_ptr<PGconn, Finish> connection,
                       std::chrono::milliseconds deadline)
    : connection_(std::move(connection)), deadline_(deadline) {
  PQsetNoticeReceiver(
      connection_.get(),
      [](void* self, const PGresult* notice) {
        if (Field(notice, PG_DIAG_SEVERITY_NONLOCALIZED) == "WARNING") {
          static_cast<Connection*>(self)->warned_ = true;
        }
      },
      this);
}

Connection::~Connection() {
  // A server that is there is told: it frees the session at once.
  if (connection_) PQfinish(connection_.release());
}

Result<std::unique_ptr<Connection>> Connection::Open(const Settings& settings) {
  std::vector<const char*> keys;
  std::vector<const char*> values;
  for (const auto& [key, value] : settings.address.values()) {
    keys.push_back(key.c_str());
    values.push_back(value.c_str());
  }
  keys.push_back(nullptr);
  values.push_back(nullptr);
  std::unique_ptr<PGconn, Finish> raw{
      PQconnectdbParams(keys.data(), values.data(), /*expand_dbname=*/0)};
  if (!raw || PQstatus(raw.get()) != CONNECTION_OK) {
    std::string why = raw ? PQerrorMessage(raw.get()) : "no memory";
    std::ranges::replace_if(why, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    return Fail(Error::Code::kUnavailable,
                "the database " + settings.address.shown() + " cannot be reached: " +
                    EscapeForTerminal(settings.address.WithoutPassword(std::move(why)), 400));
  }
  std::unique_ptr<Connection> connection{new Connection(std::move(raw), settings.deadline)};
  if (Result<void> ready = connection->Configure(settings); !ready) {
    return std::unexpected(ready.error());
  }
  return connection;
}

Result<void> Connection::Configure(const Settings& settings) {
  if (server_version() < kOldestServer) {
    return Fail(Error::Code::kInvalidArgument,
                "the database server is older than PostgreSQL 13, the oldest that is supported");
  }
  const char* encoding = PQparameterStatus(connection_.get(), "server_encoding");
  if (encoding == nullptr || std::string_view{encoding} != "UTF8") {
    return Fail(Error::Code::kInvalidArgument, "the database does not keep UTF-8",
                "Create one with ENCODING 'UTF8' TEMPLATE template0.");
  }
  if (PQsetnonblocking(connection_.get(), 1) != 0) return Lose();
  // Read committed: who waited for the head sees what was committed meanwhile.
  return Execute(
      "SET synchronous_commit = on; SET default_transaction_isolation = "
      "'read committed'; SET default_transaction_read_only = off; SET lock_timeout = " +
      Milliseconds(settings.lock_timeout) +
      "; SET statement_timeout = " + Milliseconds(settings.deadline) +
      "; SET idle_in_transaction_session_timeout = " + Milliseconds(settings.idle_timeout));
}

Result<Answer> Connection::Run(const Statement& statement) {
  Result<std::vector<Answer>> answers = RunAll({&statement, 1});
  if (!answers) return std::unexpected(answers.error());
  return std::move(answers->front());
}

Result<std::vector<Answer>> Connection::RunAll(std::span<const Statement> statements) {
  last_state_.clear();
  if (!connection_) return Lose();
  if (statements.empty()) return std::vector<Answer>{};
  const Clock::time_point deadline = Clock::now() + deadline_;
  std::vector<Expected> expected;
  if (!Send(statements, expected) || !Flush(deadline)) return Lose();
  return Receive(expected, deadline);
}

bool Connection::Send(std::span<const Statement> statements, std::vector<Expected>& expected) {
  if (PQenterPipelineMode(connection_.get()) == 0) return false;
  const bool sent = std::ranges::all_of(
      statements, [&](const Statement& statement) { return SendOne(statement, expected); });
  return sent && PQpipelineSync(connection_.get()) != 0;
}

bool Connection::SendOne(const Statement& statement, std::vector<Expected>& expected) {
  const std::string sql{statement.sql()};
  const Statement::Arguments arguments = statement.arguments();
  const auto count = static_cast<int>(arguments.values.size());
  if (statement.kind() == Statement::Kind::kOnce) {
    expected.push_back({.sql = statement.sql(), .preparing = false});
    return PQsendQueryParams(connection_.get(), sql.c_str(), count, nullptr,
                             arguments.values.data(), arguments.lengths.data(),
                             arguments.formats.data(), kBinary) != 0;
  }
  const auto [entry, is_new] = prepared_.try_emplace(sql);
  if (is_new) {
    entry->second = "s" + std::to_string(++names_);
    expected.push_back({.sql = statement.sql(), .preparing = true});
    if (PQsendPrepare(connection_.get(), entry->second.c_str(), sql.c_str(), 0, nullptr) == 0) {
      return false;
    }
  }
  expected.push_back({.sql = statement.sql(), .preparing = false});
  return PQsendQueryPrepared(connection_.get(), entry->second.c_str(), count,
                             arguments.values.data(), arguments.lengths.data(),
                             arguments.formats.data(), kBinary) != 0;
}

bool Connection::Flush(Clock::time_point deadline) {
  while (true) {
    const int left = PQflush(connection_.get());
    if (left == 0) return true;
    // The server may wait until we read what it answers.
    if (left < 0 || !Wait(POLLIN | POLLOUT, deadline)) return false;
  }
}

bool Connection::Wait(short events, Clock::time_point deadline) {
  pollfd socket{.fd = PQsocket(connection_.get()), .events = events, .revents = 0};
  int ready = -1;
  do {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
    if (socket.fd < 0) return false;
    ready = poll(&socket, 1, static_cast<int>(std::max<std::int64_t>(left.count(), 0)));
  } while (ready < 0 && errno == EINTR);
  timed_out_ = ready == 0;
  if (ready <= 0) return false;
  return (socket.revents & ~POLLOUT) == 0 || PQconsumeInput(connection_.get()) != 0;
}

Result<ResultHandle> Connection::Next(Clock::time_point deadline) {
  while (PQisBusy(connection_.get()) != 0) {
    if (Wait(POLLIN, deadline)) continue;
    if (timed_out_ || PQisBusy(connection_.get()) != 0) return Lose();
  }
  ResultHandle result{PQgetResult(connection_.get())};
  if (!result && PQstatus(connection_.get()) == CONNECTION_BAD) return Lose();
  return result;
}

namespace {

bool Succeeded(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

}  // namespace

Result<std::vector<Answer>> Connection::Receive(std::span<const Expected> expected,
                                                Clock::time_point deadline) {
  std::vector<Answer> answers;
  std::optional<Error> failure;
  for (const Expected& one : expected) {
    if (Result<void> taken = ReceiveOne(one, deadline, answers, failure); !taken) {
      return std::unexpected(failure.value_or(taken.error()));
    }
  }
  const Result<ResultHandle> sync = Next(deadline);
  if (!sync || PQresultStatus(sync->get()) != PGRES_PIPELINE_SYNC ||
      PQexitPipelineMode(connection_.get()) == 0) {
    return Lose();
  }
  if (failure) return std::unexpected(*std::move(failure));
  return answers;
}

Result<void> Connection::ReceiveOne(const Expected& one, Clock::time_point deadline,
                                    std::vector<Answer>& answers, std::optional<Error>& failure) {
  Result<ResultHandle> result = Next(deadline);
  if (!result) return std::unexpected(result.error());
  const bool succeeded = Succeeded(result->get());
  if (!succeeded && !failure) failure = Explain(result->get(), one.sql);
  if (doomed_) return Lose();
  if (one.preparing && !succeeded) prepared_.erase(std::string{one.sql});
  if (!one.preparing && succeeded) answers.emplace_back(*std::move(result));
  // What ends the statement.
  const Result<ResultHandle> end = Next(deadline);
  if (!end) return std::unexpected(end.error());
  return {};
}

Result<void> Connection::Execute(const std::string& sql) {
  last_state_.clear();
  if (!connection_) return Lose();
  const Clock::time_point deadline = Clock::now() + deadline_;
  if (PQsendQuery(connection_.get(), sql.c_str()) == 0 || !Flush(deadline)) return Lose();
  std::optional<Error> failure;
  while (true) {
    const Result<ResultHandle> result = Next(deadline);
    if (!result) return std::unexpected(failure.value_or(result.error()));
    if (!*result) break;
    if (!Succeeded(result->get()) && !failure) failure = Explain(result->get(), sql);
  }
  if (doomed_) static_cast<void>(Lose());
  if (failure) return std::unexpected(*std::move(failure));
  return {};
}

Error Connection::Explain(const PGresult* result, std::string_view sql) {
  const std::string_view severity = Field(result, PG_DIAG_SEVERITY_NONLOCALIZED);
  last_state_ = Field(result, PG_DIAG_SQLSTATE);
  // 25006: this server is the primary no more; another one is to be found.
  doomed_ = doomed_ || severity == "FATAL" || severity == "PANIC" || last_state_ == "25006" ||
            last_state_.empty();
  return Translate(last_state_.empty() ? "08006" : last_state_, DoingOf(sql));
}

std::unexpected<Error> Connection::Lose() {
  const bool timed_out = std::exchange(timed_out_, false);
  connection_.reset();
  prepared_.clear();
  if (timed_out) {
    overdue_ = true;
    return Fail(Error::Code::kUnavailable,
                "the database did not answer within " + Milliseconds(deadline_) + " ms");
  }
  return Fail(Error::Code::kUnavailable, "the connection to the database was lost");
}

Result<void> Connection::Commit() {
  warned_ = false;
  const Result<Answer> answer = Run(Statement{"COMMIT", Statement::Kind::kOnce});
  if (!answer) {
    if (lost() || LeavesOutcomeOpen(last_state_)) {
      static_cast<void>(Lose());
      return std::unexpected(OutcomeUnknown(answer.error().message));
    }
    Error error = answer.error();
    if (error.code != Error::Code::kNoSpace) error.code = Error::Code::kIo;
    return std::unexpected(std::move(error));
  }
  // "canceling wait for synchronous replication": committed here, and perhaps on no other server.
  if (warned_) {
    static_cast<void>(Lose());
    return std::unexpected(OutcomeUnknown("the server warns that its standby may not have it"));
  }
  if (answer->tag() != "COMMIT") {
    return Fail(Error::Code::kIo, "the database rolled the change back");
  }
  return {};
}

bool Connection::in_transaction() const {
  return connection_ && PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

int Connection::server_version() const {
  return connection_ ? PQserverVersion(connection_.get()) : 0;
}

Transaction::~Transaction() {
  if (!connection_.in_transaction()) return;
  // If even this fails, the connection is given up, and the server rolls back.
  const Result<Answer> undone = connection_.Run(Statement{"ROLLBACK", Statement::Kind::kOnce});
  static_cast<void>(undone);
}

Result<std::vector<Answer>> Transaction::Begin(std::vector<Statement> first,
                                               std::string_view begin) {
  first.insert(first.begin(), Statement{begin, Statement::Kind::kOnce});
  Result<std::vector<Answer>> answers = connection_.RunAll(first);
  if (answers) answers->erase(answers->begin());
  return answers;
}

}  // namespace latchkey::postgres
