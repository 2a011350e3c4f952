import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Laws outside of a graph: against SciPy, and against themselves.
@Suite("Laws")
struct LawTests {
  static let all: [Law] = [
    .gaussian, .normal, .laplace, .huber(delta: 0.5), .studentT(degrees: 4), .mixture(components: 3),
    .gamma, .poisson, .negativeBinomial, .zeroInflatedNegativeBinomial, .bernoulli, .categorical(levels: 4),
    .cumulative(levels: 5),
  ]

  /// Parameters of moderate size, the same for the same law.
  static func parameters(_ law: Law, seed: UInt64 = 3) -> [Double] {
    Draws.normal(law.parameters, seed: seed).map { 0.8 * Double($0) }
  }

  @Test("the file of SciPy's numbers has every law")
  func golden() {
    #expect(Set(LawGolden.cases.map { String($0.law.prefix { $0 != ":" }) }) == Set(Law.names))
  }

  @Test("likelihoods, means, quantiles and entropies are those of SciPy", arguments: LawGolden.cases)
  func scipy(_ golden: LawGolden.Case) throws {
    let law = try Law(words: golden.law)
    let found = golden.values.map { law.logLikelihood(of: $0, golden.parameters) }
    #expect(Tolerance(absolute: 1e-9, relative: 1e-9).disagreement(found, golden.logLikelihoods) == nil)
    if law.domain != .levels(golden.values.count) || law.interval(0.5, golden.parameters) != nil {
      #expect(abs(law.mean(golden.parameters) - golden.mean) < 1e-6 * (1 + abs(golden.mean)))
    }
    let probabilities = LawGolden.numbers?.probabilities ?? []
    let quantiles = probabilities.map { law.quantile($0, golden.parameters) }
    let near = Tolerance(absolute: 1e-8, relative: 1e-8)
    #expect(near.disagreement(quantiles, golden.quantiles) == nil, "\(quantiles) \(golden.quantiles)")
    #expect(abs(law.entropy(golden.parameters) - golden.entropy) < 2e-7 * (1 + abs(golden.entropy)))
  }

  @Test("the best constant law of a column is that of SciPy", arguments: LawGolden.fits)
  func marginals(_ golden: LawGolden.Fit) throws {
    let law = try Law(words: golden.law)
    let values = try #require(LawGolden.numbers?.columns[golden.column])
    let found = try #require(try law.marginal(of: values))
    let whole = found.nats + law.constant
    #expect(abs(whole - golden.nats) < 1e-8, "\(whole), \(golden.nats), \(found.parameters)")
    let near = Tolerance(absolute: 1e-4, relative: 1e-4)
    let isFlat = law == .laplace
    #expect(isFlat || near.disagreement(found.parameters, golden.parameters) == nil, "\(found.parameters)")
  }

  /// No other parameters near the ones found do better, and gaps change nothing.
  @Test("no parameters near those of the best constant law are better", arguments: all)
  func best(_ law: Law) throws {
    let start = Self.parameters(law)
    let random = Random(seed: 9, stream: .sampling)
    let values = (0..<400).map { law.draw(start, random, position: UInt64($0)) }
    let found = try #require(try law.marginal(of: values))
    func cost(_ parameters: [Double]) -> Double {
      -values.reduce(0) { $0 + law.logLikelihood(of: $1, parameters) } / 400 - law.constant
    }
    #expect(abs(found.nats - cost(found.parameters)) < 1e-10 && found.count == 400)
    for place in found.parameters.indices {
      for step in [-0.02, 0.02] {
        var other = found.parameters
        other[place] += step
        #expect(cost(other) >= found.nats - 1e-7, "\(place) \(step)")
      }
    }
    let gaps = try #require(try law.marginal(of: values.flatMap { [$0, .nan] }))
    #expect(gaps == found)
    #expect(try law.marginal(of: [.nan, .nan]) == nil)
  }

