import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

@Suite("Categorical codes")
struct CategoricalCodeTests {
  static let codes: [Code.Categorical] = [
    .init(variables: 2, classes: 3), .init(variables: 1, classes: 6, beta: 3, temperature: 0.7),
    .init(variables: 3, classes: 2, beta: 0, annealing: 0),
    .init(variables: 2, classes: 3, beta: 0.5, temperature: 0.4, startTemperature: 2, annealing: 4),
  ]

  private func architecture(_ code: Code.Categorical) -> Architecture {
    Architecture(
      input: [5], encoder: [.dense(units: 4), .tanh, .dense(units: 6)], code: .categorical(code),
      decoder: [.dense(units: 4), .tanh, .dense(units: 5)], penalties: [.activity(l2: 0.02)])
  }

  @Test("objectives and gradients are those of the formula", arguments: codes)
  func objective(_ code: Code.Categorical) throws {
    let architecture = architecture(code)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let samples = Tensor([20, 5], Draws.normal(100, seed: 6))
    let slow = SlowAutoencoder(autoencoder)
    let noise = SlowNoise(seed: Run.seed, step: Run.step)
    let progress = Double(Run.progress)
    let training = Run(.training(autoencoder.outline, architecture), autoencoder.block, samples)
    let objective = slow.objective(samples.doubleRows, noise: noise, progress: progress)
    #expect(distance(training.results[0], [objective]) < 2e-6)
    let gradient = slow.gradient(samples.doubleRows, noise: noise, progress: progress)
    #expect(distance(training.gradients, gradient) < 5e-6)
  }

  @Test("a code on use is 1 at the likeliest class of each variable", arguments: codes)
  func use(_ code: Code.Categorical) throws {
    let architecture = architecture(code)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    #expect(autoencoder.outline.code == [6])
    #expect(autoencoder.outline.codeNumbers == code.variables)
    let samples = Tensor([7, 5], Draws.normal(35, seed: 6))
    let slow = SlowAutoencoder(autoencoder)
    let codes = try autoencoder.encode(samples).values
    #expect(distance(codes, samples.doubleRows.flatMap { slow.encode($0) }) == 0)
    let outputs = samples.doubleRows.flatMap { slow.reconstruct($0) }
    #expect(distance(try autoencoder.reconstruct(samples).values, outputs) < 2e-6)
    let places = Run(.places(autoencoder.outline), autoencoder.block, samples).results[0]
    #expect(places.count == 7 * code.variables)
    for (index, place) in places.enumerated() { #expect(codes[index * code.classes + Int(place)] == 1) }
  }

  /// Where a trained model is judged its code is one class, drawn as often as the encoder's odds say.
  @Test("draws follow the odds, and the divergence is theirs from even ones")
  func draws() throws {
    let rows = 30_000
    let architecture = Architecture(
      input: [1], encoder: [.dense(units: 4)],
      code: .categorical(.init(variables: 1, classes: 4)), decoder: [.dense(units: 1)])
    var autoencoder = try Autoencoder(architecture, seed: 2)
    let odds: [Float] = [0.3, -0.4, 1.2, -1.5]
    for placed in autoencoder.outline.weights {
      let values: [Float] =
        switch placed.name {
        case "encoder.0.bias": odds
        // The output then is the number of the class.
        case "decoder.0.weight": [0, 1, 2, 3]
        default: Array(repeating: 0, count: placed.weight.shape.count)
        }
      autoencoder.block.replaceSubrange(placed.offset..<(placed.offset + values.count), with: values)
    }
    let samples = Tensor([rows, 1], [Float](repeating: 0, count: rows))
    let run = Run(.bound(autoencoder.outline, architecture), autoencoder.block, samples)
    let powers = odds.map { exp(Double($0)) }
    let shares = powers.map { $0 / powers.reduce(0, +) }
    for number in 0..<4 {
      let count = run.results[0].count { $0 == Float(number * number) }
      let deviation = (shares[number] * (1 - shares[number]) / Double(rows)).squareRoot()
      #expect(abs(Double(count) / Double(rows) - shares[number]) < 5 * deviation)
    }
    let divergence = shares.reduce(0) { $0 + $1 * log($1 * 4) }
    #expect(run.results[1].allSatisfy { abs(Double($0) - divergence) < 1e-6 })
  }

  /// Maddison et al. 2017, proposition 1: a relaxed draw has its greatest value at a class as often as the
  /// odds say, at any temperature; and the colder it is the nearer to 1 that is.
  @Test func relaxedDraws() throws {
    let rows = 30_000
    var means: [Double] = []
    for temperature: Float in [5, 0.5, 0.05] {
      let code = Code.Categorical(
        variables: 1, classes: 3, beta: 0, temperature: temperature, annealing: 0)
      // The sum of squares of a code, as its penalty: 1 at a single class, 1 / 3 where all are even.
      let architecture = Architecture(
        input: [1], encoder: [.dense(units: 3)], code: .categorical(code), decoder: [.dense(units: 1)],
        penalties: [.activity(l2: 1)])
      var autoencoder = try Autoencoder(architecture, seed: 2)
      autoencoder.block = autoencoder.block.map { _ in 0 }
      let samples = Tensor([rows, 1], [Float](repeating: 0, count: rows))
      means.append(
        Double(Run(.training(autoencoder.outline, architecture), autoencoder.block, samples).results[0][0]))
    }
    // Of even odds E Σ z² lies between both.
    #expect(means[0] > 1.0 / 3 && means[0] < 0.4, "\(means)")
    #expect(means[1] > 0.6 && means[1] < 0.9, "\(means)")
    #expect(means[2] > 0.95 && means[2] < 1, "\(means)")
  }

  @Test("numbers out of range are refused by name")
  func refusals() throws {
    for (code, word) in [
      (Code.Categorical(variables: 0, classes: 6), "variables"), (.init(variables: 6, classes: 1), "classes"),
      (.init(variables: 2, classes: 4), "[8], 2 variables of 4 classes"),
      (.init(variables: 2, classes: 3, beta: -1), "beta"),
      (.init(variables: 2, classes: 3, temperature: 0), "temperature"),
      (.init(variables: 2, classes: 3, startTemperature: .infinity), "startTemperature"),
      (.init(variables: 2, classes: 3, annealing: -1), "annealing"),
    ] {
      do {
        _ = try architecture(code).outline()
        Issue.record("\(code) was taken")
      } catch {
        #expect("\(error)".contains("code categorical") && "\(error)".contains(word), "\(error)")
      }
    }
  }

  @Test("the JSON form keeps every number", arguments: codes)
  func coding(_ code: Code.Categorical) throws {
    let data = try JSONEncoder().encode(architecture(code))
    #expect(try JSONDecoder().decode(Architecture.self, from: data) == architecture(code))
  }
}
