import Foundation
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite("Degradations")
struct DegraderTests {
  private func degrader(_ kinds: [Degradation], _ shape: [Int], seed: UInt64 = 5) -> Degrader {
    Degrader(kinds, planes: shape[0], height: shape[1], width: shape[2], seed: seed)
  }

  @Test("blur, smaller and larger again, and JPEG are as SciPy, Pillow and its libjpeg have them")
  func golden() throws {
    let golden = try RestorationGolden.load()
    func made(_ kind: Degradation) throws -> [Float] {
      try degrader([kind], golden.shape).degraded(golden.unit, place: 0)
    }
    #expect(greatestDifference(try made(.blur(deviation: 1.5)), golden.blur) < 2e-6)
    #expect(greatestDifference(try made(.downscale(factor: 2)), golden.downscale2) < 2e-6)
    #expect(greatestDifference(try made(.downscale(factor: 3)), golden.downscale3) < 2e-6)
    // Two builds of one library: a level of 255 apart at most.
    #expect(greatestDifference(try made(.jpeg(quality: 20)), golden.jpegColour) < 1.01 / 255)
    let area = golden.shape[1] * golden.shape[2]
    let grey = try degrader([.jpeg(quality: 35)], [1] + golden.shape[1...])
      .degraded(Array(golden.unit[area..<(2 * area)]), place: 0)
    #expect(greatestDifference(grey, golden.jpegGrey) < 1.01 / 255)
  }

  @Test("a picture of one value stays as it is where nothing is drawn, down to the last pixel")
  func constant() throws {
    for kind in [Degradation.blur(deviation: 2), .downscale(factor: 4), .jpeg(quality: 50)] {
      let level: Float = 102.0 / 255
      let made = try degrader([kind], [3, 13, 17]).degraded(Array(repeating: level, count: 663), place: 0)
      #expect(made.allSatisfy { abs($0 - level) < 1.6 / 255 }, "\(kind)")
    }
  }

  @Test("noise, gaps, blocks and scratches have the deviation and the share that they say")
  func shares() throws {
    let shape = [1, 120, 160]
    let grey = [Float](repeating: 0.5, count: 19_200)
    func made(_ kind: Degradation) throws -> [[Float]] {
      try (0..<4).map { try degrader([kind], shape).degraded(grey, place: $0) }
    }
    let noise = try made(.gaussian(deviation: 0.1)).joined().map { Double($0 - 0.5) }
    let variance = noise.reduce(0) { $0 + $1 * $1 } / Double(noise.count)
    #expect(abs(variance.squareRoot() - 0.1) < 0.002)
    let speckle = try made(.speckle(deviation: 0.1)).joined().map { Double($0 - 0.5) }
    #expect(abs((speckle.reduce(0) { $0 + $1 * $1 } / Double(speckle.count)).squareRoot() - 0.05) < 0.001)
    func changed(_ kind: Degradation) throws -> Double {
      let values = try made(kind).joined()
      return Double(values.count { $0 != 0.5 }) / Double(values.count)
    }
    #expect(abs(try changed(.masking(rate: 0.2)) - 0.2) < 0.01)
    #expect(abs(try changed(.saltAndPepper(rate: 0.2, low: 0, high: 1)) - 0.2) < 0.01)
    #expect(abs(try changed(.blocks(sides: [8], rate: 0.1)) - 0.1) < 0.03)
    #expect(abs(try changed(.columns(rate: 0.1)) - 0.1) < 0.04)
    #expect(abs(try changed(.lines(rate: 0.05)) - 0.05) < 0.02)
    // Whole blocks of 8 by 8 or nothing.
    let blocks = try made(.blocks(sides: [8], rate: 0.1))[0]
    for top in stride(from: 0, to: 120, by: 8) {
      for left in stride(from: 0, to: 160, by: 8) {
        let cell = (0..<64).map { blocks[(top + $0 / 8) * 160 + left + $0 % 8] }
        #expect(Set(cell).count == 1)
      }
    }
  }

