/// Centres laid out for the distances of one point from all of them: a column after the other, each padded to
/// whole vectors of four.
struct Centres: Sendable {
  let count: Int
  let width: Int
  /// Values from one column to the next.
  let stride: Int
  private(set) var columns: [Double]

  /// - Parameter rows: `[count, width]`.
  init(_ rows: [Double], count: Int, width: Int) {
    (self.count, self.width) = (count, width)
    stride = (count + 3) / 4 * 4
    columns = Array(repeating: 0, count: width * stride)
    for centre in 0..<count {
      for column in 0..<width { columns[column * stride + centre] = rows[centre * width + column] }
    }
  }

  /// The squared distances of a point from all centres, into `room` of ``stride`` values.
  @inline(__always)
  func distances(
    from point: UnsafePointer<Double>, _ columns: UnsafePointer<Double>,
    into room: UnsafeMutablePointer<Double>
  ) {
    for centre in 0..<stride { room[centre] = 0 }
    for column in 0..<width {
      let (value, centres) = (point[column], columns + column * stride)
      for centre in 0..<stride {
        let off = value - centres[centre]
        room[centre] += off * off
      }
    }
  }
}
