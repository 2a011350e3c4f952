import HourglassTensor

/// Samples so far out that they alone decide how large an error is, and so which of two is larger.
///
/// The heaviest sample of what is left is one of them as long as the heaviest hundredth (one sample of fewer
/// than 200) carries more than half of an error, until a hundredth is taken. Of fewer than 20 samples none
/// is: one of a handful carries half by chance.
///
/// Which of them is held out is a matter of the seed; a verdict with them would be one too. It is the rule of
/// a trimmed mean (Tukey 1962), but what is cut is said and cut for all that are compared.
public struct HeavySamples: Hashable, Sendable {
  /// Where they stand among the samples, the heaviest first.
  public let positions: [Int]
  /// What they are called.
  public let names: [String]
  /// The part of the error that they carry: the model's or that of the principal components, whichever is
  /// more.
  public let share: Double

  /// The part of an error that so few must carry.
  public static let carried = 0.5
  /// The part of the samples that may be left out.
  public static let part = 0.01
  /// Samples below which none is.
  public static let fewestSamples = 20

  /// Nil where none is.
  ///
  /// - Parameters:
  ///   - errors: of each sample, of the model and of a control.
  ///   - name: what the sample at a position is called.
  init?(_ errors: [[Double]], name: (Int) -> String) {
    guard let count = errors.first?.count, count >= HeavySamples.fewestSamples else { return nil }
    let most = max(1, Int((Double(count) * HeavySamples.part).rounded(.down)))
    var found: [Int: Double] = [:]
    for errors in errors where errors.allSatisfy(\.isFinite) {
      let total = Statistics.sum(errors)
      for position in HeavySamples.heaviest(of: errors, most: most) {
        found[position] = max(found[position] ?? 0, errors[position] / total)
      }
    }
    guard !found.isEmpty else { return nil }
    let positions = found.keys.sorted { (found[$1] ?? 0, $0) < (found[$0] ?? 0, $1) }
    let shares = errors.map { errors in positions.reduce(0) { $0 + errors[$1] } / Statistics.sum(errors) }
    self.positions = positions
    names = positions.map(name)
    share = shares.filter(\.isFinite).max() ?? 0
  }

  private static func heaviest(of errors: [Double], most: Int) -> ArraySlice<Int> {
    let order = errors.indices.sorted { (errors[$1], $0) < (errors[$0], $1) }
    var (taken, rest) = (0, Statistics.sum(errors))
    while taken < most {
      let heavy = order[taken..<most].reduce(0) { $0 + errors[$1] }
      guard heavy > carried * rest else { break }
      rest -= errors[order[taken]]
      taken += 1
    }
    return order[..<taken]
  }
}
