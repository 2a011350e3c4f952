import HourglassEngine
import HourglassTensor

/// The gradient of t-SNE over all pairs of points. Complexity: O(n²) time and memory.
struct ExactForces: TSNEForces {
  private let count: Int
  /// Values of a row of P: the points, rounded up to four.
  private let stride: Int
  private let affinities: [Double]
  private let team: Team

  init(_ graph: NeighbourGraph, team: Team) {
    self.team = team
    count = graph.count
    stride = (graph.count + 3) / 4 * 4
    var affinities = [Double](repeating: 0, count: count * stride)
    for point in 0..<count {
      for place in graph.starts[point]..<graph.starts[point + 1] {
        affinities[point * stride + Int(graph.columns[place])] = graph.weights[place]
      }
    }
    self.affinities = affinities
  }

  /// Coordinates for loops over four points at a time. Those behind the end are too far to count.
  private func padded(_ points: [SIMD2<Double>], _ axis: Int) -> [Double] {
    points.map { $0[axis] } + Array(repeating: 1e150, count: stride - count)
  }

  func gradient(at points: [SIMD2<Double>], exaggeration: Double, into gradient: inout [SIMD2<Double>]) {
    let (x, y) = (padded(points, 0), padded(points, 1))
    var repulsion = [SIMD2<Double>](repeating: .zero, count: count)
    var sums = [Double](repeating: 0, count: count)
    gradient.withUnsafeMutableBufferPointer { attraction in
      repulsion.withUnsafeMutableBufferPointer { repulsion in
        sums.withUnsafeMutableBufferPointer { sums in
          team.forEachPart(of: count, size: 16) { part in
            for point in part {
              (attraction[point], repulsion[point], sums[point]) = forces(on: point, x, y)
            }
          }
        }
      }
    }
    let scale = 1 / Statistics.sum(sums)
    for point in 0..<count {
      gradient[point] = 4 * (exaggeration * gradient[point] - scale * repulsion[point])
    }
  }

  /// Σⱼ p w (yᵢ - yⱼ), Σⱼ w² (yᵢ - yⱼ) and Σⱼ w for w = 1 / (1 + ‖yᵢ - yⱼ‖²).
  private func forces(
    on point: Int, _ x: [Double], _ y: [Double]
  ) -> (SIMD2<Double>, SIMD2<Double>, Double) {
    let own = (SIMD4(repeating: x[point]), SIMD4(repeating: y[point]))
    var (attractionX, attractionY) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var (repulsionX, repulsionY) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    var sum = SIMD4<Double>.zero
    x.withUnsafeBytes { x in
      y.withUnsafeBytes { y in
        affinities.withUnsafeBytes { affinities in
          for place in Swift.stride(from: 0, to: stride, by: 4) {
            let horizontal = own.0 - x.loadUnaligned(fromByteOffset: 8 * place, as: SIMD4<Double>.self)
            let vertical = own.1 - y.loadUnaligned(fromByteOffset: 8 * place, as: SIMD4<Double>.self)
            let affinity = affinities.loadUnaligned(
              fromByteOffset: 8 * (point * stride + place), as: SIMD4<Double>.self)
            let weight = 1 / (1 + horizontal * horizontal + vertical * vertical)
            let pull = affinity * weight
            attractionX += pull * horizontal
            attractionY += pull * vertical
            let push = weight * weight
            repulsionX += push * horizontal
            repulsionY += push * vertical
            sum += weight
          }
        }
      }
    }
    // The point itself has the weight 1 and no force.
    return (
      SIMD2(attractionX.sum(), attractionY.sum()), SIMD2(repulsionX.sum(), repulsionY.sum()), sum.sum() - 1
    )
  }

  func divergence(at points: [SIMD2<Double>]) -> Double {
    let (x, y) = (padded(points, 0), padded(points, 1))
    let logarithm = Statistics.sum((0..<count).map { forces(on: $0, x, y).2 }).logarithm
    var terms: [Double] = []
    for point in 0..<count {
      var sum = 0.0
      for other in 0..<count {
        let affinity = affinities[point * stride + other]
        guard affinity > 0 else { continue }
        let away = points[point] - points[other]
        sum += affinity * (affinity.logarithm + (1 + (away * away).sum()).logarithm + logarithm)
      }
      terms.append(sum)
    }
    return Statistics.sum(terms)
  }
}
