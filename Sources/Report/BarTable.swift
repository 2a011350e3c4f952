/// Numbers as lengths, one below the other, each with its name and its figure.
///
/// Where one of them is what the others are held against, the scale is made for it and for what comes
/// nearest to it, so that the two can be told apart: bars that would be much longer end in a point, and how
/// many times as large a number is stands beside it.
public struct BarTable: Sendable {
  public struct Bar: Hashable, Sendable {
    public let name: String
    public let value: Double
    /// Whether it is what the others are held against.
    public let isFirst: Bool

    public init(_ name: String, _ value: Double, isFirst: Bool = false) {
      (self.name, self.value, self.isFirst) = (name, value, isFirst)
    }
  }

  public var caption: Markup
  public var bars: [Bar]

  public init(_ caption: Markup, _ bars: [Bar]) { (self.caption, self.bars) = (caption, bars) }

  /// How much further than the longer of the two that are compared the scale goes.
  private static let room = 1.6

  /// The number whose bar is as long as there is room for.
  package var end: Double {
    let largest = bars.map(\.value).filter(\.isFinite).max() ?? 0
    guard let first = bars.first(where: \.isFirst), first.value.isFinite,
      let nearest = bars.filter({ !$0.isFirst && $0.value.isFinite }).map(\.value)
        .min(by: { abs($0 - first.value) < abs($1 - first.value) })
    else { return largest }
    return min(largest, BarTable.room * max(first.value, nearest))
  }

  /// Whether a bar ends before its number does.
  package func isCut(_ bar: Bar) -> Bool { bar.value.isFinite && bar.value > end }

  public func markup() -> Markup {
    let (end, first) = (end, bars.first(where: \.isFirst)?.value)
    let rows = bars.map { bar -> Markup in
      let share = end > 0 && bar.value.isFinite ? max(0, min(1, bar.value / end)) : 0
      let length = "width:\(Drawing.percent(share))"
      let times: Markup = first.map { .element("td", ["class": "n quiet"], ratio(bar, to: $0)) } ?? .empty
      return .element(
        "tr", ["class": bar.isFirst ? "first" : "other"], .element("th", ["scope": "row"], .name(bar.name)),
        .element(
          "td", ["class": "track", "aria-hidden": "true"],
          isCut(bar)
            ? .element("div", ["class": "cut", "style": length]) : .element("div", ["style": length])),
        .element("td", ["class": "n"], .text(Figures.significant(bar.value))), times)
    }
    let note: Markup =
      bars.contains(where: isCut) ? " Bars that end in a point go on beyond the picture." : ""
    return .element(
      "table", ["class": "bars"], .element("caption", [:], caption + note),
      .element("tbody", [:], containing: rows))
  }

  private func ratio(_ bar: Bar, to first: Double) -> Markup {
    guard !bar.isFirst, first > 0, bar.value.isFinite else { return "" }
    let ratio = bar.value / first
    let text = ratio < 1000 ? Figures.significant(ratio, 3) : Figures.count(Int(min(ratio, 1e15)))
    return .text("\(text) times")
  }
}
