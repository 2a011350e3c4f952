import HourglassEngine
import HourglassTensor

/// Operations on images, each from the sentence that defines it.
extension Reference {
  /// One row of an op on images.
  func image(_ node: Graph.Node, _ row: Int) -> [Double] {
    let (x, y) = (input(node, 0, row), input(node, node.inputs.count - 1, row))
    switch node.op {
    case .convolution(let window):
      var result = [Double](repeating: 0, count: node.shape.count)
      window.visit { image, made, weight in result[made] += x[image] * y[weight] }
      return result
    case .convolutionInput(let window):
      var result = [Double](repeating: 0, count: node.shape.count)
      window.visit { image, made, weight in result[image] += x[made] * y[weight] }
      return result
    case .pickMaximum(let window):
      return window.greatest(x).map { $0.place.map { y[$0] } ?? 0 }
    case .placeMaximum(let window):
      var result = [Double](repeating: 0, count: node.shape.count)
      for (made, found) in window.greatest(x).enumerated() {
        if let place = found.place { result[place] += y[made] }
      }
      return result
    case .resample(let map, let outer):
      let inner = node.shape.count / outer / map.output
      return resampled(x, map, outer: outer, inner: inner)
    default: preconditionFailure("Reference: \(node.op)")
    }
  }

  func convolutionWeight(_ node: Graph.Node, _ window: Window) -> [Double] {
    var result = [Double](repeating: 0, count: node.shape.count)
    for row in 0..<conditions.rows {
      let (x, y) = (input(node, 0, row), input(node, 1, row))
      window.visit { image, made, weight in result[weight] += x[image] * y[made] }
    }
    return result
  }

  /// The map as a matrix, or its transpose.
  private func resampled(_ x: [Double], _ map: Resampling, outer: Int, inner: Int) -> [Double] {
    var plain = map
    plain.isTransposed = false
    let (given, made) = (map.positions, plain.matrixRows)
    let matrix = plain.matrix
    return (0..<outer).flatMap { o in
      (0..<map.output).flatMap { target in
        (0..<inner).map { i in
          (0..<map.input).reduce(0.0) { sum, source in
            let share = map.isTransposed ? matrix[source][target] : matrix[target][source]
            precondition(matrix.count == made && matrix[0].count == given)
            return sum + share * x[(o * map.input + source) * inner + i]
          }
        }
      }
    }
  }
}

extension Resampling {
  fileprivate var matrixRows: Int {
    switch kind {
    case .repeated(let factor), .linear(let factor): positions * factor
    case .mean(let axis): axis.output
    }
  }

  /// [given, read]
  fileprivate var matrix: [[Double]] {
    (0..<matrixRows).map { target in
      var line = [Double](repeating: 0, count: positions)
      switch kind {
      case .repeated(let factor): line[target / factor] = 1
      case .linear(let factor):
        // Centres of the fine positions on the scale of the coarse ones, whose centres are at 0.5, 1.5, …
        let centre = (Double(target) + 0.5) / Double(factor)
        let inside = min(max(centre, 0.5), Double(positions) - 0.5) - 0.5
        for source in 0..<positions { line[source] = max(0, 1 - abs(inside - Double(source))) }
      case .mean(let axis):
        let seen = (0..<axis.kernel).map { target * axis.stride + $0 * axis.dilation - axis.before }
          .filter { (0..<positions).contains($0) }
        for place in seen { line[place] += 1 / Double(seen.count) }
      }
      return line
    }
  }
}

extension Window {
  /// Calls `body` for every product of a convolution, with the places of its image, result and weight.
  fileprivate func visit(_ body: (_ image: Int, _ made: Int, _ weight: Int) -> Void) {
    let (each, made) = (inputs / groups, outputs / groups)
    for i in 0..<rows.output {
      for j in 0..<columns.output {
        for o in 0..<outputs {
          for c in 0..<each {
            for k in 0..<rows.kernel {
              for l in 0..<columns.kernel {
                let r = i * rows.stride + k * rows.dilation - rows.before
                let s = j * columns.stride + l * columns.dilation - columns.before
                guard (0..<rows.input).contains(r), (0..<columns.input).contains(s) else { continue }
                body(
                  (r * columns.input + s) * inputs + o / made * each + c,
                  (i * columns.output + j) * outputs + o,
                  ((o * each + c) * rows.kernel + k) * columns.kernel + l)
              }
            }
          }
        }
      }
    }
  }

  /// For each window and channel the place of the greatest value, and how far below it the next one is.
  fileprivate func greatest(_ x: [Double]) -> [(place: Int?, lead: Double)] {
    var result: [(Int?, Double)] = []
    for i in 0..<rows.output {
      for j in 0..<columns.output {
        for c in 0..<inputs {
          var seen: [Int] = []
          for k in 0..<rows.kernel {
            for l in 0..<columns.kernel {
              let r = i * rows.stride + k * rows.dilation - rows.before
              let s = j * columns.stride + l * columns.dilation - columns.before
              guard (0..<rows.input).contains(r), (0..<columns.input).contains(s) else { continue }
              seen.append((r * columns.input + s) * inputs + c)
            }
          }
          let best = seen.max { x[$0] < x[$1] || x[$0] == x[$1] && $0 > $1 }
          let others = seen.filter { $0 != best }.map { x[$0] }.max()
          result.append((best, best.map { x[$0] - (others ?? -.infinity) } ?? .infinity))
        }
      }
    }
    return result
  }

  /// How far the nearest maximum is from being another one.
  func distanceFromKink(_ x: [Double]) -> Double { greatest(x).map(\.lead).min() ?? .infinity }
}
