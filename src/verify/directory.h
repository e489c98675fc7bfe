#pragma once

// Accounts, workspaces, memberships and repositories in memory.
//
// Each account id has a number, by which credentials name their owner. What decides about a
// request, whether the account is there and active, is two bits by that number: those of 100,000
// accounts stay in a core's cache, where a word for each would often be one more miss of every
// decision. The account itself is read by those who want to know more. A change of an account is a
// new object under the same number; the old one stays while a guard lives.
//
// Thread safety: any number of readers, and writers, at once.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "account/account.h"
#include "base/stable_array.h"
#include "verify/account_ref.h"
#include "verify/epoch.h"

namespace latchkey {

enum class AccountStanding : std::uint8_t {
  kNone,  ///< There is none of that number, or it was forgotten.
  kActive,
  kSuspended,
};

class Directory {
 public:
  Directory() = default;
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  /// No reader is left.
  ~Directory() = default;

  /// Inserts, or replaces the account with that id, under its new names.
  void Put(const Account& account);
  void Put(const Workspace& workspace);
  void Put(const Membership& membership);
  void Put(const Repository& repository);
  /// Forgets an account: nothing of it passes any more.
  void RemoveAccount(const AccountId& id);
  void RemoveMembership(std::string_view workspace, const AccountId& account);

  [[nodiscard]] std::shared_ptr<const Account> FindAccount(const AccountId& id) const;
  /// By e-mail or username, without regard to ASCII letter case.
  [[nodiscard]] std::shared_ptr<const Account> FindAccountByName(std::string_view name) const;
  [[nodiscard]] bool HasWorkspace(std::string_view slug) const;
  [[nodiscard]] bool HasRepository(std::string_view workspace, std::string_view slug) const;
  [[nodiscard]] std::optional<Role> FindRole(std::string_view workspace,
                                             const AccountId& account) const;

  /// Ordered by name.
  [[nodiscard]] std::vector<std::shared_ptr<const Account>> ListAccounts() const;
  [[nodiscard]] std::vector<Workspace> ListWorkspaces() const;
  [[nodiscard]] std::vector<Membership> ListMemberships() const;
  [[nodiscard]] std::vector<Membership> ListMemberships(std::string_view workspace) const;
  [[nodiscard]] std::vector<Repository> ListRepositories() const;

  /// Under whose guards accounts and index entries stay.
  [[nodiscard]] EpochDomain& epochs() const { return epochs_; }

  /// The number of that account id, whether or not there is such an account (yet).
  [[nodiscard]] std::uint32_t NumberOf(const AccountId& id);
  /// The account id with that number.
  [[nodiscard]] AccountId IdOf(std::uint32_t number) const;
  /// `guard` is of epochs().
  [[nodiscard]] AccountStanding StandingAt(const EpochDomain::Guard& /*guard*/,
                                           std::uint32_t number) const noexcept {
    const std::uint64_t word = standings_.At(number / kStandings).load(std::memory_order_acquire);
    return static_cast<AccountStanding>(word >> ShiftOf(number) & kStandingMask);
  }
  /// The account whose standing was not kNone under the same guard.
  [[nodiscard]] AccountRef AccountAt(const EpochDomain::Guard& /*guard*/,
                                     std::uint32_t number) const noexcept {
    return AccountRef{by_number_.At(number)};
  }
  /// Keeps an account that AccountAt() found for longer than the guard.
  [[nodiscard]] static std::shared_ptr<const Account> Keep(const Account& account) {
    return static_cast<const Node&>(account).shared_from_this();
  }

 private:
  /// Every account that AccountAt() finds is one of these.
  struct Node final : Account, std::enable_shared_from_this<Node> {
    explicit Node(const Account& account) : Account(account) {}
  };
  struct Known {
    std::uint32_t number;
    std::shared_ptr<const Node> account = nullptr;  // What by_number_ leads to.
    bool forgotten = true;                          // Only its number is known.
  };
  static constexpr std::uint32_t kStandings = 32;  // In one word.
  static constexpr std::uint64_t kStandingMask = 3;
  [[nodiscard]] static constexpr std::uint32_t ShiftOf(std::uint32_t number) {
    return number % kStandings * 2;
  }

  // Under the mutex, for writing.
  Known& KnownOf(const AccountId& id);
  void SetStanding(std::uint32_t number, AccountStanding standing);
  void ForgetNames(const Account& account);

  mutable EpochDomain epochs_;
  StableArray<std::atomic<std::uint64_t>> standings_;
  // The newest Node of each number; null until there was one. It stays when the account is
  // forgotten: a reader may have read its standing before.
  StableArray<AccountRef::Place> by_number_;
  mutable std::shared_mutex mutex_;
  std::unordered_map<AccountId, Known> accounts_;        // Its keys stay where they are.
  std::vector<const AccountId*> ids_;                    // By number; the keys of accounts_.
  std::map<std::string, AccountId, std::less<>> names_;  // Folded e-mail and username.
  std::map<std::string, Workspace, std::less<>> workspaces_;
  std::map<std::pair<std::string, AccountId>, Role> roles_;
  std::map<std::pair<std::string, std::string>, Repository> repositories_;
};

}  // namespace latchkey
