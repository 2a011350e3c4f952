import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTraining

/// The linear control against NumPy's SVD and against a slow eigenvalue method in Double.
@Suite("Principal components")
struct PrincipalComponentsTests {
  struct Golden: Decodable {
    let cases: [String: Case]

    struct Case: Decodable {
      let rows, columns, count: Int
      let samples, mean, variances, components: [Double]
      let meanSquaredError: Double

      private enum CodingKeys: String, CodingKey {
        case rows, columns, count, samples, mean, variances, components
        case meanSquaredError = "mean_squared_error"
      }
    }
  }

  static let golden: Golden? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/principal_components.json")))
      .flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()

  static let names = (golden?.cases ?? [:]).keys.sorted()

  private func components(_ count: Int, _ dataset: Dataset, seed: UInt64 = 0, threads: Int = 2) throws
    -> PrincipalComponents
  {
    try PrincipalComponents(count, of: dataset, .none(isUnitInterval: false), seed: seed, threads: threads)
  }

  /// The mean squared error that the components leave.
  private func error(_ found: PrincipalComponents, _ dataset: Dataset) -> Double {
    let width = dataset.sampleShape.count
    var projected = [Double](repeating: 0, count: width)
    var sum = 0.0
    for row in 0..<dataset.count {
      let sample = dataset.tensor(row..<(row + 1)).values
      sample.withUnsafeBufferPointer { found.reconstruct($0, into: &projected) }
      for index in 0..<width {
        sum += (projected[index] - Double(sample[index])) * (projected[index] - Double(sample[index]))
      }
    }
    return sum / Double(dataset.count * width)
  }

  /// The largest overlap of two components, or distance of a length from 1.
  private func skew(_ found: PrincipalComponents) -> Double {
    let width = found.mean.count
    var largest = 0.0
    for left in 0..<found.count {
      for right in 0...left {
        let overlap = (0..<width).reduce(0) {
          $0 + Double(found.components[left * width + $1]) * Double(found.components[right * width + $1])
        }
        largest = max(largest, abs(overlap - (left == right ? 1 : 0)))
      }
    }
    return largest
  }

