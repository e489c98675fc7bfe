#include "server/backup.h"

#include <fcntl.h>

#include <filesystem>
#include <memory>
#include <nlohmann/json.hpp>
#include <system_error>
#include <utility>

#include "admin/version.h"
#include "authority/journal_copy.h"
#include "authority/reconcile.h"
#include "crypto/mac.h"
#include "server/installation.h"
#include "server/keyring_file.h"
#include "store/codec/hex.h"
#include "store/journal/file_journal.h"
#include "system/file_io.h"

namespace latchkey::server {
namespace {

using enum Error::Code;
using nlohmann::json;

constexpr int kFormat = 1;
constexpr std::size_t kManifestSizeMax = 4096;

struct Manifest {
  std::uint64_t changes = 0;
  Mac mac{};
  Instant made_at{};
};

std::string ManifestPath(const std::string& directory) { return directory + "/backup.json"; }

Result<void> WriteManifest(const std::string& directory, const Manifest& manifest) {
  const json text{{"format", kFormat},
                  {"changes", manifest.changes},
                  {"mac", FormatHex(manifest.mac)},
                  {"made_at", FormatInstant(manifest.made_at)},
                  {"release", admin::Version()}};
  if (ReplaceFile(ManifestPath(directory), text.dump(2) + "\n")) return {};
  return Fail(kIo, ManifestPath(directory) + " cannot be written: " + ErrorText(errno),
              "Check the folder and its disk.");
}

std::unexpected<Error> NoManifest(const std::string& directory) {
  return Fail(kMalformed, ManifestPath(directory) + " is not what \"latchkey backup\" writes",
              "Take another backup.");
}

Result<Manifest> ParseManifest(const std::string& directory, std::string_view text) {
  const json read = json::parse(text, nullptr, false);
  const bool complete = read.is_object() && read.value("format", json{}) == kFormat &&
                        read.value("changes", json{}).is_number_unsigned() &&
                        read.value("mac", json{}).is_string() &&
                        read.value("made_at", json{}).is_string();
  if (!complete) return NoManifest(directory);
  Manifest manifest{.changes = read["changes"].get<std::uint64_t>(), .mac = {}, .made_at = {}};
  const Result<Instant> made_at = ParseInstant(read["made_at"].get<std::string>());
  if (!made_at || !ParseHexInto(read["mac"].get<std::string>(), manifest.mac)) {
    return NoManifest(directory);
  }
  manifest.made_at = *made_at;
  return manifest;
}

Result<Manifest> ReadManifest(const std::string& directory) {
  const std::string path = ManifestPath(directory);
  const FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  std::string text;
  if (!file.is_open() && errno == ENOENT) {
    return Fail(kNotFound, "there is no backup in " + directory, "It has a file backup.json.");
  }
  if (!file.is_open() || !ReadAll(file, text, kManifestSizeMax)) {
    return Fail(kIo, path + " cannot be read: " + ErrorText(errno));
  }
  return ParseManifest(directory, text);
}

Result<void> MakeDirectory(const std::string& directory) {
  std::error_code error;
  if (std::filesystem::create_directory(directory, error)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, error);
  }
  if (!error) return {};
  return Fail(kIo, "the folder " + directory + " cannot be made: " + error.message(),
              "Does the folder above it exist?");
}

/// What holds something else is not written to.
Result<void> CheckDirectory(const std::string& directory) {
  const bool begun = std::filesystem::exists(ManifestPath(directory)) ||
                     std::filesystem::exists(directory + "/" + FileJournal::kFileName);
  std::error_code error;
  if (begun || std::filesystem::is_empty(directory, error)) {
    if (!std::filesystem::exists(directory + "/latchkey.db")) return {};
  }
  return Fail(kInvalidArgument, directory + " holds something else than a backup",
              "Name a new folder, or one that \"latchkey backup\" made.");
}

Result<Keyring> RequireKeyring(const Settings& settings) {
  Result<Keyring> keyring = ReadKeyring(KeyringPath(settings));
  if (keyring || keyring.error().code != kNotFound) return keyring;
  return Fail(kNotFound, keyring.error().message,
              "Put the installation's keyring there first, from its own backup, or say where it is "
              "with the setting keyring: it tells whether the journal is whole.");
}

}  // namespace

