import Foundation
import HourglassModels
import HourglassTensor

/// What random layers draw from in one training step. Each layer that draws has a stream of its own.
public struct SlowNoise: Sendable {
  public var seed: UInt64
  public var step: UInt32
  var stream: UInt32

  /// - Parameter stream: the one before the first.
  public init(seed: UInt64, step: UInt32, after stream: UInt32 = 0x1000) {
    self.seed = seed
    self.step = step
    self.stream = stream
  }

  mutating func next() -> Random {
    stream += 1
    return Random(seed: seed, stream: stream)
  }
}

extension SlowAutoencoder {
  func apply(_ entry: Outline.Entry, _ batch: [[Double]], _ noise: inout SlowNoise?) -> [[Double]] {
    var weights = entry.weights.map { ($0.weight.name, Array(values($0))) }
    if let shared = entry.shared { weights.append(("shared", Array(values(shared)))) }
    return SlowLayer(entry.layer, entry.input, Dictionary(uniqueKeysWithValues: weights)).apply(batch, &noise)
  }

  /// Mean and variance, Σ (x - mean)² / n.
  static func moments(_ values: [Double]) -> (mean: Double, variance: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count))
  }
}

/// One layer with its weights in double precision.
struct SlowLayer {
  let layer: Layer
  let input: Shape
  let weights: [String: [Double]]

  init(_ layer: Layer, _ input: Shape, _ weights: [String: [Double]]) {
    (self.layer, self.input, self.weights) = (layer, input, weights)
  }

  func weight(_ name: String) -> [Double]? { weights[name] }

  func apply(_ batch: [[Double]], _ noise: inout SlowNoise?) -> [[Double]] {
    switch layer {
    case .residual(let layers):
      var values = batch
      var shape = input
      for (number, inner) in layers.enumerated() {
        let own = weights.compactMap { name, values -> (String, [Double])? in
          name.hasPrefix("\(number).") ? (String(name.dropFirst("\(number).".count)), values) : nil
        }
        let step = SlowLayer(inner, shape, Dictionary(uniqueKeysWithValues: own))
        values = step.apply(values, &noise)
        shape = step.output
      }
      return zip(batch, values).map { zip($0, $1).map { $0 + $1 } }
    case .dropout(let rate):
      guard rate > 0 else { return batch }
      return disturbed(batch, &noise) {
        $0.uniform(step: $1, position: $2) > rate ? 1 / (1 - Double(rate)) : 0
      }
    case .gaussianDropout(let rate):
      let deviation = (Double(rate) / (1 - Double(rate))).squareRoot()
      guard rate > 0 else { return batch }
      return disturbed(batch, &noise) { 1 + deviation * Double($0.normal(step: $1, position: $2)) }
    case .batchNorm(_, let epsilon): return batchNorm(batch, Double(epsilon), isTraining: noise != nil)
    case .layerNorm(let epsilon):
      let (scale, shift) = (weight("scale") ?? [], weight("shift") ?? [])
      return batch.map { row in
        stride(from: 0, to: row.count, by: scale.count).flatMap { start in
          let part = Array(row[start..<(start + scale.count)])
          let (mean, variance) = SlowAutoencoder.moments(part)
          return part.indices.map {
            scale[$0] * (part[$0] - mean) / (variance + Double(epsilon)).squareRoot() + shift[$0]
          }
        }
      }
    default: return batch.map { apply($0) }
    }
  }

  private func apply(_ x: [Double]) -> [Double] {
    switch layer {
    case .dense(let units, _, _):
      let matrix = weight("weight") ?? []
      let bias = weight("bias") ?? Array(repeating: 0, count: units)
      return (0..<units).map { unit in
        x.indices.reduce(bias[unit]) { $0 + x[$1] * matrix[$1 * units + unit] }
      }
    case .tied:
      // Row by row of the encoder's matrix, [inputs, units].
      let matrix = weight("shared") ?? []
      let units = input.dimensions.last ?? 1
      let inputs = matrix.count / units
      let bias = weight("bias") ?? Array(repeating: 0, count: inputs)
      return stride(from: 0, to: x.count, by: units).flatMap { start in
        (0..<inputs).map { row in
          (0..<units).reduce(bias[row]) { $0 + x[start + $1] * matrix[row * units + $1] }
        }
      }
    case .topK(let count):
      let last = input.dimensions.last ?? 1
      return stride(from: 0, to: x.count, by: last).flatMap { start in
        let line = Array(x[start..<(start + last)])
        let kept = Set(line.indices.sorted { (-line[$0], $0) < (-line[$1], $1) }.prefix(count))
        return line.indices.map { kept.contains($0) ? line[$0] : 0 }
      }
    case .relu: return x.map { $0 > 0 ? $0 : 0 }
    case .leakyRelu(let slope): return x.map { $0 > 0 ? $0 : Double(slope) * $0 }
    case .prelu: return zip(x, weight("slope") ?? []).map { $0 > 0 ? $0 : $1 * $0 }
    case .elu(let alpha): return x.map { $0 > 0 ? $0 : Double(alpha) * expm1($0) }
    case .gelu: return x.map { $0 * (1 + erf($0 / 2.0.squareRoot())) / 2 }
    case .sigmoid: return x.map { 1 / (1 + exp(-$0)) }
    case .tanh: return x.map { Foundation.tanh($0) }
    case .softplus: return x.map { max($0, 0) + log1p(exp(-abs($0))) }
    case .lstm(let numbers): return recur(x, numbers, isLSTM: true)
    case .gru(let numbers): return recur(x, numbers, isLSTM: false)
    case .flatten, .reshape, .dropout, .gaussianDropout, .batchNorm, .layerNorm, .residual, .join: return x
    case .conv, .deconv, .maxPool, .averagePool, .upsample, .globalAveragePool, .globalMaxPool:
      return applyToImage(x)
    case .attention, .positionalEncoding, .positionEmbedding, .embedding, .densePerStep, .repeatSteps,
      .delay, .transpose:
      return applyToSequence(x)
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
    _ batch: [[Double]], _ epsilon: Double, isTraining: Bool
  ) -> [[Double]] {
    let (scale, shift) = (weight("scale") ?? [], weight("shift") ?? [])
    let (running, spread) = (weight("mean") ?? [], weight("variance") ?? [])
    var result = batch
    for feature in scale.indices {
      // The values of a channel lie together.
      let each = batch[0].count / scale.count
      let places = (feature * each)..<((feature + 1) * each)
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
}
