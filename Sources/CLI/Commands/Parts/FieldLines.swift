import Hourglass

/// How well each field of records is given back, in words and as JSON.
struct FieldLines {
  private let fields: [FieldError]

  init(_ fields: [FieldError]) { self.fields = fields }

  /// For the line that a training ends with: the field that is given back best, and the one that is worst.
  var summary: [String] {
    let known = fields.filter { $0.count > 0 }
    guard let best = known.max(by: { $0.explained < $1.explained }),
      let worst = known.min(by: { $0.explained < $1.explained })
    else { return [] }
    let whole = Statistics.sum(known.map(\.marginal))
    if known.count > FieldLines.shown, whole > 0 {
      let share = 1 - Statistics.sum(known.map(\.error)) / whole
      return [
        "of \(Figures.grouped(known.count, "field")) \(Figures.fixed(100 * share, 0)) % explained, most of '\(best.name)', \(FieldLines.share(best))"
      ]
    }
    guard known.count > 1 else { return ["\(FieldLines.share(best)) of '\(best.name)' explained"] }
    return [
      "explained of '\(best.name)' \(FieldLines.share(best)), of '\(worst.name)' \(FieldLines.share(worst))"
    ]
  }

  /// Fields of which each has its row; of more those that are given back best and worst have one.
  private static let shown = 60

  /// A row a field, of very many those given back best and worst, and one for all.
  var table: [String] {
    guard fields.count > FieldLines.shown else { return rows(fields) }
    let known = fields.filter { $0.count > 0 }.sorted { $0.explained > $1.explained }
    let few = FieldLines.shown / 6
    let whole = FieldError(
      name: "all \(Figures.grouped(fields.count))", count: fields.reduce(0) { $0 + $1.count },
      error: Statistics.sum(known.map(\.error)), marginal: Statistics.sum(known.map(\.marginal)))
    return rows([whole] + known.prefix(few) + known.suffix(few))
      + ["  (the \(few) given back best and the \(few) worst; --json has all; of all the sum)"]
  }

  private func rows(_ fields: [FieldError]) -> [String] {
    let rows =
      [["field", "values", "error", "constant", "explained"]]
      + fields.map { field in
        [
          field.name, Figures.grouped(field.count), Figures.significant(field.error),
          Figures.significant(field.marginal), FieldLines.share(field),
        ]
      }
    let table = Figures.table(rows, numbersFrom: 1)
    return table.prefix(1) + table.dropFirst().map { "  " + $0 }
  }

  var members: [JSON.Member] {
    [
      JSON.Member(
        "fields",
        .list(
          fields.map { field in
            .object([
              JSON.Member("name", .text(field.name)), JSON.Member("values", .integer(field.count)),
              JSON.Member("error", .number(field.error)), JSON.Member("constant", .number(field.marginal)),
              JSON.Member("explained", .number(field.explained)),
            ])
          }))
    ]
  }

  private static func share(_ field: FieldError) -> String {
    field.count == 0 ? "-" : "\(Figures.fixed(100 * field.explained, 0)) %"
  }
}
