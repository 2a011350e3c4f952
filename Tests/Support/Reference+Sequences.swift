import HourglassEngine
import HourglassTensor

/// Products of rows with rows, and rows by their numbers, each from the sentence that defines it.
extension Reference {
  /// One row of an op on sequences.
  func sequence(_ node: Graph.Node, _ row: Int) -> [Double] {
    let (x, y) = (input(node, 0, row), input(node, 1, row))
    let (left, right) = (inputShape(node, 0), inputShape(node, 1))
    var result = [Double](repeating: 0, count: node.shape.count)
    switch node.op {
    case .innerProducts(let blocks):
      let (whole, width) = (left[1], left[1] / blocks)
      for block in 0..<blocks {
        for i in 0..<left[0] {
          for j in 0..<right[0] {
            for k in 0..<width {
              let column = block * width + k
              result[(block * left[0] + i) * right[0] + j] += x[i * whole + column] * y[j * whole + column]
            }
          }
        }
      }
    case .combinations(let isTransposed):
      let (m, n, whole) = (left[1], left[2], right[1])
      for i in 0..<m {
        for j in 0..<n {
          for column in 0..<whole {
            let share = x[(column / (whole / left[0]) * m + i) * n + j]
            let (from, to) = isTransposed ? (i, j) : (j, i)
            result[to * whole + column] += share * y[from * whole + column]
          }
        }
      }
    case .pickRows:
      return x.flatMap { place in
        let start = Reference.row(place, of: right[0]) * right[1]
        return y[start..<(start + right[1])]
      }
    default: preconditionFailure("Reference: \(node.op)")
    }
    return result
  }

  func placeRows(_ node: Graph.Node) -> [Double] {
    let columns = node.shape[1]
    var result = [Double](repeating: 0, count: node.shape.count)
    for row in 0..<conditions.rows {
      for (number, place) in input(node, 0, row).enumerated() {
        for column in 0..<columns {
          result[Reference.row(place, of: node.shape[0]) * columns + column] +=
            input(node, 1, row)[number * columns + column]
        }
      }
    }
    return result
  }

  private static func row(_ place: Double, of rows: Int) -> Int {
    place.isNaN ? 0 : Int(min(max(place.rounded(), 0), Double(rows - 1)))
  }
}
