import Foundation
import Hourglass
import HourglassTestSupport
import Testing

/// Series that are filled up to a model's length: what is behind their end must not matter.
@Suite("Series of unequal length")
struct PaddingTests {
  /// Cases of a `.ts` file of one channel.
  private func file(_ cases: [[Float]]) throws -> String {
    let path = FileManager.default.temporaryDirectory.path + "/padding-\(UUID().uuidString).ts"
    let lines = cases.map { $0.map { "\($0)" }.joined(separator: ",") + "\n" }.joined()
    try "@data\n\(lines)".write(toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  private func cases(_ lengths: [Int]) -> [[Float]] {
    lengths.enumerated().map { number, length in Draws.normal(length, seed: UInt64(number)) }
  }

  private func open(_ cases: [[Float]], _ options: SourceOptions = SourceOptions()) throws -> Dataset {
    let path = try file(cases)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try Source.open(path, options: options)
  }

  @Test("a score does not depend on how long the other samples are")
  func scores() throws {
    let all = cases([5, 9, 7, 9, 3, 8])
    let training = try open(all)
    let trainer = try Trainer(
      Autoencoder(.dense(input: [1, 9], layers: [6], latent: 2), seed: 1), Recipe(epochs: 3, batch: 4),
      on: training)
    while try trainer.nextEpoch() != nil {}
    let model = trainer.model
    let options = SourceOptions(model.preparation)
    let together = try model.scores(training).values
    let loss = try #require(Statistics.mean(together.map(Double.init)))
    #expect(loss.isFinite)
    for (place, single) in all.enumerated() {
      let alone = try model.scores(open([single], options)).values
      #expect(alone[0].bitPattern == together[place].bitPattern, "\(place): \(alone), \(together)")
      let made = try model.reconstruct(open([single], options)).values
      #expect(made.map(\.isNaN) == (0..<9).map { $0 >= single.count })
    }
  }

  @Test("a loss is the mean over the values that are there, whatever the model's length", arguments: [9, 14])
  func lengths(_ length: Int) throws {
    let all = cases([5, 9, 7])
    let preparation = Preparation(
      sampleShape: [1, length], element: .float32, scaling: .none(isUnitInterval: false), allowsGaps: true,
      form: .series(SeriesForm(channels: 1, window: length, stride: 1, isPadded: true)))
    // All weights 0: every reconstruction is 0 and a loss the mean square.
    let autoencoder = try Autoencoder(.dense(input: [1, length], layers: [4], latent: 2)) { name in
      let shape: Shape =
        switch name {
        case "encoder.1.weight": [length, 4]
        case "encoder.3.weight": [4, 2]
        case "decoder.0.weight": [2, 4]
        case "decoder.2.weight": [4, length]
        case "encoder.3.bias": [2]
        case "decoder.2.bias": [length]
        default: [4]
        }
      return Tensor(shape, [Float](repeating: 0, count: shape.count))
    }
    let model = Model(autoencoder, preparation)
    let scores = try model.scores(open(all, SourceOptions(preparation))).doubles
    for (score, single) in zip(scores, all) {
      let square = single.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(single.count)
      #expect(abs(score - square) < 1e-6 * square)
    }
  }
}
