#pragma once

// What the commands for people's own logins share. They need no installation.

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "cli/session.h"
#include "client/keeper.h"

namespace latchkey::cli {

/// The logins of whoever runs the program.
class ClientSession {
 public:
  /// `session` outlives it. Errors: kNotFound: there is no home to keep them in.
  [[nodiscard]] static Result<std::unique_ptr<ClientSession>> Open(const Session& session);

  [[nodiscard]] client::Keeper& keeper() { return *keeper_; }
  [[nodiscard]] client::Transport& transport() const { return *ports_.transport; }

 private:
  explicit ClientSession(client::Ports ports) : ports_(std::move(ports)) {}

  client::Ports ports_;
  std::unique_ptr<client::Keeper> keeper_;
};

/// The one login that `url` means; without an address the only one there is. Errors: kNotFound,
/// kInvalidArgument (which of them?).
[[nodiscard]] Result<client::Login> FindLogin(const client::LoginBook& book,
                                              const std::string& url);

/// `text` as one word of a POSIX shell.
[[nodiscard]] std::string ShellWord(std::string_view text);

}  // namespace latchkey::cli
