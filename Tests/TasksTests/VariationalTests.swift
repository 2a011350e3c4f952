import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// What is asked of a trained variational model.
@Suite("Variational models")
struct VariationalTests {
  /// A variational autoencoder of linear layers is probabilistic PCA: Lucas et al. 2019. With squared errors
  /// and the weight β its noise has the variance β / 2, and its bound reaches the log-likelihood of Tipping
  /// and Bishop 1999:
  ///
  ///     -log p = (d log 2π + Σ over k of log λᵢ + (d - k) log σ² + k + Σ over the others of λᵢ / σ²) / 2
  @Test("a linear one reaches the likelihood of probabilistic PCA")
  func linear() throws {
    let deviations: [Double] = [2, 1.5, 0.4, 0.3, 0.2]
    let rows = 400
    let drawn = Draws.normal(rows * 5, seed: 3)
    let columns = (0..<5).map { column in (0..<rows).map { Double(drawn[$0 * 5 + column]) } }
    // Columns made uncorrelated, so that their variances are the eigenvalues.
    var basis: [[Double]] = []
    for column in columns {
      let mean = column.reduce(0, +) / Double(rows)
      var vector = column.map { $0 - mean }
      for other in basis {
        let share = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
        for index in vector.indices { vector[index] -= share * other[index] }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      basis.append(vector.map { $0 / norm })
    }
    let values = (0..<(rows * 5)).map { place in
      Float(basis[place % 5][place / 5] * deviations[place % 5] * Double(rows).squareRoot())
    }
    let dataset = try Dataset(Tensor([rows, 5], values), origin: "drawn")
    let beta = 0.4
    let architecture = Architecture(
      input: [5], encoder: [.dense(units: 4)], code: .gaussian(.init(beta: Float(beta))),
      decoder: [.dense(units: 5)])
    var recipe = Recipe(epochs: 1500, batch: rows, rate: 0.02, seed: 5)
    recipe.schedule = .cosine()
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 5), recipe, on: dataset,
      preparation: .fitted(Scaling.Kind.none, to: dataset))
    while try trainer.nextEpoch() != nil {}
    let many = try Dataset(Tensor([rows * 25, 5], (0..<25).flatMap { _ in values }), origin: "drawn")
    let model = try Model(trainer.autoencoder, .fitted(Scaling.Kind.none, to: many))
    let bound = try #require(try EvidenceBound(model, on: many))
    // Of the squared errors to nats: divided by 2 σ² = β, with the constant of the normal law.
    let variance = beta / 2
    let found = bound.reconstruction / beta + 2.5 * log(2 * .pi * variance) + bound.divergence
    let squares = deviations.map { $0 * $0 }
    let expected =
      (5 * log(2 * .pi) + log(squares[0]) + log(squares[1]) + 3 * log(variance) + 2
        + squares[2...].reduce(0, +) / variance) / 2
    #expect(abs(found - expected) < 0.05, "found \(found), expected \(expected)")
    #expect(bound.activeUnits == 2)
  }

  @Test("a code without a prior has no bound, and nothing to draw from")
  func plain() throws {
    let example = try TrainedExample(.gaussian)
    #expect(try EvidenceBound(example.model, on: example.dataset) == nil)
    do {
      _ = try example.model.generate(3, seed: 1)
      Issue.record("a plain model drew samples")
    } catch {
      #expect("\(error)".contains("--family variational"))
    }
  }

  @Test("samples are the same for the same seed, and in the units of the data")
  func generates() throws {
    let dataset = try Dataset(
      Tensor([60, 3], Draws.normal(180, seed: 2).map { 100 + 5 * $0 }), origin: "drawn")
    let architecture = Architecture.dense(
      .init(input: [3], layers: [8], latent: 2, code: .gaussian(), activation: .tanh))
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 1), Recipe(epochs: 40, batch: 20, rate: 0.01), on: dataset)
    while try trainer.nextEpoch() != nil {}
    let model = trainer.model
    let first = try model.generate(50, seed: 7)
    #expect(first.shape == [50, 3])
    #expect(try model.generate(50, seed: 7, threads: 1) == first)
    #expect(try model.generate(50, seed: 8) != first)
    let mean = first.doubles.reduce(0, +) / 150
    #expect(abs(mean - 100) < 5)
  }
}
