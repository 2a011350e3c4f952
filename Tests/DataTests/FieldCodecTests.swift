import HourglassData
import HourglassFormats
import HourglassTensor
import Testing

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

@Suite("Fields to samples and back")
struct FieldCodecTests {
  private static let rows = 24

  /// A column of each kind, with a gap each.
  private static let table: TypedTable = {
    let drawn = FieldTables.drawn(rows)
    func gap(_ values: [Double], at row: Int) -> [Double] {
      values.enumerated().map { $0 == row ? .nan : $1 }
    }
    let texts = FieldTables.texts
    return FieldTables.table(
      ("id", texts((0..<rows).map { "k\($0)" })),
      ("risk", texts(FieldTables.round(["high", "low", "medium"], rows - 1) + [""])),
      ("colour", texts(FieldTables.round(["red", "blue", "red", "green"], rows - 1) + [""])),
      ("smoker", texts(FieldTables.round(["no", "Yes", "no"], rows - 1) + [""])),
      ("visits", .numbers(gap(FieldTables.round([0, 0, 0, 1, 1, 2, 4, 12], rows), at: 3))),
      ("when", .times(gap((0..<rows).map { 1_700_000_000 + Double($0) * 100_000 }, at: 4))),
      ("income", .numbers(gap(drawn.map { 100 / (1.005 - $0) }, at: 5))),
      ("height", .numbers(gap(drawn.map { 150 + ($0 * 500).rounded() / 10 }, at: 6))))
  }()

