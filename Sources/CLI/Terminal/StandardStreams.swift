import Hourglass

/// Names that mean standard input or output: `-`.
extension Arguments {
  /// Options that name data to read.
  private static let inputs = ["validation", "fit", "on", "start", "architecture"]

  /// Makes sure that standard input is read for one purpose, and standard output written for one.
  ///
  /// - Throws: ``Failure`` with exit code 2 that names the two.
  func checkStreams(of command: Command) throws(Failure) {
    var readers: [String] = []
    for (index, word) in operands.enumerated() where Arguments.isInput(word) {
      let name = index < command.operands.count ? command.operands[index].name : command.operands.last?.name
      if name == Command.Operand.model.name {
        throw Failure.commandLine("'\(word)' is standard input, where data come from; MODEL names a file")
      }
      readers.append(name ?? word)
    }
    for option in command.options where Arguments.inputs.contains(option.name) {
      if let text = texts(of: option).first, Arguments.isInput(text) { readers.append(option.dashed) }
    }
    if readers.count > 1 {
      throw Failure.commandLine(
        "standard input can be read once; it is named for \(readers.joined(separator: " and "))")
    }
    guard let option = command.options.first(where: { $0.name == "output" }),
      let name = texts(of: option).first, StandardStream.isOutput(name)
    else { return }
    if let other = firstGiven(of: command.options.filter { ["json", "show"].contains($0.name) }) {
      throw Failure.commandLine(
        "-o \(name) writes data to standard output, and \(other) writes there too; leave one out")
    }
  }

  /// `-`, `-:X` for an array, `-@3` for a sample.
  private static func isInput(_ word: String) -> Bool {
    StandardStream.isInput(word) || word.hasPrefix("-@")
  }
}

extension OutputFile {
  /// As ``check(_:apartFrom:)``, of what cannot be standard output because it is written more than once, or
  /// because other things are.
  ///
  /// - Parameter what: what is written, for the message.
  static func checkFile(_ path: String, of what: String, apartFrom inputs: [String]) throws {
    if StandardStream.isOutput(path) {
      throw Failure.commandLine(
        "'\(path)' is standard output, which is for data; \(what) needs a file's name")
    }
    let option = what.hasPrefix("--") ? what : "-o"
    if let input = inputs.first(where: { System.isSameFile($0, path) }) {
      throw Failure.commandLine(
        "\(option) \(path) would write over \(input), which is read; choose another name")
    }
    try AtomicFile.check(path)
  }

  /// What a file is called in messages.
  var name: String { StandardStream.isOutput(path) ? StandardStream.output : path }
}

extension ReportFile {
  /// As ``check(_:apartFrom:)``, of a page beside a model.
  static func checkFile(_ path: String, apartFrom inputs: [String]) throws {
    try OutputFile.checkFile(path, of: "--report", apartFrom: inputs)
    try check(path, apartFrom: inputs)
  }
}
