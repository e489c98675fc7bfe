#include <algorithm>
#include <list>
#include <memory>

#include "cli/commands.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

std::string FlagOf(const std::string& key) {
  std::string flag = "--" + key;
  std::ranges::replace(flag, '_', '-');
  return flag;
}

/// A value for each setting that was given; in a list, since options keep references.
struct SettingValues {
  std::string config_file;
  std::list<std::pair<std::string, std::string>> values;
  std::vector<CLI::Option*> options;
};

std::shared_ptr<SettingValues> AddSettingFlags(CLI::App* command, const Session& session) {
  auto given = std::make_shared<SettingValues>();
  for (const SettingFlag& flag : session.environment().setting_flags) {
    auto& [key, value] = given->values.emplace_back(flag.key, std::string{});
    given->options.push_back(command->add_option(FlagOf(key), value, flag.description)
                                 ->type_name(flag.form.empty() ? "VALUE" : flag.form));
  }
  command->add_option("--config", given->config_file, "A settings file (docs/settings.md)")
      ->type_name("FILE");
  return given;
}

ServeOptions OptionsFrom(const SettingValues& given) {
  ServeOptions options{.config_file = given.config_file, .flags = {}};
  std::size_t index = 0;
  for (const auto& [key, value] : given.values) {
    if (given.options[index]->count() > 0) options.flags.emplace_back(key, value);
    ++index;
  }
  return options;
}

int ShowSettings(const Session& session, const ServeOptions& options) {
  const Result<std::vector<SettingLine>> lines = session.environment().show_settings(options);
  if (!lines) return session.ReportStart(lines.error());
  if (session.json) {
    Json json = Json::object();
    for (const SettingLine& line : *lines) json[line.key] = line.value;
    session.PrintJson(json);
    return kOk;
  }
  Table table{{"SETTING", "VALUE", "WHAT IT IS"}};
  for (const SettingLine& line : *lines) table.Add({{line.key}, {line.value}, {line.description}});
  table.Print(session.out(), session.color());
  return kOk;
}

}  // namespace

void AddServeCommands(CLI::App& app, Session& session) {
  CLI::App* serve = AddCommand(
      app, "serve", "Serve Git and the API until SIGTERM or SIGINT",
      "  latchkey serve --data DIR\n"
      "  latchkey serve --data DIR --listen 127.0.0.1:8080 --public-url https://git.example.org\n"
      "  latchkey serve --config /etc/latchkey.toml\n");
  AddJsonOption(serve, session);
  const auto serve_values = AddSettingFlags(serve, session);
  SetAction(serve, session, [&session, serve_values] {
    const ServeOptions options = OptionsFrom(*serve_values);
    // For the commands that an error's hint names.
    session.config_file = options.config_file;
    for (const auto& [key, value] : options.flags) {
      if (key == "data") session.data_directory = value;
    }
    const Result<void> served = session.environment().serve(options);
    return served ? int{kOk} : session.ReportStart(served.error());
  });

  CLI::App* settings =
      AddCommand(app, "settings", "Show every setting and its value; starts nothing",
                 "  latchkey settings --config /etc/latchkey.toml\n");
  AddJsonOption(settings, session);
  const auto settings_values = AddSettingFlags(settings, session);
  SetAction(settings, session, [&session, settings_values] {
    return ShowSettings(session, OptionsFrom(*settings_values));
  });
}

}  // namespace latchkey::cli
