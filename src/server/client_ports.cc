#include "server/client_ports.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "admin/version.h"
#include "client_io/book_file.h"
#include "client_io/curl_transport.h"
#include "client_io/local_boxes.h"
#include "crypto/system_random.h"

// NOLINTNEXTLINE(readability-redundant-declaration): POSIX leaves it to the program.
extern char** environ;

namespace latchkey::server {
namespace {

using Variable = std::function<std::optional<std::string>(const char*)>;

std::string ValueOf(const Variable& variable, const char* name) {
  return variable(name).value_or(std::string{});
}

Result<std::string> ClientDirectory(const Variable& variable) {
  if (std::string own = ValueOf(variable, "LATCHKEY_CLIENT_DIR"); !own.empty()) return own;
  const std::string config = ValueOf(variable, "XDG_CONFIG_HOME");
  if (config.starts_with('/')) return config + "/latchkey";
  const std::string home = ValueOf(variable, "HOME");
  if (home.starts_with('/')) return home + "/.config/latchkey";
  return Fail(Error::Code::kNotFound, "there is no home to keep logins in",
              "Set HOME, or LATCHKEY_CLIENT_DIR to a directory of your own.");
}

/// The certificates that git was told to trust count here too.
std::string CaFile(const Variable& variable) {
  for (const char* name : {"LATCHKEY_CA_FILE", "GIT_SSL_CAINFO", "SSL_CERT_FILE"}) {
    if (std::string file = ValueOf(variable, name); !file.empty()) return file;
  }
  return {};
}

Result<client::Ports> MakePorts(const Variable& variable, const Clock& clock,
                                const std::function<Result<SecretString>(std::string_view)>& ask) {
  const Result<std::string> directory = ClientDirectory(variable);
  if (!directory) return std::unexpected(directory.error());
  client::Ports ports;
  ports.random = std::make_unique<SystemRandom>();
  ports.file = std::make_unique<client::DirectoryBook>(*directory);
  ports.boxes = std::make_unique<client::LocalBoxes>(client::LocalBoxes::Parts{
      .directory = *directory, .random = *ports.random, .clock = clock, .ask = ask});
  client::CurlTransport::Options options;
  options.ca_file = CaFile(variable);
  options.user_agent = "latchkey/" + std::string{admin::Version()};
  ports.transport = std::make_unique<client::CurlTransport>(std::move(options));
  return ports;
}

/// By xdg-open, which goes on by itself; nothing that it says is shown.
Result<void> OpenBrowser(const std::string& url) {
  std::string program = "xdg-open";
  std::string address = url;
  const std::array<char*, 3> arguments{program.data(), address.data(), nullptr};
  posix_spawn_file_actions_t actions{};
  posix_spawn_file_actions_init(&actions);
  for (const int fd : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, fd, "/dev/null", O_RDWR, 0);
  }
  pid_t pid = 0;
  const int failed =
      posix_spawnp(&pid, program.c_str(), &actions, nullptr, arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  const bool opened = failed == 0 && waitpid(pid, &status, 0) == pid && status == 0;
  if (opened) return {};
  return Fail(Error::Code::kUnavailable, "no browser could be started");
}

}  // namespace

void AddClientPorts(cli::CliEnvironment& environment) {
  const Clock& clock = *environment.clock;
  environment.client_ports = [variable = environment.variable, &clock,
                              ask = environment.prompt_secret] {
    return MakePorts(variable, clock, ask);
  };
  environment.open_browser = OpenBrowser;
  std::error_code error;
  const std::filesystem::path program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (!error) environment.program_path = program.string();
}

}  // namespace latchkey::server
