#pragma once

// A secret is a type, so that the compiler keeps it out of logs, JSON and stores.
//
// Neither type here can be printed, compared with `==`, copied or converted to a string. What is
// inside is reached by `Expose()` alone, a name that is easy to search for and that a check allows
// only in listed files. Memory is wiped on destruction and when moved from.

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace latchkey {

/// Overwrites `size` bytes; the compiler may not leave it out.
void Wipe(void* data, std::size_t size) noexcept;

/// Wipes the characters and the spare capacity of `text`, then empties it.
void Wipe(std::string& text) noexcept;

/// A secret text of a length known when the program was compiled. Move-only; holds no heap memory.
template <std::size_t kCapacity>
class SecretText {
 public:
  SecretText() = default;
  /// Takes at most kCapacity characters of `text`; the rest is not taken.
  explicit SecretText(std::string_view text) : size_(text.copy(text_.data(), kCapacity)) {}
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  SecretText(SecretText&& other) noexcept : text_(other.text_), size_(other.size_) {
    other.Clear();
  }
  SecretText& operator=(SecretText&& other) noexcept {
    if (this != &other) {
      text_ = other.text_;
      size_ = other.size_;
      other.Clear();
    }
    return *this;
  }
  ~SecretText() { Clear(); }

  [[nodiscard]] std::size_t size() const { return size_; }

  /// The secret in clear, valid while this object lives. Every use is a place to review.
  [[nodiscard]] std::string_view Expose() const { return {text_.data(), size_}; }

 private:
  void Clear() noexcept {
    Wipe(text_.data(), text_.size());
    size_ = 0;
  }

  std::array<char, kCapacity> text_{};
  std::size_t size_ = 0;
};

/// A secret text of any length: a password, a header value, a decoded Basic credential.
class SecretString {
 public:
  SecretString() = default;
  explicit SecretString(std::string_view text) : text_(text) {}
  explicit SecretString(const char* text) : text_(text) {}
  /// Takes over `text`'s buffer, so that no second copy is left behind.
  explicit SecretString(std::string&& text) : text_(std::move(text)) { Wipe(text); }
  SecretString(const SecretString&) = delete;
  SecretString& operator=(const SecretString&) = delete;
  SecretString(SecretString&& other) noexcept : text_(std::move(other.text_)) { Wipe(other.text_); }
  SecretString& operator=(SecretString&& other) noexcept {
    if (this != &other) {
      Wipe(text_);
      text_ = std::move(other.text_);
      Wipe(other.text_);
    }
    return *this;
  }
  ~SecretString() { Wipe(text_); }

  [[nodiscard]] std::size_t size() const { return text_.size(); }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  /// The secret in clear, valid while this object lives. Every use is a place to review.
  [[nodiscard]] std::string_view Expose() const { return text_; }

 private:
  std::string text_;
};

}  // namespace latchkey
