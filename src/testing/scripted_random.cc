#include "testing/scripted_random.h"

namespace latchkey {

Result<void> ScriptedRandom::Fill(std::span<std::byte> out) {
  const std::lock_guard lock{mutex_};
  ++calls_;
  const bool fails = always_failing_ || failing_call_ == calls_;
  // A real generator may fail half-way: what it wrote before must not be used either.
  for (std::byte& byte : fails ? out.first(out.size() / 2) : out) byte = NextByte();
  if (fails) return Fail(Error::Code::kUnavailable, "the scripted generator fails on this call");
  return {};
}

void ScriptedRandom::FailOnCall(std::size_t call) {
  const std::lock_guard lock{mutex_};
  failing_call_ = calls_ + call;
}

void ScriptedRandom::FailAlways() {
  const std::lock_guard lock{mutex_};
  always_failing_ = true;
}

void ScriptedRandom::Prepend(std::span<const std::byte> bytes) {
  const std::lock_guard lock{mutex_};
  prepended_.insert(prepended_.begin(), bytes.begin(), bytes.end());
}

std::size_t ScriptedRandom::calls() const {
  const std::lock_guard lock{mutex_};
  return calls_;
}

std::byte ScriptedRandom::NextByte() {
  if (!prepended_.empty()) {
    const std::byte byte = prepended_.front();
    prepended_.pop_front();
    return byte;
  }
  // SplitMix64 (Steele, Lea, Flood 2014), one byte of each step: short, and even enough for
  // statistics over secrets.
  state_ += 0x9E3779B97F4A7C15U;
  std::uint64_t mixed = state_;
  mixed = (mixed ^ (mixed >> 30U)) * 0xBF58476D1CE4E5B9U;
  mixed = (mixed ^ (mixed >> 27U)) * 0x94D049BB133111EBU;
  mixed ^= mixed >> 31U;
  return static_cast<std::byte>(mixed >> 56U);
}

}  // namespace latchkey
