import HourglassTensor

/// Proposes where to look next from what was found: for each parameter the place, of some drawn where good
/// trials lie, that tells good from bad the most.
///
/// The trials are parted into the good, l, and the others, g; the expected improvement grows with l(x) /
/// g(x). Each parameter has a pair of estimators of its own, of those trials alone in which it is active.
///
/// - Source: Bergstra et al. 2011, "Algorithms for hyper-parameter optimization", section 4, with their 24
///   candidates and γ = 0.15.
struct ParzenProposal {
  /// The part of the trials that counts as good.
  static let goodPart = 0.15
  /// Good trials beyond which more tell little, as in Bergstra's program.
  static let goodAtMost = 25
  /// Others that are looked at, spread over the ranking: what a proposal costs stays bounded.
  static let othersAtMost = 400
  static let candidates = 24

  private let good: [Point]
  private let others: [Point]

  /// - Parameter ranking: the points that were tried, the best first.
  init(ranking: [Point]) {
    let count = min(
      Int((ParzenProposal.goodPart * Double(ranking.count)).rounded(.up)), ParzenProposal.goodAtMost)
    good = Array(ranking.prefix(count))
    let rest = ranking.dropFirst(count)
    let stride = max(1, (rest.count + ParzenProposal.othersAtMost - 1) / ParzenProposal.othersAtMost)
    others = rest.enumerated().filter { $0.offset % stride == 0 }.map(\.element)
  }

  func point(in space: SearchSpace, _ sequence: inout RandomSequence) -> Point {
    space.admitting(space.point { choice(for: $0, &sequence) })
  }

  private func choice(for parameter: Parameter, _ sequence: inout RandomSequence) -> Choice {
    let (good, others) = (good.compactMap { $0[parameter.name] }, others.compactMap { $0[parameter.name] })
    if case .words(let words) = parameter.kind {
      return word(of: words, good.compactMap(\.word), others.compactMap(\.word), &sequence)
    }
    let likely = ParzenEstimator(good.compactMap(parameter.place(of:)))
    let unlikely = ParzenEstimator(others.compactMap(parameter.place(of:)))
    var best = (choice: parameter.usual, gain: -Double.infinity)
    for _ in 0..<ParzenProposal.candidates {
      let choice = parameter.choice(at: likely.draw(&sequence))
      let place = parameter.place(of: choice) ?? 0.5
      let gain = likely.logDensity(at: place) - unlikely.logDensity(at: place)
      if gain > best.gain { best = (choice, gain) }
    }
    return best.choice
  }

  private func word(
    of words: [Parameter.Word], _ good: [String], _ others: [String], _ sequence: inout RandomSequence
  ) -> Choice {
    let likely = WordEstimator(words, seen: good).chances
    let unlikely = WordEstimator(words, seen: others).chances
    var best = (index: 0, gain: -Double.infinity)
    // Few draws leave a word that is rarer among the good a chance; 24 would nearly always find the same one.
    for _ in 0..<max(2, words.count / 2) {
      let index = sequence.index(weights: likely)
      let gain = likely[index].logarithm - unlikely[index].logarithm
      if gain > best.gain { best = (index, gain) }
    }
    return .word(words[best.index].text)
  }
}
