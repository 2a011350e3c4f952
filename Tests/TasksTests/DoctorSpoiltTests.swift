import Foundation
import Hourglass
import Testing

@Suite struct DoctorSpoiltTests {
  /// What the spoilt models would be without their fault: a healthy one.
  static func sound(_ activation: Layer = .relu, latent: Int = 3) -> Architecture {
    .dense(input: [16], layers: [64, 32], latent: latent, activation: activation)
  }
  static func clusters() throws -> Dataset { try DoctorData.clusters(1200, width: 16, centres: 12) }
  static let recipe = Recipe(epochs: 60, batch: 32, seed: 3)

  static let all: [@Sendable () throws -> DoctorPatient] = [
    {
      let data = try clusters()
      let recipe = Recipe(epochs: 1, batch: 32, rate: 1e-20, seed: 3)
      let model = try DoctorPatient.train(sound(), recipe, on: data)
      return try DoctorPatient("never trained", expecting: [.noBetterThanUntrained], model, on: data)
    },
    {
      let data = try clusters()
      let trained = try DoctorPatient.train(sound(), recipe, on: data)
      var autoencoder = trained.autoencoder
      autoencoder.change("decoder.4.weight") { _, _, _ in 0 }
      autoencoder.change("decoder.4.bias") { _, _, _ in 0.2 }
      let model = Model(autoencoder, trained.preparation, trained.provenance, control: trained.control)
      return try DoctorPatient(
        "the decoder ignores the code", expecting: [.constantOutput, .noBetterThanMean], model, on: data)
    },
    {
      let data = try clusters()
      let architecture = Architecture.dense(input: [16], layers: [2], latent: 3, activation: nil)
      let model = try DoctorPatient.train(architecture, Recipe(epochs: 60, batch: 32, seed: 4), on: data)
      return try DoctorPatient(
        "linear, a hidden layer narrower than the code", expecting: [.noBetterThanPCA], model, on: data)
    },
    {
      let data = try clusters()
      let model = try DoctorPatient.train(sound(), recipe, on: data) {
        $0.change("encoder.0.bias") { _, column, old in column % 2 == 0 ? -1000 : old }
      }
      return try DoctorPatient("half of a relu layer at -1000", expecting: [.deadUnits], model, on: data)
    },
    {
      let data = try clusters()
      let model = try DoctorPatient.train(sound(.tanh), recipe, on: data) {
        $0.change("encoder.0.weight") { _, _, old in 1000 * old }
      }
      return try DoctorPatient(
        "first weights times 1000, tanh", expecting: [.saturatedUnits], model, on: data)
    },
    {
      let data = try clusters()
      let model = try DoctorPatient.train(sound(latent: 6), recipe, on: data) {
        $0.change("encoder.4.weight") { _, column, old in column < 3 ? old : 0 }
        $0.change("decoder.0.weight") { row, _, old in row < 3 ? old : 0 }
      }
      return try DoctorPatient("half of the code cut off", expecting: [.constantCode], model, on: data)
    },
    {
      let data = try DoctorData.clusters(80, width: 16, centres: 8, noise: 0.3)
      let architecture = Architecture.dense(input: [16], layers: [64], latent: 4, activation: .elu())
      let model = try DoctorPatient.train(
        architecture, Recipe(epochs: 300, batch: 16, rate: 0.003, seed: 5), on: data, holdingOut: 0.5)
      return try DoctorPatient("40 samples learned by heart", expecting: [.overfitting], model, on: data)
    },
    {
      let data = try DoctorData.clusters(80, width: 16, centres: 8, noise: 0.4)
      let architecture = Architecture.dense(input: [16], layers: [64], latent: 4, activation: .elu())
      let model = try DoctorPatient.train(
        architecture, Recipe(epochs: 300, batch: 16, rate: 0.01, seed: 5), on: data, holdingOut: 0.5)
      return try DoctorPatient("40 noisy samples, far too long", expecting: [.overfitting], model, on: data)
    },
    {
      let data = try clusters()
      let model = try DoctorPatient.train(
        sound().heOrGlorot, Recipe(epochs: 6, batch: 32, seed: 3), on: data)
      return try DoctorPatient("6 epochs in place of 60", expecting: [.undertraining], model, on: data)
    },
    {
      let data = try DoctorData.clusters(1200, width: 16, centres: 12, scale: 0.6)
      var architecture = sound()
      architecture.decoder.append(.tanh)
      let model = try DoctorPatient.train(architecture, recipe, on: data, scaling: Scaling.Kind.none)
      return try DoctorPatient("tanh output, values beyond ±1", expecting: [.outOfRange], model, on: data)
    },
    {
      let data = try clusters()
      let recipe = Recipe(epochs: 40, batch: 16, rate: 0.03, seed: 3)
      let model = try DoctorPatient.train(sound(.leakyRelu()), recipe, on: data)
      return try DoctorPatient("adam at 30 times its rate", expecting: [.rateTooHigh], model, on: data)
    },
    {
      let data = try clusters()
      var recipe = Recipe(epochs: 60, batch: 32, optimizer: .sgd(momentum: 0.9), rate: 100, seed: 3)
      recipe.onDivergence = .reduce
      let model = try DoctorPatient.train(sound(.leakyRelu()), recipe, on: data)
      return try DoctorPatient("diverged and came back", expecting: [.rateTooHigh], model, on: data)
    },
    {
      let data = try DoctorData.clusters(1280, width: 32, centres: 128)
      let architecture = Architecture.dense(input: [32], layers: [64, 32], latent: 2)
      let recipe = Recipe(epochs: 20, batch: 32, rate: 5e-5, seed: 3)
      let model = try DoctorPatient.train(architecture.heOrGlorot, recipe, on: data) {
        $0.change("decoder.4.weight") { _, _, old in old / 30 }
      }
      return try DoctorPatient("adam at a twentieth of its rate", expecting: [.rateTooLow], model, on: data)
    },
    {
      let data = try clusters()
      let repeated = data.subset((0..<1200).map { UInt32($0 % 900) })
      let whole = try Dataset(repeated.tensor, origin: "clusters with copies")
      let model = try DoctorPatient.train(sound(), recipe, on: whole)
      return try DoctorPatient("a quarter of the rows twice", expecting: [.duplicates], model, on: whole)
    },
    {
      let data = try Dataset(Tensor([400, 6], (0..<2400).map { Float($0 % 6) }), origin: "alike")
      let architecture = Architecture.dense(input: [6], layers: [16], latent: 2)
      let model = try DoctorPatient.train(
        architecture, Recipe(epochs: 5, batch: 32, seed: 3), on: data)
      return try DoctorPatient(
        "rows that are all alike", expecting: [.constantData, .noBetterThanUntrained], model, on: data)
    },
    {
      let factors = DoctorData.Normals(seed: 4).next(800)
      let values: [Float] = (0..<2400).map { index in
        let (row, column) = (index / 6, index % 6)
        let first = factors[2 * row] * Float(column - 2)
        return first + factors[2 * row + 1] * Float(column % 3)
      }
      let data = try Dataset(Tensor([400, 6], values), origin: "a plane")
      let architecture = Architecture.dense(input: [6], layers: [32], latent: 2, activation: .elu())
      let model = try DoctorPatient.train(
        architecture, Recipe(epochs: 60, batch: 32, optimizer: .adam(), seed: 3), on: data)
      return try DoctorPatient(
        "rows in a plane", expecting: [.linearData, .noBetterThanPCA], model, on: data)
    },
    {
      let data = try clusters()
      let architecture = Architecture.dense(
        .init(
          input: [16], layers: [64], latent: 3, code: .gaussian(.init(beta: 100)),
          activation: .elu()))
      let model = try DoctorPatient.train(
        architecture, Recipe(epochs: 40, batch: 32, seed: 3), on: data)
      return try DoctorPatient(
        "a divergence a hundred times too heavy", expecting: [.collapsedCode, .noBetterThanUntrained],
        model, on: data)
    },
    {
      let data = try clusters()
      let quantised = Architecture.dense(
        .init(
          input: [16], layers: [64], latent: 3, code: .codebook(.init(entries: 16, width: 3)),
          activation: .elu()))
      let trained = try DoctorPatient.train(
        quantised, Recipe(epochs: 40, batch: 32, seed: 3), on: data)
      var autoencoder = trained.autoencoder
      // All entries but one lie where no vector is.
      autoencoder.change("code.0.entries") { row, column, old in
        row == 0 ? old : 1000 + Float(column + row)
      }
      let model = Model(
        autoencoder, trained.preparation, trained.provenance, control: trained.control)
      return try DoctorPatient(
        "a book of one entry", expecting: [.unusedEntries, .noBetterThanUntrained], model, on: data)
    },
    {
      // Each row beside its mirror image: their mean is 0 to the bit.
      let half = try clusters().tensor.values
      let data = try Dataset(Tensor([2400, 16], half + half.map { -$0 }), origin: "mirrored")
      let model = try DoctorPatient.train(
        sound(), recipe, on: data, holdingOut: nil, scaling: Scaling.Kind.none)
      let middle = try Dataset(Tensor([120, 16], [Float](repeating: 0, count: 1920)), origin: "middle")
      return try DoctorPatient(
        "judged by the mean alone", expecting: [.samplesAtMean, .noBetterThanUntrained], model, on: middle)
    },
    {
      let data = try clusters()
      let model = try DoctorPatient.train(sound(latent: 18), recipe, on: data)
      return try DoctorPatient(
        "a code wider than a sample", expecting: [.wideCode, .noBetterThanPCA], model, on: data)
    },
    {
      let data = try clusters()
      var values = data.tensor.values
      for column in 0..<16 { values[16 * 17 + column] = 40 * (column % 2 == 0 ? 1 : -1) }
      let far = try Dataset(Tensor(data.tensor.shape, values), origin: "one far out")
      let model = try DoctorPatient.train(sound(), recipe, on: far, scaling: Scaling.Kind.none)
      return try DoctorPatient("one row far out", expecting: [.heavySamples], model, on: far)
    },
  ]

  @Test func haveTheirFaultAndNoOther() throws {
    var table = DoctorTable()
    for make in Self.all { table.add(try make()) }
    table.show("spoilt models")
    #expect(table.patients.count >= 10)
    for patient in table.patients {
      #expect(patient.found == patient.expected, "\(patient.name): \(patient.words)")
      for finding in patient.doctor.findings {
        #expect(finding.measure.value >= finding.measure.threshold)
        #expect(finding.problem.hasSuffix(".") && finding.remedy.hasSuffix("."))
        let others = patient.found.subtracting([finding.kind])
        let names = others.contains { finding.remedy.contains($0.rawValue) }
        #expect(finding.remedy.contains("--") || names, "\(finding.remedy)")
      }
    }
    let missing = Set(Doctor.Kind.allCases).subtracting(table.patients.flatMap(\.expected))
    #expect(missing.isEmpty, "no model is built to have \(missing)")
  }
}
