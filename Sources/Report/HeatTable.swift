/// Numbers from -1 to 1 as a table whose cells have a colour, the stronger the further from 0.
public struct HeatTable: Sendable {
  public var caption: Markup
  /// What the first column heads.
  public var corner: String
  public var columns: [String]
  public var rows: [(name: String, values: [Double])]

  public init(
    _ caption: Markup, corner: String, columns: [String], _ rows: [(name: String, values: [Double])]
  ) {
    (self.caption, self.corner, self.columns, self.rows) = (caption, corner, columns, rows)
  }

  /// Steps of colour on either side of 0; numbers below half a step have none.
  static let steps = 4

  public func markup() -> Markup {
    let head =
      [Markup.element("th", ["scope": "col"], .text(corner))]
      + columns.map { .element("th", ["scope": "col", "class": "n"], .text($0)) }
    let lines = rows.map { row in
      Markup.element(
        "tr", [:],
        containing: [.element("th", ["scope": "row"], .name(row.name))] + row.values.map(HeatTable.cell))
    }
    return .element(
      "div", ["class": "scroll", "tabindex": "0", "role": "group", "aria-label": "table"],
      .element(
        "table", ["class": "heat"], .element("caption", [:], caption),
        .element("thead", [:], .element("tr", [:], containing: head)),
        .element("tbody", [:], containing: lines)))
  }

  private static func cell(_ value: Double) -> Markup {
    guard value.isFinite else { return .element("td", ["class": "n"], "–") }
    let text = Figures.fixed(value, 2).replacing("-", with: "−")
    return .element("td", ["class": "n \(name(of: value))"], .text(text))
  }

  /// The class of a colour: `up3`, `down1`, or `none`.
  static func name(of value: Double) -> String {
    let step = min(steps, Int((value.magnitude * Double(steps)).rounded()))
    return step == 0 ? "none" : (value > 0 ? "up" : "down") + "\(step)"
  }
}
