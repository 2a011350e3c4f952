import HourglassTensor

/// A picture cut into tiles that lie over each other, and put together again without seams.
///
/// Along each side tiles begin every `tile - overlap` places, the last where the picture ends. A tile counts
/// by the product of its weights along both sides: with d the places to a side that is none of the picture's,
/// m a quarter of the overlap o, which is left out because the network saw nothing beyond it,
///
///     w = 0                                  d < m
///         sin²(π/2 (d - m + ½) / (o - 2 m))    m ≤ d < o - m
///         1                                  o - m ≤ d
///
/// and all weights are divided by their sum. Where two tiles meet, they add up to 1.
struct Tiling {
  let tile: (height: Int, width: Int)
  let overlap: (height: Int, width: Int)
  /// Sides of the picture, at least those of a tile: what is smaller is filled up by its mirror image.
  let height: Int
  let width: Int
  private let tops: [Int]
  private let lefts: [Int]

  init(
    height: Int, width: Int, tile: (height: Int, width: Int), overlap: (height: Int, width: Int)
  ) {
    (self.tile, self.overlap) = (tile, overlap)
    (self.height, self.width) = (max(height, tile.height), max(width, tile.width))
    tops = Tiling.starts(self.height, tile.height, overlap.height)
    lefts = Tiling.starts(self.width, tile.width, overlap.width)
  }

  private static func starts(_ count: Int, _ tile: Int, _ overlap: Int) -> [Int] {
    guard count > tile else { return [0] }
    var starts = Array(stride(from: 0, to: count - tile, by: max(1, tile - overlap)))
    starts.append(count - tile)
    return starts
  }

  var count: Int { tops.count * lefts.count }

  func place(_ number: Int) -> (top: Int, left: Int) {
    (tops[number / lefts.count], lefts[number % lefts.count])
  }

  /// The weights of a tile along one side.
  static func weights(start: Int, tile: Int, overlap: Int, count: Int) -> [Float] {
    let margin = overlap / 4
    let ramp = Double(max(1, overlap - 2 * margin))
    func weight(_ distance: Int) -> Double {
      if distance < margin { return 0 }
      if distance >= overlap - margin { return 1 }
      let sine = (Double.pi / 2 * (Double(distance - margin) + 0.5) / ramp).sine
      return sine * sine
    }
    return (0..<tile).map { place in
      let before = start > 0 ? weight(place) : 1
      let behind = start + tile < count ? weight(tile - 1 - place) : 1
      return Float(before * behind)
    }
  }

  /// Both sides' weights of a tile.
  func weights(_ number: Int) -> (rows: [Float], columns: [Float]) {
    let (top, left) = place(number)
    return (
      Tiling.weights(start: top, tile: tile.height, overlap: overlap.height, count: height),
      Tiling.weights(start: left, tile: tile.width, overlap: overlap.width, count: width)
    )
  }
}
