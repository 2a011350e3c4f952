/// What each value of the code does.
public struct CodeSection: Section {
  public let title = "The code"
  public let identifier = "code"
  public var introduction: String
  public var charts: [(title: String, chart: any Chart)]
  public var table: PageTable
  /// What each value goes with; nil where that is not known.
  public var heat: HeatTable?

  public init(
    introduction: String, charts: [(title: String, chart: any Chart)], table: PageTable,
    heat: HeatTable? = nil
  ) {
    (self.introduction, self.charts, self.table, self.heat) = (introduction, charts, table, heat)
  }

  public func content() -> Markup {
    let figures = charts.map { entry in
      Markup.element("h3", text: entry.title) + .element("figure", [:], entry.chart.markup())
    }
    let goesWith = heat.map { Markup.element("h3", text: "What each value goes with") + $0.markup() }
    return .element("p", [:], .text(introduction)) + (goesWith ?? .empty) + .all(figures)
      + .element("details", [:], .element("summary", text: "The numbers of every value"), table.markup())
  }
}
