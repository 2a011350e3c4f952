import HourglassKernels

/// One pass over the edges of a graph whose points are laid out in a space.
///
///     pull    -2ab d²⁽ᵇ⁻¹⁾ / (1 + a d²ᵇ) · (yᵢ - yⱼ)               for an edge that has a turn, twice
///     push    2b / ((0.001 + d²) (1 + a d²ᵇ)) · (yᵢ - yⱼ)           for five points drawn for each such edge
///
/// An edge has a turn whenever another whole of its share is full. Its pull and pushes act on the point where
/// it is then; others are where they were before the pass. No force is larger than 4 along an axis.
package struct LayoutPass {
  /// Values from one point to the next are a multiple of this.
  package static let lanes = 8

  private var pass: hourglass_layout_pass

  /// - Parameters:
  ///   - before: `[count, stride]`, values behind the last axis 0.
  ///   - starts: where the edges of each point begin, one more than points.
  ///   - ends: the other ends of edges.
  ///   - shares: of edges the turns a pass, in units of 2⁻³¹.
  ///   - seed: of the points drawn, with `stream`.
  package init(
    before: UnsafePointer<Float>, count: Int, stride: Int, starts: UnsafePointer<Int64>,
    ends: UnsafePointer<Int32>, shares: UnsafePointer<UInt32>, epoch: Int, rate: Float, a: Float, b: Float,
    seed: UInt64, stream: UInt32
  ) {
    pass = hourglass_layout_pass(
      before: before, count: Int64(count), stride: Int64(stride), starts: starts, ends: ends, shares: shares,
      epoch: UInt32(epoch), rate: rate, a: a, b: b, seed: seed, stream: stream)
  }

  /// Writes where points come to lie, `[count, stride]`: others than those of the range are not touched.
  package func move(_ points: Range<Int>, to places: UnsafeMutablePointer<Float>) {
    withUnsafePointer(to: pass) {
      hourglass_layout_move($0, Int64(points.lowerBound), Int64(points.upperBound), places)
    }
  }
}
