/// How something goes as time does: a chart for each of several series.
public struct TimeSection: Section {
  public let title = "Over time"
  public let identifier = "time"
  public var introduction: String
  public var charts: [(title: String, chart: LineChart)]

  public init(introduction: String, charts: [(title: String, chart: LineChart)]) {
    (self.introduction, self.charts) = (introduction, charts)
  }

  public func content() -> Markup {
    let legend = charts.max { $0.chart.lines.count < $1.chart.lines.count }?.chart
    return .element("p", [:], .text(introduction))
      + (legend.map { $0.lines.count > 1 ? $0.legend() : .empty } ?? .empty)
      + .all(
        charts.map { entry in
          (entry.title.isEmpty ? .empty : Markup.element("h3", text: entry.title))
            + .element("figure", [:], entry.chart.markup())
        })
  }
}
