import Hourglass

/// The help, made from the declarations, so that it cannot say anything else than what is parsed.
enum Help {
  static let width = 100

  static func overview(_ commands: [Command]) -> String {
    var text = "hourglass: trains autoencoders on unlabelled data and uses them.\n\n"
    text += "usage: hourglass COMMAND [MODEL] [SOURCE] [options]\n\ncommands\n"
    text += table(commands.map { ($0.name, $0.abstract) })
    text +=
      "\n'hourglass COMMAND --help' tells all about a command, 'hourglass help sources' what data it reads.\n"
    return text
  }

  static func of(_ command: Command) -> String {
    var text = "\(command.name): \(command.abstract)\n\nusage: \(command.usage)\n"
    if !command.operands.isEmpty {
      text += "\n" + table(command.operands.map { ($0.name, $0.meaning) })
    }
    if !command.discussion.isEmpty {
      text += "\n" + wrap(command.discussion, indent: 0).joined(separator: "\n") + "\n"
    }
    if !command.options.isEmpty {
      let hasShort = command.options.contains { $0.short != nil }
      text += "\noptions\n" + table(command.options.map { (term($0, hasShort), meaning($0)) })
    }
    if !command.examples.isEmpty {
      text += "\nexamples\n" + command.examples.map { "  \($0)\n" }.joined()
    }
    return text
  }

  private static func term(_ option: Declaration, _ hasShort: Bool) -> String {
    let short = option.short.map { "-\($0), " } ?? (hasShort ? "    " : "")
    return short + option.dashed + (option.placeholder.map { " " + $0 } ?? "")
  }

  private static func meaning(_ option: Declaration) -> String {
    var text = option.meaning
    if !option.choices.isEmpty { text += ": " + option.choices.joined(separator: ", ") }
    if option.isRequired { text += " (required)" }
    if option.isRepeated { text += " (may be repeated)" }
    if let fallback = option.fallback { text += " [\(fallback)]" }
    return text
  }

  /// Two columns, the second wrapped to the width.
  private static func table(_ rows: [(String, String)]) -> String {
    let column = rows.map(\.0.count).max() ?? 0
    var text = ""
    for (term, meaning) in rows {
      let lines = wrap(meaning, indent: column + 4)
      text +=
        "  " + Figures.left(term, column) + "  " + lines.joined(separator: "\n" + spaces(column + 4)) + "\n"
    }
    return text
  }

  private static func spaces(_ count: Int) -> String { String(repeating: " ", count: count) }

  /// Lines of at most the width less the indent, broken at spaces; line breaks in the text stay.
  static func wrap(_ text: String, indent: Int) -> [String] {
    var lines: [String] = []
    for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
      var line = ""
      for word in paragraph.split(separator: " ") {
        if !line.isEmpty && line.count + 1 + word.count > width - indent {
          lines.append(line)
          line = ""
        }
        line += (line.isEmpty ? "" : " ") + word
      }
      lines.append(line)
    }
    return lines
  }
}
