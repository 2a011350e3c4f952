/// Which pixels count as neighbours.
public enum PixelNeighbours: Int, Sendable, CaseIterable {
  /// Those that share a side.
  case four = 4
  /// Those that share a corner too.
  case eight = 8

  /// Steps to the side and down, row by row.
  var steps: [(x: Int, y: Int)] {
    switch self {
    case .four: [(0, -1), (-1, 0), (1, 0), (0, 1)]
    case .eight: [(-1, -1), (0, -1), (1, -1), (-1, 0), (1, 0), (-1, 1), (0, 1), (1, 1)]
    }
  }

  /// Calls `body` with the neighbours of a pixel that are in the picture.
  @inline(__always)
  func visit(_ place: Int, width: Int, height: Int, _ body: (Int) -> Void) {
    let (x, y) = (place % width, place / width)
    for step in steps {
      let (column, row) = (x + step.x, y + step.y)
      if column >= 0, column < width, row >= 0, row < height { body(row * width + column) }
    }
  }
}
