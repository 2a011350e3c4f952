import Foundation
import HourglassFormats
import Testing

/// Made-up files, each with one way that tables are written, and what is to be read of them.
@Suite struct TypedMessyTests {
  struct Expected: Decodable {
    struct Field: Decodable {
      let position: Int
      let name: String
      let kind: String
      let missing: Int
      let first: [Value?]
      let sentinel: Double?
    }

    let file: String
    let rows: Int
    let columns: [Field]
  }

  enum Value: Decodable, Hashable {
    case number(Double)
    case flag(Bool)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let flag = try? container.decode(Bool.self) {
        self = .flag(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }

  static let yes: Set<String> = ["yes", "y", "true", "1", "ja", "t", "on", "wahr"]

  /// The cell of a table in the words of the expectation.
  static func cell(_ table: TypedTable, _ row: Int, _ column: Int, like kind: String) -> Value? {
    let text = table.text(row: row, column: column)
    switch table.columns[column].values {
    case .numbers(let values):
      guard !values[row].isNaN else { return nil }
      return kind == "number" ? .number(values[row]) : kind == "flag" ? .flag(values[row] == 1) : .text(text)
    case .times(let values):
      guard !values[row].isNaN else { return nil }
      let iso = TypedTableTests.iso(values[row])
      return .text(values[row].truncatingRemainder(dividingBy: 86_400) == 0 ? String(iso.prefix(10)) : iso)
    case .texts(let levels, let indices):
      guard indices[row] >= 0 else { return nil }
      let level = levels[Int(indices[row])]
      return kind == "flag" ? .flag(yes.contains(level.lowercased())) : .text(level)
    }
  }

  @Test(.enabled(if: RealData.file("tables/messy") != nil, RealData.comment))
  func all() throws {
    let folder = try #require(RealData.file("tables/messy"))
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      .filter { $0.hasSuffix(".expected.json") }
    #expect(names.count >= 15)
    for name in names {
      let data = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      let expected = try JSONDecoder().decode(Expected.self, from: data)
      let table = try CSV.readTyped(folder + "/" + expected.file)
      #expect(table.rowCount == expected.rows, "\(expected.file)")
      #expect(table.columns.count == expected.columns.count, "\(expected.file)")
      guard table.columns.count == expected.columns.count else { continue }
      for (place, column) in expected.columns.enumerated() {
        let found = table.columns[place]
        let label: Comment = "\(expected.file) \(column.name)"
        #expect(found.title == column.name, label)
        #expect(found.values.gaps + sentinels(found.values, column.sentinel) == column.missing, label)
        #expect((0..<3).map { Self.cell(table, $0, place, like: column.kind) } == column.first, label)
        let isTimes = if case .times = found.values { true } else { false }
        let isNumbers = if case .numbers = found.values { true } else { false }
        #expect(isTimes == (column.kind == "date"), label)
        if column.kind == "number" { #expect(isNumbers, label) }
      }
    }
  }

  private func sentinels(_ values: TypedTable.Values, _ sentinel: Double?) -> Int {
    guard let sentinel, case .numbers(let values) = values else { return 0 }
    return values.count { $0 == sentinel || $0 == -999 || $0 == -200 }
  }

  /// Published tables: a column in words is `name, gaps, sum` of numbers, `name, gaps, levels` of others, as
  /// Python's `csv` and `math.fsum` have them.
  static let published: [(path: String, rows: Int, columns: [(Int, String, Int, Double)])] = [
    (
      "tabular/titanic/titanic.csv", 891,
      [
        (0, "PassengerId", 0, 397386), (3, "Name", 0, 891), (4, "Sex", 0, 2), (5, "Age", 177, 21205.17),
        (8, "Ticket", 0, 681), (9, "Fare", 0, 28693.9493), (10, "Cabin", 687, 147), (11, "Embarked", 2, 3),
      ]
    ),
    (
      "tabular/penguins/penguins_raw.csv", 344,
      [
        (2, "Species", 0, 3), (8, "Date Egg", 0, 50), (12, "Body Mass (g)", 2, 1_437_000), (13, "Sex", 11, 2),
        (15, "Delta 13 C (o/oo)", 13, -8502.1625), (16, "Comments", 290, 10),
      ]
    ),
    (
      "tabular/horse_colic/horse-colic.csv", 300,
      [
        (0, "column 1", 1, 418), (2, "column 3", 0, 325_766_650), (15, "column 16", 247, 249.5),
        (27, "column 28", 0, 501),
      ]
    ),
    ("tabular/pima/pima-indians-diabetes.csv", 768, [(6, "column 7", 0, 362.401)]),
    (
      "tables/student_placements/student_placements_real.csv", 215,
      [
        (12, "salary", 67, 4_272_100), (14, "start_date", 67, 51), (15, "end_date", 67, 99),
        (7, "work_experience", 0, 2),
      ]
    ),
  ]

  @Test(
    .enabled(if: RealData.file("tables/student_placements") != nil, RealData.comment),
    arguments: published.indices)
  func real(index: Int) throws {
    let (path, rows, columns) = Self.published[index]
    let table = try CSV.readTyped(try #require(RealData.file(path)))
    #expect(table.rowCount == rows)
    for (place, name, gaps, expected) in columns {
      let column = table.columns[place]
      #expect(column.name == name && column.values.gaps == gaps)
      switch column.values {
      case .numbers(let values):
        #expect(abs(values.reduce(0) { $1.isNaN ? $0 : $0 + $1 } - expected) < 1e-8 * abs(expected))
      case .texts(let levels, _): #expect(Double(levels.count) == expected)
      case .times(let values): #expect(Double(Set(values.filter { !$0.isNaN }).count) == expected)
      }
    }
    // The same table again, and the same bytes.
    let bytes = CSV.bytes(of: table)
    let again = try CSV.readTyped(bytes: bytes, name: "again")
    #expect(TypedTableTests.lines(again) == TypedTableTests.lines(table))
    #expect(CSV.bytes(of: again) == bytes)
  }
}
