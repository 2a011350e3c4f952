import Foundation
import Testing

@testable import HourglassData

/// The library makes fewer samples than it is asked for at many lengths: what comes out is whole, and made of
/// the sound.
@Suite("Resampling to the end")
struct ResamplingTests {
  /// A tone that is as loud at the end as anywhere: 100 Hz, beginning at its height.
  private func tone(_ seconds: Double, _ rate: Int) -> [Float] {
    (0..<Int(seconds * Double(rate))).map { index in
      Float(0.5 * cos(2 * .pi * 100 * Double(index) / Double(rate)))
    }
  }

  static let cases: [(from: Int, to: Int, seconds: Double)] = [
    (44_100, 16_000, 1.5), (44_100, 16_000, 2), (44_100, 16_000, 3), (44_100, 16_000, 4), (44_100, 16_000, 5),
    (48_000, 44_100, 2), (48_000, 44_100, 3), (8_000, 44_100, 1), (96_000, 44_100, 1), (44_100, 16_000, 1),
    (16_000, 8_000, 0.5), (8_000, 16_000, 0.5),
  ]

  @Test("no sample is missing, and none is silence", arguments: cases)
  func whole(from: Int, to: Int, seconds: Double) throws {
    let made = try #require(Resampling.resampled(tone(seconds, from), from: from, to: to))
    #expect(made.count == Int((seconds * Double(to)).rounded()))
    // The sound stops at its height; of a filter that rings there half is left at least. Where there are more
    // samples than before the last lies up to a step behind the sound: a part of sin(0.82 π) / 0.82 π.
    let last = try #require(made.last)
    #expect(last > (from < to ? 0.05 : 0.1) && last < 0.7, "\(last)")
    let expected = tone(seconds, to)
    let middle = made.count / 4..<3 * made.count / 4
    #expect(middle.allSatisfy { abs(made[$0] - expected[$0]) < 1e-3 })
  }

  @Test("the samples before are those of the library's own end")
  func same() throws {
    // At 1 s the library makes all it is asked for; half a second longer it does not.
    let long = try #require(Resampling.resampled(tone(1.5, 44_100), from: 44_100, to: 16_000))
    let short = try #require(Resampling.resampled(tone(1, 44_100), from: 44_100, to: 16_000))
    #expect(long[..<15_000] == short[..<15_000])
  }
}
