import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@Suite struct DoctorHealthyTests {
  static let all: [@Sendable () throws -> DoctorPatient] = [
    { try digits("digits 784-64-16, leaky relu, bce", .leakyRelu(), epochs: 30) },
    {
      let data = try Digits.dataset(count: 3000)
      let architecture = Architecture.dense(
        input: data.sampleShape, layers: [64], latent: 16, reconstruction: .bernoulli,
        normalisation: .batchNorm())
      return try patient(
        "digits 784-64-16, relu, batch norm, bce", architecture, Recipe(epochs: 30, batch: 32, seed: 1), data)
    },
    {
      let data = try Digits.dataset(count: 1500)
      let architecture = Architecture.dense(
        input: data.sampleShape, layers: [128, 64], latent: 8, activation: .elu(), outputActivation: .sigmoid,
        normalisation: .batchNorm(), dropout: .dropout(rate: 0.1))
      var recipe = Recipe(epochs: 30, batch: 64, seed: 2)
      recipe.schedule = .cosine()
      return try patient("digits 784-128-64-8, elu, batch norm, dropout, mse", architecture, recipe, data)
    },
    {
      let data = try DoctorData.clusters(1200, width: 16, centres: 12)
      let architecture = Architecture.dense(input: [16], layers: [64, 32], latent: 3)
      return try patient(
        "clusters 16-64-32-3, relu", architecture, Recipe(epochs: 60, batch: 32, seed: 3), data)
    },
    {
      let data = try DoctorData.clusters(1200, width: 16, centres: 12)
      let architecture = Architecture.dense(
        input: [16], layers: [64], latent: 3, activation: .gelu, normalisation: .layerNorm())
      var recipe = Recipe(epochs: 60, batch: 32, optimizer: .adamw(), seed: 4)
      recipe.schedule = .cosine()
      return try patient("clusters 16-64-3, gelu, layer norm, adamw", architecture, recipe, data)
    },
    {
      let data = try DoctorData.curve(2000, width: 8)
      let architecture = Architecture.dense(input: [8], layers: [32, 32], latent: 1, activation: .tanh)
      return try patient("curve 8-32-32-1, tanh", architecture, Recipe(epochs: 80, batch: 32, seed: 5), data)
    },
    {
      let data = try DoctorData.curve(2000, width: 8)
      let architecture = Architecture.dense(
        input: [8], layers: [32], latent: 2, activation: .sigmoid, outputActivation: .sigmoid)
      let recipe = Recipe(epochs: 80, batch: 32, rate: 0.01, seed: 6)
      return try patient("curve 8-32-2, sigmoid, min-max", architecture, recipe, data, scaling: .minMax)
    },
    {
      let data = try DoctorData.curve(600, width: 6)
      let architecture = Architecture.dense(input: [6], layers: [24], latent: 2, activation: .tanh)
      let recipe = Recipe(epochs: 200, batch: 256, optimizer: .lbfgs(), seed: 7)
      return try patient("curve 6-24-2, tanh, lbfgs", architecture, recipe, data)
    },
    {
      let data = try DoctorData.clusters(1500, width: 12, centres: 8, shift: 100, scale: 20)
      let architecture = Architecture.dense(
        input: [12], layers: [48], latent: 2, activation: .leakyRelu(), reconstruction: .huber())
      let recipe = Recipe(
        epochs: 60, batch: 32, optimizer: .sgd(momentum: 0.9), rate: 0.05, seed: 8)
      return try patient("clusters 12-48-2, leaky relu, huber, sgd", architecture, recipe, data)
    },
    {
      let data = try Digits.dataset(count: 1500)
      let architecture = Architecture.dense(
        input: data.sampleShape, layers: [64], latent: 16, activation: .elu(),
        reconstruction: .bernoulli, penalties: [.activity(l1: 1e-5)])
      let recipe = Recipe(epochs: 30, batch: 32, rate: 0.002, seed: 9)
      return try patient("digits 784-64-16 sparse, elu", architecture, recipe, data)
    },
    {
      let data = try DoctorData.clusters(800, width: 10, centres: 6)
      let architecture = Architecture.dense(input: [10], layers: [40], latent: 2, activation: .prelu)
      return try patient(
        "clusters 10-40-2, prelu, none held out", architecture, Recipe(epochs: 80, batch: 32, seed: 10), data,
        holdingOut: nil)
    },
  ]

  /// On published data, where the machine has them.
  static let real: [(path: String, make: @Sendable (Dataset) throws -> DoctorPatient)] = [
    (
      "tabular/pima/pima-indians-diabetes.csv",
      { data in
        let architecture = Architecture.dense(
          input: data.sampleShape, layers: [32], latent: 4, activation: .elu())
        var recipe = Recipe(epochs: 200, batch: 16, seed: 1)
        recipe.schedule = .cosine()
        return try patient("pima 9-32-4, elu", architecture, recipe, data)
      }
    ),
    (
      "anomaly/26_optdigits.npz",
      { data in
        let architecture = Architecture.dense(
          input: data.sampleShape, layers: [128], latent: 16, activation: .elu())
        var recipe = Recipe(epochs: 60, batch: 64, seed: 2)
        recipe.schedule = .cosine()
        return try patient("optdigits 64-128-16, elu", architecture, recipe, data)
      }
    ),
    (
      "mnist/t10k-images-idx3-ubyte.gz",
      { data in
        let architecture = Architecture.dense(
          input: data.sampleShape, layers: [128], latent: 16, reconstruction: .bernoulli)
        return try patient(
          "MNIST 784-128-16, relu", architecture, Recipe(epochs: 25, batch: 64, seed: 3), data)
      }
    ),
  ]

  static func digits(_ name: String, _ activation: Layer, epochs: Int) throws -> DoctorPatient {
    let data = try Digits.dataset(count: 1500)
    let architecture = Architecture.dense(
      input: data.sampleShape, layers: [64], latent: 16, activation: activation, reconstruction: .bernoulli)
    return try patient(name, architecture, Recipe(epochs: epochs, batch: 32, rate: 0.002, seed: 1), data)
  }

  static func patient(
    _ name: String, _ architecture: Architecture, _ recipe: Recipe, _ data: Dataset,
    scaling: Scaling.Kind? = nil, holdingOut fraction: Double? = 0.1
  ) throws -> DoctorPatient {
    let model = try DoctorPatient.train(
      architecture, recipe, on: data, holdingOut: fraction, scaling: scaling)
    return try DoctorPatient(name, model, on: data)
  }

  @Test func haveNoFindings() throws {
    var table = DoctorTable()
    for make in Self.all { table.add(try make()) }
    for (path, make) in Self.real {
      guard let path = RealData.file(path) else {
        table.skip(path)
        continue
      }
      table.add(try make(Source.open(path)))
    }
    table.show("healthy models")
    #expect(table.patients.count >= 10)
    for patient in table.patients {
      #expect(!patient.doctor.isBeaten, "\(patient.name)")
      #expect(patient.doctor.findings.isEmpty, "\(patient.name): \(patient.words)")
    }
  }
}
