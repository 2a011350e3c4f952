import HourglassTensor

/// What is lost in places.
extension Degrader {
  /// One draw a block.
  func hideBlocks(
    of sample: UnsafeMutablePointer<Float>, _ sides: [Int], _ rate: Float, _ draws: DegraderDraws
  ) {
    let (tall, wide) = (height > 1 ? max(1, sides[0]) : 1, max(1, sides[sides.count - 1]))
    let columns = (width + wide - 1) / wide
    draws.each((height + tall - 1) / tall * columns) { block, draw in
      guard draw < rate else { return }
      let (top, left) = (block / columns * tall, block % columns * wide)
      for plane in 0..<planes {
        for y in top..<min(top + tall, height) {
          let row = (plane * height + y) * width
          for x in left..<min(left + wide, width) { sample[row + x] = 0 }
        }
      }
    }
  }

  /// As many lines as cover the share in the mean. Each leans by up to half of the way it goes.
  func scratchLines(over sample: UnsafeMutablePointer<Float>, _ rate: Float, _ draws: DegraderDraws) {
    let side = Float(height + width) / 2
    let first = draws.uniforms(0)
    // What a whole number of lines cannot cover is left to chance.
    let lines = Int((rate * Float(height * width) / side + first.x).rounded(.down))
    let most = count / 4
    for line in 0..<min(lines, most) {
      let draw = draws.uniforms(1 + line)
      let (isUpright, value): (Bool, Float) = (draw.x < 0.5, draw.y < 0.5 ? 0 : 1)
      let (along, across) = isUpright ? (height, width) : (width, height)
      let lean = (draw.w - 0.5) * Float(along)
      for place in 0..<along {
        let part = (Float(place) + 0.5) / Float(along) - 0.5
        let other = Int((draw.z * Float(across) + lean * part).rounded(.down))
        guard (0..<across).contains(other) else { continue }
        let index = isUpright ? place * width + other : other * width + place
        for plane in 0..<planes { sample[plane * height * width + index] = value }
      }
    }
  }
}
