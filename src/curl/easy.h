#pragma once

// One transfer of libcurl, as an owning handle. What holds for every transfer of ours is set here:
// no signals (so SIGPIPE must be ignored, as main() does), no proxy and no user from the
// environment, certificates and host names verified, TLS 1.2 at least, time limits.

#include <curl/curl.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <string>

namespace latchkey {

class CurlTransfer {
 public:
  struct Common {
    std::string protocols;  ///< "https", "smtp,smtps"
    std::chrono::milliseconds connect_timeout;
    std::chrono::milliseconds timeout;  ///< From connecting to the end.
    std::string ca_file;                ///< PEM. Empty: the system's.
  };

  explicit CurlTransfer(const Common& common)
      : handle_(curl_easy_init()), good_(handle_ != nullptr) {
    Set(CURLOPT_NOSIGNAL, 1L);
    Set(CURLOPT_PROXY, "");
    Set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    Set(CURLOPT_PROTOCOLS_STR, common.protocols.c_str());
    Set(CURLOPT_SSL_VERIFYPEER, 1L);
    Set(CURLOPT_SSL_VERIFYHOST, 2L);
    Set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    Set(CURLOPT_CONNECTTIMEOUT_MS,
        static_cast<long>(std::min(common.connect_timeout, common.timeout).count()));
    Set(CURLOPT_TIMEOUT_MS, static_cast<long>(common.timeout.count()));
    if (!common.ca_file.empty()) Set(CURLOPT_CAINFO, common.ca_file.c_str());
  }

  /// `value` has the type that libcurl's manual names: long, a pointer or a function.
  template <typename T>
  void Set(CURLoption option, T value) {
    // In parentheses, it is the function and not the macro of the same name.
    good_ = good_ && (curl_easy_setopt)(handle_.get(), option, value) == CURLE_OK;
  }

  /// CURLE_FAILED_INIT if an option was refused.
  [[nodiscard]] CURLcode Perform() {
    return good_ ? curl_easy_perform(handle_.get()) : CURLE_FAILED_INIT;
  }

  /// The last status of HTTP or SMTP; 0 if there was none.
  [[nodiscard]] long response_code() const {
    long code = 0;
    if (handle_) (curl_easy_getinfo)(handle_.get(), CURLINFO_RESPONSE_CODE, &code);
    return code;
  }

 private:
  struct Cleanup {
    void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  };
  std::unique_ptr<CURL, Cleanup> handle_;
  bool good_;
};

/// A list of libcurl's, of header lines or recipients. It lives as long as the transfer.
class CurlList {
 public:
  /// False when memory ran out.
  [[nodiscard]] bool Add(const char* text) {
    curl_slist* longer = curl_slist_append(list_.get(), text);
    if (longer == nullptr) return false;
    // The same list where there was one: it is held once.
    if (longer != list_.get()) list_.reset(longer);
    return true;
  }
  [[nodiscard]] curl_slist* get() const { return list_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, Free> list_;
};

}  // namespace latchkey
