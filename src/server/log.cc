#include "server/log.h"

#include <fcntl.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <mutex>
#include <nlohmann/json.hpp>

#include "credential/scan.h"
#include "system/file_descriptor.h"

namespace latchkey::server {
namespace {

using Json = nlohmann::ordered_json;

spdlog::level::level_enum LevelOf(std::string_view name) {
  if (name == "debug") return spdlog::level::debug;
  if (name == "warn") return spdlog::level::warn;
  if (name == "error") return spdlog::level::err;
  return spdlog::level::info;
}

std::pair<spdlog::level::level_enum, std::string_view> LevelOf(Log::Level level) {
  switch (level) {
    case Log::Level::kDebug: return {spdlog::level::debug, "debug"};
    case Log::Level::kInfo: return {spdlog::level::info, "info"};
    case Log::Level::kWarn: return {spdlog::level::warn, "warn"};
    case Log::Level::kError: return {spdlog::level::err, "error"};
  }
  std::unreachable();
}

std::string Dump(const Json& line) {
  // Ill-formed UTF-8 becomes U+FFFD: a log line must never fail.
  return MaskCredentials(line.dump(-1, ' ', false, Json::error_handler_t::replace));
}

Result<std::shared_ptr<spdlog::logger>> OpenLogger(const std::string& name,
                                                   const std::string& path) {
  try {
    std::shared_ptr<spdlog::sinks::sink> sink;
    if (path.empty()) {
      sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    } else {
      // Made for its owner alone, before spdlog would make it for everybody: it holds names and
      // addresses.
      const FileDescriptor file{open(path.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
      sink = std::make_shared<spdlog::sinks::basic_file_sink_mt>(path);
    }
    auto logger = std::make_shared<spdlog::logger>(name, std::move(sink));
    logger->set_pattern("%v");
    logger->set_level(spdlog::level::trace);
    // What an operator follows, and what is left after a crash, is what has reached the file.
    logger->flush_on(spdlog::level::trace);
    return logger;
  } catch (const spdlog::spdlog_ex& error) {
    return Fail(Error::Code::kIo, "the log file " + path + " cannot be opened",
                "Check that its folder exists and is writable.");
  }
}

}  // namespace

std::string MaskCredentials(std::string text) {
  while (const std::optional<Sighting> found = FindCredential(text)) {
    const std::size_t underscore = text.find('_', found->offset);
    text.replace(underscore + 1, found->offset + found->size - underscore - 1, "[masked]");
  }
  return text;
}

Log::Log(const Settings& settings, const Clock& clock)
    : log_file_(settings.log_file),
      access_log_(settings.access_log),
      level_(settings.log_level),
      clock_(clock) {}

Log::~Log() { Flush(); }

Result<std::unique_ptr<Log>> Log::Open(const Settings& settings, const Clock& clock) {
  std::unique_ptr<Log> log{new Log{settings, clock}};
  if (Result<void> opened = log->OpenSinks(); !opened) return std::unexpected(opened.error());
  return log;
}

Result<void> Log::OpenSinks() {
  Result<std::shared_ptr<spdlog::logger>> log = OpenLogger("latchkey", log_file_);
  if (!log) return std::unexpected(log.error());
  (*log)->set_level(LevelOf(level_));
  Result<std::shared_ptr<spdlog::logger>> access = *log;
  if (access_log_ == "off") {
    access = std::shared_ptr<spdlog::logger>{};
  } else if (!access_log_.empty() && access_log_ != log_file_) {
    access = OpenLogger("access", access_log_);
  }
  if (!access) return std::unexpected(access.error());
  const std::scoped_lock lock{mutex_};
  log_ = std::move(*log);
  access_ = std::move(*access);
  return {};
}

Result<void> Log::Reopen() {
  Flush();
  return OpenSinks();
}

void Log::Flush() {
  const std::scoped_lock lock{mutex_};
  if (log_) log_->flush();
  if (access_) access_->flush();
}

void Log::Write(Level level, std::string_view event, const Fields& fields) {
  const auto [severity, name] = LevelOf(level);
  std::shared_ptr<spdlog::logger> logger;
  {
    const std::scoped_lock lock{mutex_};
    logger = log_;
  }
  if (!logger->should_log(severity)) return;
  Json line{{"time", FormatInstant(clock_.Now())}, {"level", name}, {"event", event}};
  for (const auto& [key, value] : fields) line[key] = value;
  logger->log(severity, "{}", Dump(line));
}

void Log::WriteAccess(const http::AccessRecord& record) {
  std::shared_ptr<spdlog::logger> logger;
  {
    const std::scoped_lock lock{mutex_};
    logger = access_;
  }
  if (!logger) return;
  Json line{{"time", FormatInstant(clock_.Now())},
            {"event", "http.request"},
            {"client", record.client_address},
            {"request_id", record.request_id},
            {"method", record.method},
            {"path", record.path},
            {"status", record.status},
            {"bytes_in", record.bytes_in},
            {"bytes_out", record.bytes_out},
            {"micros", record.duration.count()}};
  for (const auto& [key, value] : record.annotations) line[key] = value;
  logger->info("{}", Dump(line));
}

void Log::WriteAccessLines(std::string_view lines) {
  std::shared_ptr<spdlog::logger> logger;
  {
    const std::scoped_lock lock{mutex_};
    logger = access_;
  }
  if (!logger || lines.empty()) return;
  // The logger ends what it writes with a line break itself.
  lines.remove_suffix(1);
  logger->info("{}", MaskCredentials(std::string{lines}));
}

}  // namespace latchkey::server
