import HourglassKernels

/// Which old pixels, and how much of each, make a new one; along one axis of an image that is resized.
///
/// With n old and m new pixels, s = n / m and w = max(s, 1):
///
///     c(i)    = (i + ½) s                        where new pixel i lies among the old
///     a(i, k) = max(0, 1 - |k + ½ - c(i)| / w)
///     y(i)    = Σₖ a(i, k) x(k) / Σₖ a(i, k)
struct PixelAxis {
  let count: Int
  let target: Int
  /// The first old pixel of each new one, which never falls.
  private var firsts: [Int32] = []
  /// Where the weights of each new pixel begin; one more at the end.
  private var starts: [Int32] = [0]
  private var weights: [Float] = []
  private var longest = 1

  init(from count: Int, to target: Int) {
    (self.count, self.target) = (count, target)
    let step = Double(count) / Double(target)
    let reach = max(step, 1)
    for index in 0..<target {
      let center = (Double(index) + 0.5) * step
      let first = max(0, Int((center - reach + 0.5).rounded(.down)))
      let last = max(min(count, Int((center + reach + 0.5).rounded(.down))), first + 1)
      func part(_ old: Int) -> Double { max(0, 1 - abs(Double(old) + 0.5 - center) / reach) }
      var sum = 0.0
      for old in first..<last { sum += part(old) }
      firsts.append(Int32(first))
      for old in first..<last { weights.append(Float(part(old) / sum)) }
      starts.append(Int32(weights.count))
      longest = max(longest, last - first)
    }
  }

  /// Hands the same to a kernel.
  func withAxis<Result>(_ body: (UnsafePointer<hourglass_pixel_axis>) -> Result) -> Result {
    firsts.withUnsafeBufferPointer { firsts in
      starts.withUnsafeBufferPointer { starts in
        weights.withUnsafeBufferPointer { weights in
          var axis = hourglass_pixel_axis(
            input: Int64(count), output: Int64(target), longest: Int64(longest), firsts: firsts.baseAddress,
            starts: starts.baseAddress, weights: weights.baseAddress)
          return body(&axis)
        }
      }
    }
  }
}