  @Test("channels lose the same places; the order of a list counts; other epochs and places draw anew")
  func draws() throws {
    let sample: [Float] = (0..<1440).map { (index: Int) -> Float in Float(index % 37) / 62 + 0.2 }
    for kind in [Degradation.blocks(sides: [4, 3], rate: 0.3), .lines(rate: 0.1), .columns(rate: 0.3)] {
      let made = try degrader([kind], [3, 20, 24]).degraded(sample, place: 3)
      let differs = zip(made, sample).map { $0 != $1 }
      let changed: [[Bool]] = [0, 480, 960].map { start in Array(differs[start..<(start + 480)]) }
      #expect(changed[0] == changed[1] && changed[1] == changed[2] && changed[0].contains(true), "\(kind)")
    }
    let (noise, blur) = (Degradation.gaussian(deviation: 0.1), Degradation.blur(deviation: 1))
    let first = try degrader([noise, blur], [3, 20, 24]).degraded(sample, place: 1)
    #expect(try degrader([blur, noise], [3, 20, 24]).degraded(sample, place: 1) != first)
    #expect(try degrader([noise, blur], [3, 20, 24]).degraded(sample, place: 1) == first)
    #expect(try degrader([noise, blur], [3, 20, 24]).degraded(sample, place: 2) != first)
    #expect(try degrader([noise, blur], [3, 20, 24]).degraded(sample, epoch: 1, place: 1) != first)
    #expect(try degrader([noise, blur], [3, 20, 24], seed: 6).degraded(sample, place: 1) != first)
    // Two of a kind draw each for itself.
    let twice = try degrader([noise, noise], [3, 20, 24]).degraded(sample, place: 1)
    let once = try degrader([noise], [3, 20, 24]).degraded(sample, place: 1)
    var furthest: Float = 0
    for index in sample.indices {
      let twofold: Float = 2 * once[index] - sample[index]
      furthest = max(furthest, abs(twice[index] - twofold))
    }
    #expect(furthest > 0.01)
  }

  @Test("series lose sharpness and detail along the time alone; rows and values outside [0, 1] are refused")
  func kinds() throws {
    let step: [Float] = Array(repeating: 0, count: 8) + Array(repeating: 1, count: 8)
    let series = Degrader([.blur(deviation: 1)], planes: 2, height: 1, width: 16, seed: 0)
    let made = try series.degraded(step + step.reversed(), place: 0)
    // Φ at a half and one and a half steps from the edge, of the sums that a sampled gaussian gives.
    #expect(abs(made[8] - 0.699_472) < 1e-4 && abs(made[9] - 0.941_442) < 1e-4, "\(made)")
    #expect(made[16...] == made[..<16].reversed()[...])
    let rows = try Dataset(Tensor([1, 5]) { $0.initialize(repeating: 0) }, origin: "made")
    let images = try Dataset(Tensor([1, 5, 5]) { $0.initialize(repeating: 0) }, origin: "made")
    func refused(_ kind: Degradation, _ dataset: Dataset, unit: Bool = true) -> String {
      message { _ = try Degrader([kind], of: dataset, isUnitInterval: unit, seed: 0) }
    }
    #expect(refused(.blur(deviation: 1), rows).contains("expected images, series or sounds"))
    #expect(refused(.lines(rate: 0.1), rows).contains("expected images, found samples of [5]"))
    #expect(refused(.jpeg(quality: 5), images, unit: false).contains("values in [0, 1]"))
    _ = try Degrader([.jpeg(quality: 5)], of: images, isUnitInterval: true, seed: 0)
    _ = try Degrader([.gaussian(deviation: 1)], of: rows, isUnitInterval: false, seed: 0)
  }
}

@Suite("Paired samples")
struct PairedSampleTests {
  private func dataset(_ values: [Float], names: [String]? = nil) throws -> Dataset {
    let tensor = Tensor([values.count, 1, 1], values)
    return try Dataset(tensor, origin: "made").with(form: nil, sampleNames: names)
  }

  @Test("pairs go by name where both have names, else in their order, and stay together in a part")
  func pairs() throws {
    let clean = try dataset([1, 2, 3], names: ["a.png", "b.png", "c.png"])
    let paired = try clean.paired(with: dataset([30, 10, 20], names: ["c.jpg", "a.jpg", "b.jpg"]))
    #expect(paired.inputs?.tensor.values == [10, 20, 30])
    #expect(paired.subset([2, 0]).inputs?.tensor.values == [30, 10])
    #expect(paired.subset([2, 0]).tensor.values == [3, 1])
    #expect(try dataset([1, 2]).paired(with: dataset([4, 5])).inputs?.tensor.values == [4, 5])
    let lacking = message { _ = try clean.paired(with: self.dataset([1], names: ["a.jpg"])) }
    #expect(lacking.contains("found none called b"))
    #expect(message { _ = try self.dataset([1, 2]).paired(with: self.dataset([1])) }.contains("2 samples"))
  }
}
