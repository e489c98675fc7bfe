#include "http/tls.h"

#include <openssl/ssl.h>

#include <string>
#include <string_view>

namespace latchkey::http {

namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

// OpenSSL's names; TLS 1.3 has only suites of this kind anyway.
constexpr const char* kTls12Suites =
    "ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:"
    "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:"
    "ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305";

// A client that offers other protocols only would not understand our answers (RFC 7301
// section 3.2).
int SelectProtocol(SSL* /*connection*/, const unsigned char** out, unsigned char* out_size,
                   const unsigned char* offered, unsigned offered_size, void* /*unused*/) {
  // NOLINTNEXTLINE(modernize-avoid-c-arrays): OpenSSL takes lengths and names as one text of bytes.
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* selected = nullptr;
  const int found = SSL_select_next_proto(&selected, out_size, kHttp11, sizeof(kHttp11) - 1,
                                          offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;
  *out = selected;
  return SSL_TLSEXT_ERR_OK;
}

std::unexpected<Error> FailFor(std::string_view what, const std::string& file,
                               const error_code& error) {
  return Fail(Error::Code::kInvalidArgument,
              std::string{what} + " " + file + " cannot be used: " + error.message(),
              "it must be a PEM file that this process can read");
}

}  // namespace

Result<std::shared_ptr<ssl::context>> LoadTlsContext(const TlsSettings& settings) {
  auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
  SSL_CTX* const native = context->native_handle();
  const bool set = SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION) == 1 &&
                   SSL_CTX_set_cipher_list(native, kTls12Suites) == 1;
  if (!set) return Fail(Error::Code::kInternal, "OpenSSL does not know the TLS settings");
  SSL_CTX_set_options(
      native, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  // Idle connections give their record buffers back.
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_alpn_select_cb(native, SelectProtocol, nullptr);

  error_code error;
  context->use_certificate_chain_file(settings.certificate_file, error);
  if (error) return FailFor("the certificate file", settings.certificate_file, error);
  context->use_private_key_file(settings.key_file, ssl::context::pem, error);
  if (error) return FailFor("the key file", settings.key_file, error);
  if (SSL_CTX_check_private_key(native) != 1) {
    return Fail(Error::Code::kInvalidArgument, "the key in " + settings.key_file +
                                                   " does not belong to the certificate in " +
                                                   settings.certificate_file);
  }
  return context;
}

}  // namespace latchkey::http
