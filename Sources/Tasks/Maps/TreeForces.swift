import HourglassEngine
import HourglassTensor

/// The gradient of t-SNE with far cells of points taken for one: O(n log n).
///
/// A cell stands for its points where its width over its distance is below the angle. Four points that are
/// neighbours on the tree's curve go through the cells together, and a cell is taken for one if all four may
/// do so, which is never less exact than each alone.
///
/// - Source: van der Maaten 2014, "Accelerating t-SNE using tree-based algorithms".
final class TreeForces: TSNEForces {
  private let graph: NeighbourGraph
  private let angle: Double
  private let team: Team
  private var tree = QuadTree()

  init(_ graph: NeighbourGraph, angle: Double, team: Team) {
    (self.graph, self.angle, self.team) = (graph, angle, team)
  }

  func gradient(at points: [SIMD2<Double>], exaggeration: Double, into gradient: inout [SIMD2<Double>]) {
    let scale = 1 / repel(points, &gradient)
    gradient.withUnsafeMutableBufferPointer { gradient in
      points.withUnsafeBufferPointer { points in
        graph.columns.withUnsafeBufferPointer { columns in
          graph.weights.withUnsafeBufferPointer { weights in
            team.forEachPart(of: points.count, size: 256) { part in
              for point in part {
                var pull = SIMD2<Double>.zero
                for place in graph.starts[point]..<graph.starts[point + 1] {
                  let away = points[point] - points[Int(columns[place])]
                  pull += weights[place] / (1 + (away * away).sum()) * away
                }
                gradient[point] = 4 * (exaggeration * pull - scale * gradient[point])
              }
            }
          }
        }
      }
    }
  }

  /// Writes Σⱼ w² (yᵢ - yⱼ) for each point, w = 1 / (1 + ‖yᵢ - yⱼ‖²), and gives Z = Σ w.
  private func repel(_ points: [SIMD2<Double>], _ repulsion: inout [SIMD2<Double>]) -> Double {
    tree.build(points)
    let (cells, order) = (tree.cells, tree.order)
    // Sixteen fours of points are a part; each part has a sum of its own.
    let parts = (points.count + 63) / 64
    var sums = [Double](repeating: 0, count: parts)
    let opening = angle > 0 ? 1 / (angle * angle) : .infinity
    repulsion.withUnsafeMutableBufferPointer { repulsion in
      sums.withUnsafeMutableBufferPointer { sums in
        cells.withUnsafeBufferPointer { cells in
          team.forEach(parts) { part in
            for start in stride(from: 64 * part, to: min(64 * part + 64, points.count), by: 4) {
              let numbers = (0..<4).map { Int(order[min(start + $0, points.count - 1)]) }
              let four = TreeForces.forces(cells, numbers.map { points[$0] }, opening)
              for lane in 0..<min(4, points.count - start) {
                repulsion[numbers[lane]] = SIMD2(four.x[lane], four.y[lane])
                // Its own weight is no pair's.
                sums[part] += four.sum[lane] - 1
              }
            }
          }
        }
      }
    }
    return Statistics.sum(sums)
  }

  @inline(__always)
  private static func forces(
    _ cells: UnsafeBufferPointer<QuadTree.Cell>, _ points: [SIMD2<Double>], _ opening: Double
  ) -> (x: SIMD4<Double>, y: SIMD4<Double>, sum: SIMD4<Double>) {
    let ownX = SIMD4(points[0].x, points[1].x, points[2].x, points[3].x)
    let ownY = SIMD4(points[0].y, points[1].y, points[2].y, points[3].y)
    var (x, y, sum) = (SIMD4<Double>.zero, SIMD4<Double>.zero, SIMD4<Double>.zero)
    var place = 0
    while place < cells.count {
      let cell = cells[place]
      let horizontal = ownX - cell.center.x
      let vertical = ownY - cell.center.y
      let square = horizontal * horizontal + vertical * vertical
      // A single point has no width: it is never opened, not even by an angle of 0.
      if cell.squaredWidth > 0, !(cell.squaredWidth * opening < square.min()) {
        place += 1
        continue
      }
      let weight = 1 / (1 + square)
      let push = cell.mass * weight
      sum += push
      x += push * weight * horizontal
      y += push * weight * vertical
      place = cell.next
    }
    return (x, y, sum)
  }

  func divergence(at points: [SIMD2<Double>]) -> Double {
    var unused = points
    let logarithm = repel(points, &unused).logarithm
    var terms: [Double] = []
    for point in points.indices {
      var sum = 0.0
      for place in graph.starts[point]..<graph.starts[point + 1] where graph.weights[place] > 0 {
        let away = points[point] - points[Int(graph.columns[place])]
        let weight = graph.weights[place]
        sum += weight * (weight.logarithm + (1 + (away * away).sum()).logarithm + logarithm)
      }
      terms.append(sum)
    }
    return Statistics.sum(terms)
  }
}
