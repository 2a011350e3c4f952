import Hourglass

/// The help, made from the declarations, so that it cannot say anything else than what is parsed.
enum Help {
  static let width = 100

  /// How much of a command's options the help shows.
  enum Extent: Equatable {
    /// The common ones, or all where there are few.
    case common
    case all
    case heading(Heading)
  }

  static func overview(_ commands: [Command]) -> String {
    var text = "hourglass: trains autoencoders on unlabelled data and uses them.\n\n"
    text += "usage: hourglass COMMAND [MODEL] [SOURCE] [options]\n\ncommands\n"
    text += table(commands.map { ($0.name, $0.abstract) })
    text +=
      "\n'hourglass COMMAND --help' tells all about a command, 'hourglass help sources' what data it reads.\n"
    return text
  }

  static func of(_ command: Command, _ extent: Extent = .common) -> String {
    var text = "\(command.name): \(command.abstract)\n\nusage: \(command.usage)\n"
    if case .heading(let heading) = extent {
      return text + sections(command.options.filter { $0.heading == heading }, notes: command.notes)
    }
    if !command.operands.isEmpty {
      text += "\n" + table(command.operands.map { ($0.name, $0.meaning) })
    }
    if !command.discussion.isEmpty { text += "\n" + paragraph(command.discussion) }
    if extent == .common, !command.common.isEmpty {
      let names = command.common.map(\.name)
      text += sections(names.compactMap { name in command.options.first { $0.name == name } })
    } else {
      text += sections(command.options, notes: command.notes)
    }
    if !command.examples.isEmpty {
      text += "\nexamples\n" + command.examples.map { "  \($0)\n" }.joined()
    }
    if extent == .common, !command.common.isEmpty { text += "\n" + paragraph(more(command)) }
    return text
  }

  /// How to see the options that the common ones leave out.
  private static func more(_ command: Command) -> String {
    let words = command.options.sections.map(\.heading.word)
    return "'hourglass \(command.name) --help all' lists all \(command.options.count) options; "
      + "'--help WORD' those of one heading: \(words.joined(separator: ", "))."
  }

  /// Options under their headings, which say first what the notes have of them.
  private static func sections(_ options: [Declaration], notes: [HeadingNote] = []) -> String {
    let hasShort = options.contains { $0.short != nil }
    let column = options.map { term($0, hasShort).count }.max() ?? 0
    return options.sections.map { heading, options in
      var text = "\n\(heading.title)\n"
      for note in notes where note.heading == heading {
        if !note.words.isEmpty { text += table(note.words) + "\n" }
        if !note.text.isEmpty { text += paragraph(note.text, indent: 2) + "\n" }
      }
      return text + table(options.map { (term($0, hasShort), meaning($0)) }, column: column)
    }.joined()
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

  /// Two columns, the second wrapped to the width; the first as wide as is said, or as its words.
  private static func table(_ rows: [(String, String)], column: Int? = nil) -> String {
    let column = column ?? rows.map(\.0.count).max() ?? 0
    var text = ""
    for (term, meaning) in rows {
      let lines = wrap(meaning, indent: column + 4)
      text +=
        "  " + Figures.left(term, column) + "  " + lines.joined(separator: "\n" + spaces(column + 4)) + "\n"
    }
    return text
  }

  private static func paragraph(_ text: String, indent: Int = 0) -> String {
    wrap(text, indent: indent).map { spaces(indent) + $0 + "\n" }.joined()
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

extension Help.Extent {
  /// What a word behind `--help` asks for; nil for a word that is no such thing.
  init?(_ word: String, of command: Command) {
    if word == "all" {
      self = .all
    } else if let heading = command.options.map(\.heading).first(where: { $0.word == word }) {
      self = .heading(heading)
    } else {
      return nil
    }
  }
}
