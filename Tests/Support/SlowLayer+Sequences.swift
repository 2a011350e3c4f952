import Foundation
import HourglassModels
import HourglassTensor

/// The layers of sequences as their formulas are written, features last.
extension SlowLayer {
  func applyToSequence(_ x: [Double]) -> [Double] {
    let features = input.dimensions.last ?? 1
    let steps = stride(from: 0, to: x.count, by: features).map { Array(x[$0..<($0 + features)]) }
    switch layer {
    case .attention(let heads): return attention(steps, heads)
    case .positionalEncoding:
      return steps.indices.flatMap { t in
        (0..<features).map { feature in
          let angle = Double(t) / pow(10000, Double(feature / 2 * 2) / Double(features))
          return steps[t][feature] + (feature % 2 == 0 ? sin(angle) : cos(angle))
        }
      }
    case .positionEmbedding: return zip(x, weight("weight") ?? []).map { $0 + $1 }
    case .embedding(let entries, let features):
      let matrix = weight("weight") ?? []
      return x.flatMap { number -> ArraySlice<Double> in
        let entry = Int(min(max(number.rounded(), 0), Double(entries - 1)))
        return matrix[(entry * features)..<((entry + 1) * features)]
      }
    case .densePerStep: return steps.flatMap { dense($0, weight("weight") ?? [], weight("bias")) }
    case .repeatSteps(let count): return (0..<count).flatMap { _ in x }
    case .delay: return [Double](repeating: 0, count: features) + steps.dropLast().flatMap { $0 }
    case .transpose: return (0..<features).flatMap { feature in steps.map { $0[feature] } }
    default: return x
    }
  }

  private func attention(_ steps: [[Double]], _ heads: Int) -> [Double] {
    let parts = ["query", "key", "value"].map { name in
      steps.map { dense($0, weight("\(name).weight") ?? [], weight("\(name).bias")) }
    }
    let features = steps[0].count
    let width = features / heads
    return steps.indices.flatMap { t in
      let mixed = (0..<features).map { feature in
        let columns = (feature / width * width)..<(feature / width * width + width)
        let powers = steps.indices.map { other in
          exp(columns.reduce(0) { $0 + parts[0][t][$1] * parts[1][other][$1] } / Double(width).squareRoot())
        }
        let whole = powers.reduce(0, +)
        return steps.indices.reduce(0) { $0 + powers[$1] / whole * parts[2][$1][feature] }
      }
      return dense(mixed, weight("output.weight") ?? [], weight("output.bias"))
    }
  }

  private func dense(_ x: [Double], _ matrix: [Double], _ bias: [Double]?) -> [Double] {
    let units = matrix.count / x.count
    return (0..<units).map { unit in
      x.indices.reduce(bias?[unit] ?? 0) { $0 + x[$1] * matrix[$1 * units + unit] }
    }
  }
}
