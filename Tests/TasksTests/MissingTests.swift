import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// What is measured of samples with missing values and weights, against the formulas worked out here.
@Suite("Measures of missing values")
struct MissingMeasureTests {
  private struct Example {
    let model: Model
    let dataset: Dataset
    let shares: [Double]
    /// As the model sees them, NaN where missing.
    var rows: [[Double]] {
      model.preparation.scaling.apply(dataset.tensor(0..<dataset.count)).doubleRows
    }
    var outputs: [[Double]] { rows.map { SlowAutoencoder(model.autoencoder).reconstruct($0) } }

    init(_ term: Reconstruction, shape: Shape = [8]) throws {
      let plain = try TrainedExample(term, shape: shape, epochs: 1)
      var values = plain.dataset.samples.values
      for (index, chance) in Draws.uniform(values.count, seed: 4).enumerated()
      where chance < 0.25 || index / shape.count == 61 {
        values[index] = .nan
      }
      let weights = Draws.uniform(70, seed: 9)
      dataset = try Dataset(Tensor(shape.batch(70), values), weights: weights, origin: "gaps")
      let trainer = try Trainer(
        Autoencoder(plain.model.autoencoder.architecture, seed: 3),
        Recipe(epochs: 3, batch: 16, rate: 0.01, seed: 3), on: dataset.subset(0..<50),
        preparation: plain.model.preparation.allowingGaps())
      while try trainer.nextEpoch() != nil {}
      model = try trainer.finishedModel()
      let counted = weights.enumerated().map { $0 == 61 ? 0 : Double($1) }
      shares = counted.map { $0 * 70 / counted.reduce(0, +) }
    }

    /// Σ share · error / n, the error of a row the mean over the values that are there.
    func mean(_ outputs: [[Double]], _ error: (Double, Double) -> Double) -> Double {
      zip(shares, zip(rows, outputs)).reduce(0) { sum, part in
        let pairs = zip(part.1.0, part.1.1).filter { !$0.0.isNaN }
        let errors = pairs.map { error($0.1, $0.0) }
        return sum + (pairs.isEmpty ? 0 : part.0 * errors.reduce(0, +) / Double(pairs.count))
      } / 70
    }
  }

  /// The least loss of a row of `[2, 4]`: its entropy, over the values that are there.
  private func least(_ term: Reconstruction, _ row: [Double]) -> Double {
    func information(_ x: Double, of whole: Double = 1) -> Double { x > 0 ? -x * log(x / whole) : 0 }
    let present = row.filter { !$0.isNaN }
    switch term {
    case .bernoulli:
      return present.reduce(0) { $0 + information($1) + information(1 - $1) } / Double(present.count)
    case .categorical:
      let parts = [row.prefix(4), row.suffix(4)].map { part in part.filter { !$0.isNaN } }
      let sum = parts.reduce(0) { total, part in
        let whole = part.reduce(0, +)
        return total + part.reduce(0) { $0 + information($1, of: whole) }
      }
      return sum / (Double(present.count) / 4)
    default: return 0
    }
  }

  @Test("scores are the surprise of the values that are there", arguments: TrainedExample.terms)
  func scores(_ term: Reconstruction) throws {
    let example = try Example(term, shape: [2, 4])
    let slow = SlowAutoencoder(example.model.autoencoder)
    let found = try example.model.scores(example.dataset).values
    #expect(found[61].isNaN && found.count { $0.isNaN } == 1)
    let rest = example.rows.indices.filter { $0 != 61 }
    let surprises = rest.map { slow.loss(example.rows[$0]) - least(term, example.rows[$0]) }
    #expect(distance(rest.map { found[$0] }, surprises) < 2e-6)
    let features = try example.model.scoresPerFeature(example.dataset).doubleRows
    #expect(features.map { $0.map(\.isNaN) } == example.rows.map { $0.map(\.isNaN) })
    let means = rest.map { row in
      let present = features[row].filter { !$0.isNaN }
      return present.reduce(0, +) * (term == .categorical ? 4 : 1) / Double(present.count)
    }
    #expect(distance(rest.map { found[$0] }, means) < 1e-5)
  }

  @Test("an evaluation weighs samples and passes over gaps", arguments: TrainedExample.terms)
  func evaluation(_ term: Reconstruction) throws {
    let example = try Example(term)
    let found = try Evaluation(example.model, on: example.dataset)
    let slow = SlowAutoencoder(example.model.autoencoder)
    let losses = zip(example.shares, example.rows).map { $0 * slow.loss($1) }
    #expect(abs(found.loss - losses.reduce(0, +) / 70) < 1e-6)
    func square(_ y: Double, _ x: Double) -> Double { (y - x) * (y - x) }
    #expect(abs(found.mse - example.mean(example.outputs, square)) < 1e-6 * max(1, found.mse))
    #expect(abs(found.mae - example.mean(example.outputs) { abs($0 - $1) }) < 1e-6 * max(1, found.mae))
    let control = try #require(example.model.control)
    let mean = example.rows.map { _ in control.mean.map(Double.init) }
    #expect(abs(try #require(found.meanMSE) - example.mean(mean, square)) < 1e-6)
    let projected = example.rows.map { projection(of: $0, on: control) }
    #expect(abs(try #require(found.pcaMSE) - example.mean(projected, square)) < 1e-6)
    #expect(try #require(found.pcaMSE) < #require(found.meanMSE))
  }

