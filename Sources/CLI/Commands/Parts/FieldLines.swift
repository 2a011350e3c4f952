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
    guard known.count > 1 else { return ["\(FieldLines.share(best)) of '\(best.name)' explained"] }
    return [
      "explained of '\(best.name)' \(FieldLines.share(best)), of '\(worst.name)' \(FieldLines.share(worst))"
    ]
  }

  /// A row a field.
  var table: [String] {
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
