import Foundation
import HourglassData
import HourglassFormats
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassTraining

/// What a model remembers of its training samples.
@Suite("Known samples")
struct KnownSamplesTests {
  private func rows(_ count: Int, seed: UInt64 = 1) throws -> Dataset {
    try Dataset(Tensor([count, 4], Draws.normal(4 * count, seed: seed)), origin: "rows")
  }

  private func train(_ training: Dataset, _ held: Dataset?) throws -> Model {
    let architecture = Architecture(
      input: [4], encoder: [.dense(units: 2)], decoder: [.dense(units: 4)])
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 1), Recipe(epochs: 1, batch: 16), on: training,
      validating: held)
    while try trainer.nextEpoch() != nil {}
    return try trainer.finishedModel()
  }

  @Test("training, held and new samples are told apart, from the file too, in any order and type")
  func told() throws {
    let data = try rows(200)
    let parts = try data.split(holdingOut: 0.2, by: .random, seed: 5)
    let trained = try train(parts.training, parts.held)
    let model = try Model(trained.safeTensors(), name: "m")
    #expect(model.known == trained.known)
    let mixed = try Dataset(
      Tensor(
        [260, 4],
        data.tensor.values.map(Double.init) + rows(60, seed: 9).tensor.values.map(Double.init)),
      origin: "mixed")
    let turned = mixed.subset((0..<260).map { UInt32(259 - $0) })
    let familiarity = try #require(try model.familiarity(with: turned))
    let held = Set(parts.positions.held)
    for (position, use) in familiarity.uses.enumerated() {
      let row = UInt32(259 - position)
      #expect(use == (row >= 200 ? .new : held.contains(row) ? .judged : .trained))
    }
    #expect(familiarity.trained == 160 && familiarity.judged == 40 && familiarity.isTest)
    #expect(try model.judged(of: turned).samples.count == 100)
    #expect(try model.judged(of: parts.held).samples.count == 40)
    let same = try model.judged(of: parts.training)
    #expect(same.samples.count == 160 && same.familiarity?.isTest == false)
    let other = try model.judged(of: rows(50, seed: 7))
    #expect(
      other.samples.count == 50 && other.familiarity?.trained == 0
        && other.familiarity?.isTest == true)
  }

  @Test(
    "copies of training samples were trained on, and are counted; samples without weight were not")
  func copies() throws {
    let data = try rows(50)
    let known = try KnownSamples(data.subset(0..<40), validating: data.subset([3, 3, 7, 41, 42]))
    #expect(known.copies == 3)
    let uses = known.use(of: data.subset([3, 41, 45]))
    #expect(uses == [.trained, .judged, .new])
    let weighted = try data.subset(0..<40).weighted((0..<50).map { $0 == 3 ? 0 : 1 })
    #expect(
      try KnownSamples(weighted, validating: nil).use(of: data.subset([3, 4])) == [.new, .trained])
  }

  @Test("windows that were left out are no test")
  func leftOut() throws {
    let path = FileManager.default.temporaryDirectory.path + "/series-\(UUID().uuidString).csv"
    defer { try? FileManager.default.removeItem(atPath: path) }
    let text = (0..<120).map { "\($0)\n" }.joined()
    #expect(FileManager.default.createFile(atPath: path, contents: Data(text.utf8)))
    var options = SourceOptions()
    options.window = 4
    let windows = try Source.open(path, options: options)
    let split = try windows.split(holdingOut: 0.1, by: nil, seed: 1)
    #expect(split.leftOut == 3)
    let known = try KnownSamples(split.training, validating: split.held)
    #expect(known.use(of: windows).count { $0 == .leftOut } == 3)
    let familiarity = Familiarity(uses: known.use(of: windows))
    #expect(familiarity.positions == split.positions.held)
  }

  @Test("of more samples than fit so many are remembered, and that is no more than is known")
  func bounded() throws {
    let data = try rows(4000)
    let known = try KnownSamples(
      data.subset(0..<3000), validating: data.subset(3000..<3500), most: 500)
    #expect(known.skippedBits == 3)
    // An eighth of 3500: binomial, five deviations.
    #expect(abs(known.training.count + known.validation.count - 437) < 98)
    let uses = known.use(of: data)
    let told = uses.indices.filter { uses[$0] != .unknown }
    // An eighth of 4000: binomial, five deviations.
    #expect(abs(told.count - 500) < 105)
    #expect(told.allSatisfy { uses[$0] == ($0 < 3000 ? .trained : $0 < 3500 ? .judged : .new) })
    let familiarity = Familiarity(uses: uses)
    #expect(familiarity.positions.allSatisfy { $0 >= 3000 } && familiarity.isTest)
    // Others are all taken for new ones.
    let others = Familiarity(uses: known.use(of: try rows(1000, seed: 3)))
    #expect(others.trained == 0 && others.positions.count == 1000)
  }

  @Test("a file of before says that it is not known; one that does not hold together is refused")
  func files() throws {
    let model = try train(try rows(64), nil)
    var file = try model.safeTensors()
    let again = try Model(file, name: "m").safeTensors()
    #expect(file.metadata == again.metadata)
    #expect(file.tensors.map(\.name) == again.tensors.map(\.name))
    let stored = try #require(file.tensors.first { $0.name == "samples.training" }?.tensor)
    #expect(stored.shape == [64, 4] && stored.element == .uint8)
    file.metadata["hourglass.samples"] = file.metadata["hourglass.samples"]?.replacing(
      "\"bytes\":4", with: "\"bytes\":5")
    let refused = #expect(throws: TrainingError.self) { _ = try Model(file, name: "m") }
    #expect(
      refused?.place == "m samples.training" && refused?.expected == "bytes of shape [samples, 5]")
    file.metadata["hourglass.samples"] = nil
    let old = try Model(file, name: "m")
    #expect(old.known == nil)
    #expect(try old.familiarity(with: rows(64)) == nil)
  }
}
