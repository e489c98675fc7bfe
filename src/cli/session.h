#pragma once

// One run of the program: the options that every command shares, the way to the admin service, and
// how results and errors are shown.
//
// Thread safety: none.

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "admin/json.h"
#include "cli/environment.h"
#include "cli/exit_code.h"
#include "cli/table.h"

namespace latchkey::cli {

using admin::Json;

class Session {
 public:
  /// `environment` outlives this object.
  explicit Session(CliEnvironment& environment) : environment_(environment) {}
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// Set from the command line before the action runs.
  std::string data_directory;
  std::string config_file;
  bool json = false;
  std::function<int()> action;

  [[nodiscard]] CliEnvironment& environment() const { return environment_; }
  [[nodiscard]] std::ostream& out() const { return *environment_.output; }
  [[nodiscard]] std::ostream& err() const { return *environment_.error_output; }
  [[nodiscard]] Instant now() const { return environment_.clock->Now(); }
  /// On a terminal, unless NO_COLOR is set (no-color.org).
  [[nodiscard]] bool color() const;

  /// `--data`, else LATCHKEY_DATA. Errors: kInvalidArgument: neither, and no settings file.
  [[nodiscard]] Result<Location> FindLocation() const;

  /// `hint` with the installation that was given on the command line in each command that it
  /// quotes, so that the command can be run as it stands:
  /// `"latchkey token list"` becomes `"latchkey token list --data /srv/lk"`.
  /// Commands that need no installation, and a directory named by LATCHKEY_DATA, add nothing.
  [[nodiscard]] std::string WithInstallation(std::string_view hint) const;

  /// Calls the admin service, connecting first. `params` is wiped.
  [[nodiscard]] Result<Json> Call(std::string_view method, Json params);
  /// All pages of a list.
  [[nodiscard]] Result<Json> List(std::string_view method, Json params);

  /// Shows an error on standard error and returns the exit status.
  int Report(const Error& error) const;
  /// The same for an error met before anything was done.
  int ReportStart(const Error& error) const;
  int ReportUsage(const std::string& message, const std::string& hint) const;

  /// Calls, and shows the answer: as JSON, or by `show`. Returns the exit status.
  int Run(std::string_view method, Json params, const std::function<void(const Json&)>& show);
  /// Lists, and shows an array, or a table of `headings` with the `row` of each value; `none` when
  /// there is none.
  int RunList(std::string_view method, Json params, std::vector<std::string> headings,
              const std::function<std::vector<Cell>(const Json&)>& row, std::string_view none);

  void PrintJson(const Json& value) const;

 private:
  void PrintError(std::string_view code, const std::string& message, const std::string& hint) const;

  CliEnvironment& environment_;
  std::unique_ptr<admin::AdminPort> port_;
  std::optional<ExitCode> start_status_;  // Set when the service could not be reached.
};

}  // namespace latchkey::cli
