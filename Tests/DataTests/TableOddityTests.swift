import HourglassData
import HourglassFormats
import Testing

/// Each finding on a table made to have it, and none on one that has nothing.
@Suite("What is odd about tables")
struct TableOddityTests {
  private static let rows = 200

  private static func healthy(_ more: (String, TypedTable.Values)...) -> TypedTable {
    let first = FieldTables.drawn(rows, 1)
    let second = FieldTables.drawn(rows, 5).map { ($0 * 100).rounded() }
    let names = ["red", "green", "blue"]
    let colours = FieldTables.drawn(rows, 9).map { names[Int($0 * 3)] }
    let base: [(String, TypedTable.Values)] = [
      ("x", .numbers(first)), ("y", .numbers(second)), ("colour", FieldTables.texts(colours)),
    ]
    return TypedTable(
      columns: (base + more).map {
        TypedTable.Column(name: $0, values: $1, form: $1.raw == .texts ? .text : .number())
      }, rowCount: rows)
  }

  private func found(_ table: TypedTable) throws -> [TableOddity.Kind] {
    try TableDescription(table).oddities.map(\.kind)
  }

  @Test func aTableThatHasNothingIsSilent() throws {
    #expect(try found(Self.healthy()).isEmpty)
    // Once in a while a value lies far out; only one that comes again is a sentinel.
    var values = FieldTables.drawn(Self.rows, 3)
    values[7] = -999
    #expect(try found(Self.healthy(("z", .numbers(values)))).isEmpty)
    // By chance a flag agrees with another in half of the rows.
    let flags = FieldTables.drawn(Self.rows, 4).map { $0 < 0.5 ? 0.0 : 1 }
    #expect(try found(Self.healthy(("flag", .numbers(flags)))).isEmpty)
  }

  @Test func columnsToSetAsideAreTold() throws {
    let rows = Self.rows
    let texts = (0..<rows).map { "this is row \($0) of many of them all" }
    #expect(try found(Self.healthy(("id", .numbers((0..<rows).map(Double.init))))) == [.id])
    #expect(try found(Self.healthy(("k", .numbers([Double](repeating: 4, count: rows))))) == [.constant])
    #expect(try found(Self.healthy(("k", FieldTables.texts(texts)))) == [.freeText])
  }

  @Test func codesAreTold() throws {
    let codes = FieldTables.drawn(Self.rows, 6).map { [101.0, 205, 317, 452][Int($0 * 4)] }
    #expect(try found(Self.healthy(("product", .numbers(codes)))) == [.codes])
  }

  @Test func sentinelsAreFound() throws {
    for value in [-999.0, 9999, -1] {
      var values = FieldTables.drawn(Self.rows, 3)
      for row in [3, 50, 99] { values[row] = value }
      let oddities = try TableDescription(Self.healthy(("z", .numbers(values)))).oddities
      #expect(oddities.map(\.kind) == [.sentinel], "\(value)")
      #expect(oddities.first?.rows == 3)
    }
  }

  @Test func columnsOnceMoreAreFound() throws {
    let first = FieldTables.drawn(Self.rows, 1)
    let words = ["rot", "grün", "blau"]
    let names = FieldTables.drawn(Self.rows, 9).map { words[Int($0 * 3)] }
    #expect(try found(Self.healthy(("again", .numbers(first)))) == [.duplicate])
    #expect(try found(Self.healthy(("fahrenheit", .numbers(first.map { 32 + 1.8 * $0 })))) == [.duplicate])
    #expect(try found(Self.healthy(("farbe", FieldTables.texts(names)))) == [.duplicate])
  }

  @Test func datesThatAreTextsAreFound() throws {
    let dates = (0..<Self.rows).map { $0 % 9 == 0 ? "unknown" : "\(1 + $0 % 28).\(1 + $0 % 12).2023" }
    #expect(try found(Self.healthy(("when", FieldTables.texts(dates)))).contains(.dateAsText))
  }

  @Test func equalRowsAreFound() throws {
    let table = Self.healthy()
    let columns = table.columns.map { column -> TypedTable.Column in
      guard case .numbers(var values) = column.values else {
        guard case .texts(let levels, var indices) = column.values else { return column }
        indices[10] = indices[4]
        return TypedTable.Column(
          name: column.name, values: .texts(levels: levels, indices: indices), form: .text)
      }
      values[10] = values[4]
      return TypedTable.Column(name: column.name, values: .numbers(values), form: .number())
    }
    // A running number makes rows differ that are equal.
    let id = TypedTable.Column(
      name: "id", values: .numbers((0..<Self.rows).map(Double.init)), form: .number())
    let oddities = try TableDescription(TypedTable(columns: columns + [id], rowCount: Self.rows)).oddities
    #expect(oddities.map(\.kind) == [.id, .duplicateRows])
    #expect(oddities.last?.problem == "1 row is equal to one before it")
  }

  @Test func columnsThatGiveOthersAwayAreFound() throws {
    let drawn = FieldTables.drawn(Self.rows, 4)
    let flags = drawn.map { $0 < 0.5 ? 0.0 : 1 }
    let reasons = drawn.map { $0 < 0.5 ? "none" : $0 < 0.75 ? "moved" : "price" }
    #expect(
      try found(Self.healthy(("churn", .numbers(flags)), ("reason", FieldTables.texts(reasons)))) == [.leak])
    let salaries = drawn.map { $0 < 0.5 ? Double.nan : ($0 * 5000).rounded() }
    #expect(try found(Self.healthy(("placed", .numbers(flags)), ("salary", .numbers(salaries)))) == [.leak])
    #expect(try found(Self.healthy(("placed", .numbers(flags)), ("total", .numbers(drawn)))) == [.leak])
  }
}
