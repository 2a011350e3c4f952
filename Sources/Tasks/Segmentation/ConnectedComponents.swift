import HourglassData

extension PixelLabels {
  /// The pieces of a mask, numbered in the order of their first pixel, row by row.
  ///
  /// - Parameter mask: `width · height`, row by row.
  /// - Complexity: O(pixels).
  public static func components(
    of mask: [Bool], width: Int, height: Int, neighbours: PixelNeighbours = .eight
  ) -> PixelLabels {
    precondition(mask.count == width * height, "components: \(mask.count) pixels of \(width) by \(height)")
    var labels = [Int32](repeating: 0, count: mask.count)
    var (next, open) = (Int32(0), [Int]())
    for start in mask.indices where mask[start] && labels[start] == 0 {
      next += 1
      labels[start] = next
      open.append(start)
      while let place = open.popLast() {
        neighbours.visit(place, width: width, height: height) { other in
          guard mask[other], labels[other] == 0 else { return }
          labels[other] = next
          open.append(other)
        }
      }
    }
    return PixelLabels(width: width, height: height, labels)
  }

  /// A mask whose holes are filled: background that has no way to the border over sides.
  public static func filledHoles(of mask: [Bool], width: Int, height: Int) -> [Bool] {
    let outside = components(of: mask.map { !$0 }, width: width, height: height, neighbours: .four)
    var reachesBorder = [Bool](repeating: false, count: outside.largest + 1)
    for (place, label) in outside.values.enumerated() where label > 0 {
      let (x, y) = (place % width, place / width)
      if x == 0 || y == 0 || x == width - 1 || y == height - 1 { reachesBorder[Int(label)] = true }
    }
    return zip(mask, outside.values).map { $0 || !reachesBorder[Int($1)] }
  }
}
