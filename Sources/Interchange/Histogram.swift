/// How often values fall into buckets of equal width between the least and the greatest.
///
/// - Source: the buckets of `tf.summary.histogram` in TensorFlow 2. TensorFlow 1 had buckets that grow by a
///   tenth from one to the next, in which values around 1, as of a normalisation's scales, have no shape.
struct Histogram: Hashable {
  /// The default of TensorFlow 2.
  static let bucketCount = 30

  /// Of the finite values; 0 where there are none.
  private(set) var least = 0.0
  private(set) var greatest = 0.0
  private(set) var count = 0
  /// Values that are infinite or not a number, in no bucket.
  private(set) var notFinite = 0
  private(set) var sum = 0.0
  private(set) var sumOfSquares = 0.0
  /// Where each bucket ends. A value on an edge is in the bucket above it, the greatest in the last.
  private(set) var limits = [Double](repeating: 0, count: bucketCount)
  private(set) var counts = [Double](repeating: 0, count: bucketCount)

  init(_ values: UnsafeBufferPointer<Float>) {
    measure(values)
    let width = (greatest - least) / Double(Histogram.bucketCount)
    for bucket in limits.indices { limits[bucket] = Double(bucket + 1) * width + least }
    limits[Histogram.bucketCount - 1] = greatest
    if width == 0 {
      counts[Histogram.bucketCount - 1] = Double(count)
    } else {
      fill(values, width)
    }
  }

  private mutating func measure(_ values: UnsafeBufferPointer<Float>) {
    var lowest = Float.infinity
    var highest = -Float.infinity
    for value in values {
      guard value.isFinite else {
        notFinite += 1
        continue
      }
      lowest = min(lowest, value)
      highest = max(highest, value)
      let exact = Double(value)
      sum += exact
      sumOfSquares += exact * exact
    }
    count = values.count - notFinite
    if count > 0 { (least, greatest) = (Double(lowest), Double(highest)) }
  }

  private mutating func fill(_ values: UnsafeBufferPointer<Float>, _ width: Double) {
    for value in values where value.isFinite {
      // Not negative, so the conversion takes the floor.
      counts[min(Int((Double(value) - least) / width), Histogram.bucketCount - 1)] += 1
    }
  }
}
