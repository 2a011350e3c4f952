import Foundation
import HourglassData
import Testing

@testable import HourglassTasks

/// Distances, tops, watersheds, thresholds and pieces against SciPy and scikit-image.
@Suite("Segmentation against SciPy and scikit-image")
struct SegmentationGoldenTests {
  struct Golden: Decodable {
    let cases: [Case]

    struct Case: Decodable {
      let width, height, threshold: Int
      let mask, tops, flooded, four, eight, filled: [Int32]
      let squaredDistances, smoothed, heights: [Double]
      let levels: [UInt8]
      let boxes: [[Double]]

      private enum CodingKeys: String, CodingKey {
        case width, height, threshold, mask, tops, flooded, four, eight, filled, smoothed, heights, levels,
          boxes
        case squaredDistances = "squared_distances"
      }

      var isObject: [Bool] { mask.map { $0 > 0 } }
      func labels(_ values: [Int32]) -> PixelLabels { PixelLabels(width: width, height: height, values) }
    }
  }

  static let golden: Golden? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/segmentation.json")))
      .flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()

  static let places = 0..<(golden?.cases.count ?? 0)

  private func example(_ place: Int) throws -> Golden.Case {
    try #require(SegmentationGoldenTests.golden).cases[place]
  }

  @Test("there are cases") func some() { #expect(SegmentationGoldenTests.places.count == 3) }

  @Test("pieces by sides and by corners, in the order of their first pixels", arguments: places)
  func pieces(place: Int) throws {
    let example = try example(place)
    let (width, height) = (example.width, example.height)
    for (neighbours, expected) in [(PixelNeighbours.four, example.four), (.eight, example.eight)] {
      let found = PixelLabels.components(
        of: example.isObject, width: width, height: height, neighbours: neighbours)
      #expect(found.values == expected)
    }
    let filled = PixelLabels.filledHoles(of: example.isObject, width: width, height: height)
    #expect(filled == example.filled.map { $0 > 0 })
  }

  @Test("distances to the background are exact, and smoothed as SciPy does", arguments: places)
  func distances(place: Int) throws {
    let example = try example(place)
    let (width, height) = (example.width, example.height)
    let squared = DistanceTransform.squared(of: example.isObject, width: width, height: height)
    #expect(squared == example.squaredDistances)
    let smooth = GaussianFilter(deviation: 1).applied(
      to: squared.map { $0.squareRoot() }, width: width, height: height)
    #expect(zip(smooth, example.smoothed).allSatisfy { abs($0 - $1) < 1e-7 })
  }

  @Test("tops rise by so much above the way to a higher one", arguments: places)
  func tops(place: Int) throws {
    let example = try example(place)
    let distances = example.squaredDistances.map { $0.squareRoot() }
    let found = Peaks.maxima(
      of: distances, rise: 0.5, width: example.width, height: example.height, within: example.isObject)
    #expect(found.values == example.tops)
  }

  @Test("waters from the tops meet where scikit-image has it", arguments: places)
  func flood(place: Int) throws {
    let example = try example(place)
    let found = Watershed.flood(
      example.heights, from: example.labels(example.tops), within: example.isObject)
    #expect(found.values == example.flooded)
  }

  @Test("Otsu's threshold", arguments: places)
  func threshold(place: Int) throws {
    let example = try example(place)
    var counts = [Int](repeating: 0, count: 256)
    for level in example.levels { counts[Int(level)] += 1 }
    #expect(Otsu.threshold(counts: counts) == example.threshold)
  }

  @Test("the boxes of objects", arguments: places)
  func boxes(place: Int) throws {
    let example = try example(place)
    let found = DetectedBox.boxes(of: example.labels(example.eight), file: "a.png", name: "object")
    #expect(found.map { [$0.x, $0.y, $0.width, $0.height] } == example.boxes)
  }
}
