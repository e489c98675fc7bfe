#include "cli/run.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

#include "admin/version.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/exit_code.h"
#include "cli/secret_input.h"
#include "cli/session.h"

namespace latchkey::cli {
namespace {

using Arguments = std::vector<std::string>;

void BuildApp(CLI::App& app, Session& session) {
  constexpr std::size_t kColumnWidth = 32;
  app.name("latchkey");
  app.description("Scoped, expiring credentials for Git over HTTPS and for REST APIs.");
  app.get_formatter()->column_width(kColumnWidth);
  app.require_subcommand(1);
  app.footer(std::string{ExitCodeHelp()} +
             "\nEvery command has --help with examples, and most take --json.\n"
             "LATCHKEY_DATA names the data directory where --data is not given; NO_COLOR turns "
             "colours off.\n");
  AddServeCommands(app, session);
  AddAccountCommands(app, session);
  AddWorkspaceCommands(app, session);
  AddRepositoryCommands(app, session);
  AddAppCommands(app, session);
  AddCredentialCommands(app, session);
  AddCatalogueCommands(app, session);
  AddEncodeCommand(app, session);
  AddInspectCommand(app, session);
  AddLoginCommands(app, session);
  AddGitCredentialCommand(app, session);
  AddSnippetCommands(app, session);
  AddDoctorCommand(app, session);
  AddPolicyCommands(app, session);
  AddAuditCommands(app, session);
  AddBackupCommands(app, session);
  AddSystemCommands(app, session);
  // Last, since commands inherit it from here.
  app.set_version_flag("--version", std::string{admin::Version()});
  app.set_help_all_flag("--help-all", "Print the help of every command");
}

/// The command that the arguments lead to, as far as they are known, and the word that leads no
/// further.
struct Reached {
  const CLI::App* app;
  std::string path;
  std::string unknown;
};

const CLI::App* FindCommand(const CLI::App& app, const std::string& name) {
  for (const CLI::App* command : app.get_subcommands({})) {
    if (command->get_name() == name) return command;
  }
  return nullptr;
}

Reached Follow(const CLI::App& root, const Arguments& arguments) {
  Reached reached{.app = &root, .path = "latchkey", .unknown = {}};
  for (const std::string& argument : arguments) {
    if (argument.starts_with('-')) continue;
    if (reached.app->get_subcommands({}).empty()) break;
    const CLI::App* next = FindCommand(*reached.app, argument);
    if (next == nullptr) {
      reached.unknown = argument;
      break;
    }
    reached.app = next;
    reached.path += " " + argument;
  }
  return reached;
}

/// ` (did you mean that?)`, or nothing.
std::string Suggest(const std::string& word, const std::vector<std::string>& known) {
  const std::vector<std::string> nearest = NearestNames(word, known, /*count=*/1);
  return nearest.empty() ? "" : " (did you mean " + nearest.front() + "?)";
}

std::string UnknownCommand(const Reached& reached) {
  std::vector<std::string> known;
  for (const CLI::App* command : reached.app->get_subcommands({})) {
    known.push_back(command->get_name());
  }
  // Only what can be a mistyped command is repeated.
  constexpr std::size_t kCommandSizeMax = 20;
  const bool plain = reached.unknown.size() <= kCommandSizeMax &&
                     std::ranges::all_of(reached.unknown,
                                         [](char c) { return c == '-' || (c >= 'a' && c <= 'z'); });
  if (!plain) return "unknown command";
  return "unknown command \"" + reached.unknown + "\"" + Suggest(reached.unknown, known);
}

std::string UnexpectedArguments(const CLI::App& root, const Reached& reached) {
  std::vector<std::string> known;
  for (const CLI::Option* option : reached.app->get_options()) {
    for (const std::string& name : option->get_lnames()) known.push_back("--" + name);
  }
  for (const std::string& extra : root.remaining(/*recurse=*/true)) {
    if (!extra.starts_with('-') || extra.size() < 2) continue;
    const std::string name = extra.substr(0, extra.find('='));
    return "unknown option " + EscapeForTerminal(name, 40) + Suggest(name, known);
  }
  return "an argument too many";
}

int ReportParseError(const Session& session, const CLI::App& root, const CLI::ParseError& error,
                     const Arguments& arguments) {
  const Reached reached = Follow(root, arguments);
  const std::string hint = "\"" + reached.path + " --help\" shows how it is used.";
  if (!reached.unknown.empty()) return session.ReportUsage(UnknownCommand(reached), hint);
  if (!reached.app->get_subcommands({}).empty()) {
    return session.ReportUsage("which command?", hint);
  }
  // What stands too many may be a secret, so it is not repeated.
  if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
    const bool secret_command =
        reached.app->get_name() == "encode" || reached.app->get_name() == "inspect";
    return session.ReportUsage(UnexpectedArguments(root, reached),
                               secret_command ? "A secret is no argument: others on this machine "
                                                "can read those. Give it on standard input, or at "
                                                "the prompt. " +
                                                    hint
                                              : hint);
  }
  // These two name an option, never its value.
  const bool names_options = dynamic_cast<const CLI::RequiredError*>(&error) != nullptr ||
                             dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr;
  return session.ReportUsage(
      names_options ? EscapeForTerminal(error.what()) : "the arguments cannot be used", hint);
}

int ReportSecretArgument(const Session& session) {
  constexpr const char* kHint =
      "Other users of this machine can read arguments while a program runs, and shells keep them. "
      "Give the secret on "
      "standard input or at a prompt; name a credential by its id. If others may have seen this "
      "one, revoke it.";
  return session.ReportUsage("there is a secret among the arguments", kHint);
}

int Parse(CLI::App& app, Session& session, const Arguments& arguments) {
  try {
    Arguments reversed{arguments.rbegin(), arguments.rend()};
    app.parse(std::move(reversed));
    return kOk;
  } catch (const CLI::CallForAllHelp&) {
    session.out() << app.help("", CLI::AppFormatMode::All);
  } catch (const CLI::CallForHelp&) {
    session.out() << app.help();
  } catch (const CLI::ParseError& error) {
    return ReportParseError(session, app, error, arguments);
  }
  session.action = [] { return int{kOk}; };
  return kOk;
}

}  // namespace

int Run(int argc, const char* const* argv, CliEnvironment& environment) {
  const Arguments arguments(argv + std::min(argc, 1), argv + argc);
  Session session{environment};
  session.json = std::ranges::find(arguments, "--json") != arguments.end();
  if (std::ranges::any_of(arguments, LooksLikeSecret)) return ReportSecretArgument(session);
  CLI::App app;
  BuildApp(app, session);
  if (const int status = Parse(app, session, arguments); status != kOk) return status;
  const int status = session.action();
  environment.output->flush();
  if (!environment.output->good()) {
    return session.Report({Error::Code::kIo, "the output could not be written"});
  }
  return status;
}

}  // namespace latchkey::cli
