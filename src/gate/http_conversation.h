#pragma once

// The gate over HTTP/1.1 and HTTP/1.0: whole heads in, answers out. A request to the gate has no
// body; one that announces a body is refused and the connection closed, since what follows could be
// read as another request. Reads heads with http::ReadHead, as the main server does, so both refuse
// the same.

#include <memory>
#include <string>
#include <string_view>

#include "gate/conversation.h"
#include "gate/desk_parts.h"
#include "http/head.h"

namespace latchkey::gate {

class HttpConversation final : public Conversation {
 public:
  explicit HttpConversation(const DeskParts& parts);

  Turn Serve(const Peer& peer, std::string_view input, bool stopping, std::string& output) override;
  void AppendTimeout(const Peer& peer, std::string& output) override;
  [[nodiscard]] std::string_view turn_away() const override;
  [[nodiscard]] std::size_t request_size_max() const override;
  void Settle(std::chrono::steady_clock::time_point now, bool at_once) override;

 private:
  /// Reads and answers one head.
  [[nodiscard]] bool ServeHead(const Peer& peer, std::string_view bytes, bool stopping,
                               std::string& output);
  void AnswerRoute(const Peer& peer, const Route& route, const AnswerFrame& frame,
                   std::string& output);
  /// Fills in answer_ with the reason why the question is not asked, if there is one.
  [[nodiscard]] bool Ask(const Peer& peer, const Route& route);
  void Refuse(const Peer& peer, const http::Refusal& refusal, AnswerFrame frame,
              std::string& output);
  void BeginRound();
  [[nodiscard]] std::string_view ClientOf(const Peer& peer);

  const DeskParts parts_;
  std::unique_ptr<Gatekeeper::Desk> desk_;
  AccessLines access_;
  http::HeadView head_;
  GateQuestion question_;
  GateAnswer answer_;
  AddressText client_;
  Instant now_;
  std::chrono::seconds date_second_{-1};
  std::string date_;
};

}  // namespace latchkey::gate
