import Hourglass
import HourglassTestSupport
import Testing

/// Every measure against a plain computation in Double.
@Suite("Evaluation")
struct EvaluationTests {
  private func isNear(_ found: Double?, _ expected: Double, _ tolerance: Double = 1e-5) -> Bool {
    found.map { abs($0 - expected) <= tolerance * max(expected, 1e-3) } ?? false
  }

  @Test("measures are those of the formulas", arguments: TrainedExample.terms)
  func measures(_ term: Reconstruction) throws {
    let trial = try TrainedExample(term)
    let found = try HourglassTasks.Evaluation(trial.model, on: trial.dataset)
    let (samples, slow) = (trial.scaled, trial.slow)
    let outputs = samples.map { slow.reconstruct($0) }
    let own = TrainedExample.errors(samples, outputs)
    #expect(found.samples == 70)
    #expect(isNear(found.mse, own.mse))
    #expect(isNear(found.mae, own.mae))
    #expect(isNear(found.loss, slow.loss(samples)))
    #expect((found.bce == nil) == (term != .bernoulli))
    if term == .bernoulli { #expect(isNear(found.bce, slow.loss(samples), 1e-4)) }
  }

  @Test("controls are the mean, the components and an untrained copy", arguments: TrainedExample.terms)
  func controls(_ term: Reconstruction) throws {
    let trial = try TrainedExample(term)
    let found = try HourglassTasks.Evaluation(trial.model, on: trial.dataset)
    let samples = trial.scaled
    let training = Array(samples[0..<50])
    let mean = (0..<8).map { column in training.reduce(0) { $0 + $1[column] } / 50 }
    #expect(isNear(found.meanMSE, TrainedExample.errors(samples, samples.map { _ in mean }).mse))

    let control = try #require(trial.model.control)
    #expect(control.count == 3)
    let projected = samples.map { sample in
      (0..<3).reduce(mean) { sum, number in
        let direction = control.components[(number * 8)..<(number * 8 + 8)].map { Double($0) }
        let overlap = zip(direction, zip(sample, mean)).reduce(0) { $0 + $1.0 * ($1.1.0 - $1.1.1) }
        return zip(sum, direction).map { $0 + overlap * $1 }
      }
    }
    #expect(isNear(found.pcaMSE, TrainedExample.errors(samples, projected).mse))
    let losses = zip(samples, projected).map { TrainedExample.loss(term, $0, $1, last: 8) }
    #expect(isNear(found.pcaLoss, losses.reduce(0, +) / 70, 1e-4))

    let architecture = trial.model.autoencoder.architecture
    let untrained = SlowAutoencoder(try Autoencoder(architecture, seed: 6))
    #expect(
      isNear(
        found.untrainedMSE, TrainedExample.errors(samples, samples.map { untrained.reconstruct($0) }).mse))
  }

  @Test("is the same in chunks, for rows of a part, and on any number of threads")
  func rows() throws {
    let trial = try TrainedExample(.gaussian, rows: 2500, shape: [2, 3])
    let whole = try HourglassTasks.Evaluation(trial.model, on: trial.dataset, threads: 1)
    #expect(try HourglassTasks.Evaluation(trial.model, on: trial.dataset, threads: 3) == whole)
    let expected = TrainedExample.errors(trial.scaled, trial.scaled.map { trial.slow.reconstruct($0) })
    #expect(isNear(whole.mse, expected.mse))
    let part = trial.dataset.subset((0..<1500).map { UInt32(2499 - $0) })
    let copy = try Dataset(part.tensor(0..<1500), origin: "copy")
    let found = try HourglassTasks.Evaluation(trial.model, on: part)
    #expect(try found == HourglassTasks.Evaluation(trial.model, on: copy))
    #expect(found.samples == 1500)
  }

  @Test("without controls says nothing of them")
  func noControl() throws {
    let trial = try TrainedExample(.gaussian)
    var model = trial.model
    model.control = nil
    let found = try HourglassTasks.Evaluation(model, on: trial.dataset)
    #expect(found.meanMSE == nil && found.pcaMSE == nil && found.pcaLoss == nil)
    let whole = try HourglassTasks.Evaluation(trial.model, on: trial.dataset)
    #expect(found.mse == whole.mse && found.untrainedMSE == whole.untrainedMSE)
  }

  @Test("names the controls that a model does not beat")
  func unbeaten() throws {
    let trial = try TrainedExample(.gaussian)
    let untrained = try Autoencoder(trial.model.autoencoder.architecture, seed: 6)
    let blank = Model(
      untrained, trial.model.preparation, trial.model.provenance, control: trial.model.control)
    #expect(
      try HourglassTasks.Evaluation(blank, on: trial.dataset).unbeaten
        == ["the mean", "PCA of the same width", "an untrained copy"])
    // A code as wide as the samples can hold them: better than components of fewer directions.
    let dataset = try Dataset(Tensor([200, 4], Draws.normal(800, seed: 1)), origin: "normal")
    let wide = Architecture(
      input: [4], encoder: [.dense(units: 4, initializer: .identity)],
      decoder: [.dense(units: 4, initializer: .identity)])
    let trainer = try Trainer(Autoencoder(wide, seed: 0), Recipe(epochs: 1, rate: 1e-6), on: dataset)
    _ = try trainer.nextEpoch()
    var model = trainer.model
    model.control = try PrincipalComponents(2, of: dataset, model.preparation.scaling)
    let found = try HourglassTasks.Evaluation(model, on: dataset)
    #expect(found.mse < 1e-6)
    #expect(found.unbeaten == ["an untrained copy"])
  }

  @Test("samples of another kind are refused")
  func refused() throws {
    let trial = try TrainedExample(.gaussian)
    let other = try Dataset(Tensor([2, 7], [Float](repeating: 0, count: 14)), origin: "other")
    #expect(throws: DataError.self) { try HourglassTasks.Evaluation(trial.model, on: other) }
  }
}
