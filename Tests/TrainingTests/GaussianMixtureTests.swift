import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@Suite("Gaussian mixtures")
struct GaussianMixtureTests {
  /// Two laws far apart: 300 draws about (4, 0) with the covariance [[1, 0.6], [0.6, 1]], 100 about (-4, 1)
  /// with deviations 0.5 and 2.
  private static let codes: Tensor = {
    let noise = Draws.normal(800, seed: 4)
    return Tensor(
      [400, 2],
      (0..<400).flatMap { row -> [Float] in
        let (a, b) = (noise[2 * row], noise[2 * row + 1])
        return row % 4 < 3 ? [4 + a, 0.6 * a + 0.8 * b] : [-4 + 0.5 * a, 1 + 2 * b]
      })
  }()

  @Test("laws that lie apart are found, each with its share, mean and covariance")
  func fits() throws {
    let mixture = try GaussianMixture(fittedTo: Self.codes, components: 2, seed: 1)
    let order = mixture.means.indices.sorted { mixture.means[$0][0] > mixture.means[$1][0] }
    let rows = Self.codes.doubleRows
    for (place, law) in order.enumerated() {
      let own = rows.enumerated().filter { ($0.offset % 4 < 3) == (place == 0) }.map(\.element)
      let count = Double(own.count)
      let mean = [0, 1].map { column in own.reduce(0) { $0 + $1[column] } / count }
      #expect(abs(mixture.shares[law] - count / 400) < 1e-3)
      #expect(abs(mixture.means[law][0] - mean[0]) < 1e-2 && abs(mixture.means[law][1] - mean[1]) < 1e-2)
      let l = mixture.factors[law]
      let covariance = own.reduce(0) { $0 + ($1[0] - mean[0]) * ($1[1] - mean[1]) } / count
      let variance = own.reduce(0) { $0 + ($1[0] - mean[0]) * ($1[0] - mean[0]) } / count
      #expect(abs(l[0] * l[2] - covariance) < 2e-2 && abs(l[0] * l[0] - variance) < 2e-2)
    }
    #expect(try GaussianMixture(fittedTo: Self.codes, components: 2, seed: 1) == mixture)
  }

  @Test("its density is that of the formula, and its draws follow it")
  func density() {
    let mixture = GaussianMixture(
      shares: [0.25, 0.75], means: [[0, 0], [3, -1]], factors: [[1, 0, 0, 2], [0.5, 0, 0.5, 1]])
    // N(0; diag(1, 4)) at (1, 2), and N((3, -1); [[0.25, 0.25], [0.25, 1.25]]), whose determinant is 0.25.
    let first = exp(-(1 + 1) / 2.0) / (2 * .pi * 2)
    let (x, y) = (-2.0, 3.0)
    let second = exp(-(1.25 * x * x - 2 * 0.25 * x * y + 0.25 * y * y) / 0.25 / 2) / (2 * .pi * 0.5)
    #expect(abs(mixture.logDensity([1, 2]) - log(0.25 * first + 0.75 * second)) < 1e-9)
    let draws = mixture.draw(40_000, Random(seed: 3, stream: .latent)).doubleRows
    let mean = draws.reduce(0) { $0 + $1[0] } / 40_000
    let product = draws.reduce(0) { $0 + ($1[0] - 2.25) * ($1[1] + 0.75) } / 40_000
    // E[xy] = 0.75 (0.25 + 3 · -1), less the product of the means.
    #expect(abs(mean - 2.25) < 0.03)
    #expect(abs(product - (0.75 * (0.25 - 3) + 2.25 * 0.75)) < 0.05)
    // At half the temperature the laws keep their means and have a quarter of their covariances.
    let cold = mixture.draw(40_000, Random(seed: 3, stream: .latent), temperature: 0.5).doubleRows
    let moment = cold.reduce(0) { $0 + ($1[0] - 2.25) * ($1[1] + 0.75) } / 40_000
    #expect(abs(moment - (0.75 * (0.25 / 4 - 3) + 2.25 * 0.75)) < 0.03)
  }

  @Test("a model keeps it in its file, and draws from it")
  func file() throws {
    let dataset = try Dataset(Tensor([60, 3], Draws.normal(180, seed: 2)), origin: "drawn")
    let trainer = try Trainer(
      Autoencoder(.dense(input: [3], layers: [], latent: 2), seed: 1), Recipe(epochs: 2, batch: 20),
      on: dataset)
    while try trainer.nextEpoch() != nil {}
    var model = try trainer.finishedModel()
    model.prior = .mixture(try GaussianMixture(fittedTo: model.encode(dataset), components: 3))
    let file = FileManager.default.temporaryDirectory.appending(path: "p-\(UUID().uuidString).st").path
    defer { try? FileManager.default.removeItem(atPath: file) }
    try model.write(to: file)
    let read = try Model(contentsOf: file)
    let (drawn, expected) = (try read.generate(5, seed: 3), try model.generate(5, seed: 3))
    #expect(distance(drawn.values, expected.doubles) < 1e-5)
    var broken = try model.safeTensors()
    broken.tensors.removeAll { $0.name == "prior.means" }
    #expect(throws: TrainingError.self) { try Model(broken, name: "broken") }
  }

  @Test("codes that are not finite, and too few of them")
  func refusals() throws {
    #expect(throws: TrainingError.self) { try GaussianMixture(fittedTo: Tensor([1, 2], [1, .nan])) }
    let one = try GaussianMixture(fittedTo: Tensor([1, 2], [1, 3]), components: 4)
    #expect(one.means == [[1, 3]])
    let same = try GaussianMixture(fittedTo: Tensor([5, 1], [2, 2, 2, 2, 2]), components: 3)
    #expect(same.draw(10, Random(seed: 1, stream: .latent)).values.allSatisfy { abs($0 - 2) < 0.02 })
  }
}
