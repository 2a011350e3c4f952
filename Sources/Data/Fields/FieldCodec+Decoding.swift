import HourglassFormats
import HourglassTensor

extension Field {
  /// Values of samples as the column's cells: of the type that the column had, rounded as its kind is.
  func decode(_ values: [Float]) -> TypedTable.Values {
    switch kind {
    case .number: return .numbers(values.map { Double($0) * codec.scale + codec.shift })
    case .positive:
      return .numbers(values.map { atLeastZero((Double($0) * codec.scale + codec.shift).exponential - 1) })
    case .count: return .numbers(values.map { atLeastZero(Double($0).rounded()) })
    case .time: return .times(values.map { decode(time: Double($0)) })
    case .flag, .category, .ordinal: return decode(levels: values)
    }
  }

  /// A gap stays one.
  private func atLeastZero(_ value: Double) -> Double { value < 0 ? 0 : value }

  private func decode(time value: Double) -> Double {
    let seconds = (value * codec.scale + codec.shift) * TimeCycle.secondsOfDay
    return codec.step > 0 ? (seconds / codec.step).rounded() * codec.step : seconds
  }

  /// The levels next to the values; of categories none where the value is the entry for unseen ones.
  private func decode(levels values: [Float]) -> TypedTable.Values {
    let last = codec.levels.count - 1
    let indices = values.map { value -> Int32 in
      guard value.isFinite, last >= 0 else { return -1 }
      let place = value.rounded()
      if kind == .category { return place < 0 || place > Float(last) ? -1 : Int32(place) }
      return Int32(min(max(place, 0), Float(last)))
    }
    guard codec.raw == .numbers else { return .texts(levels: codec.levels, indices: indices) }
    let numbers = codec.levels.map { Double($0) ?? .nan }
    return .numbers(indices.map { $0 < 0 ? .nan : numbers[Int($0)] })
  }
}
