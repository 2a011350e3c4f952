import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassTraining

/// Eigenvalues by the QR algorithm without any refinement: slow, plain, and another method than the one under
/// test.
struct SlowMatrix {
  private var values: [Double]
  private let count: Int

  init(_ values: [Double], _ count: Int) {
    self.values = values
    self.count = count
  }

  /// The largest first, good to about 1e-6 of the largest where they lie close together.
  func eigenvalues() -> [Double] {
    var matrix = values
    for _ in 0..<600 {
      let (q, r) = factors(matrix)
      matrix = product(r, q)
      var outside = 0.0
      for row in 0..<count {
        for column in 0..<row { outside = max(outside, abs(matrix[row * count + column])) }
      }
      if outside <= 1e-10 * abs(matrix[0]) { break }
    }
    return (0..<count).map { matrix[$0 * count + $0] }.sorted(by: >)
  }

  private func product(_ left: [Double], _ right: [Double]) -> [Double] {
    var result = [Double](repeating: 0, count: count * count)
    for row in 0..<count {
      for inner in 0..<count where left[row * count + inner] != 0 {
        let factor = left[row * count + inner]
        for column in 0..<count { result[row * count + column] += factor * right[inner * count + column] }
      }
    }
    return result
  }

  /// Householder reflections.
  private func factors(_ matrix: [Double]) -> ([Double], [Double]) {
    var r = matrix
    var q = (0..<(count * count)).map { $0 / count == $0 % count ? 1.0 : 0 }
    for column in 0..<max(count - 1, 0) {
      var v = (column..<count).map { r[$0 * count + column] }
      let norm = v.reduce(0) { $0 + $1 * $1 }.squareRoot()
      if norm == 0 { continue }
      v[0] += v[0] < 0 ? -norm : norm
      let square = v.reduce(0) { $0 + $1 * $1 }
      for other in 0..<count {
        let overlap = v.indices.reduce(0) { $0 + v[$1] * r[(column + $1) * count + other] } * 2 / square
        for index in v.indices { r[(column + index) * count + other] -= overlap * v[index] }
        let across = v.indices.reduce(0) { $0 + v[$1] * q[other * count + column + $1] } * 2 / square
        for index in v.indices { q[other * count + column + index] -= across * v[index] }
      }
    }
    return (q, r)
  }
}

@Suite("Symmetric matrices")
struct SymmetricMatrixTests {
  private func eigen(_ values: [Double], _ count: Int) -> (values: [Double], vectors: [[Double]]) {
    SymmetricMatrix(values, count: count).eigen()
  }

  /// The largest |A v - λ v|, overlap of two vectors, or distance of a length from 1.
  private func defect(_ values: [Double], _ count: Int) -> Double {
    let (eigenvalues, vectors) = eigen(values, count)
    var largest = 0.0
    for number in 0..<count {
      for row in 0..<count {
        let product = (0..<count).reduce(0) { $0 + values[row * count + $1] * vectors[number][$1] }
        largest = max(largest, abs(product - eigenvalues[number] * vectors[number][row]))
      }
      for other in 0...number {
        let overlap = zip(vectors[number], vectors[other]).reduce(0) { $0 + $1.0 * $1.1 }
        largest = max(largest, abs(overlap - (other == number ? 1 : 0)))
      }
    }
    return largest
  }

  @Test("known matrices have their known eigenvalues")
  func known() {
    #expect(eigen([], 0).values == [])
    #expect(eigen([-3], 1).values == [-3])
    #expect(eigen([2, 0, 0, 0, -1, 0, 0, 0, 5], 3).values == [5, 2, -1])
    let two = eigen([2, 1, 1, 2], 2).values
    #expect(abs(two[0] - 3) < 1e-14 && abs(two[1] - 1) < 1e-14)
    // The second difference: 2 - 2 cos(k π / (n + 1)).
    let count = 12
    let difference = (0..<(count * count)).map { index -> Double in
      let apart = abs(index / count - index % count)
      return apart == 0 ? 2 : apart == 1 ? -1 : 0
    }
    let found = eigen(difference, count).values
    for k in 1...count {
      let expected = 2 - 2 * (Double.pi * Double(count + 1 - k) / Double(count + 1)).cosine
      #expect(abs(found[k - 1] - expected) < 1e-13)
    }
    #expect(defect(difference, count) < 1e-12)
    #expect(eigen([Double](repeating: 0, count: 9), 3).values == [0, 0, 0])
    let ones = eigen([Double](repeating: 1, count: 25), 5).values
    #expect(abs(ones[0] - 5) < 1e-13 && ones.dropFirst().allSatisfy { abs($0) < 1e-13 })
  }

  @Test("random matrices fall apart into eigenvalues and orthonormal vectors", arguments: [2, 3, 7, 20, 40])
  func random(_ count: Int) {
    let draws = Draws.normal(count * count, seed: 9).map { Double($0) }
    let values = (0..<(count * count)).map { draws[$0] + draws[$0 % count * count + $0 / count] }
    #expect(defect(values, count) < 1e-11)
    let found = eigen(values, count).values
    #expect(found == found.sorted(by: >))
    // Positive ones, whose eigenvalues QR finds in their order.
    guard count <= 20 else { return }
    let square = (0..<(count * count)).map { index in
      (0..<count).reduce(0) { $0 + values[index / count * count + $1] * values[$1 * count + index % count] }
    }
    let expected = SlowMatrix(square, count).eigenvalues()
    for (found, expected) in zip(eigen(square, count).values, expected) {
      #expect(abs(found - expected) < 1e-6 * expected + 1e-6)
    }
  }

  @Test("scales far apart keep their small eigenvalues")
  func scales() {
    let found = eigen([1e12, 1, 0, 1, 1, 0, 0, 0, 1e-6], 3).values
    #expect(abs(found[0] - 1e12) < 1)
    #expect(abs(found[1] - 1) < 1e-6)
    #expect(abs(found[2] - 1e-6) < 1e-15)
  }
}
