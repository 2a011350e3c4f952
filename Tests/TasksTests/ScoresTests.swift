import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@Suite("Scores")
struct ScoresTests {
  @Test(
    "are the model's own loss of each sample above the least that it could be",
    arguments: TrainedExample.terms)
  func scores(_ term: Reconstruction) throws {
    let trial = try TrainedExample(term)
    let found = try trial.model.scores(trial.dataset)
    #expect(found.shape == [70])
    let least = trial.scaled.map { TrainedExample.least(term, $0, last: 8) }
    #expect(distance(found.values, zip(trial.scaled, least).map { trial.slow.loss($0) - $1 }) < 2e-6)
    let evaluation = try HourglassTasks.Evaluation(trial.model, on: trial.dataset)
    let mean = try #require(Statistics.mean(found.doubles)) + (try #require(Statistics.mean(least)))
    #expect(abs(mean - evaluation.loss) < 1e-7)
  }

  @Test("per feature are the terms of the formula", arguments: TrainedExample.terms)
  func features(_ term: Reconstruction) throws {
    let trial = try TrainedExample(term)
    let found = try trial.model.scoresPerFeature(trial.dataset)
    #expect(found.shape == trial.dataset.samples.shape)
    let expected = trial.scaled.flatMap { sample in
      zip(sample, trial.slow.reconstruct(sample)).map { x, y in
        let information = term == .categorical && x > 0 ? -x * log(x / sample.reduce(0, +)) : 0
        let least = term == .categorical ? information : TrainedExample.least(term, [x], last: 1)
        return TrainedExample.loss(term, [x], [y], last: 1) - least
      }
    }
    #expect(distance(found.values, expected) < 1e-5)
  }

  @Test("are the means of those per feature; of categories the sums", arguments: TrainedExample.terms)
  func means(_ term: Reconstruction) throws {
    let trial = try TrainedExample(term, shape: [3, 4])
    let scores = try trial.model.scores(trial.dataset)
    let features = try trial.model.scoresPerFeature(trial.dataset).doubleRows
    let count = term == .categorical ? 3.0 : 12.0
    #expect(distance(scores.values, features.map { $0.reduce(0, +) / count }) < 1e-5)
  }

  /// A model whose logits are the samples themselves, where they are above 0, and a quarter of them below.
  private func mirror(_ term: Reconstruction, _ width: Int) throws -> Model {
    let architecture = Architecture(input: [width], encoder: [], decoder: [.prelu], reconstruction: term)
    var autoencoder = try Autoencoder(architecture, seed: 0)
    autoencoder.block[0..<width] = ArraySlice(repeating: 1, count: width)
    return Model(
      autoencoder,
      Preparation(sampleShape: [width], element: .float32, scaling: .none(isUnitInterval: true)))
  }

  /// The reconstruction of x is y = 1 / (1 + e⁻ˣ); KL(x ‖ y) worked out by hand.
  @Test("do not follow how grey a sample is")
  func grey() throws {
    let samples: [Float] = [0.5, 0.5, 1, 1, 0.659046, 0.659046]
    let dataset = try Dataset(Tensor([3, 2], samples), origin: "grey")
    let model = try mirror(.bernoulli, 2)
    // Of 0.5 the loss is 0.7241, of 1 it is 0.3133: the grey sample is the less surprising.
    let expected = [0.0309298, 0.3132617, 0]
    let found = try model.scores(dataset)
    #expect(distance(found.values, expected) < 2e-6, "\(found.values)")
    let features = try model.scoresPerFeature(dataset)
    #expect(distance(features.values, expected.flatMap { [$0, $0] }) < 2e-6, "\(features.values)")
    let errors = try Portrait(model, on: dataset).errors
    #expect(errors.order == [2, 0, 1] && errors.scores == found.values)
    #expect(distance(errors.perValue.map { Float($0) }, [0.1147305, 0.1147305]) < 2e-6)
  }

  @Test(
    "rank a sample first that lies outside what the loss is made for",
    arguments: [1.3, 3, -0.2, -25] as [Float])
  func outside(_ value: Float) throws {
    var samples = Draws.uniform(60, seed: 2)
    samples[3 * 7 + 1] = value
    let dataset = try Dataset(Tensor([20, 3], samples), origin: "outside")
    let model = try mirror(.bernoulli, 3)
    let features = try model.scoresPerFeature(dataset).values
    let distance = Double(value < 0 ? value : value - 1)
    #expect(Double(features[22]) >= 2 * distance * distance && features.allSatisfy { $0 >= 0 })
    let evaluation = try HourglassTasks.Evaluation(model, on: dataset)
    #expect(evaluation.loss > 0 && evaluation.bce == nil)
    let found = try #require(model.preparation.valuesOutside(.unitInterval, of: dataset))
    #expect(found.values == 1 && found.samples == 1 && found.row == 7 && found.feature == 1)
    #expect(found.value == value)
    if abs(value) > 2 {
      let scores = try model.scores(dataset).values
      #expect(scores.indices.max { scores[$0] < scores[$1] } == 7)
    }
  }

