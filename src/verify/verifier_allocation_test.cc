// A verdict allocates nothing. Counts what the calling thread asks of operator new.

#include <gtest/gtest.h>

#include <cstdlib>
#include <new>

#include "crypto/base64.h"
#include "testing/installation/memory_installation.h"
#include "verify/usage.h"

namespace {

thread_local std::uint64_t allocations = 0;

}  // namespace

// The sanitizers have an operator new of their own, which does not suffer another.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define LATCHKEY_SANITIZED
#endif
#endif

#ifndef LATCHKEY_SANITIZED
// The other forms of operator new call this one.
void* operator new(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  std::abort();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { std::free(memory); }
#endif

namespace latchkey {
namespace {

std::string Basic(const std::string& user, const std::string& secret) {
  return "Basic " + std::string{EncodeBase64(user + ":" + secret).Expose()};
}

class VerifierAllocationTest : public testing::Test {
 protected:
  /// How many allocations the second decision of its kind takes: the first may make what a thread
  /// keeps.
  std::uint64_t CountFor(const std::string& authorization, const Requirement& requirement,
                         std::string_view cause) {
    std::uint64_t count = 0;
    for (int i = 0; i < 2; ++i) {
      const std::uint64_t before = allocations;
      const EpochDomain::Guard guard = latchkey_.verifier->Enter();
      const Decision decision =
          latchkey_.verifier->Decide(guard,
                                     {.authorization = authorization,
                                      .client_address = "2001:db8:1234:5678:9abc:def0:1234:5678",
                                      .now = latchkey_.clock.Now()},
                                     requirement);
      count = allocations - before;
      EXPECT_EQ(decision.allowed ? "allowed" : CauseName(decision.cause), cause);
    }
    return count;
  }

  MemoryInstallation latchkey_;
  Account ana_ = latchkey_.AddAccount("ana");
  Requirement read_ = latchkey_.Needs({"read:repository:bitbucket"}, {{"repository"}});
  Requirement write_ = latchkey_.Needs({"write:repository:bitbucket"}, {{"repository:write"}});
};

TEST_F(VerifierAllocationTest, TheCounterCounts) {
#ifdef LATCHKEY_SANITIZED
  GTEST_SKIP() << "the other tests of this file find nothing in this build";
#endif
  const std::uint64_t before = allocations;
  const std::string text(1000, 'x');
  EXPECT_GT(allocations, before) << text.size();
}

TEST_F(VerifierAllocationTest, NoDecisionAllocates) {
  const std::string token = latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
  const std::string password = latchkey_.IssueAppPassword(ana_, {"repository"});
  EXPECT_EQ(CountFor("Bearer " + token, read_, "allowed"), 0U);
  EXPECT_EQ(CountFor(Basic("x-token-auth", token), read_, "allowed"), 0U);
  EXPECT_EQ(CountFor(Basic("ana@example.com", token), read_, "allowed"), 0U);
  EXPECT_EQ(CountFor(Basic("ANA", password), read_, "allowed"), 0U);
  EXPECT_EQ(CountFor("Bearer " + token, write_, "missing-scope"), 0U);
  EXPECT_EQ(CountFor(Basic("ana", password), write_, "missing-scope"), 0U);
  EXPECT_EQ(CountFor("", read_, "absent"), 0U);
  // These are counted by the throttle, which allocates once for each address.
  EXPECT_EQ(CountFor("Bearer " + token.substr(0, 43), read_, "mistyped"), 0U);
  EXPECT_EQ(CountFor("Bearer something", read_, "unknown"), 0U);
  EXPECT_EQ(CountFor(Basic("somebody-else", token), read_, "wrong-user"), 0U);
  Must(latchkey_.credentials->Revoke(MemoryInstallation::IdOf(token), "",
                                     MemoryInstallation::kCommandLine));
  EXPECT_EQ(CountFor("Bearer " + token, read_, "revoked"), 0U);
  Must(latchkey_.accounts->SetState("ana", AccountState::kSuspended,
                                    MemoryInstallation::kCommandLine));
  EXPECT_EQ(CountFor(Basic("ana", password), read_, "suspended"), 0U);
}

TEST_F(VerifierAllocationTest, NotingAUseAllocatesOnlyForAFreshTable) {
  UsageRecorder recorder;
  recorder.Note(CredentialId{1}, latchkey_.clock.Now(), "192.0.2.1", "git/2.39");
  const std::uint64_t before = allocations;
  for (std::uint64_t id = 1; id < 1000; ++id) {
    recorder.Note(CredentialId{id}, latchkey_.clock.Now(), "192.0.2.1", "git/2.39");
  }
  EXPECT_EQ(allocations, before);
}

}  // namespace
}  // namespace latchkey
