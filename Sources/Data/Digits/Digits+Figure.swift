import HourglassTensor

/// One digit on its way to paper: its class, its factors and its jittered control points, in pixels.
struct Figure {
  let label: Int
  let factors: [Float]
  private let strokes: [[PenPoint]]

  init(index: Int, seed: UInt64) {
    var draws = Draws(seed: seed, index: index)
    label = draws.integer(below: 10)
    let styles = Glyph.styles[label]
    let style = draws.integer(below: styles.count)
    let slant = 0.14 + 0.22 * draws.bell()
    let thickness = max(1.4, 2.6 + 0.55 * draws.bell())
    let height = min(max(19.5 + draws.bell(), 17), 22)
    let aspect = min(max(1.15 + 0.18 * draws.bell(), 0.7), 1.6)
    let rotation = 0.05 * draws.bell()
    let shift = SIMD2(0.9 * draws.bell(), 0.9 * draws.bell())
    factors = [slant, thickness, height, aspect, rotation, shift.x, shift.y, Float(style)]

    let hand = Hand(
      slant: slant, bend: 0.15 * draws.bell(), thickness: thickness, height: height, aspect: aspect,
      rotation: rotation)
    let placed = hand.write(styles[style], &draws)
    strokes = Figure.centered(placed, at: SIMD2(repeating: Float(Digits.side) / 2) + shift)
  }

  /// Moves the middle of the figure's bounding box to `center`.
  private static func centered(_ strokes: [[PenPoint]], at center: SIMD2<Float>) -> [[PenPoint]] {
    var lowest = SIMD2<Float>(repeating: .infinity)
    var highest = -lowest
    for point in strokes.joined() {
      lowest = pointwiseMin(lowest, point.place)
      highest = pointwiseMax(highest, point.place)
    }
    let move = center - (lowest + highest) / 2
    return strokes.map { stroke in
      stroke.map { PenPoint(place: $0.place + move, radius: $0.radius, isCorner: $0.isCorner) }
    }
  }

  func draw(on canvas: inout Canvas) {
    for stroke in strokes {
      // A pen does not round a corner: each part between corners is a curve of its own.
      var part: [PenPoint] = []
      for point in stroke {
        part.append(point)
        if point.isCorner {
          canvas.stroke(part)
          part = [point]
        }
      }
      canvas.stroke(part)
    }
  }
}

/// How a figure is written: the map from the grid of glyphs to pixels around their centre.
private struct Hand {
  let slant, bend, thickness, height, aspect, rotation: Float

  func write(_ strokes: [[Glyph.Point]], _ draws: inout Draws) -> [[PenPoint]] {
    strokes.map { stroke in
      // The hand strays from the shape in mind slowly, so neighbouring points stray alike.
      var stray = SIMD2(draws.bell(), draws.bell())
      return stroke.map { point in
        stray = 0.6 * stray + 0.8 * SIMD2(draws.bell(), draws.bell())
        let radius = thickness / 2 * (1 + 0.12 * draws.bell())
        return PenPoint(
          place: place(point.place + Glyph.jitter * stray), radius: max(radius, 0.5), isCorner: point.isCorner
        )
      }
    }
  }

  private func place(_ point: SIMD2<Float>) -> SIMD2<Float> {
    var place = (point - Glyph.center) * ((height - thickness) / Glyph.height)
    place.x = aspect * place.x - slant * place.y - bend * place.y * place.y / height
    // Turning by twice the angle whose tangent is `rotation` needs no trigonometry.
    let square = rotation * rotation
    let cosine = (1 - square) / (1 + square)
    let sine = 2 * rotation / (1 + square)
    return SIMD2(cosine * place.x - sine * place.y, sine * place.x + cosine * place.y)
  }
}

/// Random numbers for one sample, one after the other.
private struct Draws {
  private let random: Random
  private var position: UInt64

  init(seed: UInt64, index: Int) {
    random = Random(seed: seed, stream: .data)
    // 1024 blocks a sample; the longest figure takes fewer than 100.
    position = UInt64(index) << 10
  }

  mutating func integer(below bound: Int) -> Int {
    defer { position += 1 }
    return random.integer(below: bound, position: position)
  }

  /// Nearly normal, of variance 1, within ±3.47: the sum of four uniform draws (Irwin and Hall 1927), since
  /// logarithms differ from one machine to the next.
  mutating func bell() -> Float {
    defer { position += 1 }
    let block = random.bits(position: position) &>> 8
    let sum = Float(block.x) + Float(block.y) + Float(block.z) + Float(block.w)
    return (sum * 0x1p-24 - 2) * 1.7320508
  }
}
