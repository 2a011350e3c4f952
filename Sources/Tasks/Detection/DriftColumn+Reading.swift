import HourglassData
import HourglassFormats
import HourglassTensor

extension Dataset {
  /// The columns that a model reads, in its order.
  func driftColumns(of preparation: Preparation) -> [DriftColumn] {
    guard let schema = preparation.fields, let records else { return columnsOfNumbers(preparation) }
    let fields = schema.fields.filter { $0.role != .aside }
    let table = records.table
    return fields.compactMap { field in table.column(field.name).map { DriftColumn($0, field) } }
  }

  /// Elsewhere columns of records that are missing are gaps; here they are another table.
  ///
  /// - Throws: `DataError` naming them.
  func checkHasColumns(of preparation: Preparation) throws(DataError) {
    guard let schema = preparation.fields, let records else { return }
    let wanted = schema.fields.filter { $0.role != .aside }.map(\.name)
    let found = Set(records.columns { _ in true }.map(\.name))
    let missing = wanted.filter { !found.contains($0) }
    guard !missing.isEmpty else { return }
    throw DataError(
      place: origin, expected: "the columns of training",
      found: "none called \(missing.prefix(9).map { "'\($0)'" }.joined(separator: ", "))",
      remedy: "compare tables of the same columns")
  }

  private func columnsOfNumbers(_ preparation: Preparation) -> [DriftColumn] {
    let (values, width) = (tensor.doubles, sampleShape.count)
    let names = preparation.featureNames ?? featureNames ?? Preparation.valueNames(width)
    return (0..<width).map { column in
      let cells = stride(from: column, to: values.count, by: width).map { values[$0] }
      return DriftColumn(name: names[column], numbers: cells) { FieldFigures.short($0) }
    }
  }
}

extension DriftColumn {
  init(
    name: String, numbers: [Double], areTimes: Bool = false, text: @escaping @Sendable (Double) -> String
  ) {
    let known = numbers.filter { !$0.isNaN }
    self.init(
      name: name, values: .numbers(known, text: text, areTimes: areTimes), gaps: numbers.count - known.count,
      rows: numbers.count)
  }

  init(_ column: TypedTable.Column, _ field: Field) {
    switch field.kind {
    case .number, .positive, .count, .time:
      let areTimes = field.kind == .time
      let form = column.form
      self.init(name: field.name, numbers: DriftColumn.numbers(column.values), areTimes: areTimes) {
        areTimes ? form.text($0) : FieldFigures.short($0)
      }
    case .flag, .category, .ordinal:
      let counts = DriftColumn.counts(column)
      let known = counts.values.reduce(0, +)
      self.init(
        name: field.name, values: .levels(counts), gaps: column.values.count - known,
        rows: column.values.count)
    }
  }

  private static func numbers(_ values: TypedTable.Values) -> [Double] {
    switch values {
    case .numbers(let values), .times(let values): return values
    case .texts(let levels, let indices):
      let numbers = levels.map { Double($0) ?? .nan }
      return indices.map { $0 < 0 ? .nan : numbers[Int($0)] }
    }
  }

  private static func counts(_ column: TypedTable.Column) -> [String: Int] {
    var counts: [String: Int] = [:]
    switch column.values {
    case .texts(let levels, let indices):
      var byLevel = [Int](repeating: 0, count: levels.count)
      for index in indices where index >= 0 { byLevel[Int(index)] += 1 }
      for (level, count) in zip(levels, byLevel) where count > 0 {
        counts[Double(level).map(FieldFigures.level) ?? level, default: 0] += count
      }
    case .numbers(let numbers):
      for number in numbers where !number.isNaN { counts[FieldFigures.level(number), default: 0] += 1 }
    case .times(let times):
      for time in times where !time.isNaN { counts[column.form.text(time), default: 0] += 1 }
    }
    return counts
  }
}

/// Figures in words of what has changed.
enum FieldFigures {
  /// Whole numbers as such, others with four digits.
  @Sendable static func short(_ value: Double) -> String {
    if value == value.rounded(), value.magnitude < 1e9 { return "\(Int(value))" }
    guard value.isFinite, value != 0 else { return "\(value)" }
    var scale = 1.0
    while value.magnitude * scale < 1000 { scale *= 10 }
    while value.magnitude * scale >= 10_000 { scale /= 10 }
    let rounded = (value * scale).rounded() / scale
    return rounded == rounded.rounded() && rounded.magnitude < 1e15 ? "\(Int(rounded))" : "\(rounded)"
  }

  /// A number as a level: `3` and not `3.0`.
  static func level(_ value: Double) -> String {
    value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
  }

  static func percent(_ part: Int, of whole: Int) -> String {
    let share = 100 * Double(part) / Double(max(1, whole))
    let rounded = (share * 10).rounded() / 10
    return (rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)") + " %"
  }
}
