import HourglassData
import HourglassTestSupport
import Testing

@testable import HourglassTasks

/// Objects of masks and how well they are found, on pictures small enough to be worked out.
@Suite("Segmentation")
struct SegmentationTests {
  /// A picture drawn in letters: a dot is 0, a question mark nothing known, a digit itself.
  private func picture(_ rows: String...) -> PixelLabels {
    let values = rows.joined().map { letter -> Int32 in
      letter == "." ? 0 : letter == "?" ? PixelLabels.gap : Int32(letter.wholeNumberValue ?? 0)
    }
    return PixelLabels(width: rows[0].count, height: rows.count, values)
  }

  @Test("distances are those of the slow definition, on random masks")
  func distances() {
    for (number, (width, height)) in [(9, 7), (1, 12), (13, 1), (8, 8)].enumerated() {
      let draws = Draws.uniform(width * height, seed: UInt64(20 + number))
      let mask = draws.map { $0 < 0.85 }
      let found = DistanceTransform.squared(of: mask, width: width, height: height)
      for place in mask.indices {
        let slow = mask.indices.filter { !mask[$0] }.map { other -> Double in
          let (x, y) = (place % width - other % width, place / width - other / width)
          return Double(x * x + y * y)
        }.min()
        #expect(found[place] == slow ?? .infinity)
      }
    }
    #expect(DistanceTransform.squared(of: [true, true], width: 2, height: 1) == [.infinity, .infinity])
  }

  @Test("two discs that touch are one piece and two objects; a mask without background is one")
  func touching() {
    let (width, height) = (40, 24)
    let mask = (0..<(width * height)).map { place -> Bool in
      let (x, y) = (place % width, place / width)
      func isIn(_ column: Int) -> Bool { (x - column) * (x - column) + (y - 12) * (y - 12) <= 64 }
      return isIn(12) || isIn(27)
    }
    let splitting = ObjectSplitting()
    #expect(splitting.pieces(of: mask, width: width, height: height).largest == 1)
    let objects = splitting.objects(of: mask, width: width, height: height)
    #expect(objects.largest == 2 && zip(objects.values, mask).allSatisfy { ($0 > 0) == $1 })
    // The neck is between columns 19 and 20.
    #expect(objects.values[12 * width + 19] == 1 && objects.values[12 * width + 20] == 2)
    let all = splitting.objects(of: mask.map { _ in true }, width: width, height: height)
    #expect(all.areas == [0, width * height])
    #expect(splitting.objects(of: mask.map { _ in false }, width: width, height: height).largest == 0)
  }

  @Test("equally low pixels are flooded in the order in which they are reached")
  func plateau() {
    let markers = picture("1......2")
    let flat = [Double](repeating: 0, count: 8)
    #expect(Watershed.flood(flat, from: markers, within: flat.map { _ in true }) == picture("11112222"))
    let wall = [true, true, false, true, true, true, true, true]
    #expect(Watershed.flood(flat, from: markers, within: wall) == picture("11.22222"))
  }

  @Test("small objects are left out and the others numbered anew; sides change by the nearest pixel")
  func kept() {
    let objects = picture("11.2", "11.3", "..33")
    #expect(objects.areas == [4, 4, 1, 3])
    #expect(objects.keeping(area: 2) == picture("11..", "11.2", "..22"))
    #expect(objects.resized(width: 8, height: 6).resized(width: 4, height: 3) == objects)
    #expect(picture("12", "34").resized(width: 3, height: 1) == picture("344"))
    #expect(picture("1234").resized(width: 2, height: 1) == picture("24"))
  }

  @Test("objects are on the side of the threshold that less of the border is on")
  func side() {
    let bright: [UInt8] = [10, 10, 10, 10, 200, 11, 10, 10, 12]
    let mask = Otsu.mask(bright, width: 3, height: 3)
    #expect(mask == (0..<9).map { $0 == 4 })
    #expect(Otsu.mask(bright.map { 255 - $0 }, width: 3, height: 3) == mask)
    #expect(Otsu.mask(bright, width: 3, height: 3, objects: .dark) == mask.map { !$0 })
    #expect(Otsu.mask([7, 7], width: 2, height: 1) == [false, false])
  }

  @Test("Dice and overlap, of a picture and of all pixels; nothing where nothing is to be found is right")
  func measures() {
    var measures = SegmentationMeasures(classes: 2)
    measures.add(picture("112.", "1..."), truth: picture("11.2", "..??"))
    measures.add(picture("...."), truth: picture("...."))
    // Class 1: two in both, one found alone; class 2: one found alone, one true alone.
    #expect(measures.counts[0][0].dice == 4.0 / 5 && measures.counts[0][0].overlap == 2.0 / 3)
    #expect(measures.counts[1][0].dice == 0)
    #expect(measures.mean(1).dice == (0.8 + 1) / 2 && measures.pooled(1).dice == 0.8)
    #expect(measures.mean(2).overlap == 0.5 && measures.pooled(2).overlap == 0)
  }

  @Test("found objects are matched with one true object at most")
  func matching() {
    let truth = picture("1111.222", "1111.222", "........", "33......")
    // The first is cut in halves, the second shifted by one column, the third is missed, a fourth is none.
    let found = picture("1122..33", "1122..33", "........", "......44")
    let matching = ObjectMatching(found, truth: truth)
    #expect(matching.found == 4 && matching.truth == 3)
    // Overlaps: 4 of 8 (twice), 4 of 6.
    let half = matching.counts(at: 0.5)
    #expect((half.matched, half.foundOnly, half.trueOnly) == (2, 2, 1) && half.precision == 0.4)
    #expect(matching.counts(at: 0.6).matched == 1 && matching.counts(at: 0.7).matched == 0)
    #expect(ObjectMatching(picture("..."), truth: picture("...")).counts(at: 0.5).precision == 1)
    #expect(ObjectMatching(picture("1.."), truth: picture("?..")).counts(at: 0.5).foundOnly == 0)
  }

  @Test("average precision is the area under the falling curve, equally sure boxes together")
  func precision() {
    func box(_ file: String, _ x: Double, _ score: Double = 1, name: String = "cell") -> DetectedBox {
      DetectedBox(file: file, name: name, x: x, y: 0, width: 10, height: 10, score: score)
    }
    let truth = [box("a", 0), box("a", 40), box("b", 0)]
    // Right, wrong (taken already), right, wrong: precision 1, 1/2, 2/3, 1/2 at recall 1/3, 1/3, 2/3, 2/3.
    let found = [box("a", 1, 0.9), box("a", 2, 0.8), box("b", 0, 0.7), box("b", 80, 0.6)]
    #expect(abs(BoxPrecision.average(found, truth: truth, overlap: 0.5) - (1.0 / 3 + 2.0 / 9)) < 1e-12)
    // All equally sure: one point, precision 1/2 at recall 2/3, in any order.
    let tied = found.map { box($0.file, $0.x, 0.5) }
    for boxes in [tied, tied.reversed()] {
      #expect(abs(BoxPrecision.average(boxes, truth: truth, overlap: 0.5) - 1.0 / 3) < 1e-12)
    }
    // Shifted by 1 of 10: 90 of 110 overlap.
    #expect(abs(box("a", 0).overlap(box("a", 1)) - 9.0 / 11) < 1e-12)
    #expect(BoxPrecision.average(found, truth: truth, overlap: 0.9) < 0.4)
    let classes = BoxPrecision.perClass(found + [box("a", 0, 1, name: "dust")], truth: truth)
    #expect(classes.map(\.name) == ["cell"])
    #expect(BoxPrecision.average([], truth: truth, overlap: 0.5) == 0)
  }
}
