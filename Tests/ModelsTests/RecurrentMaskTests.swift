import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Sequences of unequal length: what is appended to fill them up changes nothing.
@Suite("Recurrent layers and sequences of unequal length")
struct RecurrentMaskTests {
  static let layers: [[Layer]] = [
    [.lstm(5, output: .last)], [.gru(5, output: .last)], [.lstm(4, .backward, output: .last)],
    [.lstm(6, .both), .gru(3, .both, output: .last)],
    [.gru(4, .both), .densePerStep(units: 3), .lstm(2, output: .last)],
  ]

  private func architecture(_ steps: Int, _ layers: [Layer]) -> Architecture {
    Architecture(
      input: [steps, 2], encoder: layers,
      decoder: [.repeatSteps(count: steps), .lstm(3, .both), .densePerStep(units: 2)])
  }

  /// Lengths 1 to `steps` of the same draws, filled up with NaN.
  private func samples(_ steps: Int) -> [Float] {
    (1...4).flatMap { length -> [Float] in
      let drawn = Draws.normal(2 * length, seed: UInt64(length))
      return drawn + Array(repeating: .nan, count: 2 * (steps - length))
    }
  }

  private func codes(_ steps: Int, _ layers: [Layer], _ part: Inference.Part) throws -> [Float] {
    let autoencoder = try Autoencoder(architecture(steps, layers), seed: 5)
    let inference = Inference(autoencoder, part, rows: 4, gaps: true, threads: 1)
    var result: [Float] = []
    samples(steps).withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      inference.run(count: 4) { _ in
        Feed(base: base, element: .float32)
      } _: { _, values, losses in
        result = Array(losses ?? values)
      }
    }
    return result
  }

  @Test(arguments: layers)
  func paddingChangesNoCodeAndNoLoss(_ layers: [Layer]) throws {
    let (short, long) = (try codes(4, layers, .encode), try codes(9, layers, .encode))
    #expect(short == long)
    #expect(short.allSatisfy(\.isFinite) && Set(short).count > 4)
    let (few, many) = (try codes(4, layers, .reconstruct), try codes(9, layers, .reconstruct))
    #expect(few.count == 4)
    #expect(zip(few, many).allSatisfy { abs($0 - $1) < 1e-6 })
  }
}
