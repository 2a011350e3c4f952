/// Points in a plane, coloured by their class or by a number, with the sample shown where a pointer or the
/// arrow keys come to a point.
public struct ScatterPlot: Chart {
  public struct Point: Hashable, Sendable {
    public let x: Double
    public let y: Double
    /// What it is.
    public let title: String
    /// Its class, a place in ``ScatterPlot/groups``.
    public let group: Int?
    /// Its number on a scale from 0 to 1.
    public let level: Double?

    public init(x: Double, y: Double, title: String, group: Int? = nil, level: Double? = nil) {
      (self.x, self.y, self.title, self.group, self.level) = (x, y, title, group, level)
    }
  }

  /// Small pictures of the points in their order, in one picture of lines of as many.
  public struct Atlas: Hashable, Sendable {
    public let raster: Raster
    public let width: Int
    public let height: Int
    public let across: Int

    /// - Precondition: a picture at least, all of one size.
    package init(_ pictures: [Picture]) {
      across = max(1, Int(Double(pictures.count).squareRoot().rounded(.up)))
      (width, height) = (pictures[0].width, pictures[0].height)
      raster = Raster(Picture.tiles(pictures, across: across))
    }
  }

  public let summary: String
  /// Tells this chart from others of the page: letters and digits.
  public let identifier: String
  public var points: [Point]
  /// What the classes are called.
  public var groups: [String]
  /// What the numbers are, and the words for the lowest and the highest.
  public var scale: (name: String, lowest: String, highest: String)?
  public var atlas: Atlas?
  public var xTitle: String
  public var yTitle: String
  public var frame = ChartFrame(height: 520, top: 28, left: 48)

  public init(
    _ summary: String, identifier: String, _ points: [Point], groups: [String] = [],
    scale: (name: String, lowest: String, highest: String)? = nil, atlas: Atlas? = nil, xTitle: String = "",
    yTitle: String = ""
  ) {
    (self.summary, self.identifier, self.points, self.groups) = (summary, identifier, points, groups)
    (self.scale, self.atlas, self.xTitle, self.yTitle) = (scale, atlas, xTitle, yTitle)
  }

  /// Classes that have a colour of their own; further ones share the last.
  static let colours = 10

  public func content() -> Markup {
    let across = Axis(points.map(\.x), count: 6)
    let upwards = Axis(points.map(\.y))
    let drawn = points.map { point -> Markup in
      var kind = "p"
      if let group = point.group { kind += " c\(min(group, ScatterPlot.colours - 1))" }
      if let level = point.level {
        kind += " v\(max(0, min(Palette.levels - 1, Int(level * Double(Palette.levels)))))"
      }
      return .element(
        "circle",
        [
          "class": kind, "cx": Drawing.percent(across.place(point.x)),
          "cy": Drawing.percent(1 - upwards.place(point.y)), "r": "3.5",
        ], .element("title", [:], .text(point.title)))
    }
    return Drawing.vertical(upwards, yTitle) + Drawing.horizontal(across, xTitle)
      + .element("g", ["class": "points"], containing: drawn)
  }

  /// The chart with what its colours mean, and a choice among them.
  ///
  /// - Throws: `FormatError` if there is not enough memory.
  public func figure() throws -> Markup {
    var parts: [Markup] = []
    if !groups.isEmpty, scale != nil { parts.append(chooser()) }
    parts.append(markup())
    if !groups.isEmpty { parts.append(groupLegend()) }
    if let scale { parts.append(scaleLegend(scale)) }
    if let atlas {
      parts.append(
        .void("img", ["class": "atlas", "hidden": "", "alt": "", "src": try atlas.raster.address()]))
    }
    let size = atlas.map { "\($0.width) \($0.height) \($0.across)" } ?? ""
    return .element(
      "div", ["class": groups.isEmpty ? "scatter levels" : "scatter", "data-atlas": size, "id": identifier],
      containing: parts)
  }

  /// Colours by class or by the number.
  private func chooser() -> Markup {
    let name = identifier + "-colour"
    func choice(_ kind: StaticString, _ text: String, isFirst: Bool) -> Markup {
      let input: Markup =
        isFirst
        ? .void("input", ["type": "radio", "name": name, "class": "by-\(kind)", "checked": ""])
        : .void("input", ["type": "radio", "name": name, "class": "by-\(kind)"])
      return .element("label", [:], input, .text(" " + text))
    }
    return .element(
      "fieldset", ["class": "choice"], .element("legend", text: "Colour by"),
      choice("group", "class", isFirst: true), choice("level", scale?.name ?? "", isFirst: false))
  }

  /// Each class with its colour; one can be singled out.
  private func groupLegend() -> Markup {
    let name = identifier + "-class"
    let counts = groups.indices.map { group in points.count { $0.group == group } }
    var choices = [
      Markup.element(
        "label", [:], .void("input", ["type": "radio", "name": name, "class": "only-all", "checked": ""]),
        " all")
    ]
    for (index, group) in groups.enumerated() {
      let colour = min(index, ScatterPlot.colours - 1)
      // Classes that share a colour are singled out together.
      let input = Markup.void("input", ["type": "radio", "name": name, "class": "only-\(colour)"])
      choices.append(
        .element(
          "label", [:], input, .element("span", ["class": "swatch c\(colour)"]), .name(group),
          .element("span", ["class": "quiet"], " \(Figures.count(counts[index]))")))
    }
    return .element(
      "fieldset", ["class": "choice groups"], .element("legend", text: "Show"), containing: choices)
  }

  private func scaleLegend(_ scale: (name: String, lowest: String, highest: String)) -> Markup {
    let steps = (0..<Palette.levels).map { Markup.element("span", ["class": "swatch v\($0)"]) }
    return .element(
      "p", ["class": "scale"], .text(scale.name + ": " + scale.lowest + " "),
      .element("span", ["class": "ramp", "aria-hidden": "true"], containing: steps),
      .text(" " + scale.highest))
  }
}

extension Markup {
  fileprivate static func element(
    _ tag: StaticString, _ attributes: KeyValuePairs<StaticString, String>, _ first: Markup,
    containing rest: [Markup]
  ) -> Markup {
    element(tag, attributes, containing: [first] + rest)
  }
}
