#pragma once

// Answers one question: finds the app's operation, and has the Verifier decide.
//
//     GateQuestion ── app ── MatchOperation ── Requirement ── Verifier ──> GateAnswer
//                      │           │
//                 no such app   no operation, a path that is refused, …: refused with its own cause
//
// Nothing passes unless the Verifier allowed it, or the app's document says that the operation asks
// for no credential. An operation that is open to anybody still reads a credential that was sent:
// who it is, is told, and a bad one is refused.
//
// A GateAnswer is used again for the next question, so that an answer that allows allocates
// nothing.
//
// Thread safety: Gatekeeper any number of threads; a Desk belongs to one thread, its counts may be
// read by any.

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "app/apps.h"
#include "gate/question.h"
#include "problem/problem.h"
#include "verify/usage.h"
#include "verify/verifier.h"

namespace latchkey::gate {

/// How a question ended: the label of metrics and access log. A closed list.
enum class Outcome : std::uint8_t {
  kAllowed,
  kOpen,              ///< Allowed without a credential: the operation is open to anybody.
  kDenied,            ///< By the Verifier: see GateAnswer::cause.
  kMalformed,         ///< The question cannot be read.
  kTwoCredentials,    ///< More than one Authorization field.
  kPathRefused,       ///< The path is written as the app does not let through.
  kNoOperation,       ///< No operation of the app has this path.
  kMethodNotAllowed,  ///< One has, for other methods.
  kUnknownApp,
  kUntrustedProxy,
};
inline constexpr std::size_t kOutcomeCount = 10;
/// One for each outcome but kDenied, and one for each cause.
inline constexpr std::size_t kOutcomeLabelCount = kOutcomeCount + kCauseCount;

/// Who asks, as the headers of an answer say it: visible ASCII. Empty: unknown.
struct Identity {
  std::string account;  ///< The username.
  std::string email;
  std::string credential;  ///< The public id.
  std::string scopes;      ///< Scopes or permissions, separated by single spaces.

  void Clear();
};

struct GateAnswer {
  Outcome outcome = Outcome::kMalformed;
  /// For kDenied.
  Cause cause = Cause::kStale;
  /// Also of a denial once the client has proved who it is.
  Identity identity;
  /// Why not. Nothing: allowed.
  std::optional<Problem> problem;
  /// How old what the answer was made of may be; nothing on a node alone.
  std::optional<std::chrono::milliseconds> age;
  /// Whether the app's clients expect errors in Bitbucket's shape.
  bool bitbucket_errors = false;

  [[nodiscard]] bool allowed() const {
    return outcome == Outcome::kAllowed || outcome == Outcome::kOpen;
  }
  /// `allowed`, `missing-scope`, `no-operation`, …
  [[nodiscard]] std::string_view label() const;
  /// Makes it the answer to nothing, which refuses.
  void Clear();
};

/// The name of a label by its index, as Desk counts them.
[[nodiscard]] std::string_view OutcomeLabel(std::size_t index);

/// `text` in visible ASCII: any other byte, and `%`, percent-encoded. `keep_space` leaves spaces.
void AssignVisible(std::string& out, std::string_view text, bool keep_space);

/// What was counted for one app.
using OutcomeCounts = std::array<std::uint64_t, kOutcomeLabelCount>;

class Gatekeeper {
 public:
  class Desk;

  /// All outlive the gatekeeper. `usage` is told of each credential that was allowed; null: nobody
  /// is.
  Gatekeeper(const Apps& apps, const Verifier& verifier, UsageRecorder* usage = nullptr)
      : apps_(apps), verifier_(verifier), usage_(usage) {}

  /// A thread's place. Outlived by the gatekeeper.
  [[nodiscard]] std::unique_ptr<Desk> OpenDesk();

  /// Totals by app, over all desks, closed ones included; `-` stands for apps that there are not.
  [[nodiscard]] std::map<std::string, OutcomeCounts> Counts() const;

 private:
  struct Counters {
    std::array<std::atomic<std::uint64_t>, kOutcomeLabelCount> values{};
  };

  [[nodiscard]] Counters& NewCounters(const std::string& app);

  const Apps& apps_;
  const Verifier& verifier_;
  UsageRecorder* usage_;
  mutable std::mutex mutex_;
  std::multimap<std::string, std::unique_ptr<Counters>> counters_;
};

class Gatekeeper::Desk {
 public:
  explicit Desk(Gatekeeper& gatekeeper);

  void Ask(const GateQuestion& question, GateAnswer& answer);

  /// Answers a question that could not even be asked.
  void Refuse(std::string_view app, Outcome outcome, Problem problem, GateAnswer& answer);

 private:
  struct Known {
    std::string_view name;
    const App* app;
    Counters* counters;
  };

  void Refresh();
  [[nodiscard]] const Known* Find(std::string_view app);
  void Answer(const GateQuestion& question, const Known* known, GateAnswer& answer);
  void Decide(const GateQuestion& question, const OperationMatch& match, GateAnswer& answer);
  /// Nothing is said of what is in memory once the lease has run out, not even that there is no
  /// such app.
  void CheckFreshness(GateAnswer& answer) const;
  void Count(const Known* known, const GateAnswer& answer);

  Gatekeeper& gatekeeper_;
  std::shared_ptr<const AppSet> set_;
  std::uint64_t generation_ = 0;
  std::vector<Known> known_;  // In the order of their names.
  std::map<std::string, Counters*, std::less<>> counters_;
  Counters* unknown_app_;
};

}  // namespace latchkey::gate
