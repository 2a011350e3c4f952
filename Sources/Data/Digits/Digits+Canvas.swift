/// A point a pen passes, in pixels, with half the width of its line there.
struct PenPoint: Hashable {
  var place: SIMD2<Float>
  var radius: Float
  /// Whether the pen changes direction at once here.
  var isCorner: Bool
}

/// A square of grey pixels drawn on with a round pen.
///
/// While drawing, a pixel holds how deep inside the ink its centre lies, in pixels; ``develop(into:)`` turns
/// depth into grey. The deepest of two strokes counts, so crossings do not grow darker.
struct Canvas {
  let side: Int
  private var depth: [Float]

  /// Pixels from the edge of a line over which it fades.
  private static let softness: Float = 0.85
  /// Deeper outside than any grey reaches.
  private static let outside: Float = -8

  init(side: Int) {
    self.side = side
    depth = [Float](repeating: Canvas.outside, count: side * side)
  }

  mutating func clear() {
    for index in depth.indices { depth[index] = Canvas.outside }
  }

  /// Draws a smooth curve through the points.
  ///
  /// - Source: Catmull and Rom 1974, uniform form; the missing neighbour at an end is the end mirrored.
  mutating func stroke(_ points: [PenPoint]) {
    guard points.count > 1 else { return }
    let steps = 5
    for index in 0..<(points.count - 1) {
      let (start, end) = (points[index], points[index + 1])
      let before = index > 0 ? points[index - 1].place : 2 * start.place - end.place
      let after = index + 2 < points.count ? points[index + 2].place : 2 * end.place - start.place
      var last = start
      for step in 1...steps {
        let time = Float(step) / Float(steps)
        let next = PenPoint(
          place: Canvas.spline(before, start.place, end.place, after, time),
          radius: start.radius + time * (end.radius - start.radius), isCorner: false)
        line(from: last, to: next)
        last = next
      }
    }
  }

  private static func spline(
    _ before: SIMD2<Float>, _ start: SIMD2<Float>, _ end: SIMD2<Float>, _ after: SIMD2<Float>, _ time: Float
  ) -> SIMD2<Float> {
    let linear = end - before
    let quadratic = 2 * before - 5 * start + 4 * end - after
    let cubic = 3 * (start - end) + after - before
    return 0.5 * (2 * start + time * (linear + time * (quadratic + time * cubic)))
  }

  /// Draws a straight line whose width goes evenly from one end's to the other's.
  private mutating func line(from start: PenPoint, to end: PenPoint) {
    let reach = max(start.radius, end.radius) + Canvas.softness
    let lowest = pointwiseMin(start.place, end.place) - reach
    let highest = pointwiseMax(start.place, end.place) + reach
    let limit = Float(side)
    let columns = Int(min(max(lowest.x, 0), limit))..<Int(min(max(highest.x + 1, 0), limit))
    let rows = Int(min(max(lowest.y, 0), limit))..<Int(min(max(highest.y + 1, 0), limit))
    let along = end.place - start.place
    let length = (along * along).sum()
    let inverse = length > 0 ? 1 / length : 0
    let side = side
    depth.withUnsafeMutableBufferPointer { depth in
      for row in rows {
        for column in columns {
          let toPixel = SIMD2(Float(column) + 0.5, Float(row) + 0.5) - start.place
          let time = min(max((toPixel * along).sum() * inverse, 0), 1)
          let away = toPixel - time * along
          let inside = start.radius + time * (end.radius - start.radius) - (away * away).sum().squareRoot()
          let index = row * side + column
          if inside > depth[index] { depth[index] = inside }
        }
      }
    }
  }

  /// Writes the grey levels, row by row from the top: 255 in the ink, 0 off it, a smooth step between.
  func develop(into pixels: UnsafeMutableRawBufferPointer) {
    for index in depth.indices {
      let level = min(max(0.5 + depth[index] / (2 * Canvas.softness), 0), 1)
      pixels[index] = UInt8(255 * level * level * (3 - 2 * level) + 0.5)
    }
  }
}
