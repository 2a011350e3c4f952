import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("Fréchet distance")
struct FrechetDistanceTests {
  @Test("of normal laws along the axes is the closed form") func axes() {
    let first = NormalLaw(mean: [1, 2, 0], covariance: [4, 0, 0, 0, 9, 0, 0, 0, 0])
    let second = NormalLaw(mean: [1, 0, 3], covariance: [1, 0, 0, 0, 16, 0, 0, 0, 0.25])
    // ‖μ‖² and the squared differences of the deviations.
    let expected = 4.0 + 9 + 1 + 1 + 0.25
    #expect(abs(first.frechetDistance(to: second) - expected) < 1e-9)
    #expect(abs(second.frechetDistance(to: first) - expected) < 1e-9)
    #expect(first.frechetDistance(to: first) < 1e-9)
  }

  /// trace of (AB)^½ for 2 × 2 matrices: √(tr AB + 2 √det AB).
  @Test("of laws askew is the closed form of two axes") func askew() {
    let (a, b) = ([2.0, 0.7, 0.7, 1.0], [1.5, -0.4, -0.4, 0.6])
    let trace = a[0] * b[0] + a[1] * b[2] + a[2] * b[1] + a[3] * b[3]
    let determinant = (a[0] * a[3] - a[1] * a[2]) * (b[0] * b[3] - b[1] * b[2])
    let expected = 0.25 + a[0] + a[3] + b[0] + b[3] - 2 * (trace + 2 * determinant.squareRoot()).squareRoot()
    let found = NormalLaw(mean: [0, 0.5], covariance: a)
      .frechetDistance(to: NormalLaw(mean: [0, 0], covariance: b))
    #expect(abs(found - expected) < 1e-9, "\(found), \(expected)")
  }

  @Test("the law of points has their mean and covariance") func law() {
    let law = NormalLaw(of: Tensor([3, 2], [1, 0, 2, 2, 6, 1] as [Float]))
    #expect(law.mean == [3, 1])
    #expect(law.covariance == [7, 0.5, 0.5, 1])
  }

  @Test("is SciPy's by its square root of a matrix", .enabled(if: Python.has("scipy, numpy")))
  func scipy() throws {
    let (first, second) = (Draws.normal(300, seed: 1), Draws.normal(240, seed: 2).map { 2 * $0 + 1 })
    let found = NormalLaw(of: Tensor([50, 6], first)).frechetDistance(
      to: NormalLaw(of: Tensor([40, 6], second)))
    let program = """
      import sys, numpy as np, scipy.linalg
      a, b = (np.array(eval(t)).reshape(-1, 6) for t in sys.argv[1:])
      s, t = np.cov(a.T), np.cov(b.T)
      d = a.mean(0) - b.mean(0)
      print(repr(float(d @ d + np.trace(s + t - 2 * scipy.linalg.sqrtm(s @ t).real))))
      """
    let printed = try Python.run(program, "\(first)", "\(second)")
    let expected = try #require(Double(printed.trimmingCharacters(in: .whitespacesAndNewlines)), "\(printed)")
    #expect(abs(found - expected) < 1e-6 * expected, "\(found), \(expected)")
  }
}

@Suite("Precision and recall of samples")
struct CoverageTests {
  /// Straight from the definition.
  private func share(_ points: [[Double]], _ others: [[Double]], _ k: Int) -> Double {
    func distance(_ a: [Double], _ b: [Double]) -> Double {
      zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
    }
    let reaches = others.indices.map { index in
      others.indices.filter { $0 != index }.map { distance(others[index], others[$0]) }.sorted()[k - 1]
    }
    let inside = points.count { point in
      others.indices.contains { distance(point, others[$0]) <= reaches[$0] }
    }
    return Double(inside) / Double(points.count)
  }

  @Test("are those of a slow computation", arguments: [1, 3, 5]) func slow(_ neighbours: Int) {
    let real = Tensor([90, 3], Draws.normal(270, seed: 1))
    let generated = Tensor([70, 3], Draws.normal(210, seed: 2).map { 0.6 * $0 + 0.5 })
    let found = Coverage(real: real, generated: generated, neighbours: neighbours)
    #expect(found.precision == share(generated.doubleRows, real.doubleRows, neighbours))
    #expect(found.recall == share(real.doubleRows, generated.doubleRows, neighbours))
    #expect(found.precision > found.recall)
  }

  @Test("samples that are the real ones have all, far ones nothing") func ends() {
    let real = Tensor([30, 2], Draws.normal(60, seed: 1))
    let same = Coverage(real: real, generated: real)
    #expect(same.precision == 1 && same.recall == 1)
    let far = Coverage(real: real, generated: Tensor([20, 2], Draws.normal(40, seed: 3).map { $0 + 100 }))
    #expect(far.precision == 0 && far.recall == 0)
  }
}

@Suite("Disentanglement")
struct DisentanglementTests {
  /// Every pair of four values of one factor and two of another, ten times.
  private let first: [Float] = (0..<80).map { Float($0 % 4) }
  private let second: [Float] = (0..<80).map { Float($0 / 4 % 2) }

  private func measure(_ code: (Int) -> [Float]) -> Disentanglement {
    let codes = (0..<80).map(code)
    return Disentanglement(
      codes: Tensor([80, codes[0].count], codes.flatMap { $0 }),
      factors: [("first", first, false), ("second", second, true)])
  }

