import HourglassData
import HourglassTensor
import HourglassTraining

/// How odd the windows of series are as time goes by, one after the other.
public struct TimeCourse: Hashable, Sendable {
  /// One series.
  public struct Line: Hashable, Sendable {
    /// The positions of its windows in the data set, the earliest first.
    public let positions: [Int]
    /// The first step of each.
    public let starts: [Int]
    public let scores: [Double]
    /// Whether a window is among those that the model is judged by.
    public let areJudged: [Bool]
  }

  public let lines: [Line]
  /// Steps of a window.
  public let window: Int

  /// Series that are shown at most; of more the first.
  static let most = 6
  /// Windows that are scored at most.
  static let windows = 200_000

  /// Nil for samples that are no windows of series, or where no series has two.
  init?(_ model: Model, _ dataset: Dataset, judged: Dataset, threads: Int) throws {
    guard case .series(let form) = dataset.form, !form.isPadded, let spans = dataset.spans,
      dataset.count <= TimeCourse.windows
    else { return nil }
    let starts = (0..<dataset.count).map { spans[dataset.row($0)].start }
    let series = (0..<dataset.count).map { spans[dataset.row($0)].series }
    let shown = Set(series).sorted().prefix(TimeCourse.most).map { number in
      series.indices.filter { series[$0] == number }.sorted { (starts[$0], $0) < (starts[$1], $1) }
    }
    guard shown.contains(where: { $0.count > 1 }) else { return nil }
    let scores = try model.scores(dataset, threads: threads).values
    let rows = Set((0..<judged.count).map { judged.row($0) })
    window = form.window
    lines = shown.map { positions in
      Line(
        positions: positions, starts: positions.map { starts[$0] },
        scores: positions.map { Double(scores[$0]) },
        areJudged: positions.map { rows.contains(dataset.row($0)) })
    }
  }
}
