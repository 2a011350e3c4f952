/// What the streams are connected to, and what that can show.
struct Terminal: Sendable {
  enum Colours: Sendable { case none, palette256, full }

  /// Standard output is read by a person.
  var outputIsTerminal = false
  /// Standard error is read by a person.
  var messagesAreTerminal = false
  var columns = 80
  var colours = Colours.none
  var graphics = Graphics.none
  /// Whether standard output can take more than plain lines.
  var canDraw = false

  /// How a terminal takes whole pictures.
  enum Graphics: Sendable { case none, kitty, iterm }

  static var current: Terminal {
    let output = System.isTerminal(1)
    let messages = System.isTerminal(2)
    let dumb = System.environment("TERM") == "dumb"
    return Terminal(
      outputIsTerminal: output, messagesAreTerminal: messages && !dumb,
      columns: System.columns(1) ?? System.columns(2) ?? 80,
      colours: colours(isTerminal: output, environment: System.environment),
      graphics: graphics(isTerminal: output, environment: System.environment), canDraw: output && !dumb)
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

  /// Pictures by what the terminal says of itself. Within a multiplexer, which passes nothing on that it does
  /// not know, and where colours are unwanted there are none.
  ///
  /// - Source: the documents of kitty's graphics protocol and of iTerm2's inline images.
  static func graphics(isTerminal: Bool, environment: (String) -> String?) -> Graphics {
    let kind = environment("TERM") ?? ""
    guard isTerminal, (environment("NO_COLOR") ?? "").isEmpty, (environment("TMUX") ?? "").isEmpty,
      !kind.hasPrefix("screen"), !kind.hasPrefix("tmux"), kind != "dumb"
    else { return .none }
    if kind == "xterm-kitty" || kind == "xterm-ghostty" || environment("KITTY_WINDOW_ID") != nil {
      return .kitty
    }
    let program = environment("TERM_PROGRAM") ?? ""
    return ["iTerm.app", "WezTerm"].contains(program) ? .iterm : .none
  }
}
