// TLS on real sockets, with certificates that are made here.

#include "http/tls.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "http/server_fixture.h"

namespace latchkey::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;
using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

template <auto kFree>
struct Freer {
  template <typename T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Freer<X509_free>>;
struct FileCloser {
  void operator()(std::FILE* file) const { std::fclose(file); }
};
using File = std::unique_ptr<std::FILE, FileCloser>;

// Writes a fresh self-signed certificate with that serial number and its key.
void WriteCertificate(const TlsSettings& files, long serial) {
  const Key key(EVP_EC_gen("P-256"));
  const Certificate certificate(X509_new());
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -3600);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
  X509_set_pubkey(certificate.get(), key.get());
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const File certificate_file(std::fopen(files.certificate_file.c_str(), "w"));
  ASSERT_NE(certificate_file, nullptr);
  PEM_write_X509(certificate_file.get(), certificate.get());
  const File key_file(std::fopen(files.key_file.c_str(), "w"));
  ASSERT_NE(key_file, nullptr);
  PEM_write_PrivateKey(key_file.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
}

class TlsClient {
 public:
  explicit TlsClient(std::uint16_t port, int version_max = TLS1_3_VERSION,
                     std::string_view alpn = {}) {
    SSL_CTX_set_max_proto_version(context_.native_handle(), version_max);
    SSL_CTX_set_security_level(context_.native_handle(), 0);
    stream_ = std::make_unique<asio::ssl::stream<tcp::socket>>(io_, context_);
    const std::string offer{alpn};
    const void* const bytes = offer.data();
    SSL_set_alpn_protos(stream_->native_handle(), static_cast<const unsigned char*>(bytes),
                        static_cast<unsigned>(offer.size()));
    stream_->next_layer().connect({asio::ip::address_v4::loopback(), port});
    stream_->handshake(asio::ssl::stream_base::client, error_);
  }

  [[nodiscard]] bool connected() const { return !error_; }
  [[nodiscard]] long serial() const {
    const Certificate peer(SSL_get1_peer_certificate(stream_->native_handle()));
    return ASN1_INTEGER_get(X509_get_serialNumber(peer.get()));
  }
  [[nodiscard]] std::string protocol() const { return SSL_get_version(stream_->native_handle()); }

  void Send(std::string_view bytes) { asio::write(*stream_, asio::buffer(bytes), error_); }
  std::string ReceiveAll() {
    std::string all;
    asio::read(*stream_, asio::dynamic_buffer(all), error_);
    ended_well_ = error_ == asio::error::eof;
    return all;
  }
  /// Whether the last ReceiveAll() ended in a close_notify and not in a cut.
  [[nodiscard]] bool ended_well() const { return ended_well_; }

 private:
  asio::io_context io_;
  asio::ssl::context context_{asio::ssl::context::tls_client};
  std::unique_ptr<asio::ssl::stream<tcp::socket>> stream_;
  error_code error_;
  bool ended_well_ = false;
};

class TlsTest : public ServerFixture {
 protected:
  TlsTest() {
    const testing::TestInfo* const info = testing::UnitTest::GetInstance()->current_test_info();
    directory_ = std::filesystem::path(testing::TempDir()) /
                 (std::string("latchkey_tls_") + info->name() + std::to_string(::getpid()));
    std::filesystem::create_directory(directory_);
    files_ = {directory_ / "cert.pem", directory_ / "key.pem"};
    WriteCertificate(files_, 1);
    router_.Add("GET", "/ok", [](Exchange& e, const RouteParams&) { return Ok(e); });
    router_.Add("POST", "/pipe", [](Exchange& e, const RouteParams&) { return Pipe(e); });
  }
  ~TlsTest() override {
    StopServer();
    std::filesystem::remove_all(directory_);
  }

  static Awaitable<void> Ok(Exchange& exchange) {
    Response response;
    response.body = "ok";
    static_cast<void>(co_await exchange.Respond(std::move(response)));
  }
  static Awaitable<void> Pipe(Exchange& exchange) {
    std::vector<char> buffer(262144);
    Fields fields;
    fields.Set("Content-Length", std::to_string(exchange.head().content_length.value_or(0)));
    if (!co_await exchange.StartStream(200, std::move(fields))) co_return;
    for (;;) {
      const Result<std::size_t> size = co_await exchange.ReadBody(buffer);
      if (!size || *size == 0) break;
      if (!co_await exchange.Write(std::span(buffer).first(*size))) co_return;
    }
    static_cast<void>(co_await exchange.FinishStream());
  }

