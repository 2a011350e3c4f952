import Foundation
import HourglassModels
import HourglassTensor

/// The layers of sequences as their formulas are written, features last.
extension SlowLayer {
  func applyToSequence(_ x: [Double]) -> [Double] {
    let features = input.dimensions.last ?? 1
    let steps = stride(from: 0, to: x.count, by: features).map { Array(x[$0..<($0 + features)]) }
    switch layer {
    case .densePerStep: return steps.flatMap { dense($0, weight("weight") ?? [], weight("bias")) }
    case .repeatSteps(let count): return (0..<count).flatMap { _ in x }
    case .transpose: return (0..<features).flatMap { feature in steps.map { $0[feature] } }
    default: return x
    }
  }

  private func dense(_ x: [Double], _ matrix: [Double], _ bias: [Double]?) -> [Double] {
    let units = matrix.count / x.count
    return (0..<units).map { unit in
      x.indices.reduce(bias?[unit] ?? 0) { $0 + x[$1] * matrix[$1 * units + unit] }
    }
  }
}
