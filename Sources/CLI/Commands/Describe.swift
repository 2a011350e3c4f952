import Hourglass

extension Command {
  private static let output = Option.optional(
    "output", short: "o", .file("FIELDS"), shown: "none",
    "a file of JSON to write what the columns are taken for, to edit and give with --fields; - is standard output"
  )

  static let describe = Command(
    name: "describe", abstract: "says what the columns of a table are, and what is odd about them",
    operands: [
      Operand(name: "SOURCE", meaning: "a table: .csv, .tsv, .txt, .mtx, .svm, or - for standard input")
    ],
    options: [output.declaration] + FieldOption.all
      + [
        DataOption.header.declaration, DataOption.decimal.declaration, DataOption.dates.declaration,
        LawOption.samplesIn.declaration,
      ].under(.data) + [SharedOption.json.declaration, SharedOption.quiet.declaration].under(.running),
    discussion: """
      Each column is taken for a number, a positive (numbers over decades), a count, a flag, a category, an ordinal or a time, \
      or set aside: ids, constants and free texts tell a model nothing. What may be at fault is said below: numbers that stand for \
      missing ones, columns that are others once more or that give others away, dates that were read as text, rows that come twice. \
      With -o what was found is a file to edit. Under --json there is one object a column, then one a finding.
      """,
    examples: [
      "hourglass describe data.csv",
      "hourglass describe data.csv --field zip=category,id=aside --target churn -o fields.json",
    ],
    run: { session in
      let name = session.operand(0)
      let arguments = session.arguments
      let path = try arguments[output]
      if let path, path != "-" { try OutputFile.check(path, apartFrom: [name]) }
      if let table = try session.sparseTable(name) {
        let schema = try arguments.fieldSchema(of: table, place: name)
        if let path { try session.write(schema, to: path) }
        if path == "-" { return }
        let words = SparseWords(table: table, schema: schema, name: name)
        let lines = session.isJSON ? words.json.map(\.line) : words.lines
        return try session.streams.output.writeLine(lines.joined(separator: "\n"))
      }
      let table = try session.typedTable(name)
      for remark in table.remarks { session.sayOnce("\(name): took \(remark)") }
      let schema = try arguments.fieldSchema(of: table, place: name)
      let description = try TableDescription(table, schema: schema)
      if let path { try session.write(schema, to: path) }
      if path == "-" { return }
      if session.isJSON {
        for line in description.json { try session.streams.output.writeLine(line.line) }
      } else {
        let words = DescriptionWords(description, table, name: name, width: session.terminal.columns)
        try session.streams.output.writeLine(words.lines.joined(separator: "\n"))
      }
    })
}

extension Session {
  fileprivate func write(_ schema: FieldSchema, to path: String) throws {
    let text = try JSONText.encode(schema) + "\n"
    guard path != "-" else { return try streams.output.write(text) }
    try AtomicFile.write(to: path) { try $0.write(Array(text.utf8)) }
    say(
      "wrote \(Figures.grouped(schema.fields.count, "field")) to \(path); edit it and give it with --fields")
  }
}

extension TableDescription {
  /// One object a column, then one an oddity.
  fileprivate var json: [JSON] { columns.map(\.json) + oddities.map(\.json) }
}

extension TableDescription.Column {
  fileprivate var json: JSON {
    let shown = field.kind.hasLevels && field.role != .aside ? Array(levels.prefix(100)) : []
    let named = shown.map { level -> JSON in
      ["level": .text(level.text), "rows": .integer(level.rows)]
    }
    return [
      "column": .text(field.name), "kind": .text(field.kind.rawValue), "role": .text(field.role.rawValue),
      "set_aside_as": guess.aside.map { .text($0.rawValue) } ?? .null, "gaps": .integer(gaps),
      "distinct": .integer(distinct), "lowest": .number(range?.lowerBound),
      "highest": .number(range?.upperBound),
      "levels": .list(named), "marginal": field.role == .aside ? .null : .number(field.codec.marginal),
    ]
  }
}

extension TableOddity {
  fileprivate var json: JSON {
    [
      "finding": .text(kind.rawValue), "severity": .text(isWarning ? "warning" : "note"),
      "columns": .list(columns.map(JSON.text)), "rows": rows.map(JSON.integer) ?? .null,
      "problem": .text(problem), "remedy": .text(remedy),
    ]
  }
}
