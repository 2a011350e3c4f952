import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// The model file: what goes in comes out, and what does not fit is refused in words.
@Suite("Model file")
struct ModelFileTests {
  /// A trained model of a table with raw units.
  private static func model() throws -> (Model, Dataset) {
    let values = Draws.normal(60 * 4, seed: 2).enumerated().map { $1 * Float([1, 20, 300, 4][$0 % 4]) + 50 }
    let dataset = try Dataset(
      Tensor([60, 4], values), featureNames: ["a", "b", "ü \"c\"", "d\n"], origin: "table.csv")
    let architecture = Architecture.dense(
      input: [4], layers: [5], latent: 2, activation: .prelu, normalisation: .batchNorm(),
      penalties: [.activity(l1: 0.001)])
    var recipe = Recipe(epochs: 3, batch: 16, seed: 4)
    recipe.schedule = .cosine()
    let (training, held) = try dataset.split(holdingOut: 0.2, seed: 1)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 4), recipe, on: training, validating: held,
      preparation: .fitted(.standard, to: training))
    try trainer.finish()
    return (try trainer.finishedModel(), dataset)
  }

  /// What reading says of a model's file after a change; "" where it reads.
  private func complaint(_ change: (inout SafeTensors) throws -> Void) throws -> String {
    var file = try Self.model().0.safeTensors()
    try change(&file)
    let bytes = try file.bytes()
    return TrainingTests.complaint { _ = try Model(SafeTensors.read(bytes: bytes, name: "m"), name: "m") }
  }

  /// The same with the text of one metadata entry changed.
  private func complaint(_ key: String, _ old: String, _ new: String) throws -> String {
    try complaint { file in
      let text = try #require(file.metadata["hourglass.\(key)"])
      #expect(text.contains(old), "\(text)")
      file.metadata["hourglass.\(key)"] = text.replacingOccurrences(of: old, with: new)
    }
  }

  @Test("what was written is read, and written again to the same bytes")
  func roundTrip() throws {
    let (model, dataset) = try Self.model()
    let folder = try Folder()
    try model.write(to: folder.file("a.safetensors"))
    let read = try Model(contentsOf: folder.file("a.safetensors"))
    #expect(read.autoencoder.architecture == model.autoencoder.architecture)
    #expect(read.autoencoder.block == model.autoencoder.block)
    #expect(read.preparation == model.preparation)
    #expect(read.provenance == model.provenance)
    #expect(read.control?.mean == model.control?.mean)
    #expect(read.control?.components == model.control?.components)
    #expect(try read.bytes() == model.bytes())
    #expect(try Folder.bytes(folder.file("a.safetensors")) == model.bytes())
    #expect(try read.encode(dataset) == model.encode(dataset))
    #expect(try read.reconstruct(dataset) == model.reconstruct(dataset))
  }

  @Test("every layer's weights come back to the byte", arguments: Layer.examples.indices)
  func layers(_ number: Int) throws {
    let example = Layer.examples[number]
    let architecture = Architecture(
      input: example.input, encoder: [example.layer],
      decoder: [.flatten, .dense(units: example.input.count), .reshape(example.input)])
    var autoencoder = try Autoencoder(architecture, seed: 3)
    let noise = Draws.normal(autoencoder.block.count, seed: 4)
    for placed in autoencoder.outline.weights {
      for index in placed.offset..<(placed.offset + placed.weight.shape.count) {
        autoencoder.block[index] += noise[index]
      }
    }
    let preparation = Preparation(
      sampleShape: example.input, element: .float32, scaling: .none(isUnitInterval: true))
    let model = Model(autoencoder, preparation)
    let read = try Model(SafeTensors.read(bytes: try model.safeTensors().bytes(), name: "m"), name: "m")
    #expect(read.autoencoder.block == autoencoder.block)
    #expect(read.autoencoder.architecture == architecture)
    #expect(read.provenance == nil && read.control == nil)
    #expect(try read.bytes() == model.bytes())
  }

  @Test("weights lie in the file by name, for any tool that reads safetensors")
  func names() throws {
    let model = try Self.model().0
    let file = try model.safeTensors()
    #expect(
      file.tensors.map(\.name)
        == [
          "encoder.0.weight", "encoder.0.bias", "encoder.1.scale", "encoder.1.shift", "encoder.1.mean",
          "encoder.1.variance", "encoder.2.slope", "encoder.3.weight", "encoder.3.bias", "decoder.0.weight",
          "decoder.0.bias", "decoder.1.scale", "decoder.1.shift", "decoder.1.mean", "decoder.1.variance",
          "decoder.2.slope", "decoder.3.weight", "decoder.3.bias", "control.mean", "control.components",
          "control.variances", "samples.training", "samples.validation",
        ])
    #expect(file["encoder.0.weight"]?.shape == [4, 5])
    #expect(file["encoder.0.weight"]?.element == .float32)
    #expect(
      file.metadata.keys.sorted() == [
        "hourglass.architecture", "hourglass.format", "hourglass.preparation", "hourglass.provenance",
        "hourglass.samples",
      ])
  }

  @Test("raw units come out, whatever the scaling")
  func units() throws {
    let (model, dataset) = try Self.model()
    let scaled = model.preparation.scaling.apply(dataset.samples)
    let codes = try model.autoencoder.encode(scaled)
    #expect(distance(try model.encode(dataset).values, codes.doubles) < 1e-6)
    let expected = model.preparation.scaling.undo(try model.autoencoder.reconstruct(scaled))
    #expect(distance(try model.reconstruct(dataset).values, expected.doubles) < 1e-5)
    #expect(try model.decode(model.encode(dataset)).values == model.reconstruct(dataset).values)
    #expect(try model.reconstruct(dataset).shape == [60, 4])
    for column in 0..<4 {
      let values = try model.reconstruct(dataset).doubleRows.map { $0[column] }
      let spread = try #require(Statistics.variance(dataset.samples.doubleRows.map { $0[column] }))
        .squareRoot()
      let mean = try #require(Statistics.mean(values))
      #expect(abs(mean - 50) < 2 * spread, "column \(column)")
    }
    let part = dataset.subset((0..<7).map { UInt32(50 - 3 * $0) })
    #expect(try model.reconstruct(part) == model.reconstruct(Samples.copy(part)))
  }

  @Test("codes and samples of another kind are refused")
  func kinds() throws {
    let (model, dataset) = try Self.model()
    #expect(
      TrainingTests.complaint { _ = try model.decode(Tensor([2, 3], [Float](repeating: 0, count: 6))) }
        == "codes: expects rows of 2 values, found [2, 3]; give codes that this model's encode made")
    let wide = try Dataset(Tensor([1, 5], [1, 2, 3, 4, 5] as [Float]), origin: "w")
    #expect(throws: DataError.self) { try model.encode(wide) }
    let renamed = try Dataset(dataset.samples, featureNames: ["a", "b", "c", "d"], origin: "r")
    #expect(throws: DataError.self) { try model.reconstruct(renamed) }
  }

  @Test("an untrained model can be saved")
  func untrained() throws {
    let dataset = try Samples.unit(20, 4)
    let trainer = try Trainer(Autoencoder(.dense(input: [4], layers: [], latent: 2), seed: 0), on: dataset)
    let folder = try Folder()
    try trainer.finishedModel().write(to: folder.file("m"))
    let provenance = try Model(contentsOf: folder.file("m")).provenance
    #expect(provenance?.bestEpoch == 0)
    #expect(provenance?.loss == nil)
  }

  @Test("other files are refused by name")
  func otherFiles() throws {
    #expect(
      try complaint { $0.metadata = [:] }
        == "m: expects a model written by hourglass, found safetensors without hourglass.format; "
        + "give a file that `hourglass train` wrote")
    #expect(
      try complaint { $0.metadata["hourglass.format"] = "2" }
        == "m: expects model format 1, found format 2; use the version of hourglass that wrote it, or a newer one"
    )
    #expect(
      try complaint { $0.metadata["hourglass.preparation"] = nil }
        == "m: expects hourglass.preparation in its header, found none")
    #expect(
      try complaint { $0.metadata["hourglass.architecture"] = nil }.contains(
        "hourglass.architecture in its header"))
    let folder = try Folder()
    #expect(throws: FormatError.self) { try Model(contentsOf: folder.file("missing")) }
  }

  @Test("metadata without sense is refused with its place")
  func metadata() throws {
    let broken = try complaint { $0.metadata["hourglass.architecture"] = "{" }
    #expect(
      broken.hasPrefix("m, hourglass.architecture: expects an architecture as JSON, found "), "\(broken)")
    #expect(
      try complaint("architecture", #"{"units":5}"#, #"{"units":-5}"#).hasPrefix(
        "m encoder[0] .dense(-5): expects between 1 and"))
    #expect(try complaint("architecture", #""units":5"#, #""unit":5"#).contains("has no \"unit\""))
    #expect(
      try complaint("architecture", #""units":5"#, #""units":"5""#).contains(
        "something other than a whole number at encoder[0].dense.units"))
    #expect(try complaint("architecture", #""format":1"#, #""format":7"#).contains("format 7 is not known"))
    #expect(
      try complaint("preparation", #""element":"float32""#, #""element":"quaternion""#).contains("quaternion")
    )
    #expect(
      try complaint("preparation", #""sample_shape":[4]"#, #""sample_shape":[5]"#).contains("do not go with"))
    #expect(try complaint("provenance", #""samples":48"#, #""samples":"many""#).contains("at samples"))
    let missing = try complaint { $0.metadata["hourglass.provenance"] = "{}" }
    #expect(
      missing.hasPrefix("m, hourglass.provenance: expects an account of the training as JSON, found no \""),
      "\(missing)")
  }

  @Test("a preparation for other samples than the architecture's is refused")
  func disagreement() throws {
    let other = Preparation(sampleShape: [9], element: .uint8, scaling: .none(isUnitInterval: true))
    let text = try complaint { $0.metadata["hourglass.preparation"] = try JSONText.line(other) }
    #expect(text == "m: expects samples of [4], found [9]")
  }

  @Test("tensors that are missing, misshapen or no floats are named")
  func tensors() throws {
    func replace(_ name: String, _ tensor: Tensor?) throws -> String {
      try complaint { file in
        let place = try #require(file.tensors.firstIndex { $0.name == name })
        file.tensors.remove(at: place)
        if let tensor { file.tensors.append(NamedTensor(name: name, tensor: tensor)) }
      }
    }
    let twenty = [Float](repeating: 0, count: 20)
    #expect(
      try replace("encoder.0.weight", nil) == "m weight encoder.0.weight: expects [4, 5], found nothing")
    #expect(
      try replace("encoder.0.weight", Tensor([5, 4], twenty))
        == "m weight encoder.0.weight: expects [4, 5], found [5, 4]")
    #expect(
      try replace("encoder.0.weight", Tensor([4, 5], twenty.map { UInt8($0) }))
        == "m weight encoder.0.weight: expects floating-point values, found uint8")
    #expect(try replace("encoder.0.weight", Tensor([4, 5], twenty.map { Double($0) })) == "")
    #expect(
      try replace("control.mean", nil).hasPrefix("m control: expects control.mean, control.components and"))
    #expect(
      try replace("control.components", Tensor([4, 5], twenty)).hasPrefix(
        "m control.components: expects [2, 4]"))
    #expect(try complaint { $0.tensors.removeAll { $0.name.hasPrefix("control") } } == "")
  }

  @Test("an architecture larger than its file is refused before memory is asked for")
  func huge() throws {
    let clock = ContinuousClock()
    let begin = clock.now
    // 4 · 2²⁴ weights and as many again: 8 GiB of floats would be asked for.
    let text = try complaint("architecture", #"{"units":5}"#, #"{"units":16777216}"#)
    #expect(text.hasPrefix("m weight encoder.0.weight: expects [4, 16777216], found [4, 5]"), "\(text)")
    #expect(clock.now - begin < .seconds(1))
  }

  @Test("the old file stays where the new one cannot be written")
  func keepsOld() throws {
    let (model, _) = try Self.model()
    let folder = try Folder()
    try model.write(to: folder.file("m"))
    let before = try Folder.bytes(folder.file("m"))
    // A name that stands twice cannot be written.
    var file = try model.safeTensors()
    file.tensors.append(file.tensors[0])
    #expect(throws: FormatError.self) { try file.write(to: folder.file("m")) }
    #expect(try Folder.bytes(folder.file("m")) == before)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["m"])
    #expect(throws: FormatError.self) { try model.write(to: folder.file("missing/m")) }
  }

  @Test("bytes that were cut or changed never crash")
  func damage() throws {
    let bytes = try Self.model().0.bytes()
    let random = Random(seed: 3, stream: .data)
    for trial in 0..<300 {
      var damaged = bytes
      let place = random.integer(below: min(bytes.count, 3000), position: UInt64(2 * trial))
      if trial % 3 == 0 {
        damaged.removeLast(random.integer(below: bytes.count, position: UInt64(2 * trial + 1)))
      } else {
        damaged[place] = UInt8(
          truncatingIfNeeded: random.integer(below: 256, position: UInt64(2 * trial + 1)))
      }
      // Either it reads or it throws one of the rooms' errors.
      do {
        _ = try Model(SafeTensors.read(bytes: damaged, name: "m"), name: "m")
      } catch {
        #expect(error is FormatError || error is TrainingError, "\(error)")
      }
    }
  }
}
