import Foundation
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite("Augmentation")
struct AugmentationTests {
  private func augmenter(_ text: String, _ shape: Shape, unit: Bool = false) throws -> Augmenter {
    let dataset = try Dataset(Tensor(shape.batch(1)) { $0.initialize(repeating: 0) }, origin: "made")
    return try Augmenter(Augmentation(text: text), of: dataset, isUnitInterval: unit, seed: 5)
  }

  private func changed(_ sample: [Float], _ augmenter: Augmenter, epoch: Int = 0, place: Int) -> [Float] {
    var result = [Float](repeating: .infinity, count: sample.count)
    augmenter.write(sample, into: &result, epoch: epoch, place: place)
    return result
  }

  @Test("is read from its text, written as it, and refused by the word at fault")
  func text() throws {
    let all = "shift=2,flip,flip-vertical,rotate=10,crop=0.25,noise=0.05,binarize"
    let augmentation = try Augmentation(text: all)
    #expect("\(augmentation)" == all && Augmentation.names.count == 7)
    let stored = try JSONEncoder().encode([augmentation])
    #expect(try JSONDecoder().decode([Augmentation].self, from: stored) == [augmentation])
    for (text, words) in [
      ("", "found ''"), ("turn=3", "found 'turn'"), ("shift", "a whole number from 1 to 4096, found none"),
      ("shift=1.5", "found '1.5'"), ("flip=1", "expected no number"), ("flip,flip", "flip twice"),
      ("rotate=181", "at most 180"), ("crop=1", "at most 0.9"), ("noise=nan", "found 'nan'"),
      ("noise=-1", "above 0"), ("shift=2,", "found ''"),
    ] {
      let refused = message { _ = try Augmentation(text: text) }
      #expect(refused.contains(words), "\(text): \(refused)")
    }
    #expect(
      message { _ = try JSONDecoder().decode([Augmentation].self, from: Data("[\"spin\"]".utf8)) }.contains(
        "spin"))
  }

  @Test(
    "binarized values are 0 or 1, as often as they say, anew in every epoch; outside [0, 1] it is refused")
  func binarize() throws {
    let augmenter = try augmenter("binarize", [5], unit: true)
    let sample: [Float] = [0, 0.25, 0.5, 1, .nan]
    var sums = [Double](repeating: 0, count: 4)
    for place in 0..<4000 {
      let found = changed(sample, augmenter, place: place)
      #expect(found[4].isNaN && found.prefix(4).allSatisfy { $0 == 0 || $0 == 1 })
      for index in 0..<4 { sums[index] += Double(found[index]) / 4000 }
    }
    #expect(
      sums[0] == 0 && abs(sums[3] - 1) < 1e-9 && abs(sums[1] - 0.25) < 0.03 && abs(sums[2] - 0.5) < 0.03,
      "\(sums)")
    let epochs = (0..<20).map { changed(sample, augmenter, epoch: $0, place: 1).prefix(4).map { $0 } }
    #expect(Set(epochs).count > 1)
    #expect(message { _ = try self.augmenter("binarize", [5]) }.contains("values in [0, 1]"))
  }

  @Test("moves and mirrors whole pixels, and repeats the edge", arguments: [[3, 4], [2, 3, 4]])
  func exact(dimensions: [Int]) throws {
    let shape = Shape(dimensions)
    let augmenter = try augmenter("shift=1,flip,flip-vertical", shape)
    let (height, width) = (3, 4)
    let sample = (0..<shape.count).map { Float($0 * $0) }
    func image(_ down: Int, _ right: Int, _ mirrored: Bool, _ upended: Bool) -> [Float] {
      (0..<shape.count).map { index in
        let (plane, y, x) = (index / 12, index / width % height, index % width)
        let (fromY, fromX) = ((upended ? 2 - y : y) - down, (mirrored ? 3 - x : x) - right)
        return sample[plane * 12 + min(max(fromY, 0), 2) * width + min(max(fromX, 0), 3)]
      }
    }
    var counts: [[Float]: Int] = [:]
    for down in -1...1 {
      for right in -1...1 {
        for flips in 0..<4 { counts[image(down, right, flips & 1 == 1, flips & 2 == 2)] = 0 }
      }
    }
    #expect(counts.count == 36)
    for place in 0..<3600 {
      let made = changed(sample, augmenter, place: place)
      let count = try #require(counts[made], "\(place): \(made)")
      counts[made] = count + 1
    }
    // 100 each are expected, with a deviation of 10.
    #expect(counts.values.allSatisfy { (55...145).contains($0) }, "\(counts.values.sorted())")
    #expect(changed(sample, augmenter, place: 7) == changed(sample, augmenter, place: 7))
    let epochs = (0..<8).map { changed(sample, augmenter, epoch: $0, place: 7) }
    #expect(Set(epochs).count > 3)
  }

  /// The coordinates of each pixel as two planes: what comes out tells where it came from, since the line
  /// between two neighbours is exact for them.
  private func coordinates(_ height: Int, _ width: Int) -> [Float] {
    (0..<(height * width)).map { Float($0 / width) } + (0..<(height * width)).map { Float($0 % width) }
  }

  @Test("turns all pixels by one angle about the middle")
  func rotation() throws {
    let (height, width) = (15, 21)
    let augmenter = try augmenter("rotate=30", [2, 15, 21])
    var angles: [Double] = []
    for place in 0..<200 {
      let made = changed(coordinates(height, width), augmenter, place: place)
      func source(_ y: Int, _ x: Int) -> (y: Double, x: Double) {
        (Double(made[y * width + x]) - 7, Double(made[(height + y) * width + x]) - 10)
      }
      // A pixel two to the right of the middle tells the angle; those near by must agree.
      let probe = source(7, 12)
      let angle = atan2(-probe.y, probe.x)
      angles.append(angle * 180 / .pi)
      for (y, x) in [(7, 10), (7, 13), (4, 10), (9, 12), (5, 7)] {
        let (fromY, fromX) = (Double(y - 7), Double(x - 10))
        let expected = (
          y: cos(angle) * fromY - sin(angle) * fromX, x: sin(angle) * fromY + cos(angle) * fromX
        )
        let found = source(y, x)
        #expect(abs(found.y - expected.y) < 1e-4 && abs(found.x - expected.x) < 1e-4, "\(place) \(y) \(x)")
      }
    }
    #expect(angles.allSatisfy { abs($0) <= 30.001 })
    #expect((angles.min() ?? 0) < -25 && (angles.max() ?? 0) > 25)
  }

  @Test("stretches a part of each side over all of it")
  func crop() throws {
    let (height, width) = (8, 20)
    let augmenter = try augmenter("crop=0.5", [2, 8, 20])
    var cuts: [Double] = []
    for place in 0..<200 {
      let made = changed(coordinates(height, width), augmenter, place: place).map(Double.init)
      let scale = made[(height + 3) * width + 11] - made[(height + 3) * width + 10]
      #expect(abs(made[4 * width] - made[3 * width] - scale) < 1e-4)
      cuts.append(1 - scale)
      // Pixel edges, not middles, meet the edges of the part, which lies within the sample.
      let left = made[(height + 3) * width + 10] + 0.5 - 10.5 * scale
      #expect(left > -1e-3 && left + Double(width) * scale < Double(width) + 1e-3)
    }
    #expect(cuts.allSatisfy { $0 > -1e-4 && $0 < 0.5 } && (cuts.max() ?? 0) > 0.45)
  }

  @Test("noise has its deviation, stays within [0, 1] where values must, and spares what is missing")
  func noise() throws {
    let augmenter = try augmenter("noise=0.25", [10])
    let sample: [Float] = [1, 2, 3, .nan, 5, 6, 7, 8, 9, 10]
    var sums = (0.0, 0.0)
    for place in 0..<2000 {
      let made = changed(sample, augmenter, epoch: 3, place: place)
      #expect(made[3].isNaN)
      for index in [0, 1, 2, 4, 5, 6, 7, 8, 9] {
        let difference = Double(made[index] - sample[index])
        sums = (sums.0 + difference, sums.1 + difference * difference)
      }
    }
    #expect(abs(sums.0 / 18_000) < 0.01 && abs((sums.1 / 18_000).squareRoot() - 0.25) < 0.005)
    let unit = try self.augmenter("noise=1", [10], unit: true)
    let made = (0..<50).flatMap { changed([Float](repeating: 0.5, count: 10), unit, place: $0) }
    #expect(made.allSatisfy { (0...1).contains($0) } && made.contains(0) && made.contains(1))
  }

  @Test("series move along their time alone; gaps move with their values")
  func series() throws {
    let samples = Tensor([1, 2, 5], [1, 2, 3, 4, .nan, 10, 20, 30, 40, .nan] as [Float])
    let form = SampleForm.series(SeriesForm(channels: 2, window: 5, stride: 1))
    let dataset = try Dataset(samples, origin: "t.ts").with(form: form, sampleNames: nil)
    let augmenter = try Augmenter(
      Augmentation(text: "shift=1"), of: dataset, isUnitInterval: false, seed: 1)
    let found = Set(
      (0..<50).map { place in
        changed(samples.values, augmenter, place: place).map { "\($0)" }.joined(separator: " ")
      })
    #expect(
      found == [
        "1.0 2.0 3.0 4.0 nan 10.0 20.0 30.0 40.0 nan", "1.0 1.0 2.0 3.0 4.0 10.0 10.0 20.0 30.0 40.0",
        "2.0 3.0 4.0 nan nan 20.0 30.0 40.0 nan nan",
      ])
    let refused = message {
      _ = try Augmenter(Augmentation(text: "flip"), of: dataset, isUnitInterval: false, seed: 1)
    }
    #expect(refused.contains("augmentation of t.ts: expected images for flip, found series of"), "\(refused)")
  }

  @Test("rows have no places", arguments: ["shift=1", "crop=0.1", "flip", "rotate=5"])
  func rows(text: String) throws {
    #expect(message { _ = try augmenter(text, [12]) }.contains("found samples of [12]"))
    _ = try augmenter("noise=1", [12])
  }
}
