#include <memory>

#include "cli/commands.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

/// Whole days as `90d`, anything else as seconds.
std::string ShowSpan(const Json& object, std::string_view name) {
  constexpr std::int64_t kDay = 86'400;
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return "";
  const auto span = found->get<std::int64_t>();
  return span % kDay == 0 ? std::to_string(span / kDay) + "d" : std::to_string(span) + "s";
}

/// What is in force, and where it comes from.
Cell ShowLifetime(const Json& policy, const std::string& name) {
  const auto in_force = policy.find("in_force");
  if (in_force == policy.end()) return {};
  const bool set = !ShowMember(policy, name).empty();
  return {ShowSpan(*in_force, name) + (set ? "" : " (from the settings)")};
}

void ShowPolicy(const Session& session, const Json& policy) {
  const std::string apps = ShowMember(policy, "token_apps");
  PrintFields(session, {{"token_lifetime_max", ShowLifetime(policy, "token_lifetime_max")},
                        {"token_lifetime_default", ShowLifetime(policy, "token_lifetime_default")},
                        {"api_tokens", {ShowMember(policy, "api_tokens")}},
                        {"app_passwords", {ShowMember(policy, "app_passwords")}},
                        {"second_step_required", {ShowMember(policy, "second_step_required")}},
                        {"token_apps", {apps.empty() ? "all" : apps}}});
}

}  // namespace

void AddPolicyCommands(CLI::App& app, Session& session) {
  CLI::App* group =
      AddGroup(app, "policy", "What may be made, for how long, and how people sign in");
  CLI::App* show =
      AddCommand(*group, "show", "Show what is in force", "  latchkey policy show --data DIR\n");
  AddInstallationOptions(show, session);
  SetAction(show, session, [&session] {
    return session.Run("policy.show", Json::object(),
                       [&session](const Json& policy) { ShowPolicy(session, policy); });
  });

  CLI::App* set = AddCommand(
      *group, "set", "Change it, within what the settings allow",
      "  latchkey policy set --data DIR token_lifetime_max=90d token_lifetime_default=30d\n"
      "  latchkey policy set --data DIR app_passwords=false\n"
      "  latchkey policy set --data DIR token_apps=bitbucket,wiki\n");
  const auto assignments = std::make_shared<std::vector<std::string>>();
  set->add_option("KEY=VALUE", *assignments,
                  "token_lifetime_max, token_lifetime_default, api_tokens, app_passwords, "
                  "second_step_required, token_apps")
      ->required();
  AddInstallationOptions(set, session);
  SetAction(set, session, [&session, assignments] {
    return session.Run("policy.set", Json{{"set", *assignments}},
                       [&session](const Json& policy) { ShowPolicy(session, policy); });
  });
}

}  // namespace latchkey::cli
