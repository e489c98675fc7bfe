#pragma once

// The records of FastCGI 1.0, as far as an authorizer needs them.
//
//     BEGIN_REQUEST(role) PARAMS… PARAMS(empty)   ──>   STDOUT… STDOUT(empty) END_REQUEST
//
// Everything is bounded: a request larger than kFastCgiRequestMax, of more than
// kFastCgiRecordCountMax records, or with a record that does not belong there is refused whole.
//
// Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace latchkey::gate {

/// Bytes of one request with all its records. Apache passes on at most about 16 KiB of header
/// fields, and its own variables.
inline constexpr std::size_t kFastCgiRequestMax = 65536;
inline constexpr std::size_t kFastCgiRecordCountMax = 64;

/// A whole request, taken out of the records.
struct FastCgiRequest {
  std::uint16_t id = 0;
  std::uint16_t role = 0;
  bool keep_connection = false;
  /// The contents of its PARAMS records, joined.
  std::string params;
};

inline constexpr std::uint16_t kFastCgiAuthorizer = 2;

enum class FastCgiFault : std::uint8_t {
  kMalformed,  ///< Not FastCGI, or records in an order that there is not.
  kTooLarge,
};

/// Reads one request from the front of `bytes` and returns how many bytes it took; 0: it is not
/// whole yet. What an earlier request left behind (STDIN, ABORT_REQUEST) is skipped.
[[nodiscard]] std::expected<std::size_t, FastCgiFault> ReadFastCgiRequest(std::string_view bytes,
                                                                          FastCgiRequest& request);

/// Walks name-value pairs.
class FastCgiParams {
 public:
  explicit FastCgiParams(std::string_view params) : rest_(params) {}

  struct Pair {
    std::string_view name;
    std::string_view value;
  };
  /// Nothing at the end, and where the encoding is broken.
  [[nodiscard]] std::optional<Pair> Next();
  [[nodiscard]] bool broken() const { return broken_; }

 private:
  [[nodiscard]] std::optional<std::size_t> ReadLength();

  std::string_view rest_;
  bool broken_ = false;
};

/// The whole answer to a request: `content` (CGI header fields, an empty line, a body) in STDOUT
/// records, and END_REQUEST.
void AppendFastCgiAnswer(std::uint16_t id, std::string_view content, std::string& out);

/// The answer to a request of another role.
void AppendFastCgiUnknownRole(std::uint16_t id, std::string& out);

}  // namespace latchkey::gate
