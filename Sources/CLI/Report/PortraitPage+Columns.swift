import Hourglass

extension PortraitPage {
  /// Columns of the data, and values of the code, that the table has at most.
  private static let (heatColumns, heatValues) = (30, 12)

  /// How the code goes with the columns of a table; nil for other samples.
  var goesWith: HeatTable? {
    guard let columns = portrait.columns, let first = columns.correlations.first, !first.isEmpty else {
      return nil
    }
    let names = model.preparation.featureNames
    func strength(_ values: [Double]) -> Double { values.filter(\.isFinite).map(\.magnitude).max() ?? 0 }
    let byValue = columns.correlations
    // Of too many those that go together most, in their order.
    func strongest(_ strengths: [Double], _ limit: Int) -> [Int] {
      strengths.indices.sorted { (strengths[$1], $0) < (strengths[$0], $1) }.prefix(limit).sorted()
    }
    let values = strongest(byValue.map(strength), PortraitPage.heatValues)
    let shown = strongest(
      first.indices.map { column in strength(byValue.map { $0[column] }) }, PortraitPage.heatColumns)
    guard shown.contains(where: { column in strength(byValue.map { $0[column] }) > 0 }) else { return nil }
    let isCut = shown.count < first.count || values.count < byValue.count
    let caption =
      "Correlation of each value of the code with each column over \(Figures.count(columns.samples, "sample")): 1 where "
      + "they rise together, −1 where one falls as the other rises, 0 where no straight line joins them."
      + (isCut ? " The strongest of \(first.count) columns and \(byValue.count) values." : "")
    return HeatTable(
      .text(caption), corner: "column", columns: values.map { "value \($0)" },
      shown.map { column in
        (name: names?[column] ?? "column \(column)", values: values.map { byValue[$0][column] })
      })
  }

  /// How odd windows are as time goes by; nil for other samples.
  var overTime: TimeSection? {
    guard let course = portrait.timeCourse else { return nil }
    let isPart = course.lines.contains { $0.areJudged.contains(false) }
    let introduction =
      "The error of each window of \(course.window) steps, at its first step: what is odd stands out."
      + (isPart
        ? " Dots are the windows that the model is judged by; it was trained on most of the others, which "
          + "it knows better." : "")
    let charts = course.lines.enumerated().map { number, line -> (title: String, chart: LineChart) in
      let starts = line.starts.map(Double.init)
      var lines = [
        LineChart.Line(isPart ? "all windows" : "error", isPart ? .quiet : .first, x: starts, y: line.scores)
      ]
      if isPart {
        let judged = line.areJudged.indices.filter { line.areJudged[$0] }
        var dots = LineChart.Line(
          "judged by", .first, x: judged.map { starts[$0] }, y: judged.map { line.scores[$0] })
        dots.isDotted = true
        lines.append(dots)
      }
      let finite = line.scores.indices.filter { line.scores[$0].isFinite }
      let worst = finite.max { (line.scores[$0], $1) < (line.scores[$1], $0) }
      var chart = LineChart(
        "Error of \(Figures.count(line.scores.count, "window")) over time"
          + (worst.map {
            ", the largest \(Figures.significant(line.scores[$0], 3)) from step \(line.starts[$0]) on"
          } ?? ""),
        lines, xTitle: "first step of a window", yTitle: "error"
      ).scaledByRange()
      chart.isCounted = true
      chart.frame.height = 240
      if let worst {
        chart.mark = .init(
          x: starts[worst], y: line.scores[worst], "largest: step \(line.starts[worst])")
      }
      return (title: course.lines.count > 1 ? "Series \(number)" : "", chart: chart)
    }
    return TimeSection(introduction: introduction, charts: charts)
  }
}
