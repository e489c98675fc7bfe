#pragma once

#include <CLI/CLI.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::cli {

/// A completion script for `bash`, `zsh` or `fish`, made from the commands and options of `app`, so
/// that it never lags behind them. Nothing for another shell.
[[nodiscard]] std::optional<std::string> CompletionScript(std::string_view shell,
                                                          const CLI::App& app);

}  // namespace latchkey::cli
