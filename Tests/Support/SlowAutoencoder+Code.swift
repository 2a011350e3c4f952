import Foundation
import HourglassModels
import HourglassTensor

/// Codes that are laws, in double precision.
extension SlowAutoencoder {
  /// KL(N(μ, σ²) ‖ N(0, 1)) for one dimension.
  public static func divergence(_ mean: Double, _ logVariance: Double) -> Double {
    (mean * mean + exp(logVariance) - logVariance - 1) / 2
  }

  /// What the decoder is given for the encoder's outputs of a batch, and what each sample's code costs.
  func codes(
    _ outputs: [[Double]], _ noise: inout SlowNoise?, progress: Double
  ) -> (codes: [[Double]], costs: [Double]) {
    guard case .gaussian(let numbers) = architecture.code else {
      return (outputs, outputs.map { _ in 0 })
    }
    let width = outline.code.count
    let step = noise?.step ?? 0
    let random = noise?.next()
    var (codes, costs): ([[Double]], [Double]) = ([], [])
    for (row, output) in outputs.enumerated() {
      let parts = (0..<width).map { SlowAutoencoder.divergence(output[$0], output[width + $0]) }
      codes.append(
        (0..<width).map { unit in
          let draw = random.map { Double($0.normal(step: step, position: UInt64(row * width + unit))) } ?? 0
          return output[unit] + exp(output[width + unit] / 2) * draw
        })
      let grown = numbers.warmUp > 0 ? progress : 1
      if let capacity = numbers.capacity {
        costs.append(Double(numbers.beta) * abs(parts.reduce(0, +) - Double(capacity) * grown))
      } else {
        let counted = parts.map { max($0, Double(numbers.freeBits)) }.reduce(0, +)
        costs.append(Double(numbers.beta) * grown * counted)
      }
    }
    return (codes, costs)
  }
}
