import HourglassTensor

/// The network: its outline as it narrows and widens, and a table of its layers.
public struct ArchitectureSection: Section {
  public let title = "Architecture"
  public let identifier = "architecture"
  public var profile: NetworkProfile
  public var table: PageTable

  public init(profile: NetworkProfile, table: PageTable) { (self.profile, self.table) = (profile, table) }

  public func content() -> Markup {
    .element("figure", [:], profile.markup()) + table.markup()
  }
}

/// How wide a network is from layer to layer, drawn as the hourglass that it is: half the height grows with
/// the cube root of the number of values.
public struct NetworkProfile: Chart {
  public let summary: String
  /// Values behind each layer, the input first.
  public var widths: [Int]
  /// Which of them is the code.
  public var code: Int

  public init(_ summary: String, widths: [Int], code: Int) {
    (self.summary, self.widths, self.code) = (summary, widths, code)
  }

  public var frame: ChartFrame { ChartFrame(height: 150, top: 8, right: 34, bottom: 26, left: 34) }

  public func content() -> Markup {
    let largest = Double(max(1, widths.max() ?? 1)).raised(to: 1 / 3)
    func half(_ width: Int) -> Double { 0.5 * max(0.03, Double(width).raised(to: 1 / 3) / largest) }
    func x(_ index: Int) -> Double { Double(index) / Double(max(1, widths.count - 1)) }
    let upper = widths.indices.map { (x: x($0), y: 0.5 + half(widths[$0])) }
    let lower = widths.indices.map { (x: x($0), y: 0.5 - half(widths[$0])) }
    let posts = widths.indices.map { index -> Markup in
      let place = Drawing.percent(x(index))
      return .element(
        "line",
        [
          "class": index == code ? "post code" : "post", "x1": place, "x2": place,
          "y1": Drawing.percent(0.5 - half(widths[index])), "y2": Drawing.percent(0.5 + half(widths[index])),
        ])
    }
    // Where layers stand close, ends and code alone have their number.
    let step = max(1, (widths.count + 9) / 10)
    let labels = widths.indices.filter { index in
      index == code || index == 0 || index == widths.count - 1
        || (index % step == 0 && abs(index - code) >= step && index < widths.count - step)
    }
    let numbers = labels.map { index in
      Markup.element(
        "text",
        [
          "class": index == code ? "middle" : "tick middle", "x": Drawing.percent(x(index)), "y": "100%",
          "dy": "18",
        ],
        .text(Figures.count(widths[index])))
    }
    return Drawing.area(upper, lower, "fill") + .all(posts) + .all(numbers)
  }
}
