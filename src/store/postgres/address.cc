#include "store/postgres/address.h"

#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace latchkey::postgres {
namespace {

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

std::unexpected<Error> Unreadable(std::string_view what) {
  return Fail(Error::Code::kInvalidArgument,
              "the database's connection string cannot be read: " + std::string{what},
              "It looks like postgresql://user@host/database. In a password write each of / : @ # "
              "? % as % and two hexadecimal digits, or leave it out and use a password file.");
}

}  // namespace

Result<Address> Address::Parse(std::string_view text) {
  char* raw_message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options{
      PQconninfoParse(std::string{text}.c_str(), &raw_message)};
  // What it says repeats parts of the text.
  if (raw_message != nullptr) PQfreemem(raw_message);
  if (!options || text.contains('\0')) return Unreadable("it is of neither form that libpq knows");
  Address address;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) address.values_.emplace_back(option->keyword, option->val);
  }
  if (Result<void> checked = address.CheckPlaces(); !checked) {
    return std::unexpected(checked.error());
  }
  // A host that is silently cut off must not hold anybody up.
  address.SetDefault("connect_timeout", "3");
  address.SetDefault("tcp_user_timeout", "5000");
  address.SetDefault("keepalives_idle", "5");
  address.SetDefault("keepalives_interval", "2");
  address.SetDefault("keepalives_count", "3");
  address.SetDefault("target_session_attrs", "read-write");
  address.SetDefault("application_name", "latchkey");
  std::erase_if(address.values_,
                [](const auto& value) { return value.first == "client_encoding"; });
  address.values_.emplace_back("client_encoding", "UTF8");
  return address;
}

std::string Address::shown() const {
  const auto part = [this](std::string_view key, std::string_view otherwise) {
    const std::string* value = Find(key);
    return value != nullptr ? *value : std::string{otherwise};
  };
  std::string text = "postgresql://";
  if (const std::string user = part("user", ""); !user.empty()) text += user + "@";
  text += part("host", part("hostaddr", "local"));
  if (const std::string port = part("port", ""); !port.empty()) text += ":" + port;
  return text + "/" + part("dbname", part("user", ""));
}

std::string Address::WithoutPassword(std::string message) const {
  for (const std::string_view key : {"password", "sslpassword"}) {
    const std::string* secret = Find(key);
    if (secret == nullptr || secret->empty()) continue;
    for (std::size_t at = message.find(*secret); at != std::string::npos;
         at = message.find(*secret, at + 3)) {
      message.replace(at, secret->size(), "***");
    }
  }
  return message;
}

const std::string* Address::Find(std::string_view key) const {
  const auto found = std::ranges::find(values_, key, [](const auto& value) { return value.first; });
  return found == values_.end() ? nullptr : &found->second;
}

void Address::SetDefault(std::string_view key, std::string_view value) {
  if (Find(key) == nullptr) values_.emplace_back(key, value);
}

/// A password with a character that should have been encoded ends up in one of these, and from
/// there in messages.
Result<void> Address::CheckPlaces() const {
  const std::string* port = Find("port");
  if (port != nullptr && port->find_first_not_of("0123456789,") != std::string::npos) {
    return Unreadable("the port is not a number");
  }
  const std::string* host = Find("host");
  // The name of an abstract socket begins with @.
  if (host != nullptr && host->find('@', 1) != std::string::npos) {
    return Unreadable("a host's name holds an @");
  }
  const std::string* database = Find("dbname");
  if (database != nullptr && database->find_first_of("@/") != std::string::npos) {
    return Unreadable("the database's name holds an @ or a slash");
  }
  return {};
}

}  // namespace latchkey::postgres