  @Test("draws have the mean, the variance and the intervals of their law", arguments: all)
  func draws(_ law: Law) throws {
    let parameters = Self.parameters(law, seed: 5)
    let random = Random(seed: 4, stream: .sampling)
    let count = 100_000
    let values = (0..<count).map { law.draw(parameters, random, position: UInt64($0)) }
    #expect(values.allSatisfy { law.domain.contains($0) })
    // The likelihood's own mean and variance, by a sum or by Simpson's rule.
    let support: [Double]
    switch law.domain {
    case .levels(let levels): support = (0..<levels).map { Double($0) }
    case .unitInterval: support = [0, 1]
    case .counts: support = (0..<4000).map { Double($0) }
    default: support = []
    }
    let interval = law.interval(0.9, parameters)
    #expect((interval == nil) == (law == .categorical(levels: 4)))
    if support.isEmpty {
      let found = try #require(Statistics.quantile(0.3, ofSorted: values.sorted()))
      let density = law.logLikelihood(of: law.quantile(0.3, parameters), parameters).exponential
      #expect(abs(found - law.quantile(0.3, parameters)) < 5 * (0.21 / Double(count)).squareRoot() / density)
    } else {
      let shares = support.map { law.logLikelihood(of: $0, parameters).exponential }
      #expect(abs(shares.reduce(0, +) - 1) < 1e-9)
      let mean = zip(shares, support).reduce(0) { $0 + $1.0 * $1.1 }
      let variance = zip(shares, support).reduce(0) { $0 + $1.0 * ($1.1 - mean) * ($1.1 - mean) }
      let found = try #require(Statistics.mean(values))
      #expect(abs(found - mean) < 5 * (variance / Double(count)).squareRoot())
      #expect(abs((Statistics.variance(values) ?? 0) / variance - 1) < 0.1)
      if interval != nil { #expect(abs(law.mean(parameters) - mean) < 1e-6 * (1 + mean)) }
    }
    if let interval {
      let inside = Double(values.filter { interval.contains($0) }.count) / Double(count)
      #expect(support.isEmpty ? abs(inside - 0.9) < 0.005 : inside > 0.895, "\(inside)")
    }
    let entropy = -values.reduce(0) { $0 + law.logLikelihood(of: $1, parameters) } / Double(count)
    #expect(abs(entropy - law.entropy(parameters)) < 0.03, "\(entropy)")
  }

  @Test("nothing is more likely than the most likely value", arguments: all)
  func modes(_ law: Law) {
    for seed in 1..<6 as Range<UInt64> {
      let parameters = Self.parameters(law, seed: seed)
      let most = law.logLikelihood(of: law.mode(parameters), parameters)
      for probability in stride(from: 0.01, to: 1, by: 0.01) {
        let other = law.logLikelihood(of: law.quantile(probability, parameters), parameters)
        #expect(other <= most + 1e-9)
      }
    }
  }

  @Test("laws come back from JSON and from their words", arguments: all)
  func coding(_ law: Law) throws {
    let data = try JSONEncoder().encode(law)
    #expect(try JSONDecoder().decode(Law.self, from: data) == law)
    #expect(try Law(words: law.words) == law)
    #expect(law.words.hasPrefix(law.name) && Law.names.contains(law.name))
  }

  @Test("what is no law is refused by name")
  func refusals() throws {
    func complaint(_ words: String, levels: Int? = nil) -> String {
      do { return "\(try Law(words: words, levels: levels))" } catch { return "\(error)" }
    }
    #expect(try Law(words: "categorical", levels: 7) == .categorical(levels: 7))
    #expect(try Law(words: "huber") == .huber(delta: 1))
    #expect(complaint("gausian").contains("one of gaussian, normal"))
    #expect(complaint("gaussian:2").contains("no number behind the word"))
    #expect(complaint("huber:-1").contains("a delta above 0, found -1.0"))
    #expect(complaint("huber:x").contains("found 'x'"))
    #expect(complaint("mixture:1").contains("between 2 and 256"))
    #expect(complaint("mixture:2.5").contains("a whole number"))
    #expect(complaint("categorical").contains("how many levels"))
    for json in [
      #"{"huber": {"delta": 1, "x": 2}}"#, #"{"categorical": {}}"#, #"{"norml": {}}"#,
      #"{"normal": {"x": 1}}"#,
    ] {
      #expect(throws: DecodingError.self) { try JSONDecoder().decode(Law.self, from: Data(json.utf8)) }
    }
    do {
      _ = try Law.categorical(levels: 3).marginal(of: [0, 2, 3])
      Issue.record("a level too many was taken")
    } catch {
      #expect(
        "\(error)".contains("row 3: expects whole numbers from 0 to 2") && "\(error)".contains("found 3.0"))
    }
  }

  @Test("domains know what lies in them")
  func domains() {
    let values = [-1, 0, 0.5, 1, 7, 3e7, Double.infinity, .nan]
    func inside(_ domain: Law.Domain) -> [Bool] { values.map(domain.contains) }
    #expect(inside(.any) == [true, true, true, true, true, true, false, true])
    #expect(inside(.positive) == [false, false, true, true, true, true, false, true])
    #expect(inside(.counts) == [false, true, false, true, true, false, false, true])
    #expect(inside(.unitInterval) == [false, true, true, true, false, false, false, true])
    #expect(inside(.levels(3)) == [false, true, false, true, false, false, false, true])
  }
}
