import HourglassTensor

/// Points of the plane in cells within cells, rebuilt at every step.
///
/// Points are put in the order of the curve of Morton 1966, in which every cell is a stretch; cells with one
/// filled quarter are passed over, so there are fewer than 2n. The cells lie in memory in the order in which
/// they are visited: the first quarter behind its cell, the next cell that is not inside it at `next`.
struct QuadTree {
  struct Cell {
    /// Mean of the points.
    var center: SIMD2<Double>
    /// Number of points.
    var mass: Double
    /// Width squared; 0 for a single point.
    var squaredWidth: Double
    /// The first cell behind those within this one.
    var next: Int
  }

  private(set) var cells: [Cell] = []
  /// The points' numbers in the curve's order.
  private(set) var order: [Int32] = []
  private var keys: [UInt64] = []

  /// Bits of each coordinate, and of a point's number behind both.
  private static let bits = 20
  private static let numberBits = 24

  /// The most points a tree can hold.
  static let capacity = 1 << numberBits

  /// Builds the cells of points; the order of the last time makes sorting quick.
  mutating func build(_ points: [SIMD2<Double>]) {
    precondition(points.count <= QuadTree.capacity, "QuadTree of \(points.count) points")
    var (lowest, highest) = (points[0], points[0])
    for point in points {
      lowest = pointwiseMin(lowest, point)
      highest = pointwiseMax(highest, point)
    }
    let width = max((highest - lowest).max(), .leastNormalMagnitude)
    let scale = Double((1 << QuadTree.bits) - 1) / width
    if order.count != points.count { order = (0..<Int32(points.count)).map { $0 } }
    keys = order.map { number in
      let place = ((points[Int(number)] - lowest) * scale).rounded(.down)
      let key = QuadTree.spread(UInt64(place.x)) | QuadTree.spread(UInt64(place.y)) << 1
      return key << UInt64(QuadTree.numberBits) | UInt64(number)
    }
    keys.sort()
    order = keys.map { Int32($0 & UInt64(QuadTree.capacity - 1)) }
    cells.removeAll(keepingCapacity: true)
    cells.reserveCapacity(2 * points.count)
    let cellWidth = width / Double((1 << QuadTree.bits) - 1)
    points.withUnsafeBufferPointer { points in
      keys.withUnsafeBufferPointer { keys in _ = append(keys, 0..<keys.count, points, cellWidth) }
    }
  }

  /// Puts a 0 in front of each of 20 bits.
  private static func spread(_ value: UInt64) -> UInt64 {
    var bits = value
    bits = (bits | bits << 16) & 0x0000_FFFF_0000_FFFF
    bits = (bits | bits << 8) & 0x00FF_00FF_00FF_00FF
    bits = (bits | bits << 4) & 0x0F0F_0F0F_0F0F_0F0F
    bits = (bits | bits << 2) & 0x3333_3333_3333_3333
    return (bits | bits << 1) & 0x5555_5555_5555_5555
  }

  /// Appends the cell of a stretch of the curve and those within it; gives the sum of its points.
  private mutating func append(
    _ keys: UnsafeBufferPointer<UInt64>, _ range: Range<Int>, _ points: UnsafeBufferPointer<SIMD2<Double>>,
    _ finest: Double
  ) -> SIMD2<Double> {
    let place = cells.count
    let numbers = UInt64(QuadTree.capacity - 1)
    cells.append(Cell(center: .zero, mass: Double(range.count), squaredWidth: 0, next: 0))
    var sum = SIMD2<Double>.zero
    let difference = (keys[range.lowerBound] ^ keys[range.upperBound - 1]) >> UInt64(QuadTree.numberBits)
    if difference == 0 {
      // One point, or several that the finest cell holds.
      for index in range { sum += points[Int(keys[index] & numbers)] }
    } else {
      let level = (63 - difference.leadingZeroBitCount) / 2
      let width = finest * Double(1 << (level + 1))
      cells[place].squaredWidth = width * width
      let shift = UInt64(QuadTree.numberBits + 2 * level)
      var start = range.lowerBound
      while start < range.upperBound {
        let end = QuadTree.end(of: start, in: range, keys, shift)
        sum += append(keys, start..<end, points, finest)
        start = end
      }
    }
    cells[place].center = sum / Double(range.count)
    cells[place].next = cells.count
    return sum
  }

  /// Where the quarter that begins at `start` ends.
  private static func end(
    of start: Int, in range: Range<Int>, _ keys: UnsafeBufferPointer<UInt64>, _ shift: UInt64
  ) -> Int {
    let quarter = keys[start] >> shift
    var (inside, outside) = (start, range.upperBound)
    while outside - inside > 1 {
      let middle = (inside + outside) / 2
      if keys[middle] >> shift == quarter { inside = middle } else { outside = middle }
    }
    return outside
  }
}
