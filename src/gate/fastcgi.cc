#include "gate/fastcgi.h"

#include <algorithm>

namespace latchkey::gate {

namespace {

// FastCGI 1.0, section 8: the constants' values.
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeaderSize = 8;
constexpr std::size_t kBeginSize = 8;
constexpr std::size_t kContentMax = 65535;
constexpr std::uint8_t kUnknownRole = 3;
constexpr std::uint8_t kKeepConnection = 1;

enum class RecordType : std::uint8_t {
  kBeginRequest = 1,
  kAbortRequest = 2,
  kEndRequest = 3,
  kParams = 4,
  kStdin = 5,
  kStdout = 6,
  kData = 8,
};

struct Record {
  RecordType type;
  std::uint16_t id;
  std::string_view content;
  std::size_t size;  // With header and padding.
};

std::uint8_t ByteAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

std::uint16_t ShortAt(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint16_t>(ByteAt(bytes, at) << 8U | ByteAt(bytes, at + 1));
}

/// Nothing: not whole yet.
std::expected<std::optional<Record>, FastCgiFault> ReadRecord(std::string_view bytes) {
  if (!bytes.empty() && ByteAt(bytes, 0) != kVersion) {
    return std::unexpected(FastCgiFault::kMalformed);
  }
  if (bytes.size() < kHeaderSize) return std::nullopt;
  const std::size_t content_size = ShortAt(bytes, 4);
  const std::size_t size = kHeaderSize + content_size + ByteAt(bytes, 6);
  if (bytes.size() < size) return std::nullopt;
  return Record{.type = static_cast<RecordType>(ByteAt(bytes, 1)),
                .id = ShortAt(bytes, 2),
                .content = bytes.substr(kHeaderSize, content_size),
                .size = size};
}

void AppendHeader(RecordType type, std::uint16_t id, std::size_t size, std::string& out) {
  out += static_cast<char>(kVersion);
  out += static_cast<char>(type);
  out += static_cast<char>(id >> 8U);
  out += static_cast<char>(id & 0xffU);
  out += static_cast<char>(size >> 8U);
  out += static_cast<char>(size & 0xffU);
  out.append(2, '\0');
}

void AppendEndRequest(std::uint16_t id, std::uint8_t protocol_status, std::string& out) {
  AppendHeader(RecordType::kEndRequest, id, 8, out);
  out.append(4, '\0');  // The application's status.
  out += static_cast<char>(protocol_status);
  out.append(3, '\0');
}

/// Puts the records of one request together.
class Assembly {
 public:
  explicit Assembly(FastCgiRequest& request) : request_(request) {}

  /// True when the request is whole.
  std::expected<bool, FastCgiFault> Take(const Record& record) {
    switch (record.type) {
      case RecordType::kBeginRequest: return Begin(record);
      case RecordType::kParams: return TakeParams(record);
      case RecordType::kStdin:
      case RecordType::kData:
      case RecordType::kAbortRequest:
        // Behind an answer that is out already.
        if (!begun_) return false;
        break;
      case RecordType::kEndRequest:
      case RecordType::kStdout: break;
    }
    return std::unexpected(FastCgiFault::kMalformed);
  }

 private:
  std::expected<bool, FastCgiFault> Begin(const Record& record) {
    if (begun_ || record.id == 0 || record.content.size() != kBeginSize) {
      return std::unexpected(FastCgiFault::kMalformed);
    }
    begun_ = true;
    request_.id = record.id;
    request_.role = ShortAt(record.content, 0);
    request_.keep_connection = (ByteAt(record.content, 2) & kKeepConnection) != 0;
    request_.params.clear();
    return false;
  }

  std::expected<bool, FastCgiFault> TakeParams(const Record& record) {
    if (!begun_ || record.id != request_.id) return std::unexpected(FastCgiFault::kMalformed);
    if (record.content.empty()) return true;
    if (request_.params.size() + record.content.size() > kFastCgiRequestMax) {
      return std::unexpected(FastCgiFault::kTooLarge);
    }
    request_.params += record.content;
    return false;
  }

  FastCgiRequest& request_;
  bool begun_ = false;
};

}  // namespace

std::expected<std::size_t, FastCgiFault> ReadFastCgiRequest(std::string_view bytes,
                                                            FastCgiRequest& request) {
  Assembly assembly(request);
  std::size_t used = 0;
  for (std::size_t count = 0; count < kFastCgiRecordCountMax; ++count) {
    const auto record = ReadRecord(bytes.substr(used));
    if (!record) return std::unexpected(record.error());
    if (!*record) {
      if (bytes.size() >= kFastCgiRequestMax) return std::unexpected(FastCgiFault::kTooLarge);
      return 0;
    }
    used += (*record)->size;
    const auto whole = assembly.Take(**record);
    if (!whole) return std::unexpected(whole.error());
    if (*whole) return used;
  }
  return std::unexpected(FastCgiFault::kTooLarge);
}

std::optional<std::size_t> FastCgiParams::ReadLength() {
  if (rest_.empty()) return std::nullopt;
  const std::size_t first = ByteAt(rest_, 0);
  constexpr std::size_t kLong = 0x80;
  if (first < kLong) {
    rest_.remove_prefix(1);
    return first;
  }
  if (rest_.size() < 4) return std::nullopt;
  const std::size_t length = (first & 0x7fU) << 24U | std::size_t{ByteAt(rest_, 1)} << 16U |
                             std::size_t{ShortAt(rest_, 2)};
  rest_.remove_prefix(4);
  return length;
}

std::optional<FastCgiParams::Pair> FastCgiParams::Next() {
  if (rest_.empty() || broken_) return std::nullopt;
  const std::optional<std::size_t> name_size = ReadLength();
  const std::optional<std::size_t> value_size = name_size ? ReadLength() : std::nullopt;
  if (!value_size || *name_size > rest_.size() || *value_size > rest_.size() - *name_size) {
    broken_ = true;
    return std::nullopt;
  }
  const Pair pair{.name = rest_.substr(0, *name_size),
                  .value = rest_.substr(*name_size, *value_size)};
  rest_.remove_prefix(*name_size + *value_size);
  return pair;
}

void AppendFastCgiAnswer(std::uint16_t id, std::string_view content, std::string& out) {
  while (!content.empty()) {
    const std::string_view part = content.substr(0, kContentMax);
    AppendHeader(RecordType::kStdout, id, part.size(), out);
    out += part;
    content.remove_prefix(part.size());
  }
  AppendHeader(RecordType::kStdout, id, 0, out);
  AppendEndRequest(id, 0, out);
}

void AppendFastCgiUnknownRole(std::uint16_t id, std::string& out) {
  AppendEndRequest(id, kUnknownRole, out);
}

}  // namespace latchkey::gate
