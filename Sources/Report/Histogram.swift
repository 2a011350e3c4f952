/// How many numbers lie where, with some places marked.
public struct HistogramChart: Chart {
  public struct Bin: Hashable, Sendable {
    public let range: ClosedRange<Double>
    public let count: Int

    public init(_ range: ClosedRange<Double>, count: Int) { (self.range, self.count) = (range, count) }
  }

  public let summary: String
  public var bins: [Bin]
  /// Places with what they are, such as quantiles.
  public var marks: [(place: Double, text: String)]
  public var xTitle: String
  public var yTitle: String

  public init(
    _ summary: String, _ bins: [Bin], marks: [(place: Double, text: String)] = [], xTitle: String = "",
    yTitle: String = ""
  ) {
    (self.summary, self.bins, self.marks, self.xTitle, self.yTitle) = (summary, bins, marks, xTitle, yTitle)
  }

  /// Pixels of a line of text above the bars.
  private static let line = 16

  public var frame: ChartFrame {
    ChartFrame(height: 260 + HistogramChart.line * marks.count, top: 28 + HistogramChart.line * marks.count)
  }

  public func content() -> Markup {
    let across = Axis(bins.flatMap { [$0.range.lowerBound, $0.range.upperBound] }, count: 6)
    let upwards = Axis(bins.map { Double($0.count) }, includesZero: true)
    let bars = bins.map { bin -> Markup in
      let (left, right) = (across.place(bin.range.lowerBound), across.place(bin.range.upperBound))
      let top = upwards.place(Double(bin.count))
      let range =
        "\(Figures.significant(bin.range.lowerBound)) to \(Figures.significant(bin.range.upperBound))"
      return .element(
        "rect",
        [
          "class": "bar", "x": Drawing.percent(left), "y": Drawing.percent(1 - top),
          "width": Drawing.percent(right - left), "height": Drawing.percent(top),
        ], .element("title", [:], "\(range): \(Figures.count(bin.count))"))
    }
    return Drawing.vertical(upwards, marks.isEmpty ? yTitle : "") + .all(bars)
      + Drawing.horizontal(across, xTitle)
      + .all(
        marks.enumerated().map { mark(across.place($0.element.place), $0.element.text, line: $0.offset) })
  }

  /// A line from the text, each on a line of its own so that none lies over another, down to the axis.
  private func mark(_ place: Double, _ text: String, line: Int) -> Markup {
    let up = -10 - HistogramChart.line * (marks.count - 1 - line)
    let x = Drawing.percent(place)
    let isRight = place > 0.7
    return .element("line", ["class": "mark", "x1": x, "x2": x, "y1": "\(up - 8)", "y2": "100%"])
      + .element(
        "text",
        ["class": isRight ? "label end" : "label", "x": x, "y": "\(up)", "dx": isRight ? "-5" : "5"],
        .text(text))
  }
}

/// One column a number, in their order: the variance of each value of a code, say.
public struct ColumnChart: Chart {
  public let summary: String
  public var values: [Double]
  /// What a column is called where a pointer rests on it.
  public var names: [String]
  public var xTitle: String
  public var yTitle: String
  public var frame = ChartFrame(height: 240, top: 28)

  public init(
    _ summary: String, _ values: [Double], names: [String], xTitle: String = "", yTitle: String = ""
  ) {
    (self.summary, self.values, self.names, self.xTitle, self.yTitle) = (
      summary, values, names, xTitle, yTitle
    )
  }

  public func content() -> Markup {
    let upwards = Axis(values, includesZero: true)
    let across = Axis([-0.5, Double(values.count) - 0.5], count: min(values.count, 8))
    let ticks = values.count <= 1 ? [] : across.ticks.filter { $0 == $0.rounded() && $0 >= 0 }
    let width = 1 / Double(max(1, values.count))
    let bars = values.indices.map { index -> Markup in
      let top = values[index].isFinite ? upwards.place(values[index]) : 0
      let title =
        (names.indices.contains(index) ? names[index] : "\(index)") + ": "
        + Figures.significant(values[index])
      return .element(
        "rect",
        [
          "class": "bar", "x": Drawing.percent((Double(index) + 0.1) * width), "y": Drawing.percent(1 - top),
          "width": Drawing.percent(0.8 * width), "height": Drawing.percent(top),
        ], .element("title", [:], .text(title)))
    }
    let numbers = ticks.map { tick in
      Markup.element(
        "text",
        ["class": "tick middle", "x": Drawing.percent((tick + 0.5) * width), "y": "100%", "dy": "18"],
        "\(Int(tick))")
    }
    return Drawing.vertical(upwards, yTitle) + .all(bars)
      + .element("line", ["class": "base", "x1": "0", "x2": "100%", "y1": "100%", "y2": "100%"])
      + .all(numbers)
      + .element("text", ["class": "tick end", "x": "100%", "y": "100%", "dy": "34"], .text(xTitle))
  }
}
