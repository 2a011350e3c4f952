import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import HourglassTraining
import Testing

@testable import HourglassTasks

@Suite("Pictures restored tile by tile")
struct RestorerTests {
  /// Three 3 by 3 convolutions about a residual: what is further than 3 pixels away does not reach.
  private func model(_ side: Int, channels: Int = 1, stride: Int = 1) throws -> Model {
    let inner: [Layer] =
      stride == 1
      ? [.conv(8), .relu, .conv(8), .relu, .conv(channels)]
      : [.conv(8, stride: 2), .relu, .deconv(channels, stride: 2)]
    let architecture = Architecture(
      input: [channels, side, side], encoder: [.residual(inner)], decoder: [])
    let autoencoder = try Autoencoder(architecture, seed: 3)
    let preparation = Preparation(
      sampleShape: architecture.input, element: .uint8,
      scaling: Scaling(.by255, shift: [0], scale: [1 / 255], isUnitInterval: true),
      form: .images(ImageForm(height: side, width: side, channels: channels)))
    return Model(autoencoder, preparation)
  }

  private func picture(_ height: Int, _ width: Int, channels: Int = 1) -> PicturePlanes {
    let values = (0..<(channels * height * width)).map { Float(($0 * 7919 + $0 / width * 31) % 256) }
    return PicturePlanes(values, channels: channels, height: height, width: width)
  }

  @Test(
    "tiles are as one pass over the whole picture, but for nothing", arguments: [(1, 16), (1, 24), (3, 32)])
  func seams(_ channels: Int, _ side: Int) throws {
    let model = try model(16, channels: channels)
    let picture = picture(64, 96, channels: channels)
    let whole = try #require(model.autoencoder.reading([channels, 64, 96]))
    let dataset = try Dataset(Tensor([1, channels, 64, 96], picture.values), origin: "whole")
    let preparation = Preparation(
      sampleShape: [channels, 64, 96], element: .float32, scaling: model.preparation.scaling)
    let once = try Model(whole, preparation).reconstruct(dataset, threads: 1).values
    let made = try Restorer(model, side: side, overlap: side / 2, threads: 2).restore(picture)
    // A margin of a quarter of the overlap is left out of each tile, more than the three pixels that reach.
    let margin = side / 2 / 4
    let limit: Float = margin >= 3 ? 1e-3 : 20
    #expect(greatestDifference(made.values, once) < limit, "\(greatestDifference(made.values, once))")
    let other = try Restorer(model, side: side, overlap: side / 2, threads: 1).restore(picture)
    #expect(other.values == made.values)
  }

  @Test("weights of tiles add up to 1 everywhere, and to all there is at the edges")
  func weights() {
    for (count, tile, overlap) in [
      (100, 32, 8), (33, 32, 8), (65, 16, 8), (32, 32, 16), (50, 20, 0), (200, 64, 16),
    ] {
      let tiling = Tiling(height: 1, width: count, tile: (1, tile), overlap: (0, overlap))
      var sums = [Float](repeating: 0, count: count)
      for number in 0..<tiling.count {
        let columns = tiling.weights(number).columns
        for (place, weight) in columns.enumerated() { sums[tiling.place(number).left + place] += weight }
      }
      #expect(sums.allSatisfy { $0 > 0.99 }, "\(count) \(tile) \(overlap)")
      // Where tiles lie as far over each other as they should, exactly 1.
      let regular = sums[..<(count - 2 * tile > 0 ? count - 2 * tile : 0)]
      #expect(regular.allSatisfy { abs($0 - 1) < 1e-6 })
    }
  }

  @Test("a picture of one value stays so where the network adds nothing, whatever its size")
  func constant() throws {
    let model = try model(16)
    var still = model.autoencoder
    still.block = still.block.map { _ in 0 }
    let idle = Model(still, model.preparation)
    for (height, width) in [(16, 16), (5, 9), (17, 40), (70, 33)] {
      let grey = PicturePlanes(
        Array(repeating: 77, count: height * width), channels: 1, height: height, width: width)
      let made = try Restorer(idle).restore(grey)
      #expect(made.values.count == height * width && made.values.allSatisfy { abs($0 - 77) < 1e-3 })
    }
  }

