import HourglassData
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("Restorations measured")
struct RestorationMeasureTests {
  private func planes(_ values: [Float], _ shape: [Int]) -> PicturePlanes {
    PicturePlanes(values.map { $0 * 255 }, channels: shape[0], height: shape[1], width: shape[2])
  }

  @Test(
    "rows are what was degraded, the best setting of each filter and the model, cut to the levels there are")
  func rows() throws {
    let golden = try RestorationGolden.load()
    let (clean, noisy) = (planes(golden.unit, golden.shape), planes(golden.noisy, golden.shape))
    var measure = RestorationMeasure(deviation: 0.07)
    try measure.add(restored: clean, of: noisy, clean: clean, name: "made")
    let rows = measure.rows
    #expect(
      rows.map { $0.name.split(separator: " ")[0] } == [
        "degraded", "median", "wiener", "non-local-means", "model",
      ])
    let cut = golden.noisy.map { min(max($0, 0), 1) }
    #expect(abs(rows[0].meanPSNR - PictureMeasures.peakSignalToNoise(golden.unit, cut)) < 1e-3)
    #expect(rows[4].meanPSNR == .infinity && rows[4].meanSSIM == 1)
    let medians = [golden.median3, golden.median5].map {
      PictureMeasures.peakSignalToNoise(golden.unit, $0.map { min(max($0, 0), 1) })
    }
    #expect(rows[1].meanPSNR > medians.reduce(0, max) - 1e-3)
    let other = planes(Array(golden.unit.prefix(26 * 31)), [1, 26, 31])
    #expect(
      refusal { try measure.add(restored: other, of: other, clean: clean, name: "made") }.contains(
        "26x31 in grey"))
  }

  @Test("what is missing is filled by the medians of what is known, and filters change nothing else")
  func filled() throws {
    var values = [Float](repeating: 0.5, count: 400)
    let mask = (0..<400).map { (5..<12).contains($0 / 20) && (3..<10).contains($0 % 20) }
    for index in 0..<400 where mask[index] { values[index] = 0 }
    let holed = planes(values, [1, 20, 20])
    let filled = RestorationMeasure.filled(holed, missing: mask)
    #expect(filled.values.allSatisfy { abs($0 - 127.5) < 1e-3 })
    let clean = planes(Array(repeating: 0.5, count: 400), [1, 20, 20])
    var measure = RestorationMeasure()
    try measure.add(restored: holed, of: holed, clean: clean, missing: mask, name: "made")
    #expect(measure.rows[1].meanPSNR > 100 && measure.rows[0].meanPSNR < 20)
    let none = RestorationMeasure.filled(holed, missing: Array(repeating: true, count: 400))
    #expect(none.values.allSatisfy { $0 == 127.5 })
  }
}
