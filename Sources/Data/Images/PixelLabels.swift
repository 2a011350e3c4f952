/// A whole number a pixel: which object it belongs to, or which class it is of; 0 is the background.
public struct PixelLabels: Hashable, Sendable {
  public let width: Int
  public let height: Int
  /// Row by row. A pixel of which nothing is known, as in an annotation in parts, is ``gap``.
  public var values: [Int32]

  /// What nobody has said.
  public static let gap: Int32 = -1

  /// - Precondition: `width · height` values.
  public init(width: Int, height: Int, _ values: [Int32]) {
    precondition(
      values.count == width * height, "PixelLabels: \(values.count) values of \(width) by \(height)")
    (self.width, self.height, self.values) = (width, height, values)
  }

  /// The largest number, which is how many objects there are where they are numbered without gaps.
  public var largest: Int { max(0, values.lazy.map(Int.init).max() ?? 0) }

  /// Whether a pixel is anything but background; false where nothing is known.
  public var isAny: [Bool] { values.map { $0 > 0 } }

  /// Pixels of each number from 0 to ``largest``.
  public var areas: [Int] {
    var areas = [Int](repeating: 0, count: largest + 1)
    for value in values where value >= 0 { areas[Int(value)] += 1 }
    return areas
  }

  /// The objects of at least `area` pixels, numbered anew without gaps in the order of their numbers.
  public func keeping(area: Int) -> PixelLabels {
    var (next, numbers) = (Int32(0), [Int32](repeating: 0, count: largest + 1))
    for (number, size) in areas.enumerated().dropFirst() where size > 0 && size >= area {
      next += 1
      numbers[number] = next
    }
    return PixelLabels(width: width, height: height, values.map { $0 > 0 ? numbers[Int($0)] : $0 })
  }

  /// The same picture with other sides, each pixel that of the nearest one: place ⌊(i + ½) old / new⌋.
  public func resized(width newWidth: Int, height newHeight: Int) -> PixelLabels {
    guard newWidth != width || newHeight != height else { return self }
    let columns = (0..<newWidth).map { (2 * $0 + 1) * width / (2 * newWidth) }
    var result: [Int32] = []
    result.reserveCapacity(newWidth * newHeight)
    for row in 0..<newHeight {
      let start = (2 * row + 1) * height / (2 * newHeight) * width
      for column in columns { result.append(values[start + column]) }
    }
    return PixelLabels(width: newWidth, height: newHeight, result)
  }
}
