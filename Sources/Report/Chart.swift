/// A drawing of numbers that stands in a page as SVG.
///
/// Places are shares of the drawing's own sides, and its texts keep their size: it fits any width, and its
/// letters can be read on a telephone.
public protocol Chart: Sendable {
  /// What is read aloud in its place: what it shows, and the numbers that matter.
  var summary: String { get }
  /// Room around the numbers, and the height with it, in pixels.
  var frame: ChartFrame { get }
  /// What is drawn, in percentages of the room for the numbers.
  func content() -> Markup
}

/// The sides of a chart, in pixels.
public struct ChartFrame: Hashable, Sendable {
  public var height: Int
  public var top: Int
  public var right: Int
  public var bottom: Int
  public var left: Int

  public init(height: Int, top: Int = 12, right: Int = 16, bottom: Int = 40, left: Int = 56) {
    (self.height, self.top, self.right, self.bottom, self.left) = (height, top, right, bottom, left)
  }
}

extension Chart {
  /// The chart in a page.
  public func markup() -> Markup {
    let style =
      "height:\(frame.height)px;padding:\(frame.top)px \(frame.right)px \(frame.bottom)px \(frame.left)px"
    return .element(
      "svg", ["class": "chart", "role": "img", "aria-label": summary, "style": style], content())
  }

  /// The chart as a picture file of its own, in light colours.
  public func svg(width: Int) -> String {
    let inner = Markup.element(
      "svg",
      [
        "x": "\(frame.left)", "y": "\(frame.top)", "width": "\(width - frame.left - frame.right)",
        "height": "\(frame.height - frame.top - frame.bottom)", "overflow": "visible",
      ], content())
    return Markup.element(
      "svg",
      [
        "xmlns": "http://www.w3.org/2000/svg", "class": "chart", "width": "\(width)",
        "height": "\(frame.height)", "role": "img", "aria-label": summary,
      ], .element("style", [:], .verbatim(Style.colours + Style.charts)), inner
    ).html
  }
}

/// What charts are drawn with.
enum Drawing {
  /// A share of a side: `37.5%`.
  static func percent(_ share: Double) -> String {
    var text = Figures.fixed(100 * share, 2)
    while text.hasSuffix("0") { text.removeLast() }
    if text.hasSuffix(".") { text.removeLast() }
    return text + "%"
  }

  /// The horizontal lines, their numbers, and what they count.
  static func vertical(_ axis: Axis, _ title: String) -> Markup {
    let lines = axis.ticks.map { tick in
      let y = percent(1 - axis.place(tick))
      return Markup.element("line", ["class": "grid", "x1": "0", "x2": "100%", "y1": y, "y2": y])
        + .element("text", ["class": "tick end", "x": "-8", "y": y, "dy": "4"], .text(axis.label(tick)))
    }
    return .all(lines) + (title.isEmpty ? .empty : self.title(title))
  }

  /// What the upward numbers count, above them.
  private static func title(_ text: String) -> Markup {
    .element("text", ["class": "tick", "x": "0", "y": "-10"], .text(text))
  }

  /// The numbers below, and what they count.
  static func horizontal(_ axis: Axis, _ title: String) -> Markup {
    let texts = axis.ticks.map { tick in
      Markup.element(
        "text", ["class": "tick middle", "x": percent(axis.place(tick)), "y": "100%", "dy": "18"],
        .text(axis.label(tick)))
    }
    let base = Markup.element(
      "line", ["class": "base", "x1": "0", "x2": "100%", "y1": "100%", "y2": "100%"])
    return base + .all(texts)
      + .element("text", ["class": "tick end", "x": "100%", "y": "100%", "dy": "34"], .text(title))
  }

  /// Lines through points whose places are given from 0 to 1; a point that is no number breaks a line.
  ///
  /// - Parameter kind: the classes of the style sheet.
  static func path(_ points: [(x: Double, y: Double)], _ kind: String, isDotted: Bool = false) -> Markup {
    var path = ""
    var isOpen = false
    for point in points {
      guard point.x.isFinite, point.y.isFinite else {
        isOpen = false
        continue
      }
      path += (isOpen ? "L" : "M") + number(point.x) + " " + number(1 - point.y)
      // A line of no length with round ends is a dot.
      if isDotted { path += "h0" }
      isOpen = !isDotted
    }
    return scaled(.element("path", ["class": kind, "d": path]))
  }

  /// An area between two lines of as many points.
  static func area(_ upper: [(x: Double, y: Double)], _ lower: [(x: Double, y: Double)], _ kind: String)
    -> Markup
  {
    let points = (upper + lower.reversed()).filter { $0.x.isFinite && $0.y.isFinite }
    let path = points.map { number($0.x) + " " + number(1 - $0.y) }.joined(separator: "L")
    return scaled(.element("path", ["class": kind, "d": "M" + path + "Z"]))
  }

  /// A drawing in thousandths of the sides.
  private static func scaled(_ content: Markup) -> Markup {
    .element(
      "svg",
      [
        "viewBox": "0 0 1000 1000", "preserveAspectRatio": "none", "width": "100%", "height": "100%",
        "overflow": "visible",
      ], content)
  }

  private static func number(_ share: Double) -> String {
    let text = Figures.fixed(1000 * share, 1)
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
