import Hourglass

/// Points of the plane in colours, with a legend of what the colours mean: as SVG, or as pixels.
///
/// Up to seven classes differ by colour, more by shape as well; each name stands in the middle of its points
/// too, so that nothing hangs on colour alone. Numbers run from light to dark.
struct ScatterPicture {
  enum Meaning {
    case nothing
    /// Names, and for each point which of them is its.
    case classes([String], of: [Int])
    /// A number for each point, and what it is.
    case numbers(String, [Float])
  }

  enum Marker: CaseIterable { case circle, square, triangle, diamond }

  /// How points look that mean the same.
  struct Style: Hashable {
    let colour: SIMD3<UInt8>
    let marker: Marker
  }

  let title: String
  let points: [SIMD2<Float>]
  let meaning: Meaning
  /// Whether each axis fills the picture by a scale of its own, since the two are no distances.
  var isStretched = false

  static let side = 800.0
  static let legendWidth = 200.0
  private static let margin = 36.0
  /// Lines of the legend at most.
  private static let longestLegend = 36
  /// Steps from light to dark.
  private static let steps = 24

  /// Told apart by people with any kind of colour vision, and dark enough on white: Okabe and Ito 2008, with
  /// grey for their yellow and black.
  static let colours: [SIMD3<UInt8>] = [
    [0, 114, 178], [213, 94, 0], [0, 158, 115], [204, 121, 167], [230, 159, 0], [86, 180, 233], [90, 90, 90],
  ]

  static func style(_ index: Int) -> Style {
    let markers = Marker.allCases
    return Style(
      colour: colours[index % colours.count], marker: markers[index / colours.count % markers.count])
  }

  private static func shade(_ step: Int) -> Style {
    let stops: [SIMD3<Double>] = [[158, 202, 225], [49, 104, 180], [40, 10, 84]]
    let place = Double(step) / Double(steps - 1) * 2
    let start = min(1, Int(place))
    let colour = stops[start] + (place - Double(start)) * (stops[start + 1] - stops[start])
    return Style(
      colour: SIMD3<UInt8>(UInt8(colour.x), UInt8(colour.y), UInt8(colour.z)), marker: .circle)
  }

  /// Draws on paper of ``side`` and ``legendWidth`` by ``side``.
  func draw(on paper: inout some Paper) {
    let places = places
    let radius = min(5, max(1.6, 120 / Double(points.count).squareRoot()))
    for (place, style) in zip(places, styles) { paper.mark(style, at: place, radius: radius) }
    paper.write(title, at: SIMD2(ScatterPicture.margin / 2, 20), isCentred: false)
    let x = ScatterPicture.side + 8
    switch meaning {
    case .nothing: break
    case .classes(let names, let members):
      for (index, place) in middles(places, members, count: names.count).enumerated() {
        if let place { paper.write(names[index], at: place, isCentred: true) }
      }
      let shown = names.count > ScatterPicture.longestLegend ? ScatterPicture.longestLegend - 1 : names.count
      for index in 0..<shown {
        let y = 44 + 20 * Double(index)
        paper.mark(ScatterPicture.style(index), at: SIMD2(x, y - 4), radius: 6)
        paper.write(String(names[index].prefix(22)), at: SIMD2(x + 14, y), isCentred: false)
      }
      if shown < names.count {
        let y = 44 + 20 * Double(shown)
        paper.write("and \(names.count - shown) more", at: SIMD2(x, y), isCentred: false)
      }
    case .numbers(let name, let values): drawScale(name, values, x, on: &paper)
    }
  }

  private func drawScale(_ name: String, _ values: [Float], _ x: Double, on paper: inout some Paper) {
    let (lowest, highest) = ScatterPicture.range(values)
    paper.write(String(name.prefix(24)), at: SIMD2(x, 44), isCentred: false)
    for step in 0..<ScatterPicture.steps {
      let y = 70 + 12 * Double(ScatterPicture.steps - 1 - step)
      paper.mark(
        Style(colour: ScatterPicture.shade(step).colour, marker: .square), at: SIMD2(x + 2, y), radius: 6)
    }
    let largest = values.filter(\.isFinite).max().map(Double.init) ?? highest
    let beyond = largest > highest ? " to \(Figures.significant(largest, 3))" : ""
    paper.write(Figures.significant(highest, 3) + beyond, at: SIMD2(x + 18, 74), isCentred: false)
    let bottom = 74 + 12 * Double(ScatterPicture.steps - 1)
    let least = values.filter(\.isFinite).min().map(Double.init) ?? lowest
    let below = least < lowest ? "\(Figures.significant(least, 3)) to " : ""
    paper.write(below + Figures.significant(lowest, 3), at: SIMD2(x + 18, bottom), isCentred: false)
  }

  /// How each point looks.
  private var styles: [Style] {
    switch meaning {
    case .nothing: return points.map { _ in ScatterPicture.style(0) }
    case .classes(_, let members): return members.map(ScatterPicture.style)
    case .numbers(_, let values):
      let (lowest, highest) = ScatterPicture.range(values)
      return values.map { value in
        let share = highest > lowest ? (Double(value) - lowest) / (highest - lowest) : 0
        // A value that is missing has no place on the scale.
        guard share.isFinite else { return Style(colour: [200, 200, 200], marker: .circle) }
        return ScatterPicture.shade(Int((min(max(share, 0), 1) * Double(ScatterPicture.steps - 1)).rounded()))
      }
    }
  }

  /// From the lowest to the highest hundredth: one stray value must not take all the colours.
  private static func range(_ values: [Float]) -> (Double, Double) {
    let sorted = values.filter(\.isFinite).map(Double.init).sorted()
    return (
      Statistics.quantile(0.01, ofSorted: sorted) ?? 0, Statistics.quantile(0.99, ofSorted: sorted) ?? 0
    )
  }

  /// The points on paper: one scale for both axes, the second axis upwards.
  private var places: [SIMD2<Double>] {
    let doubles = points.map { SIMD2<Double>($0) }
    guard var lowest = doubles.first else { return [] }
    var highest = lowest
    for point in doubles {
      lowest = pointwiseMin(lowest, point)
      highest = pointwiseMax(highest, point)
    }
    let room = ScatterPicture.side - 2 * ScatterPicture.margin
    let spans = highest - lowest
    let common = spans.max()
    let used = isStretched ? spans : SIMD2(common, common)
    let scale = SIMD2(used.x > 0 ? room / used.x : 0, used.y > 0 ? room / used.y : 0)
    let middle = (lowest + highest) / 2
    return doubles.map { point in
      let moved = scale * (point - middle)
      return SIMD2(ScatterPicture.side / 2 + moved.x, ScatterPicture.side / 2 - moved.y)
    }
  }

  /// The median of each class along each axis; nil for a class without points.
  private func middles(_ places: [SIMD2<Double>], _ members: [Int], count: Int) -> [SIMD2<Double>?] {
    (0..<count).map { index in
      let own = members.indices.filter { members[$0] == index }
      guard let x = Statistics.quantile(0.5, ofSorted: own.map { places[$0].x }.sorted()),
        let y = Statistics.quantile(0.5, ofSorted: own.map { places[$0].y }.sorted())
      else { return nil }
      return SIMD2(x, y)
    }
  }
}

/// What a picture is drawn on. Places are in pixels from the upper left corner.
protocol Paper {
  mutating func mark(_ style: ScatterPicture.Style, at place: SIMD2<Double>, radius: Double)
  /// - Parameter isCentred: around the place, with a white rim; else from the place on, on its line.
  mutating func write(_ text: String, at place: SIMD2<Double>, isCentred: Bool)
}
