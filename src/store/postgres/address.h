#pragma once

// Where the database is: libpq's connection string, checked, with the program's own defaults.
//
// Thread safety: values.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"

namespace latchkey::postgres {

class Address {
 public:
  /// A URI (`postgresql://user@a,b/latchkey`) or `key=value` pairs, as libpq documents them
  /// (https://www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-CONNSTRING). Several hosts
  /// are tried in their order, and only one that takes writes is used; a host that does not answer
  /// is given up after 3 s. Errors: kInvalidArgument, in words that repeat nothing of `text`: it
  /// may hold a password.
  [[nodiscard]] static Result<Address> Parse(std::string_view text);

  /// For people: user, hosts and database, without any secret.
  [[nodiscard]] std::string shown() const;

  /// All keys and values, the password among them. For connecting alone.
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& values() const {
    return values_;
  }
  /// Replaces it in a message of libpq's.
  [[nodiscard]] std::string WithoutPassword(std::string message) const;

 private:
  [[nodiscard]] const std::string* Find(std::string_view key) const;
  void SetDefault(std::string_view key, std::string_view value);
  [[nodiscard]] Result<void> CheckPlaces() const;

  std::vector<std::pair<std::string, std::string>> values_;
};

}  // namespace latchkey::postgres
