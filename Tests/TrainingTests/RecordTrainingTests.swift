import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// Records of every kind, from training to the file and back.
@Suite("Training records")
struct RecordTrainingTests {
  static let slots = [
    Slot("length", .number, hasGaps: true), Slot("width", .number, hasGaps: true),
    Slot("day", .number, hasGaps: true), Slot("sine", .number, role: .read, hasGaps: true, source: "day"),
    Slot("large", .flag, weight: 1 / 0.693, marginal: 0.693, hasGaps: true),
    Slot("kind", .category(levels: 3), weight: 1 / 1.0986, marginal: 1.0986, hasGaps: true),
    Slot("town", .category(levels: 30), weight: 1 / 3.4, marginal: 3.4, hasGaps: true),
    Slot("class", .category(levels: 2), role: .out, weight: 1 / 0.693, marginal: 0.693, hasGaps: true),
  ]

  /// Everything but the towns follows from one number; a fifth of the values is missing.
  static func dataset(_ count: Int = 400) throws -> Dataset {
    let (normal, chances) = (
      Draws.normal(count * 2, seed: 3), Draws.uniform(count * (slots.count + 1), seed: 4)
    )
    var values: [Float] = []
    for row in 0..<count {
      let x = normal[2 * row]
      let record: [Float] = [
        x, -x + 0.1 * normal[2 * row + 1], x * x - 1, x, x > 0 ? 1 : 0, x < -0.5 ? 0 : x < 0.5 ? 1 : 2,
        (chances[count * slots.count + row] * 30).rounded(.down), x > 0.2 ? 1 : 0,
      ]
      for (index, value) in record.enumerated() {
        values.append(chances[row * slots.count + index] < 0.2 ? .nan : value)
      }
    }
    return try Dataset(
      Tensor([count, slots.count], values), featureNames: slots.map(\.name), origin: "records")
  }

  private func trainer(
    epochs: Int, threads: Int = 1, corruption: [Corruption] = [.fields(rate: 0.2)]
  ) throws -> Trainer {
    var architecture = Architecture.dense(
      input: [RecordTrainingTests.slots.count], layers: [32], latent: 4,
      reconstruction: .fields(Record(RecordTrainingTests.slots)))
    architecture.corruption = corruption
    let (training, held) = try RecordTrainingTests.dataset().split(holdingOut: 0.2, seed: 1)
    return try Trainer(
      Autoencoder(architecture, seed: 3), Recipe(epochs: epochs, batch: 32, rate: 0.003, seed: 3),
      on: training,
      validating: held,
      preparation: Preparation.fitted(Scaling.Kind.none, to: training, gaps: true), threads: threads)
  }

  @Test func whatFollowsIsLearnedAndWhatDoesNotIsNot() throws {
    let trainer = try trainer(epochs: 120)
    try trainer.finish()
    let model = try trainer.finishedModel()
    let evaluation = try Evaluation(model, on: RecordTrainingTests.dataset())
    let fields = try #require(evaluation.fields)
    let explained = Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.explained) })
    #expect(fields.map(\.name) == RecordTrainingTests.slots.filter { $0.role != .read }.map(\.name))
    #expect(try #require(explained["length"]) > 0.8)
    #expect(try #require(explained["kind"]) > 0.6)
    // Read from the others alone.
    #expect(try #require(explained["class"]) > 0.6)
    #expect(evaluation.unbeaten.isEmpty)
    #expect(abs((evaluation.meanMSE ?? 0) - 1) < 0.02)
    #expect(model.control == nil)
  }

  @Test func aHiddenValueIsToldFromTheOthers() throws {
    let trainer = try trainer(epochs: 120)
    try trainer.finish()
    let model = try trainer.finishedModel()
    var row = [Float](repeating: .nan, count: RecordTrainingTests.slots.count)
    (row[1], row[4]) = (-1.5, 1)
    let made = try model.reconstruct(
      Dataset(Tensor([1, row.count], row), hasGaps: true, origin: "row")
    ).values
    #expect(made[0] > 0.6)
    #expect(made[5] == 2 && made[7] == 1)
  }

  @Test func theBytesAreThoseOfOneThreadAndOfNoStop() throws {
    let whole = try trainer(epochs: 3)
    try whole.finish()
    let expected = try whole.finishedModel().safeTensors().bytes()
    for threads in [2, 3] {
      let other = try trainer(epochs: 3, threads: threads)
      try other.finish()
      #expect(try other.finishedModel().safeTensors().bytes() == expected, "\(threads) threads")
    }
    let folder = try Folder()
    let first = try trainer(epochs: 3)
    for _ in 0..<14 { _ = try first.nextStep() }
    try first.checkpoint(to: folder.file("m"))
    let second = try trainer(epochs: 3, threads: 2)
    #expect(try second.resume(from: folder.file("m")))
    try second.finish()
    #expect(try second.finishedModel().safeTensors().bytes() == expected)
  }

  @Test func theFileHoldsItAll() throws {
    let trainer = try trainer(epochs: 2)
    try trainer.finish()
    let folder = try Folder()
    let model = try trainer.finishedModel()
    try model.write(to: folder.file("m.safetensors"))
    let read = try Model(contentsOf: folder.file("m.safetensors"))
    let dataset = try RecordTrainingTests.dataset(20)
    #expect(read.autoencoder.architecture == model.autoencoder.architecture)
    #expect(try read.reconstruct(dataset) == model.reconstruct(dataset))
    #expect(try read.scoresPerFeature(dataset).shape == [20, RecordTrainingTests.slots.count])
  }

  @Test func aVariationalModelHasABoundInNats() throws {
    var slots = RecordTrainingTests.slots
    for index in slots.indices { slots[index].weight = 1 }
    let architecture = Architecture.dense(
      .init(
        input: [slots.count], layers: [16], latent: 2, code: .gaussian(),
        reconstruction: .fields(Record(slots))))
    let training = try RecordTrainingTests.dataset()
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 3), Recipe(epochs: 20, batch: 32, rate: 0.003, seed: 3), on: training,
      preparation: Preparation.fitted(Scaling.Kind.none, to: training, gaps: true))
    try trainer.finish()
    let model = try trainer.finishedModel()
    let bound = try #require(try EvidenceBound(model, on: training))
    #expect(bound.total.isFinite && bound.divergence > 0.1)
    #expect(try model.generate(50, seed: 1).shape == [50, slots.count])
  }
}
