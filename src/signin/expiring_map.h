#pragma once

// A bounded map whose entries end by themselves. Where it is full, the entry that would end first
// makes room.
//
// Thread safety: none; who holds it locks.

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "base/instant.h"

namespace latchkey {

template <typename Value>
class ExpiringMap {
 public:
  explicit ExpiringMap(std::size_t size_max) : size_max_(size_max) {}

  /// Inserts or replaces.
  void Put(const std::string& key, Value value, Instant expires_at) {
    Erase(key);
    if (entries_.size() >= size_max_) Erase(std::string{order_.begin()->second});
    order_.emplace(expires_at, key);
    entries_.emplace(key, Entry{std::move(value), expires_at});
  }

  /// Null if there is none, or it has ended at `now`. Valid until the next change.
  [[nodiscard]] Value* Find(std::string_view key, Instant now) {
    ForgetExpired(now);
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second.value;
  }

  void Erase(std::string_view key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return;
    order_.erase({found->second.expires_at, found->first});
    entries_.erase(found);
  }

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Value value;
    Instant expires_at;
  };

  void ForgetExpired(Instant now) {
    while (!order_.empty() && order_.begin()->first <= now) {
      Erase(std::string{order_.begin()->second});
    }
  }

  std::size_t size_max_;
  std::map<std::string, Entry, std::less<>> entries_;
  std::set<std::pair<Instant, std::string>> order_;
};

}  // namespace latchkey
