import HourglassData
import HourglassModels
import HourglassTensor

/// Samples with some of their values hidden.
struct HiddenCells {
  let width: Int
  /// All values, and those that are left: a row a sample; NaN: none.
  let values: [Float]
  let left: [Float]
  /// Where in ``values`` the hidden ones are, and which of the judged samples each belongs to.
  let places: [Int]
  let judgedRows: [Int]
  /// Of each column the mean of what is left, or the commonest level, on the scale that it is judged on.
  let constants: [Double]

  /// Values that are left of a column at least.
  private static let leastLeft = 2

  init(
    _ dataset: Dataset, _ columns: [ImputationColumn], _ record: Record?, _ positions: [UInt32],
    rate: Double, seed: UInt64
  ) {
    let (values, width) = (dataset.tensor.values, columns.count)
    let random = Random(seed: seed, stream: .analysis)
    var isHidden = [Bool](repeating: false, count: values.count)
    var leftOf = [Int](repeating: 0, count: width)
    for index in values.indices where !values[index].isNaN { leftOf[index % width] += 1 }
    var (places, judgedRows) = ([Int](), [Int]())
    for (judged, position) in positions.enumerated() {
      for column in 0..<width where columns[column].isHidden {
        let index = Int(position) * width + column
        guard !values[index].isNaN, leftOf[column] > HiddenCells.leastLeft,
          Double(random.uniform(position: UInt64(index))) < rate
        else { continue }
        leftOf[column] -= 1
        isHidden[index] = true
        places.append(index)
        judgedRows.append(judged)
      }
    }
    left =
      record?.hiding(values) { isHidden[$0 * width + $1] }
      ?? values.indices.map { isHidden[$0] ? .nan : values[$0] }
    (self.values, self.width, self.places, self.judgedRows) = (values, width, places, judgedRows)
    let kept = left
    constants = columns.indices.map { column in
      let known = stride(from: column, to: kept.count, by: width).compactMap { index in
        kept[index].isNaN ? nil : columns[column].standing(Double(kept[index]))
      }
      return columns[column].isNumber ? Statistics.mean(known) ?? 0 : HiddenCells.commonest(known)
    }
  }

  /// The judged samples as the model is given them.
  func holed(_ given: Dataset, _ positions: [UInt32]) throws -> Dataset {
    let samples = Tensor(given.sampleShape.batch(positions.count)) { target in
      for (row, position) in positions.enumerated() {
        for place in 0..<width { target[row * width + place] = left[Int(position) * width + place] }
      }
    }
    let holed = try Dataset(samples, featureNames: given.featureNames, hasGaps: true, origin: given.origin)
    guard let labels = given.labels else { return holed }
    return try holed.labelled(
      positions.map { labels[given.row(Int($0))] }, classNames: given.classNames)
  }

  /// The value that comes most often, of several the lowest.
  private static func commonest(_ values: [Double]) -> Double {
    var counts: [Double: Int] = [:]
    for value in values { counts[value, default: 0] += 1 }
    return counts.min { ($1.value, $0.key) < ($0.value, $1.key) }?.key ?? 0
  }
}
