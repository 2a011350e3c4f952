import Hourglass

/// The command line of one command, taken apart and checked.
struct Arguments: Sendable {
  /// The words that are no options, as many as the command takes.
  let operands: [String]
  private let texts: [String: [String]]

  /// The value of an option, its default where it is not given.
  subscript<Value>(_ option: Option<Value>) -> Value {
    get throws(Failure) { try option.value(of: texts[option.declaration.name] ?? []) }
  }

  /// Whether the option is on the command line.
  func has<Value>(_ option: Option<Value>) -> Bool { texts[option.declaration.name] != nil }

  /// What was given for an option, in words.
  func texts(of declaration: Declaration) -> [String] { texts[declaration.name] ?? [] }

  /// Those of some options that are on the command line, with their values, as words of one.
  func words(of declarations: [Declaration]) -> [String] {
    declarations.flatMap { declaration in
      (texts[declaration.name] ?? []).flatMap { text -> [String] in
        guard declaration.placeholder != nil else { return [declaration.dashed] }
        return text.hasPrefix("-") ? ["\(declaration.dashed)=\(text)"] : [declaration.dashed, text]
      }
    }
  }

  /// The first of the options that is on the command line, with its dashes.
  func firstGiven(of declarations: [Declaration]) -> String? {
    declarations.first { texts[$0.name] != nil }?.dashed
  }

  /// - Throws: ``Failure`` with exit code 2 that names the word at fault.
  init(_ words: [String], for command: Command) throws(Failure) {
    var parser = Parser(command: command)
    try parser.read(words)
    try parser.checkComplete()
    (operands, texts) = (parser.operands, parser.texts)
  }
}

private struct Parser {
  let command: Command
  var operands: [String] = []
  var texts: [String: [String]] = [:]

  init(command: Command) { self.command = command }

  mutating func read(_ words: [String]) throws(Failure) {
    var index = 0
    while index < words.count {
      let word = words[index]
      index += 1
      if word == "--" {
        operands += words[index...]
        return
      }
      guard word.hasPrefix("-"), !isStandardStream(word) else {
        operands.append(word)
        continue
      }
      let (declaration, attached) = try find(word)
      let name = declaration.dashed
      guard declaration.placeholder != nil else {
        if let attached { throw Failure.commandLine("\(name) takes no value, found '\(attached)'") }
        try add("", to: declaration)
        continue
      }
      if let attached {
        try add(attached, to: declaration)
      } else if index < words.count, !isOption(words[index]) {
        try add(words[index], to: declaration)
        index += 1
      } else {
        throw Failure.commandLine("\(name) needs a value: \(name) \(declaration.placeholder ?? "")")
      }
    }
  }

  /// A word with dashes that is not a negative number; `--x=-word` gives such a word as a value.
  private func isOption(_ word: String) -> Bool {
    word.hasPrefix("-") && !isStandardStream(word) && Double(word) == nil
  }

  /// `-`, `-.npy`, `-:X` or `-@3`: no option begins so.
  private func isStandardStream(_ word: String) -> Bool {
    word == "-"
      || [".", ":", "@"].contains(word.dropFirst().first) && word.hasPrefix("-")
        && Double(word) == nil
  }

  /// The option that a word names, and the value behind its equals sign.
  private func find(_ word: String) throws(Failure) -> (Declaration, String?) {
    var name = word[...]
    var attached: String?
    if let equals = word.firstIndex(of: "=") {
      name = word[..<equals]
      attached = String(word[word.index(after: equals)...])
    }
    for declaration in command.options {
      if name == declaration.dashed { return (declaration, attached) }
      if let short = declaration.short, name == "-\(short)" { return (declaration, attached) }
    }
    var message = "\(command.name) has no option \(name)"
    if let nearest = Nearest.word(to: String(name), among: command.options.map(\.dashed)) {
      message += "; did you mean \(nearest)?"
    } else {
      message += "; 'hourglass \(command.name) --help' lists those it has"
    }
    throw Failure.commandLine(message)
  }

  private mutating func add(_ text: String, to declaration: Declaration) throws(Failure) {
    if texts[declaration.name] != nil && !declaration.isRepeated {
      throw Failure.commandLine("\(declaration.dashed) is given twice; once is enough")
    }
    if let complaint = declaration.complaint(text) {
      var message = "\(declaration.dashed) \(complaint)"
      if let nearest = Nearest.word(to: text, among: declaration.choices) {
        message += "; did you mean \(nearest)?"
      }
      throw Failure.commandLine(message)
    }
    texts[declaration.name, default: []].append(text)
  }

  func checkComplete() throws(Failure) {
    if operands.count < command.operands.count {
      let missing = command.operands[operands.count]
      if !missing.isOptional {
        throw Failure.commandLine("\(command.name) needs \(missing.name): \(command.usage)")
      }
    }
    if operands.count > command.operands.count, command.operands.last?.isRepeated != true {
      let extra = operands[command.operands.count]
      throw Failure.commandLine("\(command.name) does not know what to do with '\(extra)': \(command.usage)")
    }
    for declaration in command.options where declaration.isRequired && texts[declaration.name] == nil {
      let flag = declaration.short.map { "-\($0)" } ?? declaration.dashed
      throw Failure.commandLine(
        "\(command.name) needs \(flag) \(declaration.placeholder ?? ""): \(command.usage)")
    }
  }
}
