/// Rows of pictures or lines that lead from one to the next: walks through the code, filters, new samples.
public struct StripsSection: Section {
  public struct Strip: Sendable {
    public var title: String
    public var picture: Raster?
    public var charts: [any Chart]
    public var meaning: String

    public init(title: String, picture: Raster? = nil, charts: [any Chart] = [], meaning: String) {
      (self.title, self.picture, self.charts, self.meaning) = (title, picture, charts, meaning)
    }
  }

  public struct Group: Sendable {
    public var title: String
    public var caption: String
    public var strips: [Strip]
    /// Screen pixels a pixel of the pictures.
    public var zoom: Int

    public init(title: String, caption: String, _ strips: [Strip], zoom: Int = 1) {
      (self.title, self.caption, self.strips, self.zoom) = (title, caption, strips, zoom)
    }
  }

  public let title: String
  public let identifier: String
  public var groups: [Group]

  public init(title: String, identifier: String, _ groups: [Group]) {
    (self.title, self.identifier, self.groups) = (title, identifier, groups)
  }

  public func content() throws -> Markup {
    .all(try groups.map(StripsSection.markup))
  }

  private static func markup(_ group: Group) throws -> Markup {
    let items = try group.strips.map { strip -> Markup in
      var parts: [Markup] = []
      if !strip.title.isEmpty { parts.append(.element("p", ["class": "quiet"], .text(strip.title))) }
      if let picture = strip.picture { parts.append(try picture.image(zoom: group.zoom, strip.meaning)) }
      if !strip.charts.isEmpty {
        parts.append(
          .element(
            "ul", ["class": "samples", "style": "--side:110px"],
            containing: strip.charts.map { .element("li", [:], $0.markup()) }))
      }
      return .element("li", [:], containing: parts)
    }
    let heading: Markup = group.title.isEmpty ? .empty : .element("h3", text: group.title)
    return heading + .element("p", [:], .text(group.caption))
      + .element("ul", ["class": "steps"], containing: items)
  }
}
