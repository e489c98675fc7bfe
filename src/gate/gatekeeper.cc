#include "gate/gatekeeper.h"

#include <algorithm>
#include <utility>

#include "problem/denial_response.h"

namespace latchkey::gate {

namespace {

// In the order of Outcome; kDenied has the names of the causes instead.
constexpr std::array<std::string_view, kOutcomeCount> kOutcomeNames{
    "allowed",         "open",           "denied",       "malformed",
    "two-credentials", "path-refused",   "no-operation", "method-not-allowed",
    "unknown-app",     "untrusted-proxy"};
// What a 405 tries for its Allow field.
constexpr std::array<std::string_view, 7> kMethods{"GET",   "HEAD",   "POST",   "PUT",
                                                   "PATCH", "DELETE", "OPTIONS"};
constexpr std::string_view kNoApp = "-";

std::size_t LabelOf(const GateAnswer& answer) {
  if (answer.outcome != Outcome::kDenied) return static_cast<std::size_t>(answer.outcome);
  return kOutcomeCount + static_cast<std::size_t>(answer.cause);
}

bool IsPlain(char character, bool keep_space) {
  if (character == ' ') return keep_space;
  return character > ' ' && character < '\x7f' && character != '%';
}

void NoteHolder(const HolderView& holder, Identity& identity) {
  AssignVisible(identity.account, holder.account->username, /*keep_space=*/false);
  AssignVisible(identity.email, holder.account->email, /*keep_space=*/false);
  identity.credential = holder.id.text();
  AssignVisible(identity.scopes, holder.grants->names, /*keep_space=*/true);
}

std::string AllowedMethods(const App& app, std::string_view uri) {
  std::string allowed;
  for (const std::string_view method : kMethods) {
    if (MatchOperation(app, method, uri).kind != OperationMatch::Kind::kOperation) continue;
    if (!allowed.empty()) allowed += ", ";
    allowed += method;
  }
  return allowed;
}

/// Of a match without a requirement.
std::pair<Outcome, Problem> RefusalOf(const App& app, const OperationMatch& match,
                                      const GateQuestion& question) {
  using Kind = OperationMatch::Kind;
  Problem problem;
  switch (match.kind) {
    case Kind::kPathFault:
      problem.type = ProblemType::kMalformed;
      problem.detail = "The path is not acceptable";
      if (match.fault) problem.detail += ": " + std::string{PathFaultName(*match.fault)};
      problem.detail += ".";
      return {Outcome::kPathRefused, std::move(problem)};
    case Kind::kOtherMethod:
      problem.type = ProblemType::kMethodNotAllowed;
      problem.detail = "No operation of the app has this path and this method.";
      problem.allow = AllowedMethods(app, question.uri);
      return {Outcome::kMethodNotAllowed, std::move(problem)};
    case Kind::kOutsideBasePath:
    case Kind::kNoOperation:
    case Kind::kOperation: break;
  }
  problem.type = ProblemType::kNoOperation;
  problem.detail = "No operation of the app has this path, so nothing says who may do it.";
  return {Outcome::kNoOperation, std::move(problem)};
}

}  // namespace

void Identity::Clear() {
  account.clear();
  email.clear();
  credential.clear();
  scopes.clear();
}

std::string_view GateAnswer::label() const { return OutcomeLabel(LabelOf(*this)); }

void GateAnswer::Clear() {
  outcome = Outcome::kMalformed;
  cause = Cause::kStale;
  identity.Clear();
  problem.reset();
  age.reset();
  bitbucket_errors = false;
}

std::string_view OutcomeLabel(std::size_t index) {
  if (index < kOutcomeCount) return kOutcomeNames.at(index);
  return CauseName(static_cast<Cause>(index - kOutcomeCount));
}

void AssignVisible(std::string& out, std::string_view text, bool keep_space) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  const auto is_plain = [&](char character) { return IsPlain(character, keep_space); };
  if (std::ranges::all_of(text, is_plain)) {
    out.assign(text);
    return;
  }
  out.clear();
  for (const char character : text) {
    if (is_plain(character)) {
      out += character;
      continue;
    }
    const auto byte = static_cast<unsigned char>(character);
    out += '%';
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xfU];
  }
}

std::unique_ptr<Gatekeeper::Desk> Gatekeeper::OpenDesk() { return std::make_unique<Desk>(*this); }

std::map<std::string, OutcomeCounts> Gatekeeper::Counts() const {
  const std::scoped_lock lock{mutex_};
  std::map<std::string, OutcomeCounts> totals;
  for (const auto& [app, counters] : counters_) {
    OutcomeCounts& total = totals[app];
    for (std::size_t i = 0; i < total.size(); ++i) {
      total.at(i) += counters->values.at(i).load(std::memory_order_relaxed);
    }
  }
  return totals;
}

