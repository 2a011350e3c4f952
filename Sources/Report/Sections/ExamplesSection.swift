import HourglassFormats

/// Samples beside what the model makes of them, as what they are.
public struct Example: Sendable {
  /// What the sample is called.
  public var name: String
  /// Its class and its error, say, each on a line of its own.
  public var notes: [String]
  /// Pictures from top to bottom, each with what it is for those who do not see it.
  public var pictures: [(raster: Raster, meaning: String)] = []
  public var charts: [any Chart] = []
  /// Values by name: as they are, as the model has them, and the difference.
  public var rows: [Row] = []
  public var sounds: [(bytes: [UInt8], meaning: String)] = []
  public var remark = ""

  /// One value of a sample.
  public struct Row: Hashable, Sendable {
    public let name: String
    public let cells: [String]
    /// Whether it is where most of the error comes from.
    public let isBlamed: Bool

    public init(_ name: String, _ cells: [String], isBlamed: Bool = false) {
      (self.name, self.cells, self.isBlamed) = (name, cells, isBlamed)
    }
  }

  public init(name: String, notes: [String]) { (self.name, self.notes) = (name, notes) }

  func item(heads: [String], zoom: Int) throws -> Markup {
    var parts: [Markup] = []
    for (raster, meaning) in pictures { parts.append(try raster.image(zoom: zoom, meaning)) }
    parts += charts.map { $0.markup() }
    for (bytes, meaning) in sounds {
      let address = "data:audio/wav;base64," + Base64.encode(bytes)
      parts.append(
        .element("p", ["class": "quiet"], .text(meaning))
          + .element(
            "audio",
            [
              "controls": "", "preload": "metadata", "src": address,
              "aria-label": "\(meaning) of \(Markup.shortened(name))",
            ]))
    }
    let lines = notes.map { Markup.element("span", ["class": "quiet note"], .text($0)) }
    let label = Markup.element("p", [:], containing: [.name(name)] + lines)
    if rows.isEmpty { parts.append(label) } else { parts = [label, table(heads)] + parts }
    if !remark.isEmpty { parts.append(.element("p", ["class": "quiet"], .text(remark))) }
    return .element("li", [:], containing: parts)
  }

  private func table(_ heads: [String]) -> Markup {
    let titles = heads.enumerated().map { index, head in
      index == 0
        ? Markup.element("th", ["scope": "col"], .text(head))
        : .element("th", ["scope": "col", "class": "n"], .text(head))
    }
    let lines = rows.map { row in
      let cells =
        [Markup.element("th", ["scope": "row"], .name(row.name))]
        + row.cells.map { .element("td", ["class": "n"], .text($0)) }
      return row.isBlamed
        ? Markup.element("tr", ["class": "blamed"], containing: cells)
        : .element("tr", [:], containing: cells)
    }
    return .element(
      "table", [:], .element("thead", [:], .element("tr", [:], containing: titles)),
      .element("tbody", [:], containing: lines))
  }
}

extension Raster {
  /// The picture in a page, every pixel `zoom` wide.
  ///
  /// - Parameter meaning: what it shows, for those who do not see it.
  func image(zoom: Int, _ meaning: String) throws -> Markup {
    let (width, height) = ("\(self.width * zoom)", "\(self.height * zoom)")
    let text = "\(meaning)"
    return zoom > 1
      ? .void("img", ["src": try address(), "width": width, "height": height, "alt": text])
      : .void(
        "img", ["src": try address(), "width": width, "height": height, "alt": text, "class": "smooth"])
  }
}

/// Some samples with a title of their own.
public struct ExampleGroup: Sendable {
  public var title: String
  public var caption: String
  public var examples: [Example]
  /// What heads the columns, where samples are rows of values.
  public var heads: [String]
  /// Pixels that a sample is wide on the page, about.
  public var side: Int

  public init(title: String, caption: String, _ examples: [Example], heads: [String] = [], side: Int) {
    (self.title, self.caption, self.examples, self.heads, self.side) = (title, caption, examples, heads, side)
  }

  func markup() throws -> Markup {
    let widest = examples.flatMap(\.pictures).map(\.raster.width).max() ?? side
    let zoom = max(1, side / widest)
    let width = examples.first?.pictures.isEmpty == false ? max(side, widest * zoom) : side
    return .element("h3", text: title) + .element("p", [:], .text(caption))
      + .element(
        "ul", ["class": "samples", "style": "--side:\(width)px"],
        containing: try examples.map { try $0.item(heads: heads, zoom: zoom) })
  }
}

/// Originals, reconstructions and differences: some at random, the best and the worst.
public struct ExamplesSection: Section {
  public let title: String
  public let identifier: String
  public var introduction: String
  public var legend: Markup
  public var groups: [ExampleGroup]

  public init(
    title: String = "Reconstructions", identifier: String = "reconstructions", introduction: String,
    legend: Markup = .empty, _ groups: [ExampleGroup]
  ) {
    (self.title, self.identifier, self.introduction) = (title, identifier, introduction)
    (self.legend, self.groups) = (legend, groups)
  }

  public func content() throws -> Markup {
    .element("p", [:], .text(introduction)) + legend + .all(try groups.map { try $0.markup() })
  }
}
