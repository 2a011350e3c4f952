import CSamplerate

/// Changes the rate of a sound by libsamplerate's best band-limited interpolation (97 % of the band kept,
/// noise below -144 dB).
///
/// - Source: J. O. Smith, Digital Audio Resampling, <https://ccrma.stanford.edu/~jos/resample/>.
enum Resampling {
  /// The sound is at most so many times faster or slower afterwards: what the library allows.
  static let largestRatio = 256.0

  /// Zeros behind the end from which the library makes the last sample, where it has stopped before.
  private static let margin = 64

  /// The library may stop a sample or two before the end of the sound, at many lengths; these are made from
  /// the sound with silence behind it, which is what the library takes for granted there anyway.
  ///
  /// - Returns: round(count · to / from) samples, or fewer if the library makes no more; nil where it
  ///   refuses.
  static func resampled(_ values: [Float], from: Int, to: Int) -> [Float]? {
    if from == to || values.isEmpty { return values }
    let ratio = Double(to) / Double(from)
    guard ratio <= largestRatio, 1 / ratio <= largestRatio else { return nil }
    let count = max(1, Int((Double(values.count) * ratio).rounded()))
    guard let result = converted(values, ratio, atMost: count + 1) else { return nil }
    if result.count >= count { return Array(result.prefix(count)) }
    let silence = [Float](repeating: 0, count: margin + Int((4 / ratio).rounded(.up)))
    return converted(values + silence, ratio, atMost: count).map { $0.count > result.count ? $0 : result }
  }

  /// As many samples as the library says it made.
  private static func converted(_ values: [Float], _ ratio: Double, atMost capacity: Int) -> [Float]? {
    var result = [Float](repeating: 0, count: capacity)
    var made = 0
    let status = values.withUnsafeBufferPointer { source in
      result.withUnsafeMutableBufferPointer { target in
        var work = SRC_DATA()
        work.data_in = source.baseAddress
        work.data_out = target.baseAddress
        work.input_frames = source.count
        work.output_frames = capacity
        work.src_ratio = ratio
        let status = src_simple(&work, Int32(SRC_SINC_BEST_QUALITY), 1)
        made = min(capacity, max(0, Int(work.output_frames_gen)))
        return status
      }
    }
    return status == 0 ? Array(result.prefix(made)) : nil
  }
}