  @Test("is 1 where each factor has a value of its own") func apart() {
    let found = measure { [first[$0], second[$0], 0] }
    #expect(abs(found.informationGap - 1) < 1e-12 && abs(found.attributeGap - 1) < 1e-12)
    #expect(abs(found.rows[0].entropy - log(4.0)) < 1e-12 && abs(found.rows[1].entropy - log(2.0)) < 1e-12)
    #expect(abs(found.rows[0].information[0] - log(4.0)) < 1e-12 && found.rows[0].information[1] < 1e-12)
  }

  @Test("is 0 where two values tell the same") func twice() {
    let found = measure { [first[$0] + 4 * second[$0], -first[$0] - 4 * second[$0]] }
    #expect(abs(found.informationGap) < 1e-12 && abs(found.attributeGap) < 1e-12)
    // The one value tells both factors wholly.
    #expect(abs(found.rows[0].information[0] - log(4.0)) < 1e-12)
  }

  @Test("is between where a factor is half told by another value") func between() {
    // The second value tells whether the first factor is above 1: log 2 of log 4.
    let found = measure { [first[$0], first[$0] > 1 ? 1 : 0, 0] }
    #expect(abs(found.rows[0].informationGap - 0.5) < 1e-12)
    // The squared correlation of 0, 1, 2, 3 with 0, 0, 1, 1 is 0.8.
    #expect(abs(found.rows[0].explainedGap - 0.2) < 1e-12)
    #expect(found.rows[1].informationGap < 1e-12)
  }

  @Test("digits tell their factors, also those of a part") func digits() throws {
    let digits = try Digits.dataset(count: 50, seed: 3)
    #expect(digits.factors?.values == Digits.factors(count: 50, seed: 3).values)
    let part = try #require(digits.subset([7, 2]).orderedFactors)
    #expect(
      part.column(1) == [
        Digits.sample(index: 7, seed: 3).factors[1], Digits.sample(index: 2, seed: 3).factors[1],
      ])
  }

  @Test("a variational model has it on digits, a plain one or other data have not") func model() throws {
    let digits = try Digits.dataset(count: 400)
    let architecture = Architecture.dense(
      .init(input: [28, 28], layers: [32], latent: 4, code: .gaussian(), activation: .relu))
    let trainer = try Trainer(Autoencoder(architecture, seed: 1), Recipe(epochs: 3, batch: 50), on: digits)
    while try trainer.nextEpoch() != nil {}
    let found = try #require(try Disentanglement(trainer.model, on: digits))
    #expect(found.rows.map(\.factor) == ["class"] + Digits.factorNames.dropLast())
    #expect(found.rows.allSatisfy { $0.information.count == 4 })
    #expect((0...1).contains(found.informationGap) && (0...1).contains(found.attributeGap))
    let bare = try Dataset(digits.samples, labels: digits.labels, origin: "bare")
    #expect(try Disentanglement(trainer.model, on: bare) == nil)
  }
}

@Suite("Fidelity of generated samples")
struct FidelityTests {
  @Test("samples of the same kind are near, inked over ones and one class alone are not") func digits() throws
  {
    let real = try Digits.dataset(count: 1500)
    let other = try Digits.dataset(count: 1000, seed: 5)
    let same = try Fidelity(real: real, generated: other, epochs: 6)
    #expect(same.accuracy > 0.9, "\(same.accuracy)")
    #expect(same.precision > 0.8 && same.recall > 0.8, "\(same)")
    let labels = try #require(other.orderedLabels)
    let zeros = other.subset(labels.indices.filter { labels[$0] == 0 }.map { UInt32($0) })
    let single = try Fidelity(real: real, generated: zeros, epochs: 6)
    #expect(single.recall < 0.5 && single.precision > 0.7, "\(single)")
    let noise = try Dataset(
      Tensor([400, 28, 28], Draws.uniform(400 * 784, seed: 1).map { 255 * $0 }), origin: "noise")
    let noisy = try Fidelity(real: real, generated: noise, epochs: 6)
    #expect(noisy.precision < 0.2, "\(noisy)")
    #expect(same.frechetDistance < single.frechetDistance && same.frechetDistance < noisy.frechetDistance)
    #expect(same.frechetDistance < 10 * same.frechetDistanceOfHalves)
  }

  @Test("is the same on any number of threads") func threads() throws {
    let (real, other) = (try Digits.dataset(count: 300), try Digits.dataset(count: 200, seed: 5))
    let one = try Fidelity(real: real, generated: other, epochs: 2, seed: 3, threads: 1)
    #expect(try Fidelity(real: real, generated: other, epochs: 2, seed: 3, threads: 3) == one)
    #expect(try Fidelity(real: real, generated: other, epochs: 2, seed: 4, threads: 1) != one)
  }

  @Test("what cannot be compared is refused") func refused() throws {
    let real = try Digits.dataset(count: 100)
    let bare = try Dataset(real.samples, origin: "bare")
    #expect(throws: DataError.self) { try Fidelity(real: bare, generated: real) }
    #expect(throws: DataError.self) { try Fidelity(real: real, generated: real.subset(0..<1)) }
    let narrow = try Dataset(Tensor([40, 3], Draws.normal(120, seed: 1)), origin: "narrow")
    #expect(throws: DataError.self) { try Fidelity(real: real, generated: narrow, epochs: 1) }
  }
}
