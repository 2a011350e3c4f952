/// How well something is told, against what it was told from: charts with a table below.
public struct LearningCurveSection: Section {
  public let title: String
  public let identifier: String
  public var introduction: Markup
  public var charts: [(title: String, chart: LineChart)]
  public var table: PageTable

  public init(
    title: String, identifier: String, introduction: Markup, charts: [(title: String, chart: LineChart)],
    table: PageTable
  ) {
    (self.title, self.identifier, self.introduction) = (title, identifier, introduction)
    (self.charts, self.table) = (charts, table)
  }

  public func content() -> Markup {
    let figures = charts.map { entry in
      Markup.element("h3", text: entry.title)
        + .element("figure", [:], entry.chart.markup())
    }
    return .element("p", [:], introduction) + (charts.first?.chart.legend() ?? .empty) + .all(figures)
      + table.markup()
  }
}
