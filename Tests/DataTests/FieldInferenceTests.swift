import HourglassData
import HourglassFormats
import HourglassTensor
import Testing

/// Tables of a few columns, made for tests.
enum FieldTables {
  static func table(_ columns: (String, TypedTable.Values)...) -> TypedTable {
    TypedTable(
      columns: columns.map { name, values in
        let form: CellForm
        switch values {
        case .numbers: form = .number()
        case .times: form = CellForm(.time)
        case .texts: form = .text
        }
        return TypedTable.Column(name: name, values: values, form: form)
      }, rowCount: columns.first?.1.count ?? 0)
  }

  /// Texts; an empty one is a gap.
  static func texts(_ values: [String]) -> TypedTable.Values {
    var levels: [String] = []
    let indices = values.map { value -> Int32 in
      if value.isEmpty { return -1 }
      if let place = levels.firstIndex(of: value) { return Int32(place) }
      levels.append(value)
      return Int32(levels.count - 1)
    }
    return .texts(levels: levels, indices: indices)
  }

  /// The same values over and over, so many rows.
  static func round<Value>(_ values: [Value], _ count: Int) -> [Value] {
    (0..<count).map { values[$0 % values.count] }
  }

  /// Numbers from 0 to below 1 that look drawn.
  static func drawn(_ count: Int, _ seed: Int = 1) -> [Double] {
    (0..<count).map { Double(($0 * 7919 + seed * 104_729) % 10_007) / 10_007 }
  }
}

@Suite("What columns are taken for")
struct FieldInferenceTests {
  private static let rows = 120

  /// Columns with what a person takes them for; nil for one to set aside.
  static let cases: [(name: String, values: TypedTable.Values, kind: FieldKind?)] = {
    let rows = Self.rows
    let drawn = FieldTables.drawn(rows)
    func numbers(_ values: [Double]) -> TypedTable.Values { .numbers(FieldTables.round(values, rows)) }
    func texts(_ values: [String]) -> TypedTable.Values { FieldTables.texts(FieldTables.round(values, rows)) }
    return [
      ("height", .numbers(drawn.map { 1.5 + $0 / 2 }), .number),
      ("quality", numbers([3, 4, 5, 6, 7, 8]), .number),
      ("year", numbers([2007, 2008, 2009]), .number),
      ("income", .numbers(drawn.map { 10 * (1 / (1.003 - $0)) }), .positive),
      // A logarithm of 1 and something small takes no skewness away.
      ("jitter", .numbers(drawn.map { 1e-5 / (1.003 - $0) }), .number),
      ("visits", numbers([0, 0, 0, 0, 1, 1, 1, 2, 2, 3, 5, 9]), .count),
      ("smoker", texts(["yes", "no", "Yes"]), .flag),
      ("sex", texts(["m", "f"]), .flag),
      ("dead", numbers([0, 1, .nan]), .flag),
      ("colour", texts(["red", "green", "blue"]), .category),
      ("class", numbers([1, 2, 3]), .category),
      ("grade", numbers([1, 2, 3]), .number),
      // Codes: three digits, wide holes, no common step.
      ("product", numbers([101, 205, 317, 452]), .category),
      ("frequency", numbers([800, 1000, 1250, 1600, 2000]), .number),
      ("risk", texts(["low", "medium", "high"]), .ordinal),
      ("age band", texts(["18-25", "65+", "26-64", "<18"]), .ordinal),
      ("answer", texts(["Agree", "Strongly agree", "Neutral", "Disagree"]), .ordinal),
      ("when", .times((0..<rows).map { Double($0) * 86_400 }), .time),
      ("passengerId", .numbers(drawn.map { ($0 * 1e6).rounded() }), nil),
      ("n", .numbers((0..<rows).map(Double.init)), nil),
      ("shuffled", .numbers((0..<rows).map { 50_000 + Double($0 * 7 % rows) }), nil),
      ("code", texts((0..<rows).map { "A\($0)" }), nil),
      ("comment", texts((0..<rows).map { "row \($0) has a long story to tell" }), nil),
      ("one", numbers([4]), nil),
      ("empty", numbers([.nan]), nil),
    ]
  }()

  @Test(arguments: cases.indices) func columnsAreWhatAPersonTakesThemFor(_ index: Int) throws {
    let (name, values, kind) = FieldInferenceTests.cases[index]
    let field = try FieldSchema.infer(FieldTables.table((name, values))).fields[0]
    #expect((field.role == .aside ? nil : field.kind) == kind, "\(name): \(field.kind), \(field.role)")
  }

  @Test func onlyTrainingRowsTell() throws {
    let table = FieldTables.table(
      ("x", .numbers([1, 2, 3, 4, 1000, .nan])), ("c", FieldTables.texts(["a", "b", "a", "b", "z", "a"])))
    let schema = try FieldSchema.infer(table, trainingRows: [0, 1, 2, 3])
    #expect(schema.fields[0].codec.shift == 2.5)
    #expect(schema.fields[0].codec.scale == 1.25.squareRoot())
    #expect(!schema.fields[0].hasGaps)
    #expect(schema.fields[1].codec.levels == ["a", "b"])
    #expect(try schema.samples(of: table).values.suffix(2).first?.isNaN == true)
  }

  @Test func anOrdinalsLevelsAreInOrder() throws {
    let table = FieldTables.table(
      ("age", FieldTables.texts(FieldTables.round(["65+", "18-25", "<18", "26-64"], 20))))
    #expect(try FieldSchema.infer(table).fields[0].codec.levels == ["<18", "18-25", "26-64", "65+"])
  }

  @Test func theBestConstantLawCosts() throws {
    // Counts: the least of scipy.stats.nbinom over the dispersion, at mean 2; entropies by hand.
    let counts = [Double](repeating: 0, count: 10) + [1, 1, 1, 1, 1, 2, 2, 2, 5, 5, 9, 14]
    let flags = FieldTables.round([0.0, 1, 1, 1], 20) + [.nan, .nan]
    let table = FieldTables.table(
      ("n", .numbers(counts)), ("f", .numbers(flags)),
      ("c", FieldTables.texts(FieldTables.round(["a", "b", "c", "d"], 20) + ["", ""])),
      ("x", .numbers(FieldTables.drawn(22))))
    let schema = try FieldSchema.infer(table)
    let marginal = schema.fields.map(\.codec.marginal)
    #expect(schema.fields.map(\.kind) == [.count, .flag, .category, .number])
    #expect(abs(marginal[0] - FieldInferenceTests.costOfCounts) < 1e-3)
    #expect(abs(marginal[1] - 0.562335) < 1e-6)
    #expect(abs(marginal[2] - 1.386294) < 1e-6)
    #expect(marginal[3] == 1)
  }

  private static let costOfCounts = 1.830236
}