  @Test("shares below 0 are strange, and counts are not")
  func counts() throws {
    let model = try mirror(.categorical, 2)
    // Of (0, 2) the reconstruction is (1, e²) / (1 + e²), and the surprise 2 log((1 + e²) / e²).
    let dataset = try Dataset(Tensor([3, 2], [0, 2, 0, 0, -3, 1] as [Float]), origin: "counts")
    let scores = try model.scores(dataset).values
    #expect(abs(Double(scores[0]) - 2 * log1p(exp(-2.0))) < 1e-6 && scores[1] == 0)
    #expect(scores[2] > 18, "\(scores)")
  }

  @Test("values that the loss has no entry for are refused")
  func tokens() throws {
    let architecture = Architecture(
      input: [2], encoder: [.embedding(entries: 4, features: 2), .flatten, .dense(units: 2)],
      decoder: [.dense(units: 8), .reshape([2, 4])], reconstruction: .tokens(entries: 4))
    let model = Model(
      try Autoencoder(architecture, seed: 0),
      Preparation(sampleShape: [2], element: .float32, scaling: .none(isUnitInterval: false)))
    for value in [4, -1, 1.5] as [Float] {
      let dataset = try Dataset(Tensor([1, 2], [3, value]), origin: "words")
      let error = #expect(throws: TrainingError.self) { try model.scores(dataset) }
      #expect(error.map { "\($0)" }?.contains("row 0 value 1") == true, "\(String(describing: error))")
      #expect(throws: TrainingError.self) { try HourglassTasks.Evaluation(model, on: dataset) }
      #expect(throws: TrainingError.self) { try model.reconstruct(dataset) }
    }
  }

  @Test("a strange sample and its strange value score highest")
  func strange() throws {
    // The second and third column follow the first, but for one value.
    var values: [Float] = []
    for draw in Draws.normal(300, seed: 1) {
      let first = 10 * draw
      values += [first, 2 * first, 100 - first]
    }
    values[3 * 123 + 1] += 60
    let dataset = try Dataset(Tensor([300, 3], values), origin: "line")
    let trainer = try Trainer(
      Autoencoder(.dense(input: [3], layers: [], latent: 1, activation: nil), seed: 0),
      Recipe(epochs: 60, batch: 32, rate: 0.02), on: dataset)
    while try trainer.nextEpoch() != nil {}
    let scores = try trainer.model.scores(dataset).values
    #expect(scores.indices.max { scores[$0] < scores[$1] } == 123)
    let features = try trainer.model.scoresPerFeature(dataset).values
    #expect(features.indices.max { features[$0] < features[$1] } == 3 * 123 + 1)
  }

  @Test("are the same in chunks, for rows of a part, and on any number of threads")
  func rows() throws {
    let trial = try TrainedExample(.bernoulli, rows: 2100)
    let whole = try trial.model.scores(trial.dataset, threads: 1)
    #expect(try trial.model.scores(trial.dataset, threads: 3) == whole)
    let chosen = (0..<30).map { UInt32((71 * $0 + 5) % 2100) }
    let part = try trial.model.scores(trial.dataset.subset(chosen))
    #expect(distance(part.values, chosen.map { Double(whole.values[Int($0)]) }) < 1e-6)
    let features = try trial.model.scoresPerFeature(trial.dataset.subset(chosen)).doubleRows
    let all = try trial.model.scoresPerFeature(trial.dataset).doubleRows
    #expect(distance(features.flatMap { $0.map { Float($0) } }, chosen.flatMap { all[Int($0)] }) < 1e-6)
  }

  @Test("samples of another kind are refused")
  func refused() throws {
    let trial = try TrainedExample(.gaussian)
    let other = try Dataset(Tensor([2, 7], [Float](repeating: 0, count: 14)), origin: "other")
    #expect(throws: DataError.self) { try trial.model.scores(other) }
    #expect(throws: DataError.self) { try trial.model.scoresPerFeature(other) }
  }
}
