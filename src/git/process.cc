#include "git/process.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/file.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace latchkey::git {
namespace {

struct Setting {
  std::string_view name;
  std::string_view value;
};

/// Configuration of every git process. It comes with command scope: last, so that it wins over what
/// a repository's file says, and the only scope where git looks for uploadpack.packObjectsHook.
constexpr std::array kSettings{
    // Nothing but git itself runs: no hook, no monitor, no helper, no other transport.
    Setting{"core.hooksPath", "/dev/null"},
    Setting{"core.fsmonitor", "false"},
    Setting{"core.alternateRefsCommand", "true"},
    Setting{"core.sshCommand", "false"},
    Setting{"core.askPass", "false"},
    Setting{"credential.helper", ""},
    Setting{"gpg.program", "false"},
    Setting{"protocol.allow", "never"},
    // Nothing outlives the request: maintenance is not a push's business.
    Setting{"gc.auto", "0"},
    Setting{"maintenance.auto", "false"},
    Setting{"receive.autoGC", "false"},
    Setting{"receive.updateServerInfo", "false"},
    // Branches, tags and notes are a client's; every other ref can be neither seen nor changed.
    Setting{"transfer.hideRefs", "refs"},
    Setting{"transfer.hideRefs", "!refs/heads"},
    Setting{"transfer.hideRefs", "!refs/tags"},
    Setting{"transfer.hideRefs", "!refs/notes"},
    Setting{"uploadpack.allowTipSHA1InWant", "false"},
    Setting{"uploadpack.allowReachableSHA1InWant", "false"},
    Setting{"uploadpack.allowAnySHA1InWant", "false"},
    Setting{"uploadpack.allowFilter", "true"},
    Setting{"uploadpack.keepAlive", "5"},
    // What is pushed is checked, and held in memory in pieces only when it is large.
    Setting{"transfer.fsckObjects", "true"},
    // Harmless, and in the history of many old repositories: to refuse them would keep those out.
    Setting{"receive.fsck.badTimezone", "ignore"},
    Setting{"receive.fsck.missingSpaceBeforeDate", "ignore"},
    Setting{"receive.fsck.zeroPaddedFilemode", "ignore"},
    Setting{"core.bigFileThreshold", "64m"},
    Setting{"receive.denyCurrentBranch", "ignore"},
    Setting{"receive.denyDeleteCurrent", "refuse"},
    Setting{"receive.advertisePushOptions", "false"},
    Setting{"receive.keepAlive", "5"},
    // A push that was acknowledged survives a power cut.
    Setting{"core.fsync", "committed,loose-object,reference"},
    Setting{"core.fsyncMethod", "batch"},
};

constexpr std::array<std::string_view, 16> kEnvironment{
    "PATH=/usr/local/bin:/usr/bin:/bin",
    "HOME=/nonexistent",
    "XDG_CONFIG_HOME=/nonexistent",
    "LC_ALL=C",
    "GIT_CONFIG_NOSYSTEM=1",
    "GIT_CONFIG_GLOBAL=/dev/null",
    "GIT_ATTR_NOSYSTEM=1",
    "GIT_TERMINAL_PROMPT=0",
    // A delta of a few kilobytes can claim any size. Blobs above core.bigFileThreshold are streamed
    // and need far less.
    "GIT_ALLOC_LIMIT=512m",
    "GIT_NO_REPLACE_OBJECTS=1",
    "GIT_NO_LAZY_FETCH=1",
    "GIT_ALLOW_PROTOCOL=none",
    "GIT_ASKPASS=false",
    "GIT_CEILING_DIRECTORIES=/",
    "GIT_COMMITTER_NAME=latchkey",
    "GIT_COMMITTER_EMAIL=latchkey@localhost",
};

void AddSetting(std::vector<std::string>& environment, std::size_t position, std::string_view name,
                std::string_view value) {
  const std::string number = std::to_string(position);
  environment.push_back("GIT_CONFIG_KEY_" + number + "=" + std::string{name});
  environment.push_back("GIT_CONFIG_VALUE_" + number + "=" + std::string{value});
}

std::string SystemMessage(int error) { return std::system_category().message(error); }

std::vector<char*> Pointers(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  pointers.reserve(texts.size() + 1);
  for (std::string& text : texts) pointers.push_back(text.data());
  pointers.push_back(nullptr);
  return pointers;
}

constexpr int kLockedDirectory = STDERR_FILENO + 1;

/// The C library's description of what to do between fork and exec.
class SpawnPlan {
 public:
  SpawnPlan(int directory, const Stdio& stdio) {
    // Both calls only clear memory.
    static_cast<void>(::posix_spawn_file_actions_init(&actions_));
    static_cast<void>(::posix_spawnattr_init(&attributes_));
    const auto use = [this](int error) { error_ = error_ != 0 ? error_ : error; };
    use(::posix_spawn_file_actions_addfchdir_np(&actions_, directory));
    use(::posix_spawn_file_actions_adddup2(&actions_, stdio.in, STDIN_FILENO));
    use(::posix_spawn_file_actions_adddup2(&actions_, stdio.out, STDOUT_FILENO));
    use(::posix_spawn_file_actions_adddup2(&actions_, stdio.error, STDERR_FILENO));
    // Inherited by whatever git starts in turn, and with it the lock (StartGit).
    use(::posix_spawn_file_actions_adddup2(&actions_, directory, kLockedDirectory));
    // Sockets of other clients among them, which not every library opens with O_CLOEXEC.
    use(::posix_spawn_file_actions_addclosefrom_np(&actions_, kLockedDirectory + 1));

    sigset_t signals;
    ::sigemptyset(&signals);
    use(::posix_spawnattr_setsigmask(&attributes_, &signals));
    ::sigfillset(&signals);
    use(::posix_spawnattr_setsigdefault(&attributes_, &signals));
    use(::posix_spawnattr_setpgroup(&attributes_, 0));
    use(::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;
  ~SpawnPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  [[nodiscard]] int Run(const std::string& program, std::vector<std::string>& arguments,
                        std::vector<std::string>& environment, pid_t& pid) {
    if (error_ != 0) return error_;
    return ::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, Pointers(arguments).data(),
                         Pointers(environment).data());
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  int error_ = 0;
};

/// The first bytes that come out of `fd`, up to its end.
std::string ReadSome(int fd) {
  static constexpr std::size_t kSizeMax = 2048;
  std::string text;
  std::array<char, 1024> buffer{};
  for (;;) {
    const ssize_t size = ::read(fd, buffer.data(), buffer.size());
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    if (text.size() > kSizeMax) text.resize(kSizeMax);
  }
}

}  // namespace

std::vector<std::string> GitEnvironment(const GitProgram& program, int protocol_version) {
  std::vector<std::string> environment(kEnvironment.begin(), kEnvironment.end());
  if (protocol_version > 0) {
    environment.push_back("GIT_PROTOCOL=version=" + std::to_string(protocol_version));
  }
  std::size_t count = 0;
  for (const Setting& setting : kSettings) {
    AddSetting(environment, count++, setting.name, setting.value);
  }
  AddSetting(environment, count++, "receive.maxInputSize", std::to_string(program.pack_size_max));
  environment.push_back("GIT_CONFIG_COUNT=" + std::to_string(count));
  return environment;
}

Result<Process> StartGit(const GitProgram& program, const GitCommand& command, int directory,
                         const Stdio& stdio) {
  std::vector<std::string> arguments{"git"};
  arguments.insert(arguments.end(), command.arguments.begin(), command.arguments.end());
  std::vector<std::string> environment = GitEnvironment(program, command.protocol_version);
  // Best effort: without it, on a file system that knows no locks, all is as if git had ended.
  static_cast<void>(::flock(directory, LOCK_SH | LOCK_NB));
  SpawnPlan plan{directory, stdio};
  Process process;
  if (const int error = plan.Run(program.path, arguments, environment, process.pid); error != 0) {
    return Fail(Error::Code::kUnavailable,
                "cannot start " + program.path + ": " + SystemMessage(error),
                "Is git installed? The setting git_program says where it is.");
  }
  // Not by <sys/pidfd.h>, whose first version (glibc 2.36) cannot be linked from C++.
  process.pidfd = FileDescriptor{static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0))};
  if (!process.pidfd.is_open()) {
    const int error = errno;
    ::kill(-process.pid, SIGKILL);
    ::waitpid(process.pid, nullptr, 0);
    return Fail(Error::Code::kUnavailable, "cannot watch git: " + SystemMessage(error));
  }
  return process;
}

Exit Reap(const Process& process) {
  siginfo_t info{};
  while (::waitid(P_PID, static_cast<id_t>(process.pid), &info, WEXITED) != 0) {
    // Somebody else reaped it: nothing is known of how it ended.
    if (errno != EINTR) return {.code = SIGKILL, .killed = true};
  }
  return {.code = info.si_status, .killed = info.si_code != CLD_EXITED};
}

Result<void> RunGit(const GitProgram& program, const GitCommand& command, int directory) {
  const FileDescriptor nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  std::array<int, 2> ends{};
  if (!nothing.is_open() || ::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return Fail(Error::Code::kUnavailable, "cannot open a pipe: " + SystemMessage(errno));
  }
  const FileDescriptor errors{ends[0]};
  FileDescriptor errors_in{ends[1]};
  const Result<Process> process =
      StartGit(program, command, directory,
               {.in = nothing.get(), .out = nothing.get(), .error = errors_in.get()});
  if (!process) return std::unexpected(process.error());
  errors_in.Close();
  const std::string text = ReadSome(errors.get());
  if (Reap(*process).ok()) return {};
  return Fail(Error::Code::kIo, "git failed: " + EscapeForTerminal(text));
}

}  // namespace latchkey::git
