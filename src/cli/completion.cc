#include "cli/completion.h"

#include <vector>

namespace latchkey::cli {
namespace {

struct Word {
  std::string text;
  std::string description;
};

/// What may follow after a command.
struct Step {
  std::string path;  // `token create`; empty for the program itself.
  std::vector<Word> commands;
  std::vector<Word> options;
};

void Collect(const CLI::App& app, const std::string& path, std::vector<Step>& steps) {
  Step step{.path = path, .commands = {}, .options = {}};
  const std::vector<const CLI::App*> commands = app.get_subcommands({});
  for (const CLI::App* command : commands) {
    step.commands.push_back({command->get_name(), command->get_description()});
  }
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      step.options.push_back({"--" + name, option->get_description()});
    }
  }
  steps.push_back(std::move(step));
  for (const CLI::App* command : commands) {
    Collect(*command, path.empty() ? command->get_name() : path + " " + command->get_name(), steps);
  }
}

std::string WordsOf(const Step& step) {
  std::string words;
  for (const auto* list : {&step.commands, &step.options}) {
    for (const Word& word : *list) words += (words.empty() ? "" : " ") + word.text;
  }
  return words;
}

/// The shell function that both bash and zsh use: from the words so far to the words that may
/// follow.
std::string WordFunction(const std::vector<Step>& steps) {
  std::string script =
      "_latchkey_words() {\n  local path= word\n  for word in \"$@\"; do\n"
      "    case \"$path/$word\" in\n      ";
  std::string known;
  for (const Step& step : steps) {
    const std::string before = step.path.empty() ? "" : step.path;
    for (const Word& command : step.commands) {
      known += (known.empty() ? "" : "|") + ("\"" + before) + "/" + command.text + "\"";
    }
  }
  script += known + ") path=\"${path:+$path }$word\" ;;\n    esac\n  done\n  case \"$path\" in\n";
  for (const Step& step : steps) {
    script += "    \"" + step.path + "\") echo \"" + WordsOf(step) + "\" ;;\n";
  }
  return script + "  esac\n}\n";
}

std::string BashScript(const std::vector<Step>& steps) {
  return "# bash completion for latchkey: source it, or put it into\n"
         "# ~/.local/share/bash-completion/completions/latchkey\n" +
         WordFunction(steps) +
         "_latchkey() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\"\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$(_latchkey_words "
         "\"${COMP_WORDS[@]:1:COMP_CWORD-1}\")\" -- \"$current\")\n"
         "}\n"
         "complete -o default -F _latchkey latchkey\n";
}

std::string ZshScript(const std::vector<Step>& steps) {
  return "#compdef latchkey\n"
         "# zsh completion for latchkey: put it as _latchkey into a folder of $fpath\n" +
         WordFunction(steps) +
         "_latchkey() {\n"
         "  local -a candidates\n"
         "  candidates=(${=\"$(_latchkey_words ${words[2,CURRENT-1]})\"})\n"
         "  compadd -- $candidates\n"
         "  [[ ${words[CURRENT]} == -* ]] || _files\n"
         "}\n"
         "compdef _latchkey latchkey\n";
}

/// `text` in single quotes, as fish reads them.
std::string FishQuote(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

/// That the words before the cursor, options left out, are exactly the step's path so far.
std::string FishCondition(const Step& step) {
  return step.path.empty() ? "__fish_latchkey_at" : "__fish_latchkey_at " + step.path;
}

std::string FishScript(const std::vector<Step>& steps) {
  std::string script =
      "# fish completion for latchkey: put it into ~/.config/fish/completions/latchkey.fish\n"
      "function __fish_latchkey_at\n"
      "  set -l words (commandline -opc | string match -v -- '-*')\n"
      "  test (count $words) -gt (count $argv); or return 1\n"
      "  test (count $argv) -gt 0; or begin; test (count $words) -eq 1; return; end\n"
      "  test \"$words[2..(math (count $argv) + 1)]\" = \"$argv\"\n"
      "end\n";
  for (const Step& step : steps) {
    const std::string start = "complete -c latchkey -n " + FishQuote(FishCondition(step));
    for (const Word& command : step.commands) {
      script += start + " -f -a " + command.text + " -d " + FishQuote(command.description) + "\n";
    }
    for (const Word& option : step.options) {
      script +=
          start + " -l " + option.text.substr(2) + " -d " + FishQuote(option.description) + "\n";
    }
  }
  return script;
}

}  // namespace

std::optional<std::string> CompletionScript(std::string_view shell, const CLI::App& app) {
  std::vector<Step> steps;
  Collect(app, "", steps);
  if (shell == "bash") return BashScript(steps);
  if (shell == "zsh") return ZshScript(steps);
  if (shell == "fish") return FishScript(steps);
  return std::nullopt;
}

}  // namespace latchkey::cli
