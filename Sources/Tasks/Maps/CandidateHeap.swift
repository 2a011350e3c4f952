/// The smallest values seen so far and where they stood, the largest of them on top.
struct CandidateHeap {
  /// Infinite where nothing was seen yet.
  let distances: UnsafeMutableBufferPointer<Float>
  let indices: UnsafeMutableBufferPointer<Int32>

  /// Values that are looked at together.
  private static let together = 32

  /// - Parameters:
  ///   - values: one a column.
  ///   - point: a column that is passed over; nil: none.
  func offer(_ values: UnsafePointer<Float>, _ columns: Range<Int>, apartFrom point: Int? = nil) {
    var start = 0
    // Nearly all points are far: many are passed over at once, in a loop that compiles to vectors.
    while start + CandidateHeap.together <= columns.count {
      let (block, limit) = (values + start, distances[0])
      var isNear: Int32 = 0
      for lane in 0..<CandidateHeap.together { isNear |= block[lane] < limit ? 1 : 0 }
      if isNear != 0 { offer(values, columns, start..<(start + CandidateHeap.together), point) }
      start += CandidateHeap.together
    }
    offer(values, columns, start..<columns.count, point)
  }

  private func offer(
    _ values: UnsafePointer<Float>, _ columns: Range<Int>, _ places: Range<Int>, _ point: Int?
  ) {
    for place in places where values[place] < distances[0] && columns.lowerBound + place != point {
      replaceTop(values[place], Int32(columns.lowerBound + place))
    }
  }

  private func replaceTop(_ distance: Float, _ index: Int32) {
    var place = 0
    while true {
      var child = 2 * place + 1
      guard child < distances.count else { break }
      if child + 1 < distances.count, distances[child + 1] > distances[child] { child += 1 }
      guard distances[child] > distance else { break }
      (distances[place], indices[place]) = (distances[child], indices[child])
      place = child
    }
    (distances[place], indices[place]) = (distance, index)
  }
}