  void StartTls() {
    ServerSettings settings;
    settings.tls = files_;
    StartServer(settings);
  }

  std::filesystem::path directory_;
  TlsSettings files_;
};

constexpr const char* kGet = "GET /ok HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";

TEST_F(TlsTest, ServesBothVersionsAndAsksToStay) {
  StartTls();
  for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
    TlsClient client(port(), version);
    ASSERT_TRUE(client.connected());
    EXPECT_EQ(client.protocol(), version == TLS1_2_VERSION ? "TLSv1.2" : "TLSv1.3");
    client.Send(kGet);
    EXPECT_THAT(client.ReceiveAll(), AllOf(StartsWith("HTTP/1.1 200 OK"), testing::EndsWith("ok"),
                                           HasSubstr("\r\nStrict-Transport-Security: ")));
    EXPECT_TRUE(client.ended_well());
  }
}

TEST_F(TlsTest, RefusesOlderVersionsAndForeignProtocols) {
  StartTls();
  EXPECT_FALSE(TlsClient(port(), TLS1_1_VERSION).connected());
  EXPECT_FALSE(TlsClient(port(), TLS1_3_VERSION, "\x02h2").connected());
  EXPECT_TRUE(TlsClient(port(), TLS1_3_VERSION, "\x02h2\x08http/1.1").connected());
}

TEST_F(TlsTest, AClientInClearIsDropped) {
  StartTls();
  RawClient client(port());
  client.Send(kGet);
  EXPECT_EQ(client.ReceiveAll().find("HTTP/"), std::string::npos);
}

TEST_F(TlsTest, ReloadsForNewConnectionsOnly) {
  StartTls();
  TlsClient old(port());
  EXPECT_EQ(old.serial(), 1);
  WriteCertificate(files_, 2);
  ASSERT_TRUE(server_->ReloadTls().has_value());
  EXPECT_EQ(TlsClient(port()).serial(), 2);
  old.Send(kGet);
  EXPECT_THAT(old.ReceiveAll(), StartsWith("HTTP/1.1 200"));
}

TEST_F(TlsTest, KeepsTheOldCertificateWhereTheNewIsUnusable) {
  StartTls();
  std::ofstream(files_.certificate_file) << "no certificate\n";
  const Result<void> reloaded = server_->ReloadTls();
  ASSERT_FALSE(reloaded.has_value());
  EXPECT_EQ(reloaded.error().code, Error::Code::kInvalidArgument);
  EXPECT_THAT(reloaded.error().message, HasSubstr(files_.certificate_file));
  EXPECT_EQ(TlsClient(port()).serial(), 1);
}

TEST_F(TlsTest, AKeyMustBelongToItsCertificate) {
  TlsSettings other{directory_ / "other.pem", directory_ / "other-key.pem"};
  WriteCertificate(other, 3);
  const auto loaded = LoadTlsContext({files_.certificate_file, other.key_file});
  ASSERT_FALSE(loaded.has_value());
  EXPECT_EQ(loaded.error().code, Error::Code::kInvalidArgument);
}

TEST_F(TlsTest, PassesBigBodiesBothWays) {
  constexpr std::size_t kSize = std::size_t{16} << 20U;
  StartTls();
  std::string body(kSize, '\0');
  for (std::size_t i = 0; i < kSize; ++i) body[i] = static_cast<char>(i * 31 % 251);
  // In pieces that fit into the buffers on the way, because this client either writes or reads.
  constexpr std::size_t kStep = 65536;
  std::string echoed;
  for (std::size_t at = 0; at < kSize; at += kStep * 16) {
    TlsClient piece(port());
    piece.Send("POST /pipe HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: " +
               std::to_string(kStep * 16) + "\r\n\r\n" + body.substr(at, kStep * 16));
    const std::string answer = piece.ReceiveAll();
    echoed += answer.substr(answer.find("\r\n\r\n") + 4);
    EXPECT_TRUE(piece.ended_well());
  }
  EXPECT_TRUE(echoed == body);
}

}  // namespace
}  // namespace latchkey::http
