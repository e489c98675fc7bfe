#include "signin/ticket.h"

#include <gmock/gmock.h>

#include <ostream>

#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

using enum Error::Code;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <typename T>
concept RevealsInPlace = requires(T& value) { value.Reveal(); };
template <typename T>
concept RevealsOnce = requires(T value) { std::move(value).Reveal(); };
static_assert(!Printable<Ticket> && Printable<std::string>);
static_assert(!RevealsInPlace<Ticket> && RevealsOnce<Ticket>);
static_assert(!std::copyable<Ticket>);

constexpr std::string_view kText = "0123456789abcdef.0123456789abcdefghijkl";

TEST(TicketTest, IsParsedAsItWasRevealed) {
  ScriptedRandom random;
  Result<Ticket> drawn = Ticket::Draw(random);
  ASSERT_THAT(drawn, IsOk());
  const std::string id{drawn->id()};
  const Digest digest = drawn->digest();
  const SecretText<Ticket::kTextSize> text = std::move(*drawn).Reveal();
  EXPECT_EQ(digest, Sha256(text.Expose()));
  const Result<Ticket> parsed = Ticket::Parse(text.Expose());
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->id(), id);
  EXPECT_EQ(parsed->digest(), digest);
  EXPECT_TRUE(IsTicketId(id));
}

TEST(TicketTest, IsAnotherOneEachTime) {
  ScriptedRandom random;
  const Result<Ticket> first = Ticket::Draw(random);
  const Result<Ticket> second = Ticket::Draw(random);
  ASSERT_TRUE(first && second);
  EXPECT_NE(first->id(), second->id());
  EXPECT_NE(first->digest(), second->digest());
}

TEST(TicketTest, AcceptsNoOtherText) {
  ASSERT_THAT(Ticket::Parse(kText), IsOk());
  const std::string text{kText};
  for (const std::string& other :
       {std::string{}, text + "\n", " " + text, text.substr(1), text + "0",
        text.substr(0, 16) + "-" + text.substr(17), text.substr(0, 15) + "_" + text.substr(16),
        text.substr(0, 38) + std::string(1, '\0')}) {
    EXPECT_THAT(Ticket::Parse(other), FailsWith(kMalformed)) << other;
  }
}

TEST(TicketTest, KnowsAnIdByItsForm) {
  EXPECT_TRUE(IsTicketId("0123456789abcdef"));
  EXPECT_FALSE(IsTicketId("0123456789abcde"));
  EXPECT_FALSE(IsTicketId("0123456789abcde."));
}

}  // namespace
}  // namespace latchkey
