/// What the parser and the help know of an option.
struct Declaration: Sendable {
  /// Without the dashes.
  let name: String
  let short: Character?
  /// How the value is called in the help; nil for a flag, which takes none.
  let placeholder: String?
  let meaning: String
  /// The default as the help shows it; nil for none.
  var fallback: String?
  var isRequired = false
  var isRepeated = false
  /// The heading that it stands under in the help; see ``Heading``.
  var heading = Heading.options
  /// The words that may be given, where there is a closed list.
  var choices: [String] = []
  /// What is wrong with a value; nil if nothing is.
  let complaint: @Sendable (String) -> String?

  var dashed: String { "--" + name }
}

/// An option of a command: its declaration and how its text becomes a value.
///
/// Adding an option is a `static let` beside the others of its command, its declaration in the command's
/// list, and the line that reads it with `arguments[option]`.
struct Option<Value: Sendable>: Sendable {
  private(set) var declaration: Declaration
  private let read: @Sendable ([String]) throws(Failure) -> Value

  /// The value of the texts given on the command line; of no text, the default.
  func value(of texts: [String]) throws(Failure) -> Value { try read(texts) }

  private init<Single: Sendable>(
    _ name: String, _ short: Character?, _ kind: ValueKind<Single>, _ meaning: String,
    combine: @escaping @Sendable ([Single]) -> Value
  ) {
    declaration = Declaration(
      name: name, short: short, placeholder: kind.placeholder, meaning: meaning, choices: kind.choices,
      complaint: { kind.read($0) == nil ? "expects \(kind.expectation), found '\($0)'" : nil })
    read = { texts throws(Failure) in
      var values: [Single] = []
      for text in texts {
        guard let value = kind.read(text) else {
          throw Failure.commandLine("--\(name) expects \(kind.expectation), found '\(text)'")
        }
        values.append(value)
      }
      return combine(values)
    }
  }
}

extension Option {
  /// An option with a default. `shown` is what the help says of it, where that is not the default's own text.
  init(
    _ name: String, short: Character? = nil, _ kind: ValueKind<Value>, default fallback: Value,
    shown: String? = nil, _ meaning: String
  ) {
    self.init(name, short, kind, meaning) { $0.last ?? fallback }
    declaration.fallback = shown ?? kind.show(fallback)
  }

  /// An option that may be absent. `shown` says in the help what happens then.
  static func optional<Single: Sendable>(
    _ name: String, short: Character? = nil, _ kind: ValueKind<Single>, shown: String? = nil,
    _ meaning: String
  ) -> Option where Value == Single? {
    var option = Option(name, short, kind, meaning) { $0.last }
    option.declaration.fallback = shown
    return option
  }

  /// An option that may be given several times; the values in their order.
  static func repeated<Single: Sendable>(
    _ name: String, short: Character? = nil, _ kind: ValueKind<Single>, _ meaning: String
  ) -> Option where Value == [Single] {
    var option = Option(name, short, kind, meaning) { $0 }
    option.declaration.isRepeated = true
    return option
  }

  /// An option without which the command cannot run.
  static func required(
    _ name: String, short: Character? = nil, _ kind: ValueKind<String>, _ meaning: String
  ) -> Option where Value == String {
    var option = Option(name, short, kind, meaning) { $0.last ?? "" }
    option.declaration.isRequired = true
    return option
  }

  /// An option that is there or not, and takes no value.
  static func flag(
    _ name: String, short: Character? = nil, _ meaning: String
  ) -> Option where Value == Bool {
    Option(name, short, .flag, meaning) { !$0.isEmpty }
  }
}
