import HourglassTensor

/// Which fields of drawn records are left without a value: what the gaps of the training records tell.
///
/// One logistic regression a field with gaps, in the order of the samples' values:
///
///     P(field k is missing) = 1 / (1 + exp(-(b + Σ wᵢ xᵢ + Σ vⱼ mⱼ)))
///
/// with xᵢ of the fields that are always there (see ``readings``) and mⱼ 1 where a field before k is
/// missing, so that fields which are missing together are drawn so.
public struct GapPrior: Hashable, Sendable, Codable {
  /// One field.
  public struct Entry: Hashable, Sendable, Codable {
    /// Its place among a sample's values.
    public let slot: Int
    /// b, the wᵢ and the vⱼ.
    public let weights: [Double]

    public init(slot: Int, weights: [Double]) { (self.slot, self.weights) = (slot, weights) }
  }

  /// A value that the regressions read.
  public struct Reading: Hashable, Sendable, Codable {
    public let slot: Int
    /// Of a category the level that it is 1 for; else nil.
    public let level: Int?
    /// It is read as (x - shift) / scale.
    public let shift: Double
    public let scale: Double

    public init(slot: Int, level: Int?, shift: Double, scale: Double) {
      (self.slot, self.level, self.shift, self.scale) = (slot, level, shift, scale)
    }

    /// What is read of a record.
    public func value(_ record: some RandomAccessCollection<Float>) -> Double {
      let found = Double(record[record.index(record.startIndex, offsetBy: slot)])
      if let level { return found == Double(level) ? 1 : 0 }
      return found.isNaN ? 0 : max(-5, min(5, (found - shift) / scale))
    }
  }

  public let readings: [Reading]
  public let entries: [Entry]

  public init(readings: [Reading], entries: [Entry]) {
    (self.readings, self.entries) = (readings, entries)
  }

  /// Whether it is of records of so many values, and all its numbers are finite.
  func fits(_ width: Int) -> Bool {
    readings.allSatisfy { (0..<width).contains($0.slot) && $0.shift.isFinite && $0.scale > 0 }
      && entries.enumerated().allSatisfy { number, entry in
        (0..<width).contains(entry.slot) && entry.weights.count == 1 + readings.count + number
          && entry.weights.allSatisfy(\.isFinite)
      }
  }

  /// The fields that are missing of one record.
  ///
  /// - Parameter chance: a uniform draw for the field of a number.
  public func missing(
    of record: some RandomAccessCollection<Float>, _ chance: (Int) -> Double
  ) -> [Int] {
    var inputs = [1] + readings.map { $0.value(record) }
    var missing: [Int] = []
    for (number, entry) in entries.enumerated() {
      let sum = zip(entry.weights, inputs).reduce(0) { $0 + $1.0 * $1.1 }
      let isMissing = chance(number) < 1 / (1 + (-sum).exponential)
      inputs.append(isMissing ? 1 : 0)
      if isMissing { missing.append(entry.slot) }
    }
    return missing
  }
}
