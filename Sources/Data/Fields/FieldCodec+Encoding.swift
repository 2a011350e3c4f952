import HourglassFormats
import HourglassTensor

extension Field {
  /// The values of a column as values of samples, NaN where there is none.
  struct Encoded {
    var values: [Float] = []
    /// By cycle: the sines, then the cosines.
    var cycles: [(sines: [Float], cosines: [Float])] = []
    /// The first text or number that is no level of a flag or an ordinal, and how many rows have such.
    var unknown: (text: String, rows: Int)?
  }

  /// - Parameter place: the table's name, for errors.
  /// - Throws: ``DataError`` for a cell that a field of this kind cannot hold, with its row and text.
  func encode(_ column: TypedTable.Column, place: String) throws(DataError) -> Encoded {
    switch kind {
    case .number, .positive, .count:
      let numbers = try numbers(of: column, place: place)
      return Encoded(values: numbers.map { Float(encode($0)) })
    case .time: return encode(times: try times(of: column, place: place))
    case .flag, .category, .ordinal: return encode(levelsOf: column)
    }
  }

  /// One number: `(x - shift) / scale`, of positives that of ln(1 + x), of counts x itself.
  private func encode(_ value: Double) -> Double {
    switch kind {
    case .count: value
    case .positive: ((1 + value).logarithm - codec.shift) / codec.scale
    default: (value - codec.shift) / codec.scale
    }
  }

  private func encode(times: [Double]) -> Encoded {
    let days = times.map { Float(($0 / TimeCycle.secondsOfDay - codec.shift) / codec.scale) }
    let cycles = codec.cycles.map { cycle in
      let angles = times.map { 2 * Double.pi * cycle.phase($0) }
      return (angles.map { Float($0.sine) }, angles.map { Float($0.cosine) })
    }
    return Encoded(values: days, cycles: cycles)
  }

  /// The numbers of a column that this kind can hold.
  func numbers(of column: TypedTable.Column, place: String) throws(DataError) -> [Double] {
    let values: [Double]
    switch column.values {
    case .numbers(let numbers): values = numbers
    case .times(let times):
      guard let row = times.firstIndex(where: { !$0.isNaN }) else { return times }
      throw fault(column, place, row, "a number", "the time '\(column.form.text(times[row]))'")
    case .texts(let levels, let indices):
      let numbers = levels.map { Double($0) }
      for (row, index) in indices.enumerated() where index >= 0 && numbers[Int(index)] == nil {
        throw fault(column, place, row, "a number", "'\(levels[Int(index)])'")
      }
      values = indices.map { $0 < 0 ? .nan : numbers[Int($0)] ?? .nan }
    }
    let complaint = kind.complaint
    if let row = values.firstIndex(where: { !$0.isNaN && complaint($0) != nil }) {
      throw fault(column, place, row, complaint(values[row]) ?? "", FieldCodec.text(of: values[row]))
    }
    return values
  }

  func times(of column: TypedTable.Column, place: String) throws(DataError) -> [Double] {
    switch column.values {
    case .times(let times): return times
    case .numbers(let numbers):
      guard let row = numbers.firstIndex(where: { !$0.isNaN }) else { return numbers }
      throw fault(column, place, row, "a date or a time", FieldCodec.text(of: numbers[row]))
    case .texts(let levels, let indices):
      guard let row = indices.firstIndex(where: { $0 >= 0 }) else {
        return indices.map { _ in Double.nan }
      }
      throw fault(column, place, row, "a date or a time", "'\(levels[Int(indices[row])])'")
    }
  }

  private func fault(
    _ column: TypedTable.Column, _ place: String, _ row: Int, _ expected: String, _ found: String
  ) -> DataError {
    DataError(
      place: "\(place): row \(row + 1), column '\(column.name)'",
      expected: "\(expected), as the field is of kind \(kind.rawValue)", found: found,
      remedy: "mend the cell, or give the column another kind (--field '\(name)=category', say)")
  }
}

extension FieldKind {
  /// What a value should have been that this kind cannot hold; nil where it can.
  var complaint: @Sendable (Double) -> String? {
    switch self {
    case .count:
      { $0 >= 0 && $0 == $0.rounded() && $0.isFinite ? nil : "a whole number from 0" }
    case .positive: { $0 >= 0 && $0.isFinite ? nil : "a number from 0" }
    default: { $0.isFinite ? nil : "a finite number" }
    }
  }
}

extension Field {
  private func encode(levelsOf column: TypedTable.Column) -> Encoded {
    let places = LevelPlaces(codec.levels, foldsCase: kind == .flag)
    var encoded = Encoded()
    let unseen = kind == .category ? Float(codec.levels.count) : Float.nan
    func value(_ place: Int?, _ text: @autoclosure () -> String) -> Float {
      if let place { return Float(place) }
      if kind != .category {
        encoded.unknown = (encoded.unknown?.text ?? text(), (encoded.unknown?.rows ?? 0) + 1)
      }
      return unseen
    }
    switch column.values {
    case .texts(let levels, let indices):
      let found = levels.map { places[$0] }
      encoded.values = indices.map { $0 < 0 ? .nan : value(found[Int($0)], levels[Int($0)]) }
    case .numbers(let numbers):
      encoded.values = numbers.map { $0.isNaN ? .nan : value(places[$0], FieldCodec.text(of: $0)) }
    case .times(let times):
      encoded.values = times.map { time in
        if time.isNaN { return .nan }
        let text = column.form.text(time)
        return value(places[text], text)
      }
    }
    return encoded
  }
}

/// Where levels stand in their list, by text and by number.
struct LevelPlaces {
  private let byText: [String: Int]
  private let byNumber: [Double: Int]
  private let byFolded: [String: Int]

  /// - Parameter foldsCase: whether `Yes` is `yes`, where there is no `Yes` of its own.
  init(_ levels: [String], foldsCase: Bool) {
    byText = Dictionary(zip(levels, levels.indices)) { first, _ in first }
    byNumber = Dictionary(levels.enumerated().compactMap { place, text in Double(text).map { ($0, place) } })
    {
      first, _ in first
    }
    byFolded =
      foldsCase ? Dictionary(zip(levels.map { $0.lowercased() }, levels.indices)) { first, _ in first } : [:]
  }

  subscript(text: String) -> Int? {
    // 1 and 1.0 are the same level, whether the column was read as numbers or as texts.
    byText[text] ?? byFolded[text.lowercased()] ?? Double(text).flatMap { byNumber[$0] }
  }

  subscript(number: Double) -> Int? { byNumber[number] }
}
