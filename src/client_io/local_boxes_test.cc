#include "client_io/local_boxes.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <vector>

#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scratch_directory.h"
#include "testing/scripted_random.h"

namespace latchkey::client {
namespace {

using enum Error::Code;

class LocalBoxesTest : public testing::Test {
 protected:
  LocalBoxes BoxesOf(std::vector<std::string> typed) {
    typed_ = std::move(typed);
    return LocalBoxes{{.directory = scratch_.File("latchkey"),
                       .random = random_,
                       .clock = clock_,
                       .ask = [this](std::string_view) -> Result<SecretString> {
                         if (typed_.empty()) return Fail(kUnavailable, "no terminal");
                         SecretString next{typed_.front() + "\n"};
                         typed_.erase(typed_.begin());
                         return next;
                       }}};
  }
  Login Sealed(SecretBox& box) {
    Login login{.url = "https://h", .server = "https://h"};
    login.sealed = *box.Put(login, SecretString{"s3cret"});
    return login;
  }

  ScratchDirectory scratch_;
  ScriptedRandom random_;
  ManualClock clock_;
  std::vector<std::string> typed_;
};

TEST_F(LocalBoxesTest, AKeyFileOpensWhatItSealed) {
  LocalBoxes boxes = BoxesOf({});
  LoginBook book;
  const auto made = boxes.Make(book, StoreKind::kFile, UnlockKind::kKeyFile);
  ASSERT_THAT(made, IsOk());
  const Login login = Sealed(**made);
  EXPECT_EQ((*boxes.Open(book))->Take(login)->Expose(), "s3cret");
  const auto again = boxes.Make(book, StoreKind::kFile, UnlockKind::kKeyFile);
  EXPECT_EQ((*again)->Take(login)->Expose(), "s3cret") << "the key that is there stays";
  const std::string key = scratch_.File("latchkey/key");
  ASSERT_EQ(chmod(key.c_str(), 0640), 0);
  EXPECT_THAT(boxes.Open(book), FailsWith(kPermissionDenied));
  std::filesystem::remove(key);
  EXPECT_THAT(boxes.Open(book), FailsWith(kNotFound));
}

TEST_F(LocalBoxesTest, ASecretIsBoundToItsAddress) {
  LocalBoxes boxes = BoxesOf({});
  LoginBook book;
  const auto box = boxes.Make(book, StoreKind::kFile, UnlockKind::kKeyFile);
  const Login login = Sealed(**box);
  Login moved = login;
  moved.url = "https://evil";
  EXPECT_THAT((*box)->Take(moved), FailsWith(kTampered));
  moved = login;
  moved.server = "https://evil";
  EXPECT_THAT((*box)->Take(moved), FailsWith(kTampered));
  moved = login;
  moved.ca_file = "/tmp/evil.pem";
  EXPECT_THAT((*box)->Take(moved), FailsWith(kTampered));
  moved = login;
  moved.sealed = "AAAA";
  EXPECT_THAT((*box)->Take(moved), FailsWith(kTampered));
}

TEST_F(LocalBoxesTest, APassphraseOpensWhatItSealed) {
  LocalBoxes boxes = BoxesOf({"open sesame", "open sesame", "open sesame", "open barley"});
  LoginBook book;
  const auto made = boxes.Make(book, StoreKind::kFile, UnlockKind::kPassphrase);
  ASSERT_THAT(made, IsOk());
  const Login login = Sealed(**made);
  EXPECT_EQ((*boxes.Open(book))->Take(login)->Expose(), "s3cret");
  EXPECT_THAT((*boxes.Open(book))->Take(login), FailsWith(kTampered));
  EXPECT_THAT(boxes.Open(book), FailsWith(kUnavailable)) << "nobody to ask";
}

TEST_F(LocalBoxesTest, RefusesAPassphraseThatIsShortOrMistyped) {
  LoginBook book;
  EXPECT_THAT(BoxesOf({"short", "short"}).Make(book, StoreKind::kFile, UnlockKind::kPassphrase),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(
      BoxesOf({"open sesame", "open sesamf"}).Make(book, StoreKind::kFile, UnlockKind::kPassphrase),
      FailsWith(kInvalidArgument));
}

}  // namespace
}  // namespace latchkey::client
