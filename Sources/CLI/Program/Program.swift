import Hourglass

/// The program `hourglass`: finds the command, runs it, turns what goes wrong into words and an exit code.
struct Program {
  static let version = hourglassVersion

  let streams: Streams
  let terminal: Terminal

  /// Runs a command line, without the program's own name, and gives the exit code.
  ///
  /// - Returns: 0 done; 1 the data or a file is at fault; 2 the command line is at fault.
  func run(_ words: [String]) -> Int32 {
    do {
      try dispatch(words)
      return 0
    } catch {
      let failure = Failure(error)
      if !failure.description.isEmpty { streams.messages.say("hourglass: \(failure)\n") }
      return failure.exitCode
    }
  }

  private func dispatch(_ words: [String]) throws {
    guard let first = words.first else {
      streams.messages.say(Help.overview(Command.all))
      throw Failure(exitCode: 2, description: "")
    }
    let rest = Array(words.dropFirst())
    switch first {
    case "--help", "-h": try streams.output.write(Help.overview(Command.all))
    case "--version": try streams.output.writeLine("hourglass \(Program.version)")
    default:
      let command = try Program.command(first)
      // Help is asked for by people whose command line is not right yet.
      if let place = rest.prefix(while: { $0 != "--" }).firstIndex(where: { $0 == "--help" || $0 == "-h" }) {
        let behind = rest.dropFirst(place + 1)
        // One word alone asks for a part of the help; more are the rest of a command line.
        let extent =
          behind.count == 1 && behind.first?.hasPrefix("-") == false
          ? try command.extent(behind.joined()) : behind.first.flatMap { Help.Extent($0, of: command) }
        try streams.output.write(Help.of(command, extent ?? .common))
      } else {
        let arguments = try Arguments(rest, for: command)
        try arguments.checkStreams(of: command)
        try command.run(Session(arguments: arguments, streams: streams, terminal: terminal))
      }
    }
  }

  static func command(_ name: String) throws(Failure) -> Command {
    if let command = Command.all.first(where: { $0.name == name }) { return command }
    if name.hasPrefix("-") {
      throw Failure.commandLine("options come after the command: hourglass COMMAND … \(name)")
    }
    if let nearest = Nearest.word(to: name, among: Command.all.map(\.name)) {
      throw Failure.commandLine("there is no command '\(name)'; did you mean \(nearest)?")
    }
    throw Failure.commandLine("there is no command '\(name)'; 'hourglass --help' lists those there are")
  }
}
