#include "cli/session.h"

#include <utility>

#include "admin/protocol.h"
#include "base/text.h"

namespace latchkey::cli {
namespace {

constexpr std::size_t kLineSizeMax = 4096;

/// Each line of `text` escaped and indented.
void PrintLines(std::ostream& out, std::string_view text, std::string_view indent) {
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    out << indent << EscapeForTerminal(text.substr(0, end), kLineSizeMax) << '\n';
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
}

/// `text` as one word of a shell.
std::string ShellWord(const std::string& text) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-+:@%,=";
  if (!text.empty() && text.find_first_not_of(kPlain) == std::string::npos) return text;
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'') {
      quoted += "'\\''";
    } else {
      quoted += c;
    }
  }
  return quoted + "'";
}

/// Whether a quoted command of a hint works on an installation, and does not name one yet.
bool WantsInstallation(std::string_view command) {
  for (const std::string_view other :
       {"latchkey encode", "latchkey inspect", "latchkey version", "latchkey completion"}) {
    if (command.starts_with(other)) return false;
  }
  return command.find(" --") == std::string_view::npos;
}

/// Whether the method may be the first one of a new installation.
bool CreatesSomething(std::string_view method) {
  return method.ends_with(".create") || method == "app.add";
}

}  // namespace

bool Session::color() const {
  const std::optional<std::string> no_color = environment_.variable("NO_COLOR");
  return environment_.output_is_terminal && (!no_color || no_color->empty());
}

Result<Location> Session::FindLocation() const {
  Location location{.data_directory = data_directory, .config_file = config_file};
  if (location.data_directory.empty()) {
    location.data_directory = environment_.variable("LATCHKEY_DATA").value_or(std::string{});
  }
  if (location.data_directory.empty() && location.config_file.empty()) {
    return Fail(Error::Code::kInvalidArgument, "which data directory?",
                "Give --data DIR, or set LATCHKEY_DATA.");
  }
  return location;
}

std::string Session::WithInstallation(std::string_view hint) const {
  std::string options;
  if (!data_directory.empty()) options += " --data " + ShellWord(data_directory);
  if (!config_file.empty()) options += " --config " + ShellWord(config_file);
  constexpr std::string_view kStart = "\"latchkey ";
  std::string text;
  while (true) {
    const std::size_t start = hint.find(kStart);
    const std::size_t end =
        start == std::string_view::npos ? start : hint.find('"', start + kStart.size());
    if (end == std::string_view::npos) return text += hint;
    text += hint.substr(0, end);
    if (WantsInstallation(hint.substr(start + 1, end - start - 1))) text += options;
    text += '"';
    hint.remove_prefix(end + 1);
  }
}

Result<Json> Session::Call(std::string_view method, Json params) {
  const admin::WipedJson wiped{std::move(params)};
  if (port_ == nullptr) {
    Result<Location> location = FindLocation();
    // A mistyped --data must not make a command that only looks, or changes what there is, look at
    // a new and empty installation.
    if (location) location->may_make = CreatesSomething(method);
    Result<std::unique_ptr<admin::AdminPort>> port =
        location ? environment_.connect(*location) : std::unexpected(location.error());
    if (!port) {
      start_status_ = location ? ExitCodeForStart(port.error().code) : kUsage;
      return std::unexpected(port.error());
    }
    port_ = std::move(*port);
  }
  return port_->Call(method, *wiped);
}

Result<Json> Session::List(std::string_view method, Json params) {
  Json values = Json::array();
  while (true) {
    Result<Json> page = Call(method, params);
    if (!page) return page;
    const auto found = page->find("values");
    if (found == page->end() || !found->is_array()) {
      return Fail(Error::Code::kInternal, "the server's list is of an unknown form");
    }
    for (Json& value : *found) values.push_back(std::move(value));
    const std::string next = admin::TextOf(*page, "next");
    if (next.empty()) return values;
    params["after"] = next;
  }
}

void Session::PrintError(std::string_view code, const std::string& message,
                         const std::string& hint) const {
  const std::string full_hint = WithInstallation(hint);
  out().flush();
  if (json) {
    const Json error{{"error", Json{{"code", code}, {"message", message}, {"hint", full_hint}}}};
    err() << error.dump(-1, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) << '\n';
    return;
  }
  PrintLines(err(), "latchkey: " + message, "");
  PrintLines(err(), full_hint, "  ");
}

int Session::Report(const Error& error) const {
  PrintError(CodeName(error.code), error.message, error.hint);
  return start_status_.value_or(ExitCodeFor(error.code));
}

int Session::ReportStart(const Error& error) const {
  PrintError(CodeName(error.code), error.message, error.hint);
  return ExitCodeForStart(error.code);
}

int Session::ReportUsage(const std::string& message, const std::string& hint) const {
  PrintError("usage", message, hint);
  return kUsage;
}

void Session::PrintJson(const Json& value) const {
  out() << value.dump(2, ' ', /*ensure_ascii=*/false, Json::error_handler_t::replace) << '\n';
}

int Session::Run(std::string_view method, Json params,
                 const std::function<void(const Json&)>& show) {
  Result<Json> called = Call(method, std::move(params));
  if (!called) return Report(called.error());
  const admin::WipedJson answer{std::move(*called)};
  if (json) {
    PrintJson(*answer);
  } else {
    show(*answer);
  }
  return kOk;
}

int Session::RunList(std::string_view method, Json params, std::vector<std::string> headings,
                     const std::function<std::vector<Cell>(const Json&)>& row,
                     std::string_view none) {
  const Result<Json> values = List(method, std::move(params));
  if (!values) return Report(values.error());
  if (json) {
    PrintJson(*values);
    return kOk;
  }
  Table table{std::move(headings)};
  for (const Json& value : *values) table.Add(row(value));
  if (table.empty()) {
    out() << none << '\n';
  } else {
    table.Print(out(), color());
  }
  return kOk;
}

}  // namespace latchkey::cli
