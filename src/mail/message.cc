#include "mail/message.h"

#include <algorithm>
#include <array>
#include <span>
#include <utility>
#include <vector>

#include "base/text.h"

namespace latchkey::mail {
namespace {

constexpr std::size_t kAddressMax = 254;  // RFC 5321 section 4.5.3.1.3
constexpr std::size_t kShownMax = 200;

/// One line without control or invisible characters, whatever it was.
std::string OneLine(std::string_view text) { return EscapeForTerminal(text, kShownMax); }

/// `2026-11-24 09:00 UTC`.
std::string ForPeople(Instant instant) {
  const std::string text = FormatInstant(instant);
  return text.substr(0, 10) + ' ' + text.substr(11, 5) + " UTC";
}

struct Fact {
  std::string label;
  std::string value;
};

/// A letter under way, in both forms at once.
class Draft {
 public:
  Draft(const Site& site, const Recipient& to, std::string_view subject)
      : site_(OneLine(site.name)), subject_(OneLine(subject)), to_(to.address) {
    // At once, so that growing leaves no copy of a link behind.
    text_.reserve(4096);
    html_.reserve(8192);
    html_ += "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>" +
             EscapeMarkup(subject_) + "</title></head>\n<body>\n";
    Say(to.display_name.empty() ? "Hello," : "Hello " + OneLine(to.display_name) + ",");
  }

  Draft& Say(std::string_view paragraph) {
    text_ += std::string{paragraph} + "\n\n";
    html_ += "<p>" + EscapeMarkup(paragraph) + "</p>\n";
    return *this;
  }

  Draft& List(std::span<const Fact> facts) {
    html_ += "<ul>\n";
    for (const Fact& fact : facts) {
      const std::string value = OneLine(fact.value);
      if (value.empty()) continue;
      text_ += "  " + fact.label + ": " + value + '\n';
      html_ += "<li>" + fact.label + ": <b>" + EscapeMarkup(value) + "</b></li>\n";
    }
    text_ += '\n';
    html_ += "</ul>\n";
    return *this;
  }

  /// `url` is ours.
  Draft& Link(std::string_view url) {
    text_ += "  ";
    text_ += url;
    text_ += "\n\n";
    std::string escaped = EscapeMarkup(url);
    html_ += "<p><a href=\"";
    html_ += escaped;
    html_ += "\">";
    html_ += escaped;
    html_ += "</a></p>\n";
    Wipe(escaped);
    return *this;
  }

  Message Finish() && {
    text_ += "-- \n" + site_ + '\n';
    html_ += "<p>" + EscapeMarkup(site_) + "</p>\n</body></html>\n";
    return {.to = std::move(to_),
            .subject = std::move(subject_),
            .text = SecretString{std::move(text_)},
            .html = SecretString{std::move(html_)}};
  }