Gatekeeper::Counters& Gatekeeper::NewCounters(const std::string& app) {
  const std::scoped_lock lock{mutex_};
  return *counters_.emplace(app, std::make_unique<Counters>())->second;
}

Gatekeeper::Desk::Desk(Gatekeeper& gatekeeper)
    : gatekeeper_(gatekeeper), unknown_app_(&gatekeeper.NewCounters(std::string{kNoApp})) {}

void Gatekeeper::Desk::Refresh() {
  // The number first: what Current() gives is then at least as new.
  generation_ = gatekeeper_.apps_.generation();
  set_ = gatekeeper_.apps_.Current();
  known_.clear();
  for (const auto& [name, app] : set_->apps()) {
    Counters*& counters = counters_[name];
    if (counters == nullptr) counters = &gatekeeper_.NewCounters(name);
    known_.push_back({.name = name, .app = app.get(), .counters = counters});
  }
}

const Gatekeeper::Desk::Known* Gatekeeper::Desk::Find(std::string_view app) {
  if (generation_ != gatekeeper_.apps_.generation()) Refresh();
  const auto found = std::ranges::lower_bound(known_, app, {}, &Known::name);
  return found != known_.end() && found->name == app ? &*found : nullptr;
}

void Gatekeeper::Desk::Ask(const GateQuestion& question, GateAnswer& answer) {
  answer.Clear();
  const Known* const known = Find(question.app);
  Answer(question, known, answer);
  CheckFreshness(answer);
  Count(known, answer);
}

void Gatekeeper::Desk::Answer(const GateQuestion& question, const Known* known,
                              GateAnswer& answer) {
  if (known == nullptr) {
    answer.outcome = Outcome::kUnknownApp;
    answer.problem = Problem{.type = ProblemType::kNotFound,
                             .detail = "There is no app of the name that the proxy gives."};
    return;
  }
  const App& app = *known->app;
  answer.bitbucket_errors = app.name == kBitbucketApp;
  const OperationMatch match = MatchOperation(app, question.method, question.uri);
  if (match.open_to_anybody && question.authorization.empty()) {
    answer.outcome = Outcome::kOpen;
  } else if (match.open_to_anybody) {
    OperationMatch any = match;
    any.requirement = &app.any_credential;
    Decide(question, any, answer);
  } else if (match.requirement == nullptr) {
    auto [outcome, problem] = RefusalOf(app, match, question);
    answer.outcome = outcome;
    answer.problem = std::move(problem);
  } else {
    Decide(question, match, answer);
  }
}

void Gatekeeper::Desk::CheckFreshness(GateAnswer& answer) const {
  const Verifier& verifier = gatekeeper_.verifier_;
  answer.age = verifier.Age();
  const bool decided = answer.outcome == Outcome::kAllowed || answer.outcome == Outcome::kDenied;
  // The verifier looked after it decided.
  if (decided || !verifier.IsStale()) return;
  answer.identity.Clear();
  answer.outcome = Outcome::kDenied;
  answer.cause = Cause::kStale;
  answer.problem = ProblemFor(Denial{.cause = Cause::kStale});
}

void Gatekeeper::Desk::Refuse(std::string_view app, Outcome outcome, Problem problem,
                              GateAnswer& answer) {
  answer.Clear();
  answer.outcome = outcome;
  const Known* const known = Find(app);
  if (known != nullptr) answer.bitbucket_errors = known->app->name == kBitbucketApp;
  answer.problem = std::move(problem);
  Count(known, answer);
}

void Gatekeeper::Desk::Decide(const GateQuestion& question, const OperationMatch& match,
                              GateAnswer& answer) {
  const EpochDomain::Guard guard = gatekeeper_.verifier_.Enter();
  const Decision decision = gatekeeper_.verifier_.Decide(guard,
                                                         {.authorization = question.authorization,
                                                          .client_address = question.client_address,
                                                          .now = question.now},
                                                         *match.requirement);
  if (decision.proven) NoteHolder(*decision.proven, answer.identity);
  if (!decision.allowed) {
    answer.outcome = Outcome::kDenied;
    answer.cause = decision.cause;
    answer.problem = ProblemFor(decision, *match.requirement);
    return;
  }
  answer.outcome = Outcome::kAllowed;
  if (gatekeeper_.usage_ != nullptr && decision.proven) {
    gatekeeper_.usage_->Note(decision.proven->id, question.now, question.client_address,
                             question.user_agent);
  }
}

void Gatekeeper::Desk::Count(const Known* known, const GateAnswer& answer) {
  Counters& counters = known == nullptr ? *unknown_app_ : *known->counters;
  // Written by this thread alone.
  std::atomic<std::uint64_t>& value = counters.values.at(LabelOf(answer));
  value.store(value.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

}  // namespace latchkey::gate
