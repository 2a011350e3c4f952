import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

@Suite("Flag rules")
struct FlagRuleTests {
  @Test("flags by the largest step that holds, as Benjamini and Hochberg do")
  func stepUp() {
    // The fifteen of Benjamini and Hochberg 1995, section 3: four at 0.05 are rejected.
    let published = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528,
      0.7590, 1,
    ]
    let flags = FlagRule.discoveries(0.05).flags(published.reversed(), calibrating: 10_000)
    #expect(flags.count { $0 } == 4)
    #expect(Array(flags.suffix(4)) == [true, true, true, true])
    // One above its own step is flagged where a later one holds.
    #expect(FlagRule.discoveries(0.1).flags([0.06, 0.07, 0.9], calibrating: 99) == [false, false, false])
    #expect(FlagRule.discoveries(0.1).flags([0.05, 0.06, 0.09], calibrating: 99) == [true, true, true])
    #expect(FlagRule.discoveries(0.1).flags([.nan, 0.01], calibrating: 99) == [false, true])
    // Half above 1/2 of few: (1 + 1) / (1/2) = 4 normal ones of five.
    #expect(FlagRule.storey(0.2).flags([0.02, 0.03, 0.1, 0.2, 0.9], calibrating: 99).count { $0 } == 4)
  }

  @Test("says how many samples a rate takes")
  func needed() {
    #expect(FlagRule.alarm(0.01).needed(samples: 1) == 99)
    #expect(FlagRule.alarm(0.05).needed(samples: 1) == 19)
    #expect(FlagRule.discoveries(0.05).needed(samples: 1_000) == 19_999)
    // With 100 calibrating samples the least p-value is 1/101: k of 1000 need 1/101 ≤ 0.05 k / 1000.
    #expect(FlagRule.discoveries(0.05).leastTogether(samples: 1_000, calibrating: 100) == 199)
    let needed = FlagRule.certain(0.01, risk: 0.1).needed(samples: 1)
    #expect(ConditionalBound(samples: needed, risk: 0.1).smallest <= 0.01)
    #expect(ConditionalBound(samples: needed - 1, risk: 0.1).smallest > 0.01)
  }

  @Test("adjusts p-values by the formula", arguments: [1, 2, 7, 20, 101])
  func bound(count: Int) {
    let bound = ConditionalBound(samples: count, risk: 0.1)
    let k = max(1, count / 2)
    for place in 1...count {
      let i = count + 1 - place
      let product = (0..<k).reduce(1.0) { $0 * max(0, Double(i - $1)) / Double(count - $1) }
      let expected = 1 - pow(0.1 * product, 1 / Double(k))
      #expect(abs(bound.adjusted(Double(place) / Double(count + 1)) - expected) < 1e-9)
    }
    #expect(bound.adjusted(1) == 1)
  }

  /// By definition: with probability 0.9 of the calibration, P(h(p) ≤ t) ≤ t for all t together.
  @Test("holds for nine calibrations of ten at once")
  func conditional() {
    let (count, trials) = (60, 400)
    let bound = ConditionalBound(samples: count, risk: 0.1)
    var kept = 0
    for trial in 0..<trials {
      let scores = Draws.uniform(count, seed: UInt64(1_000 + trial)).map(Double.init).sorted()
      // A new sample has rank r with the chance of the gap; P(p ≤ j / (n + 1)) = 1 - scores[n - j].
      let holds = (1...count).allSatisfy { j in
        1 - scores[count - j] <= bound.adjusted(Double(j) / Double(count + 1)) + 1e-12
      }
      if holds { kept += 1 }
    }
    // 0.9 less two standard errors of 400 trials.
    #expect(Double(kept) / Double(trials) >= 0.87, "\(kept)")
  }
}
