import Foundation
import Hourglass
import Testing

@testable import HourglassTasks

@Suite struct DoctorTests {
  private static func model(holdingOut fraction: Double? = 0.2) throws -> (Model, Dataset) {
    let data = try DoctorSpoiltTests.clusters()
    let recipe = Recipe(epochs: 3, batch: 32, seed: 3)
    let model = try DoctorPatient.train(
      DoctorSpoiltTests.sound(), recipe, on: data, holdingOut: fraction)
    return (model, data)
  }

  @Test func activationsAreThoseOfEncodingAndReconstruction() throws {
    let samples = try Digits.dataset(count: 150)
    let architecture = Architecture.dense(
      input: [28, 28], layers: [20], latent: 5, activation: .elu(), codeActivation: .tanh,
      normalisation: .layerNorm(), dropout: .dropout(rate: 0.5))
    let model = Model(try Autoencoder(architecture, seed: 4), try Preparation.fitted(to: samples))
    let activations = Activations(model.autoencoder, rows: 100)
    #expect(
      activations.entries.map { "\($0.place) \($0.layer)" } == [
        "encoder[1] .dense(20)", "encoder[2] .layerNorm", "encoder[3] .elu(1.0)", "encoder[5] .dense(5)",
        "encoder[6] .tanh", "decoder[0] .dense(20)", "decoder[1] .layerNorm", "decoder[2] .elu(1.0)",
        "decoder[4] .dense(784)",
      ])
    var all: [[Float]] = activations.entries.map { _ in [] }
    var starts: [Int] = []
    try model.visit(activations, samples) { start, outputs in
      starts.append(start)
      for (place, output) in outputs.enumerated() { all[place] += output }
    }
    #expect(starts == [0, 100])
    #expect(all[4] == (try model.encode(samples).values))
    let reconstructions = try model.autoencoder.reconstruct(
      model.preparation.scaling.apply(samples.tensor).reshaped([150, 28, 28]))
    #expect(all[8] == reconstructions.values)
    // By the formula: what stands before the rectifier-like unit decides what stands behind it.
    for (before, after) in zip(all[1], all[2]) {
      #expect(abs(after - (before > 0 ? before : exp(before) - 1)) < 1e-5)
    }
  }

  @Test func samplesOfTheTrainingAreToldApart() throws {
    let (model, data) = try Self.model()
    // Of a model of before, by drawing the parts again.
    var old = model
    old.known = nil
    let expected = try data.split(holdingOut: 0.2, seed: 3)
    for model in [model, old] {
      #expect(try model.judged(of: data).samples.rows == expected.held.rows)
      #expect(try Doctor(model, on: data).evaluation.samples == 240)
      #expect(try Doctor(model, on: data).isJudgedByHeldSamples)
    }
    #expect(try old.familiarity(with: data.subset(0..<1199)) == nil)
    #expect(try model.familiarity(with: data.subset(0..<1199))?.isTest == true)
    // As many samples, but others.
    let other = try DoctorData.clusters(1200, width: 16, centres: 12, seed: 9)
    #expect(try old.familiarity(with: other) == nil)
    #expect(try model.familiarity(with: other)?.trained == 0)
    // The same samples drawn by another seed.
    old.provenance?.recipe.seed = 4
    #expect(try old.familiarity(with: data) == nil)
    let alone = try Self.model(holdingOut: nil).0
    #expect(try alone.familiarity(with: data)?.isTest == false)
    #expect(try !Doctor(alone, on: data).isJudgedByHeldSamples)
    #expect(try Doctor(model, on: other).evaluation.samples == 1200)
  }

  @Test func copiesAreCountedOnceAcrossTypes() throws {
    let training = try Dataset(Tensor([4, 2], [1, 2, 3, 4, 1, 2, 7, 8] as [Float]), origin: "a")
    let held = try Dataset(Tensor([5, 2], [3, 4, 1, 2, 1, 2, 4, 3, 0, 0] as [Float]), origin: "b")
    #expect(Doctor.copies(in: held, of: training) == 3)
    #expect(Doctor.copies(in: training, of: held) == 3)
    let bytes = try Dataset(Tensor([2, 2], [3, 4, 5, 6] as [UInt8]), origin: "c")
    #expect(Doctor.copies(in: bytes, of: training) == 1)
    #expect(Doctor.copies(in: held.subset([3, 4]), of: training.subset([1, 3])) == 0)
    #expect(Doctor.copies(in: held.subset([0, 4]), of: training.subset([1, 3])) == 1)
  }

  @Test func otherSamplesTellOfOverfittingAndCopies() throws {
    let data = try DoctorData.clusters(80, width: 16, centres: 8, noise: 0.3)
    let parts = try data.split(holdingOut: 0.5, seed: 5)
    let architecture = Architecture.dense(input: [16], layers: [64], latent: 4, activation: .elu())
    let recipe = Recipe(epochs: 300, batch: 16, rate: 0.003, seed: 5)
    let model = try DoctorPatient.train(architecture, recipe, on: parts.training, holdingOut: nil)
    #expect(try Doctor(model, on: parts.training).findings.isEmpty)
    #expect(try Doctor(model, on: parts.held).findings.isEmpty)
    let doctor = try Doctor(model, on: parts.held, training: parts.training)
    #expect(doctor.findings.map(\.kind) == [.overfitting])
    let same = try Doctor(model, on: parts.training, training: parts.training)
    #expect(same.findings.map(\.kind) == [.duplicates])
    #expect(same.findings.first?.measure.value == 1)
  }

  @Test func aModelThatIsNoNumberIsAFault() throws {
    let (model, data) = try Self.model()
    var autoencoder = model.autoencoder
    autoencoder.change("decoder.4.bias") { _, _, _ in .nan }
    let broken = Model(autoencoder, model.preparation, model.provenance, control: model.control)
    let doctor = try Doctor(broken, on: data)
    #expect(doctor.isBeaten)
    #expect(doctor.findings.first?.kind == .noBetterThanUntrained)
    #expect(doctor.findings.first?.severity == .fault)
  }

  @Test func modelsWithoutHistoryOrControlAreExaminedAsFarAsTheyGo() throws {
    let (model, data) = try Self.model()
    let bare = Model(model.autoencoder, model.preparation)
    let doctor = try Doctor(bare, on: data)
    #expect(doctor.findings.isEmpty && !doctor.isJudgedByHeldSamples && doctor.familiarity == nil)
    #expect(throws: (any Error).self) { try Doctor(model, on: Digits.dataset(count: 10)) }
  }

  @Test func numbersAreShort() {
    #expect([0.125, 0.4, 1, .infinity].map(\.percent) == ["12.5 %", "40 %", "100 %", "inf"])
    #expect(
      [0.00012345678, 12.3456, -3, 1e9, 0].map(\.brief) == [
        "0.0001235", "12.35", "-3", "1e+09", "0",
      ])
  }
}