  @Test(
    "channels of a colour picture go through a grey model each; a grey one through a colour model as three")
  func channels() throws {
    let grey = try Restorer(model(16))
    let colours = picture(20, 30, channels: 3)
    let made = try grey.restore(colours)
    let middle = try grey.restore(
      PicturePlanes(Array(colours.values[600..<1200]), channels: 1, height: 20, width: 30))
    #expect(greatestDifference(Array(made.values[600..<1200]), middle.values) < 1e-3)
    let colour = try Restorer(model(16, channels: 3))
    let one = picture(20, 30)
    let three = try colour.restore(
      PicturePlanes(one.values + one.values + one.values, channels: 3, height: 20, width: 30))
    let mean = (0..<600).map { place -> Float in
      let sum: Float = three.values[place] + three.values[600 + place] + three.values[1200 + place]
      return sum / 3
    }
    #expect(greatestDifference(try colour.restore(one).values, mean) < 1e-3)
    let deep = PicturePlanes(one.values.map { $0 * 257 }, channels: 1, height: 20, width: 30, bits: 16)
    let restored = try grey.restore(deep).values.map { $0 / 257 }
    #expect(greatestDifference(restored, try grey.restore(one).values) < 1e-3)
  }

  @Test("where places are told to be missing, all others stay, and what stood there is not seen")
  func missing() throws {
    let restorer = try Restorer(model(16))
    let picture = picture(24, 24)
    let mask = (0..<576).map { $0 / 24 / 4 == 2 && $0 % 24 / 4 == 3 }
    let made = try restorer.restore(picture, missing: mask)
    #expect(zip(mask, zip(made.values, picture.values)).allSatisfy { $0 || $1.0 == $1.1 })
    #expect(zip(mask, zip(made.values, picture.values)).contains { $0 && $1.0 != $1.1 })
    let other = picture.with(zip(picture.values, mask).map { $1 ? 255 - $0 : $0 })
    let again = try restorer.restore(other, missing: mask).values
    #expect(again.indices.allSatisfy { !mask[$0] || again[$0] == made.values[$0] })
  }

  @Test("networks with dense layers keep their own tiles; sides that none can have are refused")
  func sides() throws {
    let dense = Architecture(
      input: [1, 8, 8], encoder: [.flatten, .dense(units: 4)],
      decoder: [.dense(units: 64), .reshape([1, 8, 8])])
    let model = try model(16)
    let preparation = Preparation(
      sampleShape: [1, 8, 8], element: .uint8, scaling: model.preparation.scaling)
    let flat = Model(try Autoencoder(dense, seed: 1), preparation)
    #expect(flat.autoencoder.reading([1, 16, 16]) == nil && flat.autoencoder.reading([1, 8, 8]) != nil)
    let own = try Restorer(flat)
    #expect(own.tile == (8, 8) && own.overlap == (4, 4))
    #expect(try own.restore(picture(20, 11)).values.allSatisfy(\.isFinite))
    #expect(try Restorer(model).tile == (128, 128))
    #expect(refusal { _ = try Restorer(flat, side: 16) }.contains("such as its own, 8x8"))
    #expect(refusal { _ = try Restorer(self.model(16, stride: 2), side: 17) }.contains("tile"))
    #expect(refusal { _ = try Restorer(model, overlap: 65) }.contains("at most half"))
    let rows = Model(
      try Autoencoder(.dense(input: [5], layers: [], latent: 2), seed: 1),
      Preparation(sampleShape: [5], element: .float32, scaling: model.preparation.scaling))
    #expect(refusal { _ = try Restorer(rows) }.contains("a model of images"))
  }
}

/// What a body throws, in words; empty where it throws nothing.
func refusal(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}
