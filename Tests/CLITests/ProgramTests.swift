import Testing

@testable import HourglassCLI

@Suite struct ProgramTests {
  @Test func helpOfACommandIsMadeFromItsDeclarations() {
    #expect(
      Help.of(Sample.command) == """
        sample: shows what an option can be

        usage: hourglass sample SOURCE -o FILE [options]

          SOURCE  data: a file, a folder, - or builtin:NAME ('hourglass help sources')

        A longer text.

        options
          -o, --output FILE  where to write (required)
          -n, --count N      how many [10]
              --rate X       how fast [0.001]
              --layers N,N   how wide [by size]
              --kind NAME    which: plain, tied [plain]
              --tag WORD     a label (may be repeated)
          -q, --quiet        say nothing but errors

        examples
          hourglass sample data.csv -o out

        """)
  }

  @Test func helpWrapsAtItsWidth() {
    let words = Array(repeating: "word", count: 60).joined(separator: " ")
    let lines = Help.wrap(words, indent: 10)
    #expect(lines.allSatisfy { $0.count <= Help.width - 10 })
    #expect(lines.joined(separator: " ") == words)
  }

  @Test func everyCommandIsInTheOverviewAndHasHelpOnEveryWay() {
    let overview = run("--help")
    #expect(overview.code == 0 && overview.messages.isEmpty)
    #expect(run("help").output == overview.output)
    for command in Command.all {
      #expect(overview.output.contains("\n  \(command.name) "))
      let help = run(command.name, "--help")
      #expect(help.code == 0 && help.output == run("help", command.name).output)
      let all = run(command.name, "--help", "all")
      #expect(all.code == 0 && all.output == run("help", command.name, "all").output)
      for text in [help.output, all.output] {
        #expect(text.split(separator: "\n").allSatisfy { $0.count <= Help.width })
      }
      #expect(Set(command.options.map(\.name)).count == command.options.count)
    }
  }

  /// The options that a help lists: words behind dashes where a line of the table begins.
  private func listed(_ help: String) -> [String] {
    help.matches(of: #/(?m)^  (?:-[a-z], |    |)--([a-z0-9-]+)(?: [^ \n]+)?  /#).map { String($0.1) }
  }

  @Test func helpOfAllListsEveryOptionOnceAndTheShortOneTheCommon() {
    for command in Command.all {
      let all = listed(run(command.name, "--help", "all").output)
      #expect(all.sorted() == command.options.map(\.name).sorted(), "\(command.name)")
      let short = listed(run(command.name, "--help").output)
      let common = command.common.isEmpty ? command.options : command.common
      #expect(short.sorted() == common.map(\.name).sorted(), "\(command.name)")
      // What cannot be left out is never hidden, and nothing is so long that it wants two parts.
      let required = command.options.filter(\.isRequired).map(\.name)
      #expect(Set(required).isSubset(of: short), "\(command.name)")
      #expect(short.count <= 24, "\(command.name) shows \(short.count) options at once")
    }
  }

  @Test func theHelpOfTrainHasHeadings() {
    let short = run("train", "--help").output
    #expect(short.split(separator: "\n", omittingEmptySubsequences: false).count < 80)
    #expect(short.contains("\ndata\n      --validation FRACTION|SOURCE  "))
    #expect(short.contains("'hourglass train --help all' lists all \(TrainOption.all.count) options"))
    #expect(listed(short).count == 16 && !short.contains("--critic-turns"))
    let all = run("train", "--help", "all").output
    let titles = TrainOption.all.sections.map(\.heading.title)
    #expect(titles.count == 13 && !titles.contains("options"))
    for title in titles { #expect(all.contains("\n\n\(title)\n")) }
    // Each heading can be asked for alone.
    let quantised = run("train", "--help", "quantised").output
    #expect(
      listed(quantised) == ["entries", "code-width", "commitment", "codebook-decay", "books"])
    #expect(run("help", "train", "data").output.contains("With --gaps values that are missing"))
    let unknown = run("help", "train", "netwrok")
    #expect(unknown.code == 2 && unknown.messages.contains("did you mean network?"))
  }

  @Test func helpSpeaksOfDistributionsAndCodebooks() {
    let pattern = #/(?i)\b(laws?|books?|critic's turns)\b/#
    for command in Command.all {
      // The options --books, --law and the critic's --critic-turns keep their names.
      let help = run(command.name, "--help", "all").output.replacing("--books", with: "")
        .replacing("--law ", with: "")
      #expect(
        help.firstMatch(of: pattern) == nil, "\(command.name): \(help.firstMatch(of: pattern)?.0 ?? "")")
    }
  }

  @Test func helpIsGivenToAnIncompleteCommandLine() {
    #expect(run("completions", "--nonsense", "-h").code == 0)
  }

  @Test func withoutACommandTheOverviewGoesToStandardError() {
    let result = run()
    #expect(result.code == 2 && result.output.isEmpty && result.messages.hasPrefix("hourglass: trains"))
  }

  @Test func unknownCommandsNameTheNearest() {
    let result = run("hlep")
    #expect(result.code == 2 && result.output.isEmpty)
    #expect(result.messages == "hourglass: there is no command 'hlep'; did you mean help?\n")
    #expect(run("zzzzzzzzz").messages.contains("'hourglass --help' lists"))
    #expect(run("--json", "help").messages.contains("options come after the command"))
    #expect(run("help", "zzzzzzzzz").code == 2)
  }

  @Test func versionIsPrintedOnBothWays() {
    #expect(run("--version").output == "hourglass \(Program.version)\n")
    #expect(run("version").output == run("--version").output)
  }

  @Test func errorsOfOtherKindsAreTheDatasFault() {
    struct Fault: Error, CustomStringConvertible { let description = "rows.csv: line 3" }
    #expect(Failure(Fault()) == .data("rows.csv: line 3"))
    #expect(Failure(Failure.commandLine("x")).exitCode == 2)
  }

  @Test func completionsNameEveryCommandAndOption() {
    let commands = Command.all + [Sample.command]
    for script in [Completions.bash(commands), Completions.zsh(commands)] {
      #expect(
        script.contains("sample) words=\"--output --count --rate --layers --kind --tag --quiet --help\""))
      #expect(script.contains("\"sample --kind\") words=\"plain tied\" ;;"))
      #expect(commands.allSatisfy { script.contains($0.name) })
    }
    let fish = Completions.fish(commands)
    #expect(fish.contains("-n '__fish_seen_subcommand_from sample' -l kind -r -f -a 'plain tied' -d 'which'"))
    #expect(run("completions", "tcsh").code == 2)
  }
}
