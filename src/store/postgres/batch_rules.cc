#include "store/postgres/batch_rules.h"

#include <vector>

#include "base/text.h"
#include "store/rows/record_rows.h"
#include "store/rows/refusal.h"

namespace latchkey::postgres {
namespace {

/// Questions that an account's names need.
constexpr std::size_t kNameQuestions = 3;

void PutHolder(std::map<std::string, std::string>& holders, std::string folded,
               const Answer& answer) {
  if (!answer.empty()) holders.emplace(std::move(folded), answer[0].Text(0).value_or(""));
}

bool IsTaken(const std::map<std::string, std::string>& holders, std::string_view name,
             const AccountId& account) {
  const auto holder = holders.find(FoldAscii(name));
  return holder != holders.end() && holder->second != account;
}

/// The account gives up its name before, if it still has it, and takes the new one.
void Rename(std::map<std::string, std::string>& holders, std::string& before, std::string_view name,
            const AccountId& account) {
  const auto held = holders.find(before);
  if (held != holders.end() && held->second == account) holders.erase(held);
  before = FoldAscii(name);
  holders.insert_or_assign(before, account);
}

void Ask(const Write& write, std::vector<Statement>& questions) {
  const RecordType type = TypeOf(write.record);
  rows::PutKey(questions.emplace_back(rows::TableOf(type).select_version), type,
               KeyOf(write.record));
  if (const auto* record = std::get_if<AccountRecord>(&write.record)) {
    const Account& account = record->value;
    questions.emplace_back("SELECT id FROM accounts WHERE lower(email) = $1")
        .Bind(FoldAscii(account.email));
    questions.emplace_back("SELECT id FROM accounts WHERE lower(username) = $1")
        .Bind(FoldAscii(account.username));
    questions.emplace_back("SELECT email, username FROM accounts WHERE id = $1").Bind(account.id);
  }
  if (write.claim) {
    questions.emplace_back("SELECT expires_at FROM claims WHERE account_id = $1 AND key = $2")
        .Bind(write.claim->account)
        .Bind(write.claim->key);
  }
}

}  // namespace

Result<BatchRules> BatchRules::Read(Connection& connection, std::span<const Write> writes) {
  BatchRules rules;
  std::vector<Statement> questions;
  for (const Write& write : writes) Ask(write, questions);
  const Result<std::vector<Answer>> answers = connection.RunAll(questions);
  if (!answers) return std::unexpected(answers.error());
  std::span<const Answer> rest{*answers};
  for (const Write& write : writes) rest = rest.subspan(rules.Take(write, rest));
  return rules;
}

/// The answers to what Ask() asks; returns their number.
std::size_t BatchRules::Take(const Write& write, std::span<const Answer> answers) {
  std::size_t taken = 1;
  const std::int64_t version = answers[0].empty() ? 0 : answers[0][0].Number(0).value_or(0);
  versions_[{TypeOf(write.record), KeyOf(write.record)}] = static_cast<std::uint64_t>(version);
  if (const auto* record = std::get_if<AccountRecord>(&write.record)) {
    TakeNames(record->value, answers.subspan(taken).first<kNameQuestions>());
    taken += kNameQuestions;
  }
  if (!write.claim) return taken;
  const Answer& claim = answers[taken++];
  if (!claim.empty()) {
    claims_[{write.claim->account, write.claim->key}] =
        Instant{std::chrono::milliseconds{claim[0].Number(0).value_or(0)}};
  }
  return taken;
}

void BatchRules::TakeNames(const Account& account,
                           std::span<const Answer, kNameQuestions> answers) {
  PutHolder(emails_, FoldAscii(account.email), answers[0]);
  PutHolder(usernames_, FoldAscii(account.username), answers[1]);
  if (answers[2].empty()) return;
  const Row row = answers[2][0];
  Names names{.email = FoldAscii(row.Text(0).value_or("")),
              .username = FoldAscii(row.Text(1).value_or(""))};
  emails_.emplace(names.email, account.id);
  usernames_.emplace(names.username, account.id);
  names_.insert_or_assign(account.id, std::move(names));
}

std::optional<Error> BatchRules::FindRefusal(const Write& write) const {
  const RecordType type = TypeOf(write.record);
  const std::string key = KeyOf(write.record);
  if (!rows::IsStorable(write.record)) return rows::NotStorable();
  const std::uint64_t before = versions_.at({type, key});
  const std::uint64_t version = VersionOf(write.record);
  if (before != 0 && version == 1) return rows::Taken(TypeName(type), key);
  if (version != before + 1) return rows::Outdated(type, key);
  if (const auto* record = std::get_if<AccountRecord>(&write.record)) {
    const Account& account = record->value;
    if (IsTaken(emails_, account.email, account.id)) return rows::Taken("e-mail", account.email);
    if (IsTaken(usernames_, account.username, account.id)) {
      return rows::Taken("username", account.username);
    }
  }
  if (!write.claim) return std::nullopt;
  const auto claim = claims_.find({write.claim->account, write.claim->key});
  if (claim == claims_.end() || claim->second <= rows::PresentOf(write.record)) return std::nullopt;
  return rows::Taken("idempotency key", write.claim->key);
}

void BatchRules::Accept(const Write& write) {
  versions_[{TypeOf(write.record), KeyOf(write.record)}] = VersionOf(write.record);
  if (const auto* record = std::get_if<AccountRecord>(&write.record)) {
    const Account& account = record->value;
    Names& names = names_[account.id];
    Rename(emails_, names.email, account.email, account.id);
    Rename(usernames_, names.username, account.username, account.id);
  }
  if (write.claim) {
    claims_[{write.claim->account, write.claim->key}] = write.claim->expires_at;
  }
}

}  // namespace latchkey::postgres
