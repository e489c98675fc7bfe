#include "server/cluster_node.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "admin/version.h"
#include "crypto/mac.h"
#include "store/codec/hex.h"
#include "system/file_io.h"

namespace latchkey::server {
namespace {

using Id = std::array<std::byte, 16>;
constexpr std::size_t kIdFileSizeMax = 64;

std::string HostName() {
  std::array<char, 256> name{};
  if (gethostname(name.data(), name.size() - 1) != 0) return "localhost";
  return name.data();
}

std::string NameOf(const Settings& settings) {
  if (!settings.node_name.empty()) return settings.node_name;
  return HostName() + ":" + std::to_string(settings.http.listen_port);
}

/// The id of a data directory, drawn when it is first asked for. It is no secret.
Result<std::string> IdOf(const DataDirectory& directory, Random& random) {
  const std::string path = directory.node();
  const FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (file.is_open()) {
    std::string text;
    Id id{};
    const bool read = ReadAll(file, text, kIdFileSizeMax);
    while (text.ends_with('\n')) text.pop_back();
    if (read && ParseHexInto(text, id)) return text;
    return Fail(Error::Code::kIo, path + " does not hold what Latchkey wrote there",
                "Remove it: the node then gets another id.");
  }
  Id id{};
  if (Result<void> drawn = random.Fill(id); !drawn) return std::unexpected(drawn.error());
  std::string text = FormatHex(id);
  if (!ReplaceFile(path, text + "\n")) {
    return Fail(Error::Code::kIo, path + " cannot be written: " + ErrorText(errno));
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<ClusterNode>> ClusterNode::Create(const Settings& settings,
                                                         const DataDirectory& directory,
                                                         std::unique_ptr<NodeRegistry> registry,
                                                         Random& random, const Clock& clock) {
  Result<std::string> id = IdOf(directory, random);
  if (!id) return std::unexpected(id.error());
  NodeIdentity self{.id = *std::move(id),
                    .name = NameOf(settings),
                    .started_at = clock.Now(),
                    .release = std::string{admin::Version()},
                    .url = settings.public_url};
  return std::unique_ptr<ClusterNode>{
      new ClusterNode{settings.lease, std::move(registry), std::move(self), clock}};
}

Result<void> ClusterNode::Join(Ledger& ledger, Alarms& alarms) {
  ledger_ = &ledger;
  member_ = std::make_unique<ClusterMember>(ClusterMember::Parts{.ledger = ledger,
                                                                 .registry = *registry_,
                                                                 .lease = lease_,
                                                                 .boot_clock = boot_clock_,
                                                                 .clock = clock_,
                                                                 .alarms = alarms},
                                            self_);
  if (Result<void> joined = member_->Join(); !joined) return joined;
  member_->Start();
  return {};
}

}  // namespace latchkey::server