  @Test func slotsStandByGroups() throws {
    var schema = try FieldSchema.infer(FieldCodecTests.table)
    #expect(
      schema.slots.map(\.name) == [
        "when", "income", "height", "when, time of day, sine", "when, time of day, cosine",
        "when, weekday, sine",
        "when, weekday, cosine", "visits", "smoker", "colour", "risk",
      ])
    schema.fields[7].role = .out
    schema.fields[5].role = .out
    schema.fields[4].role = .in
    #expect(schema.slots.map(\.name) == ["income", "smoker", "colour", "risk", "visits", "when", "height"])
    #expect(schema.slots.map(\.isRead) == [true, true, true, true, true, false, false])
    #expect(schema.slots.map(\.isGiven) == [true, true, true, true, false, true, true])
  }

  @Test func whatGoesInComesBack() throws {
    let table = FieldCodecTests.table
    let schema = try FieldSchema.infer(table)
    let back = schema.table(of: try schema.samples(of: table), like: table)
    #expect(back.columns.map(\.name) == table.columns.map(\.name))
    for (old, new) in zip(table.columns, back.columns) {
      for row in 0..<table.rowCount {
        switch (old.values, new.values) {
        case (.numbers(let before), .numbers(let after)):
          #expect(before[row].isNaN == after[row].isNaN)
          if !before[row].isNaN { #expect(abs(before[row] - after[row]) <= 1e-4 * before[row].magnitude) }
        case (.times(let before), .times(let after)):
          #expect(before[row] == after[row] || (before[row].isNaN && after[row].isNaN))
        case (.texts(let left, let before), .texts(let right, let after)):
          #expect(before[row] < 0 ? after[row] < 0 : left[Int(before[row])] == right[Int(after[row])])
        default: Issue.record("column \(old.name) has another type")
        }
      }
    }
  }

  @Test func valuesOfSlotsAreByTheirFormulas() throws {
    let table = FieldTables.table(
      ("t", .times([0, 86_400 * 0.25, 86_400 * 20])), ("x", .numbers([1, 2, 3])),
      ("p", .numbers([0, 1, 3])), ("c", FieldTables.texts(["b", "a", "b"])),
      ("f", FieldTables.texts(["yes", "no", "yes"])))
    let schema = try FieldSchema.infer(table).changed(
      by: FieldChange.list("t=time,p=positive,c=category"), in: table)
    let values = try schema.samples(of: table).values
    let width = schema.slots.count
    func slot(_ name: String) throws -> [Float] {
      let place = try #require(schema.slots.firstIndex { $0.name == name })
      return (0..<3).map { values[$0 * width + place] }
    }
    // Mean 2, deviation √(2/3).
    #expect(try slot("x") == [-1.2247449, 0, 1.2247449])
    // ln 1, ln 2, ln 4: mean ln 2, deviation ln 2 √(2/3).
    #expect(try slot("p").map { ($0 * 1e5).rounded() } == [-122474, 0, 122474])
    #expect(try slot("c") == [0, 1, 0])
    #expect(try slot("f") == [1, 0, 1])
    // Six in the morning is a quarter of the day; 1970 began on a Thursday, 3/7 of the week.
    #expect(abs(try slot("t, time of day, sine")[1] - 1) < 1e-6)
    #expect(abs(try slot("t, weekday, sine")[0] - 0.433884) < 1e-5)
    #expect(abs(try slot("t, weekday, cosine")[0] + 0.900969) < 1e-5)
  }

  @Test func otherTablesOfTheKindAreRead() throws {
    let schema = try FieldSchema.infer(FieldCodecTests.table)
    let other = FieldTables.table(
      ("more", .numbers([1, 2])), ("smoker", FieldTables.texts(["YES", "perhaps"])),
      ("colour", FieldTables.texts(["violet", "red"])), ("height", .numbers([.nan, 170])))
    let read = try schema.read(other)
    let names = schema.slots.map(\.name)
    let values = read.tensor.values
    func slot(_ name: String) throws -> [Float] {
      let place = try #require(names.firstIndex(of: name))
      return [values[place], values[names.count + place]]
    }
    #expect(try slot("colour") == [3, 0])
    #expect(try slot("smoker")[0] == 1)
    #expect(try slot("smoker")[1].isNaN)
    #expect(try slot("visits").allSatisfy(\.isNaN))
    #expect(read.remarks.count == 3)
    #expect(read.remarks[0].contains("'risk', 'visits', 'when' and 1 more are missing"))
    #expect(read.remarks[1].contains("column 'more' is not known"))
    #expect(read.remarks[2].contains("'perhaps'"))
    // The entry for levels not seen in training is no level to write.
    guard case .texts(_, let indices) = schema.table(of: read.tensor).column("colour")?.values else {
      return #expect(Bool(false), "no texts")
    }
    #expect(indices[0] == -1)
  }

  @Test func onlyGapsAreFilled() throws {
    let table = FieldCodecTests.table
    let schema = try FieldSchema.infer(table)
    let width = schema.slots.count
    let filled = schema.filling(
      table, with: Tensor([table.rowCount, width], [Float](repeating: 0, count: table.rowCount * width)))
    guard case .numbers(let before) = table.columns[7].values,
      case .numbers(let after) = filled.columns[7].values
    else { return #expect(Bool(false), "no numbers") }
    #expect(zip(before, after).allSatisfy { $0 == $1 || $0.isNaN })
    #expect(after[6] == schema.fields[7].codec.shift)
    #expect(filled.text(row: 23, column: 2) == "red")
  }

  @Test func aSchemaIsTheSameFromItsJSON() throws {
    let schema = try FieldSchema.infer(FieldCodecTests.table)
    let text = try JSONEncoder().encode(schema)
    let again = try JSONDecoder().decode(FieldSchema.self, from: text)
    let samples = try schema.samples(of: FieldCodecTests.table)
    #expect(
      try again.samples(of: FieldCodecTests.table) == samples || samples.values.contains(where: \.isNaN))
    #expect(again.slots == schema.slots)
    let short = #"{"fields": [{"name": "x", "kind": "number"}, {"name": "c", "kind": "category"}]}"#
    let read = try JSONDecoder().decode(FieldSchema.self, from: Data(short.utf8))
    #expect(read.fields.map(\.role) == [.both, .both])
  }

  /// What a network reads in one go stands together: with the entry for levels not seen three levels are
  /// padded to four, four to eight. Schemas of the first version keep the order that their models know.
  @Test func slotsThatAreReadInOneGoStandTogether() throws {
    func category(_ name: String, _ levels: Int, gaps: Bool) -> Field {
      var field = Field(name: name, kind: .category, role: .both, codec: FieldCodec(raw: .texts))
      field.codec.levels = (0..<levels).map { "\($0)" }
      field.hasGaps = gaps
      return field
    }
    let fields = [
      category("a", 4, gaps: false), category("b", 3, gaps: true), category("c", 4, gaps: false),
      category("d", 3, gaps: false), category("e", 5, gaps: false), category("f", 3, gaps: true),
    ]
    let schema = FieldSchema(fields: fields)
    #expect(schema.slots.map(\.name) == ["d", "b", "f", "a", "c", "e"])
    let text = try String(decoding: JSONEncoder().encode(schema), as: UTF8.self)
    #expect(text.contains("\"version\":2"))
    let old = try JSONDecoder().decode(
      FieldSchema.self, from: Data(text.replacing("\"version\":2", with: "\"version\":1").utf8))
    #expect(old.slots.map(\.name) == ["a", "b", "c", "d", "f", "e"])
    #expect(try JSONDecoder().decode(FieldSchema.self, from: JSONEncoder().encode(old)) == old)
  }

  @Test(arguments: [
    (#"{"fields": [{"name": "x", "kind": "number", "rol": "in"}]}"#, "rol"),
    (#"{"fields": [{"name": "x", "kind": "nubmer"}]}"#, "nubmer"),
    (#"{"fields": [{"name": "x", "kind": "number", "role": "target"}]}"#, "target"),
    (#"{"fields": [{"name": "x", "kind": "number", "scale": 0}]}"#, "scale"),
    (#"{"fields": [{"name": "x", "kind": "number"}, {"name": "x", "kind": "flag"}]}"#, "'x'"),
    (#"{"fields": [], "version": 9}"#, "version 9"),
    (#"{"fields": [], "filds": 1}"#, "filds"),
  ]) func badFilesAreRefused(_ text: String, _ word: String) {
    let error = #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(FieldSchema.self, from: Data(text.utf8))
    }
    #expect(error.map { "\($0)".contains(word) } == true)
  }

  @Test(arguments: [
    ("colour=number", "row 1, column 'colour'", "'red'"),
    ("height=count", "a whole number from 0", "column 'height'"),
    ("id=category", "24 levels in as many rows", "column 'id'"), ("colour=flag", "two values", "3"),
    ("colour=ordinal", "a known order", "red"), ("colour=time", "a date or a time", "'red'"),
    ("nothing=flag", "a column 'nothing'", "columns id"), ("rsik=flag", "did you mean 'risk'?", ""),
  ]) func whatCannotBeIsRefused(_ change: String, _ first: String, _ second: String) throws {
    let table = FieldCodecTests.table
    let changes = try FieldChange.list(change)
    let error = #expect(throws: DataError.self) {
      try FieldSchema.infer(table).changed(by: changes, in: table)
    }
    let words = error?.description ?? ""
    #expect(words.contains(first) && words.contains(second), "\(words)")
  }

  @Test func aConstantIsNoTarget() throws {
    let table = FieldTables.table(("k", .numbers([1, 1, 1])), ("x", .numbers([1, 2, 4])))
    let error = #expect(throws: DataError.self) {
      try FieldSchema.infer(table).changed(by: [FieldChange(name: "k", role: .out)], in: table)
    }
    #expect(error?.description.contains("'1' in all of them") == true)
  }

  @Test func aNameOfTwoColumnsIsRefused() throws {
    let column = { TypedTable.Column(name: $0, title: "a", values: .numbers([1, 2, 4]), form: .number()) }
    let table = TypedTable(columns: [column("a"), column("a (2)")], rowCount: 3)
    let schema = try FieldSchema.infer(table)
    let error = #expect(throws: DataError.self) {
      try schema.changed(by: FieldChange.list("a=aside"), in: table)
    }
    #expect(error?.description.contains("2, columns 1, 2") == true)
    #expect(
      try schema.changed(by: FieldChange.list("2=aside"), in: table).fields.map(\.role) == [.both, .aside])
    #expect(try schema.changed(by: FieldChange.list("a (2)=in"), in: table).fields[1].role == .in)
  }

  @Test func changesAreRead() throws {
    #expect(
      try FieldChange.list("a=time,b=aside,c=flag|out,d,e=in") == [
        FieldChange(name: "a", kind: .time), FieldChange(name: "b", role: .aside),
        FieldChange(name: "c", kind: .flag, role: .out), FieldChange(name: "d,e", role: .in),
      ])
    for text in ["a", "a=", "=flag", "a=flog", "a=flag|count"] {
      #expect(throws: FieldChange.Fault.self) { try FieldChange.list(text) }
    }
  }
}
