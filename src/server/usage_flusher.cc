#include "server/usage_flusher.h"

#include <sys/resource.h>
#include <unistd.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "base/text.h"
#include "http/mask.h"

namespace latchkey::server {
namespace {

constexpr int kNiceness = 19;

/// As it may be kept and shown: somebody may have put a credential there.
std::string Presentable(std::string_view user_agent) {
  return EscapeForTerminal(http::MaskCredentials(user_agent), UsageRecorder::kUserAgentSizeMax);
}

/// With presentable texts, which `texts` owns.
std::vector<CredentialUse> PresentableUses(const UsageReport& report,
                                           std::deque<std::string>& texts) {
  std::vector<CredentialUse> uses = report.uses();
  std::string_view last;  // Clients that use many credentials send one text with all of them.
  for (CredentialUse& use : uses) {
    if (texts.empty() || use.user_agent != last) {
      last = use.user_agent;
      texts.push_back(Presentable(use.user_agent));
    }
    use.user_agent = texts.back();
  }
  return uses;
}

}  // namespace

UsageFlusher::UsageFlusher(UsageRecorder& recorder, UsageStore& store,
                           std::function<void(const Error&)> on_failure,
                           std::function<Result<void>()> also)
    : recorder_(recorder),
      store_(store),
      on_failure_(std::move(on_failure)),
      also_(std::move(also)),
      thread_([this] { Run(); }) {}

UsageFlusher::~UsageFlusher() {
  {
    const std::scoped_lock lock{mutex_};
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
  Flush();
}

void UsageFlusher::Flush() {
  const std::scoped_lock lock{flush_mutex_};
  if (also_) {
    if (const Result<void> done = also_(); !done) on_failure_(done.error());
  }
  const UsageReport report = recorder_.Collect();
  if (report.uses().empty()) return;
  std::deque<std::string> texts;
  const std::vector<CredentialUse> uses = PresentableUses(report, texts);
  if (const Result<void> added = store_.Add(uses); !added) on_failure_(added.error());
}

void UsageFlusher::Run() {
  // Requests go first where they need every core. That it may not be possible is no harm.
  static_cast<void>(::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kNiceness));
  std::unique_lock lock{mutex_};
  while (!wake_.wait_for(lock, kInterval, [this] { return stopping_; })) {
    lock.unlock();
    Flush();
    lock.lock();
  }
}

}  // namespace latchkey::server
