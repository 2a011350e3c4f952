import Foundation
import HourglassModels
import HourglassTensor

/// Corruption and penalties in double precision, as the papers write them.
extension SlowAutoencoder {
  /// What the encoder is given of samples while training.
  func corrupted(_ samples: [[Double]], _ noise: inout SlowNoise?) -> [[Double]] {
    guard let step = noise?.step else { return samples }
    var samples = samples
    for kind in architecture.corruption {
      guard let random = noise?.next() else { continue }
      samples = samples.enumerated().map { row, sample in
        SlowAutoencoder.corrupted(sample, kind, architecture.input) { index, count, isNormal in
          let position = UInt64(row * count + index)
          return Double(
            isNormal
              ? random.normal(step: step, position: position) : random.uniform(step: step, position: position)
          )
        }
      }
    }
    return samples
  }

  private static func corrupted(
    _ x: [Double], _ kind: Corruption, _ shape: Shape, _ draw: (Int, Int, Bool) -> Double
  ) -> [Double] {
    let count = x.count
    return x.indices.map { index in
      switch kind {
      case .gaussian(let deviation): return x[index] + Double(deviation) * draw(index, count, true)
      case .fields, .blur, .downscale, .jpeg, .lines, .pairs: return x[index]
      case .speckle(let deviation): return x[index] * (1 + Double(deviation) * draw(index, count, true))
      case .masking(let rate): return draw(index, count, false) > Double(rate) ? x[index] : 0
      case .saltAndPepper(let rate, let low, let high):
        let u = draw(index, count, false)
        if u < Double(rate) / 2 { return Double(low) }
        return u > 1 - Double(rate) / 2 ? Double(high) : x[index]
      case .columns(let rate):
        let last = shape.dimensions.last ?? 1
        return draw(index % last, last, false) > Double(rate) ? x[index] : 0
      case .blocks(let size, let rate):
        let sides = shape.rank > 2 ? Array(shape.dimensions.dropFirst()) : shape.dimensions
        let block = sides.indices.map { size.numbers.count == 1 ? size.numbers[0] : size.numbers[$0] }
        let counts = sides.indices.map { (sides[$0] + block[$0] - 1) / block[$0] }
        var (rest, place, stride) = (index % sides.reduce(1, *), 0, 1)
        for axis in sides.indices.reversed() {
          place += rest % sides[axis] / block[axis] * stride
          rest /= sides[axis]
          stride *= counts[axis]
        }
        return draw(place, stride, false) > Double(rate) ? x[index] : 0
      }
    }
  }

  /// What a penalty adds to the objective of a batch.
  ///
  /// - Parameters:
  ///   - given: what the encoder read.
  ///   - outputs: what it gave.
  func penalty(
    _ penalty: Penalty, given: [[Double]], outputs: [[Double]], codes: [[Double]], shares: [Double],
    _ noise: inout SlowNoise?
  ) -> Double {
    let count = Double(codes.count)
    switch penalty {
    case .weights(let l1, let l2):
      return matrices(outline.encoder + outline.decoder).map { SlowAutoencoder.norms($0.values, l1, l2) }
        .reduce(0, +)
    case .activity(let l1, let l2):
      return zip(shares, codes).map { $0 * SlowAutoencoder.norms($1, l1, l2) }.reduce(0, +) / count
    case .sparsity(let target, let weight):
      let (t, width) = (Double(target), codes[0].count)
      return (0..<width).reduce(0) { sum, unit in
        let a = zip(shares, codes).reduce(0) { $0 + $1.0 * $1.1[unit] } / count
        return sum + Double(weight) * (t * log(t / a) + (1 - t) * log((1 - t) / (1 - a)))
      }
    case .contraction(let weight):
      let norms = given.map { x in
        x.indices.reduce(0) { sum, index in
          var (above, below) = (x, x)
          above[index] += 1e-4
          below[index] -= 1e-4
          let change = zip(output(of: above), output(of: below)).map { ($0 - $1) / 2e-4 }
          return sum + change.reduce(0) { $0 + $1 * $1 }
        }
      }
      return Double(weight) * zip(shares, norms).reduce(0) { $0 + $1.0 * $1.1 } / count
    case .mmd(let weight, let kernel):
      let step = noise?.step ?? 0
      let random = noise?.next()
      let width = codes[0].count
      let draws = codes.indices.map { row in
        (0..<width).map { unit in
          random.map { Double($0.normal(step: step, position: UInt64(row * width + unit))) } ?? 0
        }
      }
      return Double(weight) * SlowAutoencoder.discrepancy(codes, draws, kernel)
    case .totalCorrelation(let weight):
      return Double(weight) * totalCorrelation(outputs, codes) / Double(architecture.input.count)
    case .orthogonality(let weight):
      return matrices(outline.encoder).reduce(0) { sum, matrix in
        sum + Double(weight) * SlowAutoencoder.distanceFromOrthogonal(matrix.values, matrix.columns)
      }
    }
  }

