import Hourglass
import HourglassTestSupport
import Testing

/// The linear controls of imputation against what is known of them.
@Suite("Linear imputation")
struct LinearImputationTests {
  /// Rows of a model with two factors, and the same with 30 % of the values hidden.
  private static func rows(_ count: Int, _ columns: Int) -> (whole: [Double], hidden: [Double], noise: Double)
  {
    let (z, e) = (Draws.normal(count * 2, seed: 1), Draws.normal(count * columns, seed: 2))
    let (loadings, chances) = (Draws.normal(columns * 2, seed: 3), Draws.uniform(count * columns, seed: 4))
    let noise = 0.3
    let whole = (0..<count * columns).map { index -> Double in
      let (row, column) = (index / columns, index % columns)
      let signal = z[2 * row] * loadings[2 * column] + z[2 * row + 1] * loadings[2 * column + 1]
      return 5 + Double(column) * (Double(signal) + noise * Double(e[index]))
    }
    return (whole, zip(whole, chances).map { $1 < 0.3 ? .nan : $0 }, noise)
  }

  private static func error(
    _ whole: [Double], _ hidden: [Double], _ columns: Int, _ filled: ([Double]) -> [Double]
  ) -> Double {
    var (sum, count) = (0.0, 0.0)
    for start in stride(from: 0, to: whole.count, by: columns) {
      let row = filled(Array(hidden[start..<(start + columns)]))
      for column in 1..<columns where hidden[start + column].isNaN {
        // In units of the signal: columns are multiples of it.
        let distance = (row[column] - whole[start + column]) / Double(column)
        sum += distance * distance
        count += 1
      }
    }
    return (sum / count).squareRoot()
  }

  /// What somebody who knows the model fills in: two factors by the normal equations of what is there.
  private static func oracle(_ row: [Double], _ columns: Int, noise: Double) -> [Double] {
    let loadings = Draws.normal(columns * 2, seed: 3).map(Double.init)
    var (a, b, c, p, q) = (1.0, 0.0, 1.0, 0.0, 0.0)
    for column in 1..<columns where !row[column].isNaN {
      let (x, y) = (loadings[2 * column], loadings[2 * column + 1])
      let value = (row[column] - 5) / Double(column) / (noise * noise)
      (a, b, c) = (a + x * x / (noise * noise), b + x * y / (noise * noise), c + y * y / (noise * noise))
      (p, q) = (p + x * value, q + y * value)
    }
    let determinant = a * c - b * b
    let (first, second) = ((c * p - b * q) / determinant, (a * q - b * p) / determinant)
    return row.indices.map { column in
      guard row[column].isNaN else { return row[column] }
      return 5 + Double(column) * (loadings[2 * column] * first + loadings[2 * column + 1] * second)
    }
  }

  @Test func bothComeNearWhatIsKnownOfALinearModel() {
    let columns = 8
    let (whole, hidden, noise) = LinearImputationTests.rows(1500, columns)
    let factors = FactorAnalysis(hidden, columns: columns, factors: 2)
    let normal = GaussianImputation(hidden, columns: columns)
    func error(_ filled: ([Double]) -> [Double]) -> Double {
      LinearImputationTests.error(whole, hidden, columns, filled)
    }
    let best = error { LinearImputationTests.oracle($0, columns, noise: noise) }
    #expect(best > 0.3 && best < 0.5)
    #expect(error(factors.filled) < 1.02 * best)
    #expect(error(normal.filled) < 1.03 * best)
    let row = Array(hidden[0..<columns])
    for (value, filled) in zip(row, factors.filled(row)) where !value.isNaN { #expect(value == filled) }
  }

  @Test func ofTwoColumnsTheNormalLawIsTheRegressionOfTheRowsThatHaveBoth() {
    let (x, e) = (Draws.normal(4000, seed: 7), Draws.normal(4000, seed: 8))
    var (sumX, sumY, sumXX, sumXY, count) = (0.0, 0.0, 0.0, 0.0, 0.0)
    var values: [Double] = []
    for index in x.indices {
      let (a, b) = (Double(x[index]), 3 + 2 * Double(x[index]) + Double(e[index]))
      // y is missing where x is large: at random given x, and no rows that have both are like the others.
      let isMissing = a > 0.5
      values += [a, isMissing ? .nan : b]
      guard !isMissing else { continue }
      (sumX, sumY, sumXX, sumXY, count) = (sumX + a, sumY + b, sumXX + a * a, sumXY + a * b, count + 1)
    }
    let slope = (sumXY - sumX * sumY / count) / (sumXX - sumX * sumX / count)
    let offset = (sumY - slope * sumX) / count
    let normal = GaussianImputation(values, columns: 2, rounds: 400)
    for point in [-1.0, 0.2, 2] {
      let found = normal.filled([point, .nan])[1]
      #expect(abs(found - (offset + slope * point)) < 0.02, "\(found) at \(point)")
    }
  }

  @Test func aRowWithoutAnyValueBecomesTheMean() {
    let (_, hidden, _) = LinearImputationTests.rows(500, 6)
    let nothing = [Double](repeating: .nan, count: 6)
    let (factors, normal) = (
      FactorAnalysis(hidden, columns: 6, factors: 2).filled(nothing),
      GaussianImputation(hidden, columns: 6).filled(nothing)
    )
    for column in 0..<6 {
      #expect(abs(factors[column] - 5) < 0.3 * Double(column) + 0.01)
      #expect(abs(normal[column] - 5) < 0.3 * Double(column) + 0.01)
    }
  }
}
