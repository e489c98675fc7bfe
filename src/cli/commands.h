#pragma once

// One function per group of commands: each adds its commands to the program, with their help, and
// sets Session::action when one of them is chosen.

#include <CLI/CLI.hpp>
#include <string>
#include <utility>

#include "cli/session.h"

namespace latchkey::cli {

/// `session` outlives `app`, in all of them.
void AddServeCommands(CLI::App& app, Session& session);
void AddAccountCommands(CLI::App& app, Session& session);
void AddWorkspaceCommands(CLI::App& app, Session& session);
void AddRepositoryCommands(CLI::App& app, Session& session);
void AddAppCommands(CLI::App& app, Session& session);
void AddCredentialCommands(CLI::App& app, Session& session);
void AddPolicyCommands(CLI::App& app, Session& session);
void AddCatalogueCommands(CLI::App& app, Session& session);
void AddAuditCommands(CLI::App& app, Session& session);
void AddBackupCommands(CLI::App& app, Session& session);
void AddEncodeCommand(CLI::App& app, Session& session);
void AddInspectCommand(CLI::App& app, Session& session);
void AddLoginCommands(CLI::App& app, Session& session);
void AddGitCredentialCommand(CLI::App& app, Session& session);
void AddSnippetCommands(CLI::App& app, Session& session);
void AddDoctorCommand(CLI::App& app, Session& session);
void AddSystemCommands(CLI::App& app, Session& session);

/// A command that holds others: one of them must be named.
CLI::App* AddGroup(CLI::App& app, const std::string& name, const std::string& description);

/// A command with examples under its help.
CLI::App* AddCommand(CLI::App& group, const std::string& name, const std::string& description,
                     const std::string& examples);

/// `--json`.
void AddJsonOption(CLI::App* command, Session& session);
/// `--data`, `--config` and `--json`: for commands that need an installation.
void AddInstallationOptions(CLI::App* command, Session& session);

/// Makes `action` what the command does.
template <typename Action>
void SetAction(CLI::App* command, Session& session, Action action) {
  command->callback([&session, action = std::move(action)] { session.action = action; });
}

}  // namespace latchkey::cli