  @Test("the file is there")
  func fileIsThere() { #expect(Self.names.count == 10) }

  @Test("are those of NumPy's SVD", arguments: names)
  func likeNumPy(_ name: String) throws {
    let one = try #require(Self.golden?.cases[name])
    let dataset = try Dataset(
      Tensor([one.rows, one.columns], one.samples.map { Float($0) }), origin: name)
    let found = try components(one.count, dataset)
    #expect(found.count == one.count)
    #expect(distance(found.mean, one.mean) < 1e-6)
    let first = one.variances[0]
    for (found, expected) in zip(found.variances, one.variances) {
      #expect(abs(found - expected) < 3e-6 * first)
    }
    for number in 0..<one.count {
      let range = (number * one.columns)..<((number + 1) * one.columns)
      let overlap = zip(found.components[range], one.components[range]).reduce(0) { $0 + Double($1.0) * $1.1 }
      #expect(abs(abs(overlap) - 1) < 1e-5, "component \(number)")
    }
    let variance = one.variances.reduce(0, +) / Double(one.columns)
    #expect(abs(error(found, dataset) - one.meanSquaredError) < 1e-5 * variance)
    #expect(skew(found) < 1e-5)
  }

  /// Variances along all components, the largest first, of the covariance matrix in Double.
  private func slowVariances(_ dataset: Dataset) -> [Double] {
    let rows = dataset.tensor(0..<dataset.count).doubleRows
    let (count, width) = (rows.count, rows[0].count)
    let mean = (0..<width).map { column in rows.reduce(0) { $0 + $1[column] } / Double(count) }
    var covariance = [Double](repeating: 0, count: width * width)
    for row in rows {
      for left in 0..<width {
        for right in 0..<width {
          covariance[left * width + right] +=
            (row[left] - mean[left]) * (row[right] - mean[right]) / Double(count)
        }
      }
    }
    return SlowMatrix(covariance, width).eigenvalues()
  }

  @Test(
    "leave the error that the covariance's eigenvalues promise",
    arguments: [
      (3, 2, 1), (30, 10, 3), (10, 30, 4), (300, 24, 24), (300, 24, 23), (50, 40, 12), (64, 16, 30),
    ])
  func optimum(_ rows: Int, _ width: Int, _ count: Int) throws {
    for seed: UInt64 in 1...3 {
      let dataset = try Samples.flat(rows, width, rank: min(5, width), noise: 0.2, seed: seed)
      let found = try components(count, dataset, seed: seed)
      #expect(found.count == min(count, width, rows - 1))
      let all = slowVariances(dataset)
      let left = all.dropFirst(found.count).reduce(0) { $0 + max($1, 0) } / Double(width)
      let total = all.reduce(0, +) / Double(width)
      // Noise directions are alike, so that which of them are found is a matter of passes: 0.1 % of what is
      // there.
      #expect(error(found, dataset) <= left + 1e-3 * left + 1e-6 * total)
      #expect(error(found, dataset) >= left - 1e-6 * total)
      #expect(skew(found) < 1e-5)
      #expect(found.variances == found.variances.sorted(by: >))
    }
  }

  @Test("need a sample more than their number; of one there is only the mean")
  func few() throws {
    let one = try Samples.flat(1, 6, rank: 2)
    let found = try components(3, one)
    #expect(found.count == 0)
    #expect(found.mean == one.samples.values)
    #expect(error(found, one) < 1e-12)
    #expect(try components(0, Samples.flat(20, 6, rank: 2)).count == 0)
  }

  @Test("of samples that are all the same leave no error")
  func constant() throws {
    let dataset = try Dataset(Tensor([7, 3], (0..<21).map { Float([5, -3, 100][$0 % 3]) }), origin: "same")
    let found = try components(2, dataset)
    #expect(error(found, dataset) == 0)
    #expect(found.components.allSatisfy { $0.isFinite })
    #expect(found.variances.allSatisfy { $0 == 0 })
  }

  @Test("more of them than the data have directions leave no error either")
  func deficient() throws {
    let dataset = try Samples.flat(60, 12, rank: 3)
    let found = try components(8, dataset)
    #expect(error(found, dataset) < 1e-10)
    #expect(found.components.allSatisfy { $0.isFinite })
    #expect(found.variances.dropFirst(3).allSatisfy { $0 < 1e-5 * found.variances[0] })
  }

  @Test("are of the scaled samples, and of the rows that belong alone")
  func scaling() throws {
    let dataset = try Samples.flat(80, 6, rank: 4, noise: 0.1)
    for kind in Scaling.Kind.allCases {
      let scaling = try Scaling.fitted(kind, to: dataset)
      let scaled = try Dataset(scaling.apply(dataset.samples), origin: "scaled")
      let found = try PrincipalComponents(3, of: dataset, scaling)
      let expected = try components(3, scaled)
      #expect(abs(error(found, scaled) / error(expected, scaled) - 1) < 1e-4, "\(kind)")
    }
    let part = dataset.subset((20..<60).map { UInt32($0) })
    #expect(try components(3, part) == components(3, Samples.copy(part)))
  }

  @Test("are the same on any number of threads")
  func threads() throws {
    let dataset = try Samples.flat(3000, 200, rank: 20, noise: 0.1)
    let expected = try components(30, dataset, threads: 1)
    for threads in [2, 3, 8] { #expect(try components(30, dataset, threads: threads) == expected) }
    #expect(try components(30, dataset, seed: 1) != expected)
  }

  @Test("a linear autoencoder trained to the end leaves their error")
  func linear() throws {
    let dataset = try Samples.flat(400, 10, rank: 10)
    let control = try components(3, dataset)
    let architecture = Architecture.dense(input: [10], layers: [], latent: 3, activation: nil)
    let recipe = Recipe(epochs: 400, optimizer: .lbfgs())
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 3), recipe, on: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset))
    try trainer.finish()
    let optimum = error(control, dataset)
    let loss = try #require(trainer.epochs.last).loss
    #expect(loss >= optimum * (1 - 1e-5))
    #expect(loss <= optimum * (1 + 1e-4))

    var steps = Recipe(epochs: 300, batch: 50, rate: 0.01)
    steps.schedule = .cosine()
    let adam = try Trainer(
      Autoencoder(architecture, seed: 3), steps, on: dataset,
      preparation: .fitted(Samples.unscaled, to: dataset))
    try adam.finish()
    let evaluation = try Evaluation(adam.finishedModel(), on: dataset)
    #expect(evaluation.mse <= optimum * 1.001)
    #expect(abs(try #require(evaluation.pcaMSE) / optimum - 1) < 1e-6)
  }
}