  /// A row, gaps at the mean, on the first principal components.
  private func projection(of row: [Double], on control: PrincipalComponents) -> [Double] {
    let mean = control.mean.map { Double($0) }
    let centred = zip(row, mean).map { $0.isNaN ? 0 : $0 - $1 }
    var result = mean
    for number in 0..<control.count {
      let direction = control.components[(number * 8)..<(number * 8 + 8)].map { Double($0) }
      let overlap = zip(direction, centred).reduce(0.0) { $0 + $1.0 * $1.1 }
      for column in 0..<8 { result[column] += overlap * direction[column] }
    }
    return result
  }

  @Test("the linear control is that of data whose gaps are filled with the mean, rows repeated for weights")
  func control() throws {
    var values: [Float] = Draws.normal(200 * 6, seed: 5)
    for index in values.indices { values[index] = values[index] * Float(index % 6 + 1) + 3 }
    for (index, chance) in Draws.uniform(values.count, seed: 4).enumerated() where chance < 0.2 {
      values[index] = .nan
    }
    let weights = (0..<200).map { Float($0 % 3) }
    let gaps = try Dataset(Tensor([200, 6], values), weights: weights, origin: "g")
    let repeated = (0..<200).flatMap { row in (0..<(row % 3)).map { _ in row } }
    let means: [Double] = (0..<6).map { column in
      let present: [Double] = repeated.map { values[$0 * 6 + column] }.filter { !$0.isNaN }.map(Double.init)
      return present.reduce(0, +) / Double(present.count)
    }
    let filled = repeated.flatMap { row in
      (0..<6).map { column -> Float in
        let value = values[row * 6 + column]
        return value.isNaN ? Float(means[column]) : value
      }
    }
    let scaling = Scaling.none(isUnitInterval: false)
    let found = try PrincipalComponents(3, of: gaps, scaling, seed: 1)
    let expected = try PrincipalComponents(
      3, of: Dataset(Tensor([repeated.count, 6], filled), origin: "f"), scaling, seed: 1)
    #expect(distance(found.mean, means) < 1e-6)
    #expect(distance(found.variances.map { Float($0) }, expected.variances) < 1e-5 * expected.variances[0])
    for number in 0..<3 {
      let (ours, theirs) = (found.components[(number * 6)...], expected.components[(number * 6)...])
      let overlap = zip(ours.prefix(6), theirs).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
      #expect(abs(abs(overlap) - 1) < 1e-5)
    }
  }

  @Test("codes and reconstructions are those of 0 in the place of what is missing")
  func use() throws {
    let example = try Example(.gaussian)
    let slow = SlowAutoencoder(example.model.autoencoder)
    let codes = try example.model.encode(example.dataset)
    #expect(distance(codes.values, example.rows.flatMap { slow.encode($0) }) < 1e-5)
    let scaled = example.model.preparation.scaling.apply(try example.model.reconstruct(example.dataset))
    #expect(distance(scaled.values, example.outputs.flatMap { $0 }) < 1e-4)
  }

  @Test("a doctor finds the held part again, and dead units among samples with gaps")
  func doctor() throws {
    let example = try Example(.gaussian)
    let (training, held) = try example.dataset.split(holdingOut: 0.2, seed: 3)
    let trainer = try Trainer(
      Autoencoder(example.model.autoencoder.architecture, seed: 3), Recipe(epochs: 12, batch: 8, seed: 3),
      on: training, validating: held)
    while try trainer.nextEpoch() != nil {}
    let model = try trainer.finishedModel()
    let doctor = try Doctor(model, on: example.dataset)
    #expect(doctor.isJudgedByHeldSamples && doctor.evaluation.samples == held.count)
    #expect(doctor.findings.allSatisfy { $0.measure.value.isFinite })
    #expect(try Doctor(model, on: held, training: training).evaluation == doctor.evaluation)
  }

  @Test("a search with gaps, weights and classes comes to the same whatever the threads")
  func tune() async throws {
    var values = Draws.normal(120 * 5, seed: 5)
    for index in stride(from: 0, to: values.count, by: 6) { values[index] = .nan }
    let dataset = try Dataset(
      Tensor([120, 5], values), labels: (0..<120).map { $0 % 4 == 0 ? 1 : 0 },
      weights: Draws.uniform(120, seed: 2), origin: "search")
    let (training, held) = try dataset.split(holdingOut: 0.2, seed: 1)
    var recipe = Recipe(epochs: 3, batch: 16, seed: 2)
    recipe.isBalanced = true
    let tuner = try Tuner(
      .dense(input: [5], layers: [4], latent: 2), recipe, on: training, validating: held)
    var files: [String] = []
    for threads in [1, 3] {
      let outcome = try await tuner.run(until: .init(trials: 6), threads: threads)
      let model = try #require(outcome.model)
      #expect(model.provenance?.recipe.isBalanced == true && model.preparation.allowsGaps)
      files.append("\(model.autoencoder.block) \(outcome.record.leaderboard.map(\.results))")
    }
    #expect(files[0] == files[1])
  }
}
