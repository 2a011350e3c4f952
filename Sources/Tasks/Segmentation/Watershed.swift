import HourglassData

/// Floods a landscape from markers: where two waters meet is the border of two objects.
///
/// The lowest pixel that borders on water is flooded next; of equally low ones the one that was reached
/// first, so that plateaus are shared by distance. Markers begin in the order of the pixels.
///
/// - Source: Meyer 1994, as a priority flood.
public enum Watershed {
  /// - Parameters:
  ///   - heights: `width · height`, row by row.
  ///   - markers: 0 where there is none.
  ///   - mask: pixels that may be flooded.
  /// - Returns: the number of the marker each pixel was flooded from; 0 outside of the mask and where no
  ///   water comes.
  /// - Complexity: O(n log n) of n pixels.
  public static func flood(
    _ heights: [Double], from markers: PixelLabels, within mask: [Bool], neighbours: PixelNeighbours = .eight
  ) -> PixelLabels {
    let (width, height) = (markers.width, markers.height)
    precondition(
      heights.count == markers.values.count && mask.count == heights.count,
      "Watershed: \(heights.count) heights, \(mask.count) of a mask, \(markers.values.count) of markers")
    var labels = zip(markers.values, mask).map { $1 ? max(0, $0) : 0 }
    var heap = PixelHeap()
    for place in labels.indices where labels[place] > 0 { heap.push(place, heights[place]) }
    while let place = heap.pop() {
      neighbours.visit(place, width: width, height: height) { other in
        guard mask[other], labels[other] == 0 else { return }
        labels[other] = labels[place]
        heap.push(other, heights[other])
      }
    }
    return PixelLabels(width: width, height: height, labels)
  }
}

/// Tops of a landscape.
enum Peaks {
  /// The tops that rise by more than `rise` above the way to any higher one, numbered in the order of their
  /// first pixel; of a plateau all its pixels.
  ///
  /// The regional maxima of the reconstruction of f - rise under f (Soille 2003, section 6.3).
  static func maxima(
    of values: [Double], rise: Double, width: Int, height: Int, within mask: [Bool],
    neighbours: PixelNeighbours = .eight
  ) -> PixelLabels {
    let low = reconstructed(values.map { $0 - rise }, under: values, width, height, neighbours)
    // A plateau is a top where none of its neighbours is higher.
    var (isTop, isSeen) = (mask, [Bool](repeating: false, count: values.count))
    for start in values.indices where mask[start] && !isSeen[start] {
      var (plateau, next, isLower) = ([start], 0, false)
      isSeen[start] = true
      while next < plateau.count {
        neighbours.visit(plateau[next], width: width, height: height) { other in
          if low[other] > low[start] { isLower = true }
          guard low[other] == low[start], !isSeen[other], mask[other] else { return }
          isSeen[other] = true
          plateau.append(other)
        }
        next += 1
      }
      if isLower { for place in plateau { isTop[place] = false } }
    }
    return PixelLabels.components(of: isTop, width: width, height: height, neighbours: neighbours)
  }

  /// The largest landscape below `ceiling` that spreads from `seeds` without rising: reconstruction by
  /// dilation.
  private static func reconstructed(
    _ seeds: [Double], under ceiling: [Double], _ width: Int, _ height: Int, _ neighbours: PixelNeighbours
  ) -> [Double] {
    var (result, heap) = (seeds, PixelHeap())
    for place in seeds.indices { heap.push(place, -seeds[place]) }
    var isDone = [Bool](repeating: false, count: seeds.count)
    while let place = heap.pop() {
      guard !isDone[place] else { continue }
      isDone[place] = true
      neighbours.visit(place, width: width, height: height) { other in
        let value = min(ceiling[other], result[place])
        guard !isDone[other], value > result[other] else { return }
        result[other] = value
        heap.push(other, -value)
      }
    }
    return result
  }
}
