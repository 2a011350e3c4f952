import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

extension GapPrior {
  /// Values read at most, and rows · values² · fields at most: a fit takes a second.
  private static let mostReadings = 96
  private static let mostWork = 2e8
  private static let leastRows = 100.0
  /// Fields with gaps above which each is missing by its rate alone.
  private static let mostFields = 64
  /// The weight of half the square of each weight but the constant's.
  private static let ridge = 0.5
  private static let rounds = 20

  /// Fitted to records; nil where none of their fields that a model gives has a gap, or samples are no
  /// records.
  public init?(of record: Record?, fittedTo dataset: Dataset) {
    guard let record, dataset.hasGaps else { return nil }
    let (values, width) = (dataset.tensor.values, record.count)
    var gaps = [Int](repeating: 0, count: width)
    for index in values.indices where values[index].isNaN { gaps[index % width] += 1 }
    let slots = (0..<width).filter { gaps[$0] > 0 && record.slots[$0].role.isGiven }
    guard !slots.isEmpty else { return nil }
    let whole = (0..<width).filter { gaps[$0] == 0 && record.slots[$0].source == nil }
    var readings = Array(
      whole.flatMap { GapPrior.readings(of: record.slots[$0].kind, $0, values, width) }
        .prefix(GapPrior.mostReadings))
    func rows(_ readings: Int) -> Double {
      let size = Double(1 + readings + slots.count)
      return GapPrior.mostWork / (size * size * Double(slots.count))
    }
    guard slots.count <= GapPrior.mostFields else {
      self.init(
        readings: [],
        entries: slots.enumerated().map { number, slot in
          let odds = Double(gaps[slot]) / Double(max(1, dataset.count - gaps[slot]))
          return Entry(
            slot: slot, weights: [odds.logarithm] + [Double](repeating: 0, count: number))
        })
      return
    }
    if rows(readings.count) < GapPrior.leastRows { readings = [] }
    let count = min(dataset.count, max(Int(GapPrior.leastRows), Int(rows(readings.count))))
    var inputs = (0..<count).map { row in
      [1] + readings.map { $0.value(values[(row * width)..<((row + 1) * width)]) }
    }
    var entries: [Entry] = []
    for slot in slots {
      let isMissing = (0..<count).map { values[$0 * width + slot].isNaN ? 1.0 : 0 }
      entries.append(Entry(slot: slot, weights: GapPrior.regression(of: isMissing, on: inputs)))
      for row in 0..<count { inputs[row].append(isMissing[row]) }
    }
    self.init(readings: readings, entries: entries)
  }

  private static func readings(
    of kind: Slot.Kind, _ slot: Int, _ values: [Float], _ width: Int
  ) -> [Reading] {
    if case .category(let levels) = kind {
      return (0..<min(levels, 16)).map { Reading(slot: slot, level: $0, shift: 0, scale: 1) }
    }
    let column = stride(from: slot, to: values.count, by: width).map { Double(values[$0]) }
    let deviation = (Statistics.variance(column) ?? 0).squareRoot()
    return [
      Reading(
        slot: slot, level: nil, shift: Statistics.mean(column) ?? 0, scale: deviation > 0 ? deviation : 1)
    ]
  }

  /// The weights of a logistic regression, by Newton's steps.
  private static func regression(of truth: [Double], on inputs: [[Double]]) -> [Double] {
    let size = inputs.first?.count ?? 1
    var weights = [Double](repeating: 0, count: size)
    for _ in 0..<rounds {
      var gradient = weights.enumerated().map { $0 == 0 ? 1e-3 * $1 : ridge * $1 }
      var curvature = [Double](repeating: 0, count: size * size)
      for i in 0..<size { curvature[i * size + i] = i == 0 ? 1e-3 : ridge }
      for (x, y) in zip(inputs, truth) {
        let p = 1 / (1 + (-zip(weights, x).reduce(0) { $0 + $1.0 * $1.1 }).exponential)
        let slope = max(p * (1 - p), 1e-9)
        for i in 0..<size where x[i] != 0 {
          gradient[i] += (p - y) * x[i]
          for j in 0...i { curvature[i * size + j] += slope * x[i] * x[j] }
        }
      }
      let step = PositiveMatrix(curvature, count: size).solve(gradient)
      for i in 0..<size { weights[i] -= step[i] }
      if step.allSatisfy({ abs($0) < 1e-6 }) { break }
    }
    return weights
  }
}

extension GapPrior {
  /// Drawn records with gaps.
  func leavingGaps(in samples: Tensor, _ record: Record, seed: UInt64) -> Tensor {
    let (values, width) = (samples.values, record.count)
    let random = Random(seed: seed, stream: .analysis)
    let places = Dictionary(record.slots.enumerated().map { ($1.name, $0) }) { first, _ in first }
    return Tensor(samples.shape) { result in
      for index in values.indices { result[index] = values[index] }
      for row in 0..<samples.rows {
        let missing = Set(
          missing(of: values[(row * width)..<((row + 1) * width)]) { number in
            Double(random.uniform(position: UInt64(row * entries.count + number)))
          })
        for slot in 0..<width
        where missing.contains(slot)
          || record.slots[slot].source.flatMap({ places[$0] }).map(missing.contains)
            == true
        { result[row * width + slot] = .nan }
      }
    }
  }
}
