public import HourglassFormats
import HourglassTensor

extension Field {
  /// A field whose parameters are those of a column.
  ///
  /// - Parameters:
  ///   - kind: what the values are to mean.
  ///   - levels: the levels in their order, where that is given; of an ordinal they must be all that there
  ///     are.
  ///   - rows: those that parameters come from; nil: all.
  ///   - place: the table's name, for errors.
  /// - Throws: ``DataError`` for a value that the kind cannot hold, with its row and text, for a flag of more
  ///   than two values, for a category or ordinal with as many levels as there are values, and for an ordinal
  ///   in no known order where none is given.
  public init(
    _ column: TypedTable.Column, as kind: FieldKind, role: FieldRole = .both, levels: [String]? = nil,
    rows: [Int]? = nil, place: String = "table"
  ) throws(DataError) {
    let rows = rows ?? Array(0..<column.values.count)
    self.init(
      name: column.name, kind: kind, role: role,
      hasGaps: rows.contains { column.values.isMissing($0) },
      codec: FieldCodec(raw: column.values.raw, form: column.form))
    guard role != .aside else { return }
    switch kind {
    case .number, .positive, .count:
      let numbers = try numbers(of: column, place: place)
      fit(numbers: rows.map { numbers[$0] }.filter { !$0.isNaN })
    case .time:
      let times = try times(of: column, place: place)
      fit(times: rows.map { times[$0] }.filter { !$0.isNaN })
    case .flag, .category, .ordinal:
      try fit(levelsOf: ColumnTraits(column, rows: rows), levels, place: place)
    }
  }

  private mutating func fit(numbers: [Double]) {
    switch kind {
    case .count:
      let logs = numbers.map { (1 + $0).logarithm }
      codec.logMean = Statistics.mean(logs) ?? 0
      codec.logDeviation = Field.deviation(of: logs)
      codec.marginal = ConstantLaw.negativeBinomial(Statistics.repetitions(ofSorted: numbers.sorted()))
    case .positive: standardise(numbers.map { (1 + $0).logarithm })
    default: standardise(numbers)
    }
  }

  private mutating func fit(times: [Double]) {
    standardise(times.map { $0 / TimeCycle.secondsOfDay })
    codec.step =
      [86_400.0, 3600, 60, 1, 0.001].first { step in
        times.allSatisfy { ($0 / step).rounded() * step == $0 }
      } ?? 0
    codec.cycles = TimeCycle.allCases.filter { $0.varies(in: times) }
  }

  /// Sets shift and scale so that values have mean 0 and deviation 1.
  private mutating func standardise(_ values: [Double]) {
    codec.shift = Statistics.mean(values) ?? 0
    codec.scale = Field.deviation(of: values)
    codec.marginal = values.contains { $0 != values[0] } ? 1 : 0
  }

  /// The deviation; 1 where there is none.
  private static func deviation(of values: [Double]) -> Double {
    let deviation = (Statistics.variance(values) ?? 0).squareRoot()
    return deviation > 0 && deviation.isFinite ? deviation : 1
  }

  private mutating func fit(levelsOf traits: ColumnTraits, _ given: [String]?, place: String)
    throws(DataError)
  {
    let found = traits.levels
    func fault(_ expected: String, _ found: String, _ remedy: String) -> DataError {
      DataError(place: "\(place): column '\(name)'", expected: expected, found: found, remedy: remedy)
    }
    switch kind {
    case .flag:
      guard let pair = given ?? FlagWords.pair(found.map(\.text)), pair.count == 2 else {
        throw fault(
          "two values, as the field is of kind flag", "\(traits.distinct)", "give it the kind category")
      }
      codec.levels = pair
    case .ordinal:
      let texts = found.map(\.text)
      let known = given ?? (traits.texts.isEmpty ? traits.numbers.map { FieldCodec.text(of: $0.value) } : nil)
      guard let order = known ?? LevelLadder.order(texts) else {
        throw fault(
          "levels in a known order, as the field is of kind ordinal", texts.prefix(5).joined(separator: ", "),
          "write the fields with 'hourglass describe -o fields.json', put its \"levels\" in order, lowest first, "
            + "and give the file with --fields")
      }
      codec.levels = order
    default: codec.levels = given ?? found.map(\.text)
    }
    if kind != .flag, traits.present > 2, traits.distinct >= traits.present {
      throw fault(
        "a \(kind.rawValue) whose levels come again", "\(traits.distinct) levels in as many rows",
        "set it aside (--field '\(name)=aside')")
    }
    let places = LevelPlaces(codec.levels, foldsCase: kind == .flag)
    var counts = [Int](repeating: 0, count: codec.levels.count)
    for level in found {
      guard let index = places[level.text] else {
        if kind == .category { continue }
        throw fault(
          "no value but \(codec.levels.prefix(8).joined(separator: ", "))", "'\(level.text)'",
          "add it to the field's \"levels\"")
      }
      counts[index] += level.rows
    }
    codec.marginal = ConstantLaw.entropy(counts)
  }
}

extension TimeCycle {
  /// Whether times have a place in this cycle that tells something: times of day that differ, all seven
  /// days of the week or so, dates all round a year.
  func varies(in times: [Double]) -> Bool {
    guard let first = times.min(), let last = times.max() else { return false }
    let phases = times.map(phase)
    switch self {
    case .day: return Set(phases).count > 1
    // Dates of less than two rounds would be told by the cycle as by the days themselves.
    case .week: return last - first >= 14 * TimeCycle.secondsOfDay && Set(phases).count > 1
    case .year: return last - first >= 366 * TimeCycle.secondsOfDay && Set(phases).count > 1
    }
  }
}