  private func matrices(_ entries: [Outline.Entry]) -> [(values: [Double], columns: Int)] {
    entries.flatMap(\.weights).filter { $0.weight.shape.rank > 1 }
      .map { (Array(values($0)), $0.weight.shape.dimensions.last ?? 1) }
  }

  /// The unbiased estimate of MMD² between two sets of as many points.
  public static func discrepancy(_ x: [[Double]], _ y: [[Double]], _ kernel: Penalty.Kernel) -> Double {
    let (n, width) = (x.count, Double(x[0].count))
    func k(_ a: [Double], _ b: [Double]) -> Double {
      let d = zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
      switch kernel {
      case .rbf: return exp(-d / (2 * width))
      case .inverseMultiquadratic:
        return [0.1, 0.2, 0.5, 1, 2, 5, 10].reduce(0) { $0 + 2 * width * $1 / (2 * width * $1 + d) }
      }
    }
    var (within, across) = (0.0, 0.0)
    for i in 0..<n {
      for j in 0..<n {
        if i != j { within += k(x[i], x[j]) + k(y[i], y[j]) }
        across += k(x[i], y[j])
      }
    }
    return within / Double(n * (n - 1)) - 2 * across / Double(n * n)
  }

  private func totalCorrelation(_ outputs: [[Double]], _ codes: [[Double]]) -> Double {
    let (n, width) = (codes.count, codes[0].count)
    func logDensity(_ z: Double, _ h: [Double], _ unit: Int) -> Double {
      let (mean, l) = (h[unit], h[width + unit])
      return -((z - mean) * (z - mean) * exp(-l) + l + log(2 * Double.pi)) / 2
    }
    func logMean(_ values: [Double]) -> Double {
      let highest = values.max() ?? 0
      return highest + log(values.reduce(0) { $0 + exp($1 - highest) } / Double(n))
    }
    let terms = codes.map { z -> Double in
      let each = (0..<width).map { unit in outputs.map { logDensity(z[unit], $0, unit) } }
      let joint = (0..<n).map { other in each.reduce(0) { $0 + $1[other] } }
      return logMean(joint) - each.map(logMean).reduce(0, +)
    }
    return terms.reduce(0, +) / Double(n)
  }

  /// ‖Wᵀ W - 1‖², or ‖W Wᵀ - 1‖² of a wide matrix.
  private static func distanceFromOrthogonal(_ w: [Double], _ columns: Int) -> Double {
    let rows = w.count / columns
    let isTall = rows >= columns
    let (size, inner) = (min(rows, columns), max(rows, columns))
    func at(_ vector: Int, _ place: Int) -> Double {
      isTall ? w[place * columns + vector] : w[vector * columns + place]
    }
    var sum = 0.0
    for i in 0..<size {
      for j in 0..<size {
        let product = (0..<inner).reduce(0) { $0 + at(i, $1) * at(j, $1) }
        sum += (product - (i == j ? 1 : 0)) * (product - (i == j ? 1 : 0))
      }
    }
    return sum
  }
}
