import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("Measures and filters of pictures")
struct PictureMeasureTests {
  @Test("PSNR and SSIM are those of the papers, computed with SciPy")
  func measures() throws {
    let golden = try RestorationGolden.load()
    let psnr = PictureMeasures.peakSignalToNoise(golden.unit, golden.noisy)
    #expect(abs(psnr - golden.psnr) < 1e-4)
    let levels = PictureMeasures.peakSignalToNoise(
      golden.picture, golden.noisy.map { $0 * 255 }, peak: 255)
    #expect(abs(levels - golden.psnr) < 1e-4)
    let ssim = PictureMeasures.structuralSimilarity(golden.unit, golden.noisy, shape: golden.shape)
    #expect(abs(ssim - golden.ssim.reduce(0, +) / 3) < 1e-5)
    #expect(PictureMeasures.structuralSimilarity(golden.unit, golden.unit, shape: golden.shape) == 1)
    #expect(PictureMeasures.peakSignalToNoise(golden.unit, golden.unit) == .infinity)
    // A tenth of the range off everywhere: 20 decibels.
    let off = golden.unit.map { $0 + 0.1 }
    #expect(abs(PictureMeasures.peakSignalToNoise(golden.unit, off) - 20) < 1e-4)
    #expect(PictureMeasures.structuralSimilarity([0, 1, 0], [0, 1, 0], shape: [1, 1, 3]) == 1)
  }

  @Test("median, Wiener and non-local means are SciPy's and the paper's")
  func filters() throws {
    let golden = try RestorationGolden.load()
    func made(_ filter: ClassicalFilter) -> [Float] { filter.apply(to: golden.noisy, shape: golden.shape) }
    #expect(greatestDifference(made(.median(size: 3)), golden.median3) < 1e-6)
    #expect(greatestDifference(made(.median(size: 5)), golden.median5) < 1e-6)
    #expect(greatestDifference(made(.wiener(size: 5, noise: 0.005)), golden.wiener5) < 1e-5)
    let means = made(.nonLocalMeans(deviation: 0.07, h: 0.05, patch: 3, search: 9))
    #expect(greatestDifference(means, golden.nonLocalMeans) < 1e-4)
  }

  @Test("filters leave a picture of one value as it is, and take series")
  func constant() {
    for filter in [
      ClassicalFilter.median(size: 3), .wiener(size: 3, noise: nil), .wiener(size: 5, noise: 0.1),
      .nonLocalMeans(deviation: 0.1, h: 0.1, patch: 3, search: 5),
    ] {
      for shape in [[2, 6, 7], [1, 1, 20], [1, 3, 2]] {
        let made = filter.apply(to: Array(repeating: 0.3, count: shape.reduce(1, *)), shape: shape)
        #expect(made.allSatisfy { abs($0 - 0.3) < 1e-6 }, "\(filter) \(shape)")
      }
    }
    let series = ClassicalFilter.median(size: 3).apply(to: [0, 9, 1, 2, 3], shape: [1, 1, 5])
    #expect(series == [0, 1, 2, 2, 3])
  }
}
