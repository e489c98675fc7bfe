#include "testing/postgres/test_server.h"

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <csignal>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "store/postgres/migrations.h"

namespace latchkey::postgres {
namespace {

constexpr std::string_view kTemplate = "latchkey_template";
constexpr const char* kInstall =
    "PostgreSQL's programs are not installed: ./dev setup --tests installs them (Debian: apt-get "
    "install postgresql)";

/// Who runs it: PostgreSQL refuses root. Nothing: whoever runs the test.
struct User {
  uid_t user;
  gid_t group;
};

std::optional<User> FindUser() {
  if (geteuid() != 0) return std::nullopt;
  passwd entry{};
  passwd* found = nullptr;
  std::array<char, 4096> room{};
  if (getpwnam_r("postgres", &entry, room.data(), room.size(), &found) != 0 || found == nullptr) {
    return std::nullopt;
  }
  return User{.user = entry.pw_uid, .group = entry.pw_gid};
}

/// The directory with the newest `postgres`; empty if there is none.
std::filesystem::path FindPrograms() {
  std::filesystem::path newest;
  int newest_release = 0;
  std::error_code ignored;
  for (const auto& release : std::filesystem::directory_iterator{"/usr/lib/postgresql", ignored}) {
    const std::string name = release.path().filename();
    int number = 0;
    std::from_chars(name.data(), name.data() + name.size(), number);
    if (number > newest_release && std::filesystem::exists(release.path() / "bin/initdb")) {
      newest_release = number;
      newest = release.path() / "bin";
    }
  }
  return newest;
}

/// Begins a program as `user`, its output going to the file `log`. It ends with this process.
pid_t Begin(const std::vector<std::string>& arguments, const std::optional<User>& user,
            const std::string& log) {
  std::vector<char*> raw;
  raw.reserve(arguments.size() + 1);
  // execv changes none of them.
  for (const std::string& one : arguments) raw.push_back(const_cast<char*>(one.c_str()));
  raw.push_back(nullptr);
  const pid_t parent = getpid();
  const pid_t child = fork();
  if (child != 0) return child;
  // Only what is safe between fork and exec.
  if (user && (setgroups(0, nullptr) != 0 || setgid(user->group) != 0 || setuid(user->user) != 0)) {
    _exit(126);
  }
  prctl(PR_SET_PDEATHSIG, SIGQUIT);
  if (getppid() != parent) _exit(126);
  const int output = open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  const int input = open("/dev/null", O_RDONLY | O_CLOEXEC);
  if (output < 0 || input < 0 || dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(output, 2) < 0) {
    _exit(126);
  }
  execv(raw[0], raw.data());
  _exit(127);
}

int WaitFor(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

std::string TextOfFile(const std::string& path) {
  const std::ifstream file{path};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

}  // namespace

// In memory, where there is such a place, a new database takes a seventh of the time.
TestServer::TestServer()
    : directory_(access("/dev/shm", W_OK) == 0 ? std::filesystem::path{"/dev/shm"}
                                               : std::filesystem::temp_directory_path()) {}

TestServer* TestServer::Get() {
  static const std::unique_ptr<TestServer> server = [] {
    std::unique_ptr<TestServer> made{new TestServer()};
    if (!made->MakeCluster() || !made->Start() || !made->MakeTemplate()) made.reset();
    return made;
  }();
  if (!server) ADD_FAILURE() << "there is no PostgreSQL server; see the first failure";
  return server.get();
}

TestServer::~TestServer() { Stop(); }

bool TestServer::MakeCluster() {
  programs_ = FindPrograms();
  const std::optional<User> user = FindUser();
  if (programs_.empty() || (geteuid() == 0 && !user)) {
    ADD_FAILURE() << kInstall;
    return false;
  }
  if (user && chown(directory_.path().c_str(), user->user, user->group) != 0) {
    ADD_FAILURE() << "the scratch directory cannot be given to the user postgres";
    return false;
  }
  const std::string log = directory_.File("initdb.log");
  const pid_t child =
      Begin({programs_ / "initdb", "-D", directory_.File("data"), "-U", "postgres", "-A", "trust",
             "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "--no-instructions"},
            user, log);
  if (WaitFor(child) == 0) return true;
  ADD_FAILURE() << "initdb failed: " << TextOfFile(log);
  return false;
}

bool TestServer::Start() {
  const std::string log = directory_.File("server.log");
  std::vector<std::string> arguments{
      programs_ / "postgres", "-D", directory_.File("data"), "-k", directory(), "-h", ""};
  for (const char* setting : {"fsync=off", "full_page_writes=off", "autovacuum=off",
                              "max_connections=60", "shared_buffers=64MB", "max_wal_size=64MB",
                              "log_min_messages=fatal", "client_min_messages=warning"}) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  pid_ = Begin(arguments, FindUser(), log);
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{60};
  while (std::chrono::steady_clock::now() < deadline) {
    if (Connection::Open(SettingsOf("postgres"))) return true;
    if (waitpid(pid_, nullptr, WNOHANG) != 0) break;
    poll(nullptr, 0, 10);
  }
  ADD_FAILURE() << "PostgreSQL does not start: " << TextOfFile(log);
  return false;
}

void TestServer::Stop() {
  if (pid_ <= 0) return;
  kill(pid_, SIGQUIT);
  WaitFor(pid_);
  pid_ = -1;
}

bool TestServer::MakeTemplate() {
  Execute(SettingsOf("postgres"), "CREATE DATABASE " + std::string{kTemplate});
  const Result<void> migrated = Migrate(SettingsOf(std::string{kTemplate}));
  if (migrated) return true;
  ADD_FAILURE() << Describe(migrated.error());
  return false;
}

Settings TestServer::DatabaseOf(const std::filesystem::path& directory) {
  const auto known = std::ranges::find(databases_, directory, &Database::directory);
  if (known != databases_.end()) return SettingsOf(known->name);
  DropUnused();
  const std::string name = "test_" + std::to_string(++made_);
  Execute(SettingsOf("postgres"),
          "CREATE DATABASE " + name + " TEMPLATE " + std::string{kTemplate});
  databases_.push_back({.directory = directory, .name = name});
  return SettingsOf(name);
}

Settings TestServer::NewDatabase() {
  const std::string name = "test_" + std::to_string(++made_);
  Execute(SettingsOf("postgres"), "CREATE DATABASE " + name);
  return SettingsOf(name);
}

void TestServer::DropUnused() {
  std::erase_if(databases_, [this](const Database& database) {
    if (std::filesystem::exists(database.directory)) return false;
    Execute(SettingsOf("postgres"), "DROP DATABASE " + database.name + " WITH (FORCE)");
    return true;
  });
}

Settings TestServer::SettingsOf(const std::string& database) const {
  Result<Address> address =
      Address::Parse("host=" + directory() + " user=postgres dbname=" + database);
  if (!address) ADD_FAILURE() << Describe(address.error());
  return Settings{.address = std::move(address).value_or(Address{})};
}

void Execute(const Settings& settings, const std::string& sql) {
  const Result<std::unique_ptr<Connection>> connection = Connection::Open(settings);
  const Result<void> done =
      connection ? (*connection)->Execute(sql) : std::unexpected(connection.error());
  if (!done) ADD_FAILURE() << sql << ": " << Describe(done.error());
}

Settings DatabaseOf(const std::filesystem::path& directory) {
  TestServer* server = TestServer::Get();
  if (server != nullptr) return server->DatabaseOf(directory);
  // No database that happens to be there.
  return Settings{.address = Address::Parse("host=/nonexistent").value_or(Address{})};
}

}  // namespace latchkey::postgres
