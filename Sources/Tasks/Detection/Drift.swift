public import HourglassData
import HourglassEngine
import HourglassTensor
public import HourglassTraining

/// What has changed from one data set to another, field by field and as a whole.
///
/// Of numbers and times the test is ``KolmogorovSmirnov``, of levels ``CountTest`` with those that the first
/// data lack among them, of gaps the same by rows with and without; as a whole ``MeanDiscrepancy`` of the
/// model's codes. Where nothing changes, the chance that any of them is found is at most the alarm rate
/// (Holm). Rows must be drawn independently of each other: those that follow each other in time are not.
public struct Drift: Sendable {
  /// One test.
  public struct Test: Hashable, Sendable {
    public enum Subject: String, Hashable, Sendable {
      case values, levels, gaps, codes
    }

    public let subject: Subject
    /// The field; nil of codes.
    public let field: String?
    /// The measure of the test: the largest distance of shares, that of the shares of levels or gaps, MMD².
    public let distance: Double
    public let pValue: Double
    /// The p-value that counts among all tests: see `Drift/alarm`.
    public fileprivate(set) var adjusted = 1.0
    /// What has changed, in words: `mean 3.1 → 4.2 (+0.9 deviations)`.
    public let change: String
  }

  /// In rising order of p-value.
  public let tests: [Test]
  /// The chance of finding anything where nothing has changed.
  public let alarm: Double
  public let rows: (old: Int, new: Int)

  /// What is found to have changed.
  public var found: [Test] { tests.filter { $0.adjusted <= alarm } }

  /// - Parameters:
  ///   - old: data that the model takes.
  ///   - new: others.
  ///   - seed: of draws; the same seed, the same p-values.
  /// - Throws: `DataError` for data that the model does not take, windows of series, and too few rows for
  ///   the alarm rate.
  public init(
    _ model: Model, from old: Dataset, to new: Dataset, alarm: Double, seed: UInt64,
    threads: Int = Team.processors
  ) throws {
    for dataset in [old, new] {
      try model.preparation.check(dataset)
      try dataset.checkHasColumns(of: model.preparation)
      guard !dataset.areWindows else {
        throw DataError(
          place: dataset.origin, expected: "rows that do not hang together",
          found: "windows of a series, which share their values",
          remedy: "'hourglass score --per-step' tells what of a series is odd")
      }
    }
    var tests = zip(old.driftColumns(of: model.preparation), new.driftColumns(of: model.preparation))
      .flatMap { $0.tests(against: $1) }
    try Drift.check(old, new, tests: tests.count + 1, alarm)
    let draws = min(9999, max(999, Int((2 * Double(tests.count + 1) / alarm).rounded(.up)) - 1))
    let codes = MeanDiscrepancy(
      try model.encode(old, threads: threads), try model.encode(new, threads: threads), draws: draws,
      seed: seed)
    tests.append(
      Test(
        subject: .codes, field: nil, distance: codes.distance, pValue: codes.pValue,
        change: "the codes of the samples, all values together"))
    for (index, adjusted) in tests.map(\.pValue).holm.enumerated() { tests[index].adjusted = adjusted }
    self.tests = tests.enumerated().sorted {
      ($0.element.pValue, -$0.element.distance, $0.offset)
        < ($1.element.pValue, -$1.element.distance, $1.offset)
    }.map(\.element)
    (self.alarm, rows) = (alarm, (old.count, new.count))
  }

  /// The fewest rows with which two samples that have nothing in common are told apart: the p-value of that
  /// is 2 / (n + m over n).
  private static func check(_ old: Dataset, _ new: Dataset, tests: Int, _ alarm: Double) throws {
    func least(_ n: Int, _ m: Int) -> Double {
      let logarithm =
        (Double(n + m) + 1).logGamma - (Double(n) + 1).logGamma - (Double(m) + 1).logGamma
      return 2 * (-logarithm).exponential
    }
    let wanted = alarm / Double(tests)
    guard least(old.count, new.count) > wanted else { return }
    var needed = 2
    while least(needed, needed) > wanted { needed += 1 }
    let few = old.count < new.count ? old : new
    throw DataError(
      place: few.origin,
      expected:
        "at least \(needed) rows in both data, so that \(tests) tests can find anything at an alarm rate "
        + "of \(alarm)",
      found: "\(old.count) and \(new.count)", remedy: "gather more rows, or ask for a larger --alarm")
  }
}

/// A column of data in a form that is compared.
struct DriftColumn {
  enum Values {
    case numbers([Double], text: @Sendable (Double) -> String, areTimes: Bool)
    /// How often each level comes.
    case levels([String: Int])
  }

  let name: String
  let values: Values
  let gaps: Int
  let rows: Int
}
