/// What the streams are connected to, and what that can show.
struct Terminal: Sendable {
  enum Colours: Sendable { case none, palette256, full }

  /// Standard output is read by a person.
  var outputIsTerminal = false
  /// Standard error is read by a person.
  var messagesAreTerminal = false
  var columns = 80
  var colours = Colours.none

  static var current: Terminal {
    let output = System.isTerminal(1)
    let messages = System.isTerminal(2)
    let dumb = System.environment("TERM") == "dumb"
    return Terminal(
      outputIsTerminal: output, messagesAreTerminal: messages && !dumb,
      columns: System.columns(1) ?? System.columns(2) ?? 80,
      colours: colours(isTerminal: output, environment: System.environment))
  }

  /// Colours by the environment: `NO_COLOR` that is not empty wins, then `COLORTERM`, then `TERM`.
  ///
  /// - Source: no-color.org for the first.
  static func colours(isTerminal: Bool, environment: (String) -> String?) -> Colours {
    guard isTerminal, (environment("NO_COLOR") ?? "").isEmpty else { return .none }
    if let depth = environment("COLORTERM"), depth == "truecolor" || depth == "24bit" { return .full }
    if let kind = environment("TERM"), kind.hasSuffix("-256color") { return .palette256 }
    return .none
  }
}
