#pragma once

// What credentials were given, once for all that were given the same: a million tokens share a few
// hundred of these.
//
// Thread safety: At() by any number of threads, under a guard of the domain; writers at
// once too, one after the other.

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/stable_array.h"
#include "credential/credential.h"
#include "scope/catalogue.h"
#include "verify/decision.h"
#include "verify/epoch.h"

namespace latchkey {

class GrantTable {
 public:
  /// `epochs` outlives the table's last reader.
  explicit GrantTable(EpochDomain& epochs) : epochs_(epochs) {}
  GrantTable(const GrantTable&) = delete;
  GrantTable& operator=(const GrantTable&) = delete;
  ~GrantTable();

  /// The number of these names, which never changes. Names that the catalogue does not know grant
  /// nothing, until it does. If the app's catalogue is another one than before, this one holds.
  [[nodiscard]] std::uint32_t Intern(const std::shared_ptr<const Catalogue>& catalogue,
                                     CredentialKind kind, std::span<const std::string> names);

  /// Stays while a guard lives.
  [[nodiscard]] const GrantData& At(std::uint32_t number) const noexcept {
    return *slots_.At(number).load(std::memory_order_acquire);
  }

  /// The names as they were given.
  [[nodiscard]] std::vector<std::string> GivenNames(std::uint32_t number) const;

  /// Works out anew what everything of that app grants.
  void ReplaceCatalogue(std::string_view app, const std::shared_ptr<const Catalogue>& catalogue);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Given {
    CredentialKind kind;
    std::vector<std::string> names;
  };

  void Publish(std::uint32_t number, const std::shared_ptr<const Catalogue>& catalogue);

  EpochDomain& epochs_;
  StableArray<std::atomic<const GrantData*>> slots_;
  mutable std::mutex mutex_;
  std::vector<Given> given_;  // By number.
  std::unordered_map<std::string, std::uint32_t> numbers_;
};

}  // namespace latchkey
