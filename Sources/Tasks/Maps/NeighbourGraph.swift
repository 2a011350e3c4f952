import HourglassTensor

/// A symmetric matrix of weights between near points; most are 0 and not stored.
struct NeighbourGraph {
  /// Where the row of each point begins; one more than there are points.
  private(set) var starts: [Int] = [0]
  private(set) var columns: [Int32] = []
  private(set) var weights: [Double] = []

  var count: Int { starts.count - 1 }

  /// Makes the weights of neighbours, which each point gives to its own, symmetric.
  ///
  ///     result(i, j) = combine(w(i, j), w(j, i)),   0 where one is not the other's neighbour
  ///
  /// - Parameter weights: `[count, neighbours]`, as the neighbours' indices are.
  init(
    _ neighbours: NearestNeighbours, weights given: [Double], combine: (Double, Double) -> Double
  ) {
    let (count, each) = (neighbours.count, neighbours.neighbours)
    // The transpose: filled row by row, so that each of its rows is in order.
    var ends = [Int](repeating: 0, count: count + 1)
    for index in neighbours.indices { ends[Int(index) + 1] += 1 }
    for index in 0..<count { ends[index + 1] += ends[index] }
    let begins = ends
    var sources = [Int32](repeating: 0, count: neighbours.indices.count)
    var received = [Double](repeating: 0, count: neighbours.indices.count)
    for (place, index) in neighbours.indices.enumerated() {
      let target = ends[Int(index)]
      ends[Int(index)] += 1
      (sources[target], received[target]) = (Int32(place / each), given[place])
    }
    columns.reserveCapacity(2 * sources.count)
    self.weights.reserveCapacity(2 * sources.count)
    for point in 0..<count {
      // A neighbour's number above its place in the list: numbers sort faster than places by their number.
      let own = (0..<each).map { rank in
        UInt64(neighbours.indices[point * each + rank]) << 32 | UInt64(rank)
      }.sorted()
      var (left, right) = (0, begins[point])
      let end = begins[point + 1]
      while left < own.count || right < end {
        let first = left < own.count ? Int32(own[left] >> 32) : .max
        let second = right < end ? sources[right] : .max
        columns.append(min(first, second))
        self.weights.append(
          combine(
            first <= second ? given[point * each + Int(own[left] & 0xFFFF_FFFF)] : 0,
            second <= first ? received[right] : 0))
        if first <= second { left += 1 }
        if second <= first { right += 1 }
      }
      starts.append(columns.count)
    }
  }

  /// The same with weights multiplied.
  func scaled(by factor: Double) -> NeighbourGraph {
    var copy = self
    for index in copy.weights.indices { copy.weights[index] *= factor }
    return copy
  }
}
