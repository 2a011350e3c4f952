/// A piece of a page. All text in it has been escaped: a string is only ever text, never markup, whatever
/// characters it holds.
///
/// ```swift
/// let line = Markup.element("p", ["class": "note"], "1 < 2 holds in ", .name(fileName))
/// ```
public struct Markup: Hashable, Sendable, ExpressibleByStringInterpolation, CustomStringConvertible {
  /// What stands in the page.
  public let html: String

  /// Text that has been escaped already.
  private init(escaped html: String) { self.html = html }

  /// A literal is text, and so is what is interpolated into it.
  public init(stringLiteral value: String) { self.init(escaped: Markup.escape(value)) }

  public static let empty = Markup(escaped: "")

  public var description: String { html }
  public var isEmpty: Bool { html.isEmpty }

  /// Text as it is.
  public static func text(_ text: String) -> Markup { Markup(escaped: escape(text)) }

  /// Text in which no line ends between the dashes of an option, `--layers`, and its name.
  public static func prose(_ text: String) -> Markup {
    let words = text.split(separator: " ", omittingEmptySubsequences: false).map { word -> Markup in
      guard word.hasPrefix("--") else { return Markup.text(String(word)) }
      let name = String(word.prefix { $0 == "-" || $0.isLetter || $0.isNumber })
      let rest = Markup.text(String(word.dropFirst(name.count)))
      return Markup.element("span", ["class": "option"], Markup.text(name)) + rest
    }
    return words.dropFirst().reduce(words[0]) { $0 + Markup.text(" ") + $1 }
  }

  /// Longest name that is shown whole.
  public static let longestName = 60

  /// What a person called something: a file, a class, a column. It may be of any script, length and direction
  /// and does not change what stands around it. One that is too long loses its middle and keeps all of it, up
  /// to a limit, where a pointer rests on it.
  public static func name(_ text: String) -> Markup {
    let short = shortened(text)
    guard short != text else { return element("bdi", text: short) }
    return element("bdi", ["title": String(text.prefix(2000))], .text(short))
  }

  /// The start and the end of a text that is longer than a name may be.
  public static func shortened(_ text: String, to limit: Int = longestName) -> String {
    guard text.count > limit else { return text }
    return text.prefix(limit * 2 / 3) + "…" + text.suffix(limit / 3 - 1)
  }

  /// An element with its content.
  ///
  /// - Parameter attributes: in this order; their values are escaped.
  public static func element(
    _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], _ content: Markup...
  ) -> Markup {
    element(tag, attributes, containing: content)
  }

  public static func element(_ tag: StaticString, text: String) -> Markup { element(tag, [:], .text(text)) }

  public static func element(
    _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:], containing content: [Markup]
  ) -> Markup {
    Markup(escaped: open(tag, attributes) + content.map(\.html).joined() + "</\(tag)>")
  }

  /// An element that has no content and no end.
  public static func void(
    _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String> = [:]
  ) -> Markup {
    Markup(escaped: open(tag, attributes))
  }

  /// Markup of this module, such as a style sheet, which must not be escaped.
  static func verbatim(_ html: String) -> Markup { Markup(escaped: html) }

  /// Pieces one after the other.
  public static func all(_ pieces: [Markup], between: Markup = .empty) -> Markup {
    Markup(escaped: pieces.map(\.html).joined(separator: between.html))
  }

  public static func + (left: Markup, right: Markup) -> Markup {
    Markup(escaped: left.html + right.html)
  }

  private static func open(
    _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String>
  ) -> String {
    "<\(tag)" + attributes.map { " \($0)=\"\(escape($1))\"" }.joined() + ">"
  }
}

extension Markup {
  /// Text in which nothing is taken for markup, in an element or an attribute in double quotes.
  ///
  /// Characters that no page may hold, and those that change the direction of what follows until they are
  /// taken back, are left out: a name that never takes it back would turn the rest of the page around.
  static func escape(_ text: String) -> String {
    var escaped = ""
    escaped.reserveCapacity(text.utf8.count)
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\n", "\t": escaped.unicodeScalars.append(scalar)
      case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}",
        "\u{FFFE}", "\u{FFFF}":
        continue
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }

  /// A name in a place that takes text alone, such as a chart or an attribute: kept apart from what stands
  /// around it by the characters that begin and end a piece with a direction of its own.
  static func isolated(_ text: String) -> Markup {
    Markup(escaped: "\u{2068}" + escape(shortened(text)) + "\u{2069}")
  }
}
