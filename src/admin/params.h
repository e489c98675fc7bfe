#pragma once

// Reads the members of a method's parameters, strictly: each has one type, and one that the method
// does not know is refused, since a misspelt `expires` that passes in silence would be a credential
// that nobody meant.
//
//     Params params{json};
//     const std::string name = params.Text("name");          // required
//     const auto app = params.OptionalText("app");
//     if (Result<void> read = params.Finish(); !read) …      // the first thing that was wrong
//
// Thread safety: none; one per call.

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "admin/json.h"
#include "base/result.h"
#include "base/secret.h"

namespace latchkey::admin {

class Params {
 public:
  /// `json` outlives this object.
  explicit Params(const Json& json);

  [[nodiscard]] std::string Text(std::string_view name);
  [[nodiscard]] std::optional<std::string> OptionalText(std::string_view name);
  /// A list of texts; empty when it is missing.
  [[nodiscard]] std::vector<std::string> Texts(std::string_view name);
  /// False when it is missing.
  [[nodiscard]] bool Flag(std::string_view name);
  /// 1 to `max`; `max` when it is missing.
  [[nodiscard]] std::size_t Count(std::string_view name, std::size_t max);
  /// Empty when it is missing.
  [[nodiscard]] SecretString Secret(std::string_view name);

  /// Errors: kInvalidArgument: the first member that was missing, of another type, or unknown.
  [[nodiscard]] Result<void> Finish();

 private:
  const Json* Find(std::string_view name);
  void Blame(std::string_view name, std::string_view what);

  const Json& json_;
  std::set<std::string, std::less<>> known_;
  std::optional<Error> error_;
};

}  // namespace latchkey::admin
