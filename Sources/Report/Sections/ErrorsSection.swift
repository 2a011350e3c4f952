/// How errors are spread over samples, which are the largest, and where in a sample they lie.
public struct ErrorsSection: Section {
  public let title = "Errors"
  public let identifier = "errors"
  public var introduction: String
  public var histogram: HistogramChart
  public var quantiles: PageTable
  public var worst: PageTable
  /// Where in a sample errors lie: bars by name, a line over the steps, or a picture.
  public var place: Markup

  public init(
    introduction: String, histogram: HistogramChart, quantiles: PageTable, worst: PageTable,
    place: Markup = .empty
  ) {
    (self.introduction, self.histogram, self.quantiles) = (introduction, histogram, quantiles)
    (self.worst, self.place) = (worst, place)
  }

  public func content() -> Markup {
    .element("p", [:], .text(introduction)) + .element("figure", [:], histogram.markup())
      + .element(
        "div", ["class": "two"],
        .element("div", [:], .element("h3", text: "Quantiles"), quantiles.markup()),
        .element("div", [:], .element("h3", text: "The worst"), worst.markup())) + place
  }
}
