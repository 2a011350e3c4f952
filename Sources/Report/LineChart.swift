/// Lines over a common axis: losses over epochs, a series beside its reconstruction.
public struct LineChart: Chart {
  /// One of the lines.
  public struct Line: Hashable, Sendable {
    public enum Kind: String, Sendable {
      /// What is looked at first.
      case first
      case second
      /// What stands beside the two.
      case third
      /// What only gives the others a measure.
      case quiet
    }

    public let name: String
    public let kind: Kind
    public let x: [Double]
    public let y: [Double]

    /// - Precondition: as many places as values.
    public init(_ name: String, _ kind: Kind, x: [Double], y: [Double]) {
      precondition(x.count == y.count, "LineChart.Line: \(x.count) places, \(y.count) values")
      let kept = Line.kept(y)
      (self.name, self.kind) = (name, kind)
      (self.x, self.y) = (kept.map { x[$0] }, kept.map { y[$0] })
    }

    /// Points that a line has at most, about: more than a screen can show.
    private static let most = 1200

    /// The points that a line is drawn through: of many the lowest and the highest of each piece, so that no
    /// peak is lost.
    private static func kept(_ values: [Double]) -> [Int] {
      guard values.count > most else { return Array(values.indices) }
      let pieces = most / 2
      return (0..<pieces).flatMap { piece -> [Int] in
        let range = (piece * values.count / pieces)..<((piece + 1) * values.count / pieces)
        let lowest = range.min { values[$0] < values[$1] } ?? range.lowerBound
        let highest = range.max { values[$0] < values[$1] } ?? range.lowerBound
        return lowest == highest ? [lowest] : [min(lowest, highest), max(lowest, highest)]
      }
    }

    /// Whether its points are dots, for values that lie here and there.
    public var isDotted = false

    /// Values at 0, 1, 2 …
    public init(_ name: String, _ kind: Kind, _ y: [Double]) {
      self.init(name, kind, x: y.indices.map(Double.init), y: y)
    }
  }

  /// A place that is worth a word.
  public struct Mark: Hashable, Sendable {
    public let x: Double
    public let y: Double
    public let text: String

    public init(x: Double, y: Double, _ text: String) { (self.x, self.y, self.text) = (x, y, text) }
  }

  public let summary: String
  public var frame = ChartFrame(height: 300, top: 28)
  public var lines: [Line]
  public var mark: Mark?
  public var isLogarithmic = false
  /// Whether places go by orders of magnitude.
  public var isLogarithmicAcross = false
  /// Whether places are counted, so that there is nothing between two of them.
  public var isCounted = false
  public var xTitle: String
  public var yTitle: String

  public init(_ summary: String, _ lines: [Line], xTitle: String = "", yTitle: String = "") {
    (self.summary, self.lines, self.xTitle, self.yTitle) = (summary, lines, xTitle, yTitle)
  }

  /// Values that lie within a factor of this need no logarithm to be told apart.
  package static let widestLinear = 8.0

  /// The same with an axis by orders of magnitude where values are all above 0 and far apart.
  public func scaledByRange() -> LineChart {
    var chart = self
    let values = lines.flatMap(\.y).filter(\.isFinite)
    guard let lowest = values.min(), let highest = values.max(), lowest > 0 else { return self }
    chart.isLogarithmic = highest / lowest > LineChart.widestLinear
    return chart
  }

  public func content() -> Markup {
    let across = Axis(lines.flatMap(\.x), count: 6, logarithmic: isLogarithmicAcross, isCounted: isCounted)
    let upwards = Axis(lines.flatMap(\.y), logarithmic: isLogarithmic)
    let paths = lines.map { line in
      Drawing.path(
        zip(line.x, line.y).map {
          ($0.isFinite ? across.place($0) : .nan, $1.isFinite ? upwards.place($1) : .nan)
        },
        "line " + (line.isDotted ? "points " : "") + line.kind.rawValue, isDotted: line.isDotted)
    }
    var content = Drawing.vertical(upwards, yTitle) + Drawing.horizontal(across, xTitle) + .all(paths)
    if let mark {
      let (x, y) = (across.place(mark.x), 1 - upwards.place(mark.y))
      content =
        content
        + .element(
          "line",
          ["class": "mark", "x1": Drawing.percent(x), "x2": Drawing.percent(x), "y1": "0", "y2": "100%"])
        + .element(
          "circle", ["class": "mark", "cx": Drawing.percent(x), "cy": Drawing.percent(y), "r": "4.5"])
        + .element(
          "text",
          [
            "class": x > 0.6 ? "label end" : "label", "x": Drawing.percent(x), "y": "0",
            "dx": x > 0.6 ? "-7" : "7",
            "dy": "12",
          ], .text(mark.text))
    }
    return content
  }

  /// The names of the lines beside a sample of each.
  public func legend() -> Markup {
    .element(
      "p", ["class": "legend"],
      containing: lines.map { line in
        .element("span", ["class": "key " + line.kind.rawValue], .name(line.name))
      })
  }
}

extension LineChart {
  /// The lines without axes, as small as a word, for many of them side by side.
  public func small(height: Int) -> SmallLines { SmallLines(summary: summary, lines: lines, height: height) }

  /// The same with the numbers of the axis upwards.
  ///
  /// - Parameter values: further ones that the axis holds, as for several charts on one scale.
  public func small(height: Int, scaledTo values: [Double]) -> SmallLines {
    SmallLines(summary: summary, lines: lines, height: height, scaledTo: values)
  }

  /// See ``LineChart/small(height:)``.
  public struct SmallLines: Chart {
    public let summary: String
    let lines: [Line]
    let height: Int
    /// Further values of the axis upwards; nil where none is drawn.
    var scaledTo: [Double]?
    public var frame: ChartFrame {
      scaledTo == nil
        ? ChartFrame(height: height, top: 4, right: 4, bottom: 4, left: 4)
        : ChartFrame(height: height, top: 8, right: 4, bottom: 8, left: 46)
    }

    public func content() -> Markup {
      let across = Axis(lines.flatMap(\.x))
      let upwards = Axis(lines.flatMap(\.y) + (scaledTo ?? []), count: height < 80 ? 3 : 4)
      let numbers = scaledTo == nil ? .empty : Drawing.vertical(upwards, "")
      return numbers
        + .all(
          lines.map { line in
            Drawing.path(
              zip(line.x, line.y).map { (across.place($0), $1.isFinite ? upwards.place($1) : .nan) },
              "line thin " + line.kind.rawValue)
          })
    }
  }
}