Result<BackupReport> MakeBackup(const Settings& settings, const std::string& directory,
                                const Clock& clock) {
  const Result<Keyring> keyring = RequireKeyring(settings);
  if (!keyring) return std::unexpected(keyring.error());
  const Instant now = clock.Now();
  const Result<std::unique_ptr<FileJournal>> from =
      FileJournal::Open(settings.data, FileJournal::Access::kReadOnly);
  if (!from) return std::unexpected(from.error());
  if (Result<void> made = MakeDirectory(directory); !made) return std::unexpected(made.error());
  if (Result<void> ours = CheckDirectory(directory); !ours) return std::unexpected(ours.error());
  const Result<std::unique_ptr<FileJournal>> to = FileJournal::Open(directory);
  if (!to) return std::unexpected(to.error());
  const Result<JournalCopied> copied = CopyJournal(**from, **to, keyring->journal_key());
  if (!copied) return std::unexpected(copied.error());
  if (Result<void> written = WriteManifest(
          directory, {.changes = copied->changes(), .mac = copied->mac, .made_at = now});
      !written) {
    return std::unexpected(written.error());
  }
  return BackupReport{.changes = copied->changes(), .added = copied->added};
}

namespace {

Result<JournalCopied> RestoreJournal(const Settings& settings, const std::string& directory,
                                     const Manifest& manifest) {
  // Until the database is made: its opening takes the lock again.
  const Result<DataDirectory> owned = DataDirectory::Open(settings.data);
  if (!owned) return std::unexpected(owned.error());
  const Result<Keyring> keyring = RequireKeyring(settings);
  if (!keyring) return std::unexpected(keyring.error());
  const SecretKey& key = keyring->journal_key();
  const Result<std::unique_ptr<FileJournal>> from =
      FileJournal::Open(directory, FileJournal::Access::kReadOnly);
  if (!from) return std::unexpected(from.error());
  if (Result<void> whole = CheckJournalReaches(**from, key, manifest.changes, manifest.mac);
      !whole) {
    return std::unexpected(whole.error());
  }
  const Result<std::unique_ptr<FileJournal>> to = FileJournal::Open(settings.data);
  if (!to) return std::unexpected(to.error());
  Result<JournalCopied> copied = CopyJournal(**from, **to, key);
  if (copied || copied.error().code != kDisagreement) return copied;
  return Fail(kDisagreement,
              settings.data + " holds changes that the backup does not: " + copied.error().message,
              "Nothing was restored, so that no revocation is undone. If the database is what is "
              "lost, \"latchkey audit repair\" makes it from the journal that is there; else "
              "restore into a new directory.");
}

}  // namespace

Result<RestoreReport> RestoreBackup(const Settings& settings, const std::string& directory,
                                    Random& random, const Clock& clock) {
  const Result<Manifest> manifest = ReadManifest(directory);
  if (!manifest) return std::unexpected(manifest.error());
  const Result<JournalCopied> copied = RestoreJournal(settings, directory, *manifest);
  if (!copied) return std::unexpected(copied.error());
  RestoreReport report{.changes = copied->changes(),
                       .added = copied->added,
                       .restored = 0,
                       .made_at = manifest->made_at};
  if (copied->changes() == 0) return report;
  const Result<OpenedFiles> files = OpenFilesForRepair(settings, random, clock);
  if (!files) return std::unexpected(files.error());
  const Result<RepairReport> repaired = Repair(files->books());
  if (!repaired) return std::unexpected(repaired.error());
  report.restored = repaired->restored;
  return report;
}

}  // namespace latchkey::server
