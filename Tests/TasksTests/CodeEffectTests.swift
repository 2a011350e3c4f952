import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

/// Values of a code that vary little beside the others: some are needed, some are not.
@Suite struct CodeEffectTests {
  /// Directions of which each has half the deviation of the one before: eight of them leave (1/4)⁸ of the
  /// variance, and the eighth has (1/4)⁷ of that of the first.
  private func falling() throws -> Dataset {
    let draws = Draws.normal(600 * 12, seed: 8)
    let values = draws.indices.map { draws[$0] * Float(1 / Double(1 << ($0 % 12))) }
    return try Dataset(Tensor([600, 12], values), origin: "falling")
  }

  private func model(_ change: (inout Autoencoder) -> Void = { _ in }) throws -> Model {
    var recipe = Recipe(epochs: 1, batch: 600, rate: 1e-9, seed: 3)
    recipe.firstWeights = .principal
    let architecture = Architecture.dense(input: [12], layers: [20], latent: 8)
    let model = try DoctorPatient.train(
      architecture, recipe, on: falling(), holdingOut: nil, scaling: Scaling.Kind.none)
    var autoencoder = model.autoencoder
    change(&autoencoder)
    return Model(autoencoder, model.preparation, model.provenance, control: model.control)
  }

  @Test func principalComponentsThatVaryLittleAreNeeded() throws {
    let (model, data) = (try model(), try falling())
    #expect(try !Doctor(model, on: data).findings.map(\.kind).contains(.constantCode))
    let effect = try #require(try CodeEffect(model, data, threads: 1))
    for place in 0..<8 { #expect(try effect.matters(place), "\(place)") }
  }

  @Test func whatTheDecoderDoesNotReadIsNot() throws {
    // Of the last three values of the code nothing goes into the decoder.
    let deaf = try model { $0.change("decoder.0.weight") { row, _, old in row < 5 ? old : 0 } }
    let finding = try Doctor(deaf, on: falling()).findings.first { $0.kind == .constantCode }
    #expect(finding?.problem.hasPrefix("3 of the 8 values of the code (37.5 %) hardly vary") == true)
    #expect(finding?.remedy.hasPrefix("Use --latent 5, which keeps as much") == true)
  }
}
