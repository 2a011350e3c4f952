import Foundation
import HourglassModels
import HourglassTensor

/// What random layers draw from in one training step. Each layer that draws has a stream of its own.
public struct SlowNoise: Sendable {
  public var seed: UInt64
  public var step: UInt32
  var stream: UInt32 = 0x1000

  public init(seed: UInt64, step: UInt32) {
    self.seed = seed
    self.step = step
  }

  mutating func next() -> Random {
    stream += 1
    return Random(seed: seed, stream: stream)
  }
}

extension SlowAutoencoder {
  private func weight(_ entry: Outline.Entry, _ name: String) -> [Double]? {
    entry.weights.first { $0.weight.name == name }.map { Array(values($0)) }
  }

  func apply(_ entry: Outline.Entry, _ batch: [[Double]], _ noise: inout SlowNoise?) -> [[Double]] {
    switch entry.layer {
    case .dropout(let rate):
      guard rate > 0 else { return batch }
      return disturbed(batch, &noise) {
        $0.uniform(step: $1, position: $2) > rate ? 1 / (1 - Double(rate)) : 0
      }
    case .gaussianDropout(let rate):
      let deviation = (Double(rate) / (1 - Double(rate))).squareRoot()
      guard rate > 0 else { return batch }
      return disturbed(batch, &noise) { 1 + deviation * Double($0.normal(step: $1, position: $2)) }
    case .batchNorm(_, let epsilon): return batchNorm(entry, batch, Double(epsilon), isTraining: noise != nil)
    case .layerNorm(let epsilon):
      let (scale, shift) = (weight(entry, "scale") ?? [], weight(entry, "shift") ?? [])
      return batch.map { row in
        stride(from: 0, to: row.count, by: scale.count).flatMap { start in
          let part = Array(row[start..<(start + scale.count)])
          let (mean, variance) = SlowAutoencoder.moments(part)
          return part.indices.map {
            scale[$0] * (part[$0] - mean) / (variance + Double(epsilon)).squareRoot() + shift[$0]
          }
        }
      }
    default: return batch.map { apply(entry, $0) }
    }
  }

  private func apply(_ entry: Outline.Entry, _ x: [Double]) -> [Double] {
    switch entry.layer {
    case .dense(let units, _, _):
      let matrix = weight(entry, "weight") ?? []
      let bias = weight(entry, "bias") ?? Array(repeating: 0, count: units)
      return (0..<units).map { unit in
        x.indices.reduce(bias[unit]) { $0 + x[$1] * matrix[$1 * units + unit] }
      }
    case .relu: return x.map { $0 > 0 ? $0 : 0 }
    case .leakyRelu(let slope): return x.map { $0 > 0 ? $0 : Double(slope) * $0 }
    case .prelu: return zip(x, weight(entry, "slope") ?? []).map { $0 > 0 ? $0 : $1 * $0 }
    case .elu(let alpha): return x.map { $0 > 0 ? $0 : Double(alpha) * expm1($0) }
    case .gelu: return x.map { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }
    case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
    case .tanh: return x.map { Foundation.tanh($0) }
    case .softplus: return x.map { max($0, 0) + log1p(exp(-abs($0))) }
    case .flatten, .reshape, .dropout, .gaussianDropout, .batchNorm, .layerNorm: return x
    }
  }

  private func disturbed(
    _ batch: [[Double]], _ noise: inout SlowNoise?, _ factor: (Random, UInt32, UInt64) -> Double
  ) -> [[Double]] {
    guard let step = noise?.step, let random = noise?.next() else { return batch }
    return batch.enumerated().map { row, values in
      values.indices.map { values[$0] * factor(random, step, UInt64(row * values.count + $0)) }
    }
  }

  private func batchNorm(
    _ entry: Outline.Entry, _ batch: [[Double]], _ epsilon: Double, isTraining: Bool
  ) -> [[Double]] {
    let (scale, shift) = (weight(entry, "scale") ?? [], weight(entry, "shift") ?? [])
    let (running, spread) = (weight(entry, "mean") ?? [], weight(entry, "variance") ?? [])
    var result = batch
    for feature in scale.indices {
      let places = stride(from: feature, to: batch[0].count, by: scale.count)
      let seen = SlowAutoencoder.moments(batch.flatMap { row in places.map { row[$0] } })
      let (mean, variance) = isTraining ? seen : (running[feature], spread[feature])
      for row in batch.indices {
        for place in places {
          let centred = (batch[row][place] - mean) / (variance + epsilon).squareRoot()
          result[row][place] = scale[feature] * centred + shift[feature]
        }
      }
    }
    return result
  }

  /// Mean and variance, Σ (x - mean)² / n.
  static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
  }
}
