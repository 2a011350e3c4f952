/// What each value of the code does.
public struct CodeSection: Section {
  public let title = "The code"
  public let identifier = "code"
  public var introduction: String
  public var charts: [(title: String, chart: any Chart)]
  public var table: PageTable

  public init(introduction: String, charts: [(title: String, chart: any Chart)], table: PageTable) {
    (self.introduction, self.charts, self.table) = (introduction, charts, table)
  }

  public func content() -> Markup {
    let figures = charts.map { entry in
      Markup.element("h3", text: entry.title) + .element("figure", [:], entry.chart.markup())
    }
    return .element("p", [:], .text(introduction)) + .all(figures)
      + .element("details", [:], .element("summary", text: "The numbers of every value"), table.markup())
  }
}
