#pragma once

// The gate as a FastCGI authorizer, for Apache's mod_authnz_fcgi.
//
//     REQUEST_METHOD, REQUEST_URI, REMOTE_ADDR      what the client asks, as Apache read it
//     HTTP_AUTHORIZATION, HTTP_USER_AGENT           what it sent (needs `CGIPassAuth On`)
//
// Apache tells an authorizer no path of its own, and every variable that begins with HTTP_ is the
// client's. So the app is the listener's: one address for each app.
//
// Allowed: `Status: 200`, `Variable-AUTH_USER` and one `Variable-X_LATCHKEY_…` for each identity
// header; of an operation that is open to anybody AUTH_USER is `-`, since Apache takes an empty one
// for an error. Denied: the true status, headers and a JSON body, which Apache passes on. No
// `WWW-Authenticate: Basic`: Apache adds its own.

#include <memory>
#include <string>
#include <string_view>

#include "gate/conversation.h"
#include "gate/desk_parts.h"
#include "gate/fastcgi.h"

namespace latchkey::gate {

class FastCgiConversation final : public Conversation {
 public:
  FastCgiConversation(const DeskParts& parts, std::string app);

  Turn Serve(const Peer& peer, std::string_view input, bool stopping, std::string& output) override;
  /// FastCGI has no words for that.
  void AppendTimeout(const Peer& /*peer*/, std::string& /*output*/) override {}
  [[nodiscard]] std::string_view turn_away() const override { return {}; }
  [[nodiscard]] std::size_t request_size_max() const override { return kFastCgiRequestMax; }
  void Settle(std::chrono::steady_clock::time_point now, bool at_once) override;

 private:
  void Answer(const Peer& peer, std::string& output);
  void Ask(const Peer& peer);
  [[nodiscard]] OrProblem<void> Read();
  [[nodiscard]] std::string MakeAllowed() const;
  [[nodiscard]] static std::string MakeDenied(const http::Response& denial);

  const DeskParts parts_;
  const std::string app_;
  std::unique_ptr<Gatekeeper::Desk> desk_;
  AccessLines access_;
  FastCgiRequest request_;
  GateQuestion question_;
  GateAnswer answer_;
  AddressText client_;
};

}  // namespace latchkey::gate
