#pragma once

// Writes the gate's answers, each as its dialect can carry it.
//
//     allowed   200, no body, every identity header, empty where nothing is known
//     denied    nginx: 401 as it is, everything else as 403, with the true status in
//               X-Latchkey-Status and the body in X-Latchkey-Error, on one line of ASCII
//               others: the true status with a JSON body
//
// On a node of several both say in X-Latchkey-Age-Ms how old what they were made of may be.
//
// Thread safety: values; a Renderer may be used by any number of threads at once.

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gate/dialect.h"
#include "gate/gatekeeper.h"

namespace latchkey::gate {

/// The names of the headers that the gate sets.
struct HeaderNames {
  std::string account = "X-Latchkey-Account";
  std::string email = "X-Latchkey-Email";
  std::string credential = "X-Latchkey-Credential";
  std::string scopes = "X-Latchkey-Scopes";
  std::string status = "X-Latchkey-Status";
  std::string error = "X-Latchkey-Error";
  std::string age = "X-Latchkey-Age-Ms";

  /// `prefix` before Account, Email, … Then each of `names` (`account=Remote-User`) replaces one.
  /// Errors: kInvalidArgument: not a token, a name twice, something else than the above.
  [[nodiscard]] static Result<HeaderNames> Create(std::string_view prefix,
                                                  const std::vector<std::string>& names);
};

/// How the answer goes out.
struct AnswerFrame {
  bool to_head = false;    ///< The request was HEAD: no body.
  bool keep_alive = true;  ///< Otherwise `Connection: close`.
  std::string_view date;   ///< Of the Date field.
};

class Renderer {
 public:
  /// `realm` is of the challenge: without quotation marks and backslashes.
  Renderer(HeaderNames names, std::string_view realm);

  /// Appends the answer and returns its status. Allocates nothing for an answer that allows, once
  /// `out` has grown.
  int Append(const Dialect& dialect, const GateAnswer& answer, const AnswerFrame& frame,
             std::string_view request_id, std::string& out) const;

  /// Appends an answer that no dialect is known for, as problem details.
  static void AppendRefusal(int status, std::string_view detail, const AnswerFrame& frame,
                            std::string_view request_id, std::string& out);

  /// The denial as a status and fields; FastCGI has its own framing.
  [[nodiscard]] http::Response MakeDenial(const GateAnswer& answer,
                                          std::string_view request_id) const;

  [[nodiscard]] const HeaderNames& names() const { return names_; }

 private:
  void AppendAllowed(const GateAnswer& answer, const AnswerFrame& frame, std::string& out) const;

  HeaderNames names_;
  std::string realm_;
};

/// `body`, a line of JSON, in ASCII and small enough for a header. What a proxy reads a header with
/// is a few kilobytes: where it does not fit, what the credential was granted is left out.
[[nodiscard]] std::string ErrorLine(const Problem& problem, const http::Response& response,
                                    bool bitbucket_errors, std::string_view request_id);

}  // namespace latchkey::gate
