import HourglassTensor
import Testing

@testable import HourglassTasks

@Suite struct TuningParzenTests {
  private static func sequence(_ trial: Int) -> RandomSequence { RandomSequence(seed: 5, trial: trial) }

  @Test(arguments: [[], [0.5], [0, 1], [0.1, 0.11, 0.12, 0.9], [0.3, 0.3, 0.3]])
  func densityIntegratesToOne(_ places: [Double]) {
    let estimator = ParzenEstimator(places)
    let steps = 20_000
    let sum = (0..<steps).reduce(0.0) {
      $0 + estimator.logDensity(at: (Double($1) + 0.5) / Double(steps)).exponential
    }
    #expect(abs(sum / Double(steps) - 1) < 1e-6)
  }

  @Test func drawsFollowTheDensity() {
    let estimator = ParzenEstimator([0.1, 0.12, 0.15, 0.8])
    var sequence = TuningParzenTests.sequence(1)
    let draws = (0..<40_000).map { _ in estimator.draw(&sequence) }
    for bin in 0..<10 {
      let (low, high) = (Double(bin) / 10, Double(bin + 1) / 10)
      let found = Double(draws.count { $0 >= low && $0 < high }) / Double(draws.count)
      let expected = (0..<1000).reduce(0.0) {
        $0 + estimator.logDensity(at: low + (Double($1) + 0.5) / 10_000).exponential / 10_000
      }
      #expect(abs(found - expected) < 0.01, "bin \(bin): \(found), expected \(expected)")
    }
  }

  @Test func wordsKeepAChanceThatWereNeverSeen() {
    let words: [Parameter.Word] = [.init(text: "a", weight: 3), .init(text: "b"), .init(text: "c")]
    #expect(WordEstimator(words, seen: []).chances == [0.6, 0.2, 0.2])
    let chances = WordEstimator(words, seen: ["a", "a", "b"]).chances
    #expect(abs(chances[0] - 3.2 / 5) < 1e-12 && abs(chances[1] - 1.4 / 5) < 1e-12)
    #expect(abs(chances[2] - 0.4 / 5) < 1e-12)
  }

  @Test func aPlaceAndItsChoiceBelongTogether() {
    let rate = Parameter(
      name: "rate", kind: .number(1e-4...1, isLogarithmic: true), usual: .number(1e-3))
    #expect(abs((rate.place(of: .number(1e-2)) ?? 0) - 0.5) < 1e-12)
    #expect(abs((rate.choice(at: 0.75).number ?? 0) - 0.1) < 1e-9)
    let width = Parameter(name: "width", kind: .whole(3...500, isLogarithmic: true), usual: .number(128))
    for step in 0...100 {
      let number = width.choice(at: Double(step) / 100).number ?? 0
      #expect((3...500).contains(number) && number == number.rounded())
      #expect(number <= 64 || number.truncatingRemainder(dividingBy: 8) == 0)
    }
    #expect(width.choice(at: 0) == .number(3) && width.choice(at: 1) == .number(496))
  }

  @Test func parametersStandOnlyWhereTheirConditionHolds() {
    let space = TuningExample.space
    var sequence = TuningParzenTests.sequence(2)
    for _ in 0..<200 {
      let point = space.random(&sequence)
      #expect((point["momentum"] != nil) == (point["optimizer"] == .word("sgd")))
    }
  }

  /// The search has to beat chance in what it finds and in how fast: over 20 seeds, 120 trials each, every
  /// trial measured fully. The medians must be apart by a factor of 2, and at least 16 of the 20 pairs go to
  /// the proposals.
  @Test func proposalsBeatChance() async throws {
    var (wins, learned, random) = (0, [Double](), [Double]())
    for seed in UInt64(0)..<20 {
      let best = try await (
        TuningExample.best(seed: seed, learns: true), TuningExample.best(seed: seed, learns: false)
      )
      learned.append(best.0)
      random.append(best.1)
      if best.0 < best.1 { wins += 1 }
    }
    let medians = (learned.sorted()[10], random.sorted()[10])
    #expect(wins >= 16, "\(wins) of 20")
    #expect(medians.0 * 2 < medians.1, "medians \(medians)")
  }
}
