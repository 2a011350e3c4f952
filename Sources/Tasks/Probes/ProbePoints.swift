import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// Samples as points of a space, those that labels are drawn from and those to test on.
public struct ProbePoints: Sendable {
  public let width: Int
  /// `[n, width]`, on a common scale: see ``ProbePoints/init(_:_:width:scale:)``.
  let training: [Float]
  let test: [Float]

  /// How columns are scaled; all are shifted to the mean 0 first.
  enum Scale {
    /// Each to the deviation 1, but none is divided by less than a tenth of the largest deviation: values
    /// that a code does not use, as those of a variational one at the prior, are not made as large as others.
    case each
    /// All alike, to the mean variance 1.
    case common
  }

  /// - Parameters:
  ///   - training: `[n, width]`; the shifts and scales are of these. Missing values stand at the mean.
  ///   - test: likewise.
  init(_ training: [Float], _ test: [Float], width: Int, scale: Scale) {
    let count = training.count / max(1, width)
    var (means, variances) = (
      [Double](repeating: 0, count: width), [Double](repeating: 0, count: width)
    )
    for column in 0..<width {
      let known = (0..<count).lazy.map { Double(training[$0 * width + column]) }.filter { $0.isFinite }
      let values = Array(known)
      means[column] = Statistics.mean(values) ?? 0
      variances[column] = Statistics.variance(values) ?? 0
    }
    let largest = (variances.max() ?? 0).squareRoot()
    let common = (Statistics.mean(variances) ?? 0).squareRoot()
    let factors = variances.map { variance -> Double in
      let deviation =
        switch scale {
        case .each: max(variance.squareRoot(), largest / 10)
        case .common: common
        }
      return deviation > 0 ? 1 / deviation : 0
    }
    func scaled(_ values: [Float]) -> [Float] {
      values.enumerated().map { index, value in
        let column = index % width
        return value.isFinite ? Float((Double(value) - means[column]) * factors[column]) : 0
      }
    }
    (self.width, self.training, self.test) = (width, scaled(training), scaled(test))
  }

  /// Rows in double precision, one after the other.
  static func rows(_ chosen: some Collection<Int>, of values: [Float], width: Int) -> [Double] {
    var result: [Double] = []
    result.reserveCapacity(chosen.count * width)
    for row in chosen {
      for column in 0..<width { result.append(Double(values[row * width + column])) }
    }
    return result
  }
}

extension ProbePoints {
  /// What a model makes of samples, and what stands beside it: the values as the model's preparation gives
  /// them, categories as a 0 or 1 a level; and as many of their principal components as the code has values.
  /// Neither is standardised again, which few labels would not bear: both keep their proportions.
  static func spaces(
    _ model: Model, _ training: Dataset, _ test: Dataset, without hidden: Set<String>, seed: UInt64,
    threads: Int
  ) throws -> [Probe.Space: ProbePoints] {
    let codes = try [training, test].map { try model.encode($0, threads: threads).values }
    let codeWidth = codes[0].count / training.count
    let (values, width) = model.probedValues(of: [training, test], without: hidden)
    let prepared = ProbePoints(values[0], values[1], width: width, scale: .common)
    let pool = try Dataset(
      Tensor([training.count, width], prepared.training), hasGaps: false, origin: training.origin)
    let components = try PrincipalComponents(
      codeWidth, of: pool, .none(isUnitInterval: false), seed: seed, threads: threads)
    let projected = [prepared.training, prepared.test].map { components.projections($0) }
    return [
      .code: ProbePoints(codes[0], codes[1], width: codeWidth, scale: .each), .values: prepared,
      .components: ProbePoints(projected[0], projected[1], width: max(1, components.count), scale: .common),
    ]
  }
}

extension PrincipalComponents {
  /// Places along the components: `[n, count]`; of no component, `[n, 1]` of 0.
  fileprivate func projections(_ values: [Float]) -> [Float] {
    let (width, rows) = (mean.count, values.count / mean.count)
    guard count > 0 else { return [Float](repeating: 0, count: rows) }
    var result: [Float] = []
    result.reserveCapacity(rows * count)
    let directions = components.map(Double.init)
    directions.withUnsafeBufferPointer { directions in
      guard let u = directions.baseAddress else { return }
      var sample = [Double](repeating: 0, count: width)
      for row in 0..<rows {
        for column in 0..<width { sample[column] = Double(values[row * width + column] - mean[column]) }
        sample.withUnsafeBufferPointer { sample in
          guard let x = sample.baseAddress else { return }
          for number in 0..<count { result.append(Float(Lanes.dot(x, u + number * width, width))) }
        }
      }
    }
    return result
  }
}

extension Model {
  /// Samples as rows of numbers: on the model's own scale; of records what is read, a category as a 0 or 1 a
  /// level, a count as ln(1 + x), numbers and counts at the deviation 1.
  fileprivate func probedValues(
    of datasets: [Dataset], without hidden: Set<String>
  ) -> (values: [[Float]], width: Int) {
    guard let schema = preparation.fields else {
      let width = preparation.sampleShape.count
      return (datasets.map { preparation.scaling.apply($0.tensor).values }, width)
    }
    let slots = schema.slots.enumerated().filter {
      $0.element.isRead && !hidden.contains(schema.fields[$0.element.field].name)
    }
    let widths = slots.map {
      $0.element.kind == .category && $0.element.part == .value ? $0.element.levels : 1
    }
    let width = widths.reduce(0, +)
    let all = schema.slots.count
    return (
      datasets.map { dataset in
        let samples = dataset.tensor.values
        var rows: [Float] = []
        rows.reserveCapacity(dataset.count * width)
        for row in 0..<dataset.count {
          for ((place, slot), levels) in zip(slots, widths) {
            let value = samples[row * all + place]
            rows += slot.probed(value, levels: levels)
          }
        }
        return rows
      }, width
    )
  }
}

extension FieldSlot {
  fileprivate func probed(_ value: Float, levels: Int) -> [Float] {
    guard !value.isNaN else { return [Float](repeating: .nan, count: levels) }
    switch kind {
    case .category where part == .value: return (0..<levels).map { Int(value) == $0 ? 1 : 0 }
    case .count where part == .value:
      let deviation = max(logDeviation, 1e-6)
      return [Float(((1 + Double(max(0, value))).logarithm - logMean) / deviation)]
    default: return [value]
    }
  }
}
