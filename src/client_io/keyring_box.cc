#include "client_io/keyring_box.h"

#include <dlfcn.h>
#include <libsecret/secret.h>

#include <cstdlib>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace latchkey::client {
namespace {

using enum Error::Code;

const SecretSchema* Schema() {
  static const SecretSchema kSchema = [] {
    SecretSchema schema{};
    schema.name = "net.latchkey.Login";
    schema.flags = SECRET_SCHEMA_NONE;
    schema.attributes[0] = {"url", SECRET_SCHEMA_ATTRIBUTE_STRING};
    schema.attributes[1] = {"server", SECRET_SCHEMA_ATTRIBUTE_STRING};
    return schema;
  }();
  return &kSchema;
}

template <typename Function>
bool Resolve(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, name));
  return function != nullptr;
}

}  // namespace

struct KeyringBox::Library {
  decltype(secret_service_get_sync)* get_service = nullptr;
  decltype(secret_password_store_sync)* store = nullptr;
  decltype(secret_password_lookup_sync)* lookup = nullptr;
  decltype(secret_password_clear_sync)* clear = nullptr;
  decltype(secret_password_free)* free_password = nullptr;
  decltype(g_error_free)* free_error = nullptr;
  decltype(g_object_unref)* unref = nullptr;

  /// Takes `error`.
  std::unexpected<Error> Failed(const char* what, GError* error) const {
    std::string text = what;
    if (error != nullptr) {
      text += ": " + EscapeForTerminal(error->message);
      free_error(error);
    }
    return Fail(kUnavailable, std::move(text),
                "Is the desktop's keyring unlocked? --store file keeps secrets without it.");
  }
};

const KeyringBox::Library* KeyringBox::Load() {
  static const std::unique_ptr<const Library> kLibrary = []() -> std::unique_ptr<const Library> {
    void* handle = dlopen("libsecret-1.so.0", RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) return nullptr;
    auto library = std::make_unique<Library>();
    const bool whole = Resolve(handle, "secret_service_get_sync", library->get_service) &&
                       Resolve(handle, "secret_password_store_sync", library->store) &&
                       Resolve(handle, "secret_password_lookup_sync", library->lookup) &&
                       Resolve(handle, "secret_password_clear_sync", library->clear) &&
                       Resolve(handle, "secret_password_free", library->free_password) &&
                       Resolve(handle, "g_error_free", library->free_error) &&
                       Resolve(handle, "g_object_unref", library->unref);
    if (!whole) return nullptr;
    return library;
  }();
  return kLibrary.get();
}

Result<std::unique_ptr<KeyringBox>> KeyringBox::Connect() {
  // Without an address GLib would start a bus of its own.
  // NOLINTNEXTLINE(concurrency-mt-unsafe): nothing in this program changes the environment.
  const char* bus = std::getenv("DBUS_SESSION_BUS_ADDRESS");
  if (bus == nullptr || *bus == '\0') {
    return Fail(kUnavailable, "there is no desktop session with a keyring",
                "--store file keeps secrets without one.");
  }
  const Library* library = Load();
  if (library == nullptr) {
    return Fail(kUnavailable, "libsecret is not installed",
                "Install libsecret-1-0, or keep secrets with --store file.");
  }
  GError* error = nullptr;
  SecretService* service = library->get_service(SECRET_SERVICE_NONE, nullptr, &error);
  if (service == nullptr) return library->Failed("there is no keyring", error);
  library->unref(service);
  return std::unique_ptr<KeyringBox>{new KeyringBox{*library}};
}

Result<std::string> KeyringBox::Put(const Login& login, const SecretString& secret) {
  const std::string label = "Latchkey: " + login.username + " at " + login.url;
  // libsecret wants an end; the copy is wiped.
  std::string text{secret.Expose()};
  GError* error = nullptr;
  const gboolean stored = library_.store(
      Schema(), SECRET_COLLECTION_DEFAULT, label.c_str(), text.c_str(), nullptr, &error, "url",
      login.url.c_str(), "server", login.server.c_str(), static_cast<const char*>(nullptr));
  Wipe(text);
  if (stored == FALSE) return library_.Failed("the keyring did not take the secret", error);
  return std::string{};
}

Result<SecretString> KeyringBox::Take(const Login& login) {
  GError* error = nullptr;
  char* text = library_.lookup(Schema(), nullptr, &error, "url", login.url.c_str(), "server",
                               login.server.c_str(), static_cast<const char*>(nullptr));
  if (error != nullptr) return library_.Failed("the keyring did not give the secret", error);
  if (text == nullptr) {
    return Fail(kNotFound, "the keyring has no secret for " + login.url,
                "Log in again: latchkey login " + login.url);
  }
  SecretString secret{text};
  library_.free_password(text);  // Wipes it.
  return secret;
}

Result<void> KeyringBox::Forget(const Login& login) {
  GError* error = nullptr;
  library_.clear(Schema(), nullptr, &error, "url", login.url.c_str(), "server",
                 login.server.c_str(), static_cast<const char*>(nullptr));
  if (error != nullptr) return library_.Failed("the keyring did not forget the secret", error);
  return {};
}

}  // namespace latchkey::client
