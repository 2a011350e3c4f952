extension Command {
  static let completions = Command(
    name: "completions", abstract: "prints a shell's completion script",
    operands: [Operand(name: "SHELL", meaning: "bash, zsh or fish")],
    options: [],
    examples: [
      "source <(hourglass completions bash)",
      "hourglass completions fish > ~/.config/fish/completions/hourglass.fish",
    ],
    run: { session in
      switch session.operand(0) {
      case "bash": try session.streams.output.write(Completions.bash(Command.all))
      case "zsh": try session.streams.output.write(Completions.zsh(Command.all))
      case "fish": try session.streams.output.write(Completions.fish(Command.all))
      case let other:
        throw Failure.commandLine("completions are there for bash, zsh and fish, not for '\(other)'")
      }
    })
}

/// Completion scripts, made from the declarations: commands, options, the words a choice allows, else files.
enum Completions {
  static func bash(_ commands: [Command]) -> String {
    """
    _hourglass() {
      local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} words=
      if [ "$COMP_CWORD" -eq 1 ]; then
        words="\(commands.map(\.name).joined(separator: " "))"
        COMPREPLY=($(compgen -W "$words" -- "$word")); return
      fi
      case "${COMP_WORDS[1]} $before" in
    \(cases(commands))
      esac
      if [ -n "$words" ]; then COMPREPLY=($(compgen -W "$words" -- "$word")); return; fi
      case "${COMP_WORDS[1]}" in
    \(commands.map { "    \($0.name)) words=\"\(optionWords($0))\" ;;" }.joined(separator: "\n"))
      esac
      case "$word" in
        -*) COMPREPLY=($(compgen -W "$words" -- "$word")) ;;
        *) COMPREPLY=($(compgen -f -- "$word")) ;;
      esac
    }
    complete -o filenames -F _hourglass hourglass

    """
  }

  /// The same function through zsh's own bridge to bash completions.
  static func zsh(_ commands: [Command]) -> String {
    let bridge = """
      autoload -U +X compinit && compinit
      autoload -U +X bashcompinit && bashcompinit

      """
    return bridge + bash(commands)
  }

  static func fish(_ commands: [Command]) -> String {
    var text = ""
    for command in commands {
      let place = "complete -c hourglass -n __fish_use_subcommand -f"
      text += "\(place) -a \(command.name) -d '\(plain(command.abstract))'\n"
    }
    for command in commands {
      for option in command.options {
        text += "complete -c hourglass -n '__fish_seen_subcommand_from \(command.name)' -l \(option.name)"
        if let short = option.short { text += " -s \(short)" }
        if option.placeholder != nil { text += " -r" }
        if !option.choices.isEmpty { text += " -f -a '\(option.choices.joined(separator: " "))'" }
        text += " -d '\(plain(option.meaning))'\n"
      }
    }
    return text
  }

  private static func cases(_ commands: [Command]) -> String {
    var lines: [String] = []
    for command in commands {
      for option in command.options where !option.choices.isEmpty {
        let words = option.choices.joined(separator: " ")
        lines.append("    \"\(command.name) \(option.dashed)\") words=\"\(words)\" ;;")
      }
    }
    lines.append("    *) ;;")
    return lines.joined(separator: "\n")
  }

  private static func optionWords(_ command: Command) -> String {
    (command.options.map(\.dashed) + ["--help"]).joined(separator: " ")
  }

  private static func plain(_ text: String) -> String { text.filter { $0 != "'" } }
}
