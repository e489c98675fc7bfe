#include "base/secret.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <concepts>
#include <cstddef>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace latchkey {
namespace {

// What the types forbid, each beside its opposite, so that a concept which rotted into "never"
// fails too.
template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <typename T>
concept Comparable = requires(const T& left, const T& right) { left == right; };

static_assert(Printable<std::string> && Comparable<std::string>);
static_assert(std::copyable<std::string> && std::convertible_to<std::string, std::string_view>);

template <typename Secret>
constexpr bool kKeepsItself =
    !Printable<Secret> && !Comparable<Secret> && !std::is_copy_constructible_v<Secret> &&
    !std::is_copy_assignable_v<Secret> && !std::is_convertible_v<Secret, std::string> &&
    !std::is_convertible_v<Secret, std::string_view> &&
    !std::is_convertible_v<std::string_view, Secret> && !std::is_convertible_v<std::string, Secret>;

static_assert(kKeepsItself<SecretString> && kKeepsItself<SecretText<8>>);
static_assert(!kKeepsItself<std::string>);
static_assert(std::movable<SecretString> && std::movable<SecretText<8>>);
static_assert(std::is_nothrow_move_constructible_v<SecretString>);
static_assert(std::is_nothrow_move_constructible_v<SecretText<8>>);

/// Storage whose bytes outlive the object made in it.
template <typename T>
class Storage {
 public:
  template <typename... Args>
  T* Construct(Args&&... args) {
    return new (bytes_.data()) T(std::forward<Args>(args)...);
  }
  bool Contains(std::string_view text) const {
    return std::string_view{reinterpret_cast<const char*>(bytes_.data()), bytes_.size()}.contains(
        text);
  }

 private:
  alignas(T) std::array<std::byte, sizeof(T)> bytes_{};
};

// Short enough for a std::string's inner buffer, so that the object's own bytes hold it.
constexpr std::string_view kShort = "hunter2hunter2";

TEST(SecretTextTest, GivesBackWhatItTook) {
  const SecretText<8> empty;
  EXPECT_EQ(empty.Expose(), "");
  const SecretText<8> full{"12345678"};
  EXPECT_EQ(full.Expose(), "12345678");
  EXPECT_EQ(full.size(), 8U);
  const SecretText<8> with_zero{std::string_view{"a\0b", 3}};
  EXPECT_EQ(with_zero.Expose(), (std::string_view{"a\0b", 3}));
}

TEST(SecretTextTest, TakesNoMoreThanItsCapacity) {
  const SecretText<8> cut{"123456789"};
  EXPECT_EQ(cut.Expose(), "12345678");
}

TEST(SecretTextTest, LeavesNothingBehindWhenMoved) {
  Storage<SecretText<16>> storage;
  auto* from = storage.Construct(kShort);
  ASSERT_TRUE(storage.Contains(kShort));
  const SecretText<16> to{std::move(*from)};
  EXPECT_EQ(to.Expose(), kShort);
  EXPECT_FALSE(storage.Contains("hunter"));
  EXPECT_EQ(from->size(), 0U);
  std::destroy_at(from);
}

TEST(SecretTextTest, LeavesNothingBehindWhenAssignedFrom) {
  Storage<SecretText<16>> storage;
  auto* from = storage.Construct(kShort);
  SecretText<16> to{"older"};
  to = std::move(*from);
  EXPECT_EQ(to.Expose(), kShort);
  EXPECT_FALSE(storage.Contains("hunter"));
  std::destroy_at(from);
}

TEST(SecretTextTest, LeavesNothingBehindWhenDestroyed) {
  Storage<SecretText<16>> storage;
  auto* secret = storage.Construct(kShort);
  std::destroy_at(secret);
  EXPECT_FALSE(storage.Contains("hunter"));
}

TEST(SecretTextTest, SurvivesAssignmentToItself) {
  SecretText<16> secret{kShort};
  SecretText<16>& same = secret;
  secret = std::move(same);
  EXPECT_EQ(secret.Expose(), kShort);
}

TEST(SecretStringTest, GivesBackWhatItTook) {
  EXPECT_TRUE(SecretString{}.empty());
  const std::string text(1000, 's');
  const SecretString secret{std::string_view{text}};
  EXPECT_EQ(secret.Expose(), text);
  EXPECT_EQ(secret.size(), 1000U);
  EXPECT_FALSE(secret.empty());
}

TEST(SecretStringTest, TakesOverABufferWithoutLeavingACopy) {
  for (const std::size_t size : {std::size_t{5}, std::size_t{500}}) {
    std::string text(size, 's');
    const SecretString secret{std::move(text)};
    EXPECT_EQ(secret.Expose(), std::string(size, 's'));
    // NOLINTNEXTLINE(*-use-after-move,*-cplusplus.Move): what is left behind is the question.
    EXPECT_TRUE(text.empty());
    EXPECT_EQ(std::count(text.data(), text.data() + text.capacity(), 's'), 0);
  }
}

TEST(SecretStringTest, LeavesNothingBehindWhenMovedOrDestroyed) {
  Storage<SecretString> storage;
  auto* from = storage.Construct(kShort);
  ASSERT_TRUE(storage.Contains(kShort));
  SecretString to{std::move(*from)};
  EXPECT_EQ(to.Expose(), kShort);
  EXPECT_FALSE(storage.Contains("hunter"));

  *from = std::move(to);
  ASSERT_TRUE(storage.Contains(kShort));
  EXPECT_TRUE(to.empty());  // NOLINT(*-use-after-move,*-cplusplus.Move)
  std::destroy_at(from);
  EXPECT_FALSE(storage.Contains("hunter"));
}

TEST(SecretStringTest, SurvivesAssignmentToItself) {
  SecretString secret{kShort};
  SecretString& same = secret;
  secret = std::move(same);
  EXPECT_EQ(secret.Expose(), kShort);
}

TEST(WipeTest, OverwritesExactlyTheGivenBytes) {
  std::string text = "keep secret keep";
  Wipe(text.data() + 5, 6);
  EXPECT_EQ(text, (std::string_view{"keep \0\0\0\0\0\0 keep", 16}));
  Wipe(text.data(), 0);
  Wipe(nullptr, 0);
  EXPECT_EQ(text[0], 'k');
}

TEST(WipeTest, ReachesTheSpareCapacityOfAString) {
  std::string text(300, 's');
  text.resize(10);
  const std::size_t capacity = text.capacity();
  Wipe(text);
  EXPECT_TRUE(text.empty());
  ASSERT_EQ(text.capacity(), capacity);
  EXPECT_EQ(std::count(text.data(), text.data() + capacity, 's'), 0);
}

}  // namespace
}  // namespace latchkey
