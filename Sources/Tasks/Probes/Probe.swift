import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How much a code knows of labels that the model never saw: how well simple models tell them from it,
/// against the number of labels they are fitted to, beside the same from the values themselves and from their
/// principal components.
///
/// A linear model (``LogisticRegression``, of numbers ``RidgeRegression``) has its penalty chosen by
/// cross-validation on the labelled rows alone, and the k of the k nearest neighbours is chosen among 1, 3,
/// 5, 10 and 20 by leaving one out. Labels are drawn as many of each class; every space sees the same draws,
/// and the mean and deviation are over these.
///
/// - Source: Alain and Bengio 2017 for the linear probe.
public struct Probe: Sendable {
  public enum Space: String, Hashable, Sendable, CaseIterable {
    case code
    /// As the model's preparation gives them.
    case values
    /// Principal components, as many as the code has values.
    case components
  }

  public enum Method: String, Hashable, Sendable, CaseIterable {
    case linear
    case neighbours
  }

  /// Of one draw on the test samples.
  public struct Score: Hashable, Sendable {
    /// The share of right classes; of numbers R², 1 less the mean squared error over the variance.
    public let value: Double
    /// The root of the mean squared error, of numbers.
    public let error: Double?
  }

  /// A number of labels.
  public struct Step: Hashable, Sendable {
    /// Labels of a class, of numbers in all; nil: all there are, or as many as are used at most.
    public let each: Int?
    /// Labels in all, in the mean of the draws.
    public let labels: Int
    public let draws: Int
  }

  public struct Curve: Sendable {
    public let space: Space
    public let method: Method
    /// Of each step one a draw.
    public let scores: [[Score]]

    public func mean(_ step: Int) -> Double { Statistics.mean(scores[step].map(\.value)) ?? .nan }
    /// Between draws, with n - 1; nil of a single one.
    public func deviation(_ step: Int) -> Double? { Probe.deviation(scores[step].map(\.value)) }
    /// Of numbers: the mean of the roots.
    public func error(_ step: Int) -> Double? { Statistics.mean(scores[step].compactMap(\.error)) }
  }

  public let steps: [Step]
  /// Each method of each space.
  public let curves: [Curve]
  /// Whether labels are numbers, so that scores are R².
  public let areNumbers: Bool
  public let widths: [Space: Int]

  /// The numbers of labels that are tried where nothing is said, those that there are enough of.
  public static let usualSteps = [1, 2, 5, 10, 20, 50, 100]
  public static let usualDraws = 5
  /// Labelled rows that are used at most, and values of these.
  public static let (rowsAtMost, valuesAtMost) = (10_000, 1 << 25)

  /// Probes a model.
  ///
  /// - Parameters:
  ///   - training: the samples that labels are drawn from.
  ///   - test: others.
  ///   - labels: of both.
  ///   - hidden: fields of records that are no part of the values, as the label itself.
  ///   - counts: labels a class to try, beside all; nil: ``usualSteps``, of numbers ten times these.
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  public init(
    _ model: Model, _ training: Dataset, _ test: Dataset, labels: ProbeLabels,
    without hidden: Set<String> = [],
    counts: [Int]? = nil, draws: Int = Probe.usualDraws, seed: UInt64 = 1, threads: Int = Team.processors
  ) throws {
    let points = try ProbePoints.spaces(
      model, training, test, without: hidden, seed: seed, threads: threads)
    self.init(points, labels, counts: counts, draws: draws, seed: seed, threads: threads)
  }

  init(
    _ points: [Space: ProbePoints], _ labels: ProbeLabels, counts: [Int]? = nil, draws: Int, seed: UInt64,
    threads: Int
  ) {
    let team = Team(count: max(1, threads))
    let drawn = LabelDraws(groups: labels.groups, count: labels.groupCount, draws: draws, seed: seed)
    let widest = points.values.map(\.width).max() ?? 1
    let most = max(1, min(Probe.rowsAtMost, Probe.valuesAtMost / max(1, widest)))
    let plan = Plan(drawn, wanted: counts ?? labels.usualSteps, most: most)
    steps = plan.steps
    areNumbers = labels.areNumbers
    widths = points.mapValues(\.width)
    curves = Method.allCases.flatMap { method in
      Space.allCases.compactMap { space -> Curve? in
        guard let own = points[space] else { return nil }
        let run = ProbeRun(points: own, labels: labels, team: team, threads: max(1, threads))
        let scores = plan.rows.map { method == .linear ? run.linear($0) : run.neighbours($0) }
        return Curve(space: space, method: method, scores: scores)
      }
    }
  }

  public func curve(_ space: Space, _ method: Method) -> Curve? {
    curves.first { $0.space == space && $0.method == method }
  }

  static func deviation(_ values: [Double]) -> Double? {
    guard values.count > 1, let variance = Statistics.variance(values) else { return nil }
    return (variance * Double(values.count) / Double(values.count - 1)).squareRoot()
  }

  /// The numbers of labels and the rows of each draw.
  private struct Plan {
    private(set) var steps: [Step] = []
    private(set) var rows: [[[Int]]] = []

    init(_ drawn: LabelDraws, wanted: [Int], most: Int) {
      for each in Set(wanted).sorted() where each < drawn.largest {
        let rows = (0..<drawn.count).map { drawn.rows($0, each: each, most: most) }
        guard let labels = rows.first?.count, labels <= most else { break }
        add(Step(each: each, labels: labels, draws: rows.count), rows)
      }
      let rest = drawn.rows(0, each: nil, most: most)
      add(Step(each: nil, labels: rest.count, draws: 1), [rest])
    }

    private mutating func add(_ step: Step, _ rows: [[Int]]) {
      steps.append(step)
      self.rows.append(rows)
    }
  }
}