 private:
  std::string site_;
  std::string subject_;
  std::string to_;
  std::string text_;
  std::string html_;
};

struct Wording {
  std::string_view noun;
  std::string_view path;  ///< Of its page.
};

Wording WordingOf(CredentialFacts::Kind kind) {
  switch (kind) {
    case CredentialFacts::Kind::kApiToken: return {"API token", "/settings/security/api-tokens"};
    case CredentialFacts::Kind::kAppPassword:
      return {"app password", "/settings/personal/app-passwords"};
  }
  std::unreachable();
}

std::vector<Fact> FactsOf(const CredentialFacts& credential, const Event& event) {
  const std::string expiry =
      credential.expires_at ? ForPeople(*credential.expires_at) : std::string{"never"};
  return {{"Name", credential.name},
          {"Id", credential.id},
          {"App", credential.app.value_or("")},
          {"Expires", expiry},
          {"When", ForPeople(event.at)},
          {"By", event.by},
          {"From", event.address}};
}

}  // namespace

Result<void> ValidateAddress(std::string_view address) {
  const bool plain = std::ranges::all_of(address, [](char c) {
    return c > ' ' && c <= '~' &&
           std::string_view{"\"(),:;<>[\\]"}.find(c) == std::string_view::npos;
  });
  const std::size_t at = address.find('@');
  const bool whole = at != std::string_view::npos && at > 0 && at + 1 < address.size() &&
                     address.find('@', at + 1) == std::string_view::npos;
  if (plain && whole && address.size() <= kAddressMax) return {};
  return Fail(Error::Code::kInvalidArgument, "no mail can be sent to or from this address",
              "use an address like ana@example.org, of ASCII characters");
}

Message InvitationMessage(const Site& site, const Recipient& to, const SecretString& link,
                          Instant expires_at) {
  Draft draft{site, to, "Your account at " + site.name};
  draft.Say("An administrator made an account for you at " + OneLine(site.name) +
            ". Open this link to choose a password and sign in:");
  draft.Link(link.Expose());
  draft.Say("It works once, until " + ForPeople(expires_at) +
            ". If you did not expect it, you need not do anything.");
  return std::move(draft).Finish();
}

Message PasswordResetMessage(const Site& site, const Recipient& to, const SecretString& link,
                             Instant expires_at) {
  Draft draft{site, to, "Choose a new password for " + site.name};
  draft.Say("Somebody asked for a new password for your account at " + OneLine(site.name) +
            ". If it was you, open this link:");
  draft.Link(link.Expose());
  draft.Say("It works once, until " + ForPeople(expires_at) +
            ", and signs you out everywhere. If it was not you, do nothing: your password stays "
            "as it is.");
  return std::move(draft).Finish();
}

Message CredentialMadeMessage(const Site& site, const Recipient& to,
                              const CredentialFacts& credential, const Event& event) {
  const Wording wording = WordingOf(credential.kind);
  const std::string noun{wording.noun};
  Draft draft{site, to, "New " + noun + ": " + credential.name};
  draft.Say("A new " + noun + " was made for your account:");
  draft.List(FactsOf(credential, event));
  draft.Say("If it was not you, revoke it at once and change your password:");
  draft.Link(site.public_url + std::string{wording.path});
  return std::move(draft).Finish();
}

Message CredentialEndedMessage(const Site& site, const Recipient& to,
                               const CredentialFacts& credential, Ending ending, const Event& event,
                               std::string_view reason) {
  const Wording wording = WordingOf(credential.kind);
  const std::string noun{wording.noun};
  const bool reported = ending == Ending::kReported;
  Draft draft{site, to,
              (reported ? "Reported and revoked: " : "Revoked: ") + noun + ' ' + credential.name};
  draft.Say(reported ? "Somebody who has the secret of this " + noun +
                           " reported it, as one does who finds it where it does not belong. It "
                           "was revoked:"
                     : "This " + noun + " was revoked, and nothing can use it any more:");
  std::vector<Fact> facts = FactsOf(credential, event);
  facts.push_back({"Reason", std::string{reason}});
  draft.List(facts);
  draft.Say(reported ? "Look at what it was used for, and where it came out; then make a new one:"
                     : "If something of yours still needs it, make a new one:");
  draft.Link(site.public_url + std::string{wording.path});
  return std::move(draft).Finish();
}

Message NewSignInMessage(const Site& site, const Recipient& to, std::string_view device,
                         const Event& event) {
  Draft draft{site, to, "New sign-in to " + site.name};
  draft.Say("Somebody signed in to your account from a device that was not seen before:");
  const std::array<Fact, 3> facts{
      {{"Device", std::string{device}}, {"When", ForPeople(event.at)}, {"From", event.address}}};
  draft.List(facts);
  draft.Say("If it was not you, end that session and change your password:");
  draft.Link(site.public_url + "/settings/security");
  return std::move(draft).Finish();
}

Message SignInChangedMessage(const Site& site, const Recipient& to, std::string_view what,
                             const Event& event) {
  Draft draft{site, to, std::string{what} + " at " + site.name};
  draft.Say(std::string{what} + ", for signing in to your account:");
  const std::array<Fact, 3> facts{
      {{"When", ForPeople(event.at)}, {"By", event.by}, {"From", event.address}}};
  draft.List(facts);
  draft.Say(
      "If it was not you, somebody else has your account: ask an administrator at once, and end "
      "the sessions that you do not know:");
  draft.Link(site.public_url + "/settings/security");
  return std::move(draft).Finish();
}

}  // namespace latchkey::mail
