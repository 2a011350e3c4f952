import Hourglass
import HourglassTestSupport
import Testing

@Suite("Scores")
struct ScoresTests {
  @Test("are the model's own loss of each sample", arguments: TrainedExample.terms)
  func scores(_ term: Reconstruction) throws {
    let trial = try TrainedExample(term)
    let found = try trial.model.scores(trial.dataset)
    #expect(found.shape == [70])
    #expect(distance(found.values, trial.scaled.map { trial.slow.loss($0) }) < 2e-6)
    let evaluation = try HourglassTasks.Evaluation(trial.model, on: trial.dataset)
    #expect(abs(try #require(Statistics.mean(found.doubles)) - evaluation.loss) < 1e-7)
  }

  @Test("per feature are the terms of the formula", arguments: TrainedExample.terms)
  func features(_ term: Reconstruction) throws {
    let trial = try TrainedExample(term)
    let found = try trial.model.scoresPerFeature(trial.dataset)
    #expect(found.shape == trial.dataset.samples.shape)
    let expected = trial.scaled.flatMap { sample in
      zip(sample, trial.slow.reconstruct(sample)).map { x, y in
        TrainedExample.loss(term, [x], [y], last: 1)
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
