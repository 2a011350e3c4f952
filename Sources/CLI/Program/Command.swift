import Hourglass

/// One command of the program: what the help says of it and what it does.
struct Command: Sendable {
  struct Operand: Sendable {
    let name: String
    let meaning: String
    var isOptional = false
    /// Whether more of its kind may follow; of the last one.
    var isRepeated = false

    static let source = Operand(
      name: "SOURCE", meaning: "data: a file, a folder, - or builtin:NAME ('hourglass help sources')")
    static let model = Operand(name: "MODEL", meaning: "a trained model, the file that train wrote")
  }

  let name: String
  /// One line, without a full stop.
  let abstract: String
  let operands: [Operand]
  let options: [Declaration]
  /// Those that most people want, where there are too many to read; none: the help shows all at once.
  var common: [Declaration] = []
  /// What the abstract has no place for; empty for nothing.
  var discussion = ""
  /// What headings say before their options, where all are shown.
  var notes: [HeadingNote] = []
  /// Command lines that work as they stand.
  var examples: [String] = []
  let run: @Sendable (Session) throws -> Void

  /// The form of the command line: operands, then what cannot be left out.
  var usage: String {
    var words = ["hourglass", name]
    words += operands.map { ($0.isOptional ? "[\($0.name)]" : $0.name) + ($0.isRepeated ? " …" : "") }
    for option in options where option.isRequired {
      words.append("\(option.short.map { "-\($0)" } ?? option.dashed) \(option.placeholder ?? "")")
    }
    if options.contains(where: { !$0.isRequired }) { words.append("[options]") }
    return words.joined(separator: " ")
  }
}

/// One run of a command: its arguments and the streams it writes to.
struct Session {
  let arguments: Arguments
  let streams: Streams
  let terminal: Terminal
  private let said = Said()

  init(arguments: Arguments, streams: Streams, terminal: Terminal) {
    (self.arguments, self.streams, self.terminal) = (arguments, streams, terminal)
  }

  /// What was said of sources, so that one that is opened twice is told of once.
  private final class Said {
    var lines: Set<String> = []
  }

  /// Says what goes otherwise than expected in a source, once.
  func sayOnce(_ text: String) {
    if said.lines.insert(text).inserted { say(text) }
  }

  /// Operand by its place. The parser has checked that those which must be there are.
  func operand(_ index: Int) -> String {
    index < arguments.operands.count ? arguments.operands[index] : ""
  }

  var isQuiet: Bool { arguments.has(SharedOption.quiet) }
  var isJSON: Bool { arguments.has(SharedOption.json) }

  /// Tells a person on standard error what is going on, unless they asked for silence.
  func say(_ text: String) {
    if !isQuiet { streams.messages.say(text + "\n") }
  }

  /// Threads to compute with.
  var threads: Int {
    get throws { try arguments[SharedOption.threads] ?? Team.processors }
  }
}

/// Options that several commands have.
enum SharedOption {
  static let json = Option.flag("json", "standard output as JSON, one object a line")
  static let quiet = Option.flag("quiet", short: "q", "say nothing but errors")
  static let seed = Option(
    "seed", .seed, default: 1, "the start of all randomness: the same seed gives the same bytes")
  static let threads = Option.optional(
    "threads", .integer(1...1024), shown: "one a core",
    "threads to compute with; the result does not depend on it")
  static let precision = Option(
    "precision", .choice(Precision.allCases.map(\.rawValue) + [automatic]),
    default: Precision.float32.rawValue,
    "of the factors of large matrix products; bf16 needs a processor with AVX512_BF16 or AMX-BF16, auto takes "
      + "it where there is one: to train where the losses of the first steps agree, else as the model was trained"
  )
  static let automatic = "auto"
}

extension Arguments {
  /// What `--precision` asks for, if this processor has it; nil where that is to be seen.
  var precision: Precision? {
    get throws(Failure) {
      guard let precision = Precision(rawValue: try self[SharedOption.precision]) else { return nil }
      guard let complaint = precision.complaint else { return precision }
      throw Failure.commandLine(
        "\(SharedOption.precision.declaration.dashed) \(precision.rawValue): \(complaint); leave the option out"
      )
    }
  }
}
