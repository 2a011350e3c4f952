/// The codes laid out in the plane, once or in several ways.
public struct MapSection: Section {
  public let title = "Map of the codes"
  public let identifier = "map"
  public var maps: [(title: String, caption: String, plot: ScatterPlot)]

  public init(_ maps: [(title: String, caption: String, plot: ScatterPlot)]) { self.maps = maps }

  public func content() throws -> Markup {
    .all(
      try maps.map { map in
        let title: Markup = maps.count > 1 ? .element("h3", text: map.title) : .empty
        return title + .element("p", [:], .text(map.caption)) + .element("figure", [:], try map.plot.figure())
      })
  }
}
