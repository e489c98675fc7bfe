#include "cli/commands.h"

namespace latchkey::cli {

CLI::App* AddGroup(CLI::App& app, const std::string& name, const std::string& description) {
  CLI::App* group = app.add_subcommand(name, description);
  group->require_subcommand(1);
  return group;
}

CLI::App* AddCommand(CLI::App& group, const std::string& name, const std::string& description,
                     const std::string& examples) {
  CLI::App* command = group.add_subcommand(name, description);
  command->footer("Examples:\n" + examples);
  return command;
}

void AddJsonOption(CLI::App* command, Session& session) {
  command->add_flag("--json", session.json, "Print JSON, errors too");
}

void AddInstallationOptions(CLI::App* command, Session& session) {
  command
      ->add_option("--data", session.data_directory,
                   "The data directory; else the variable LATCHKEY_DATA")
      ->type_name("DIR");
  command->add_option("--config", session.config_file, "The settings file, if there is one")
      ->type_name("FILE");
  AddJsonOption(command, session);
}

}  // namespace latchkey::cli
