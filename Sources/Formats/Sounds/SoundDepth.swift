import CSndfile

/// How finely the samples of a sound are stored.
public enum SoundDepth: String, Hashable, Sendable, Codable, Comparable, CaseIterable {
  /// Whole numbers of 16 bits, or fewer.
  case bits16 = "16"
  case bits24 = "24"
  /// Floating point, which may go beyond -1 and 1.
  case float

  private var rank: Int {
    switch self {
    case .bits16: 0
    case .bits24: 1
    case .float: 2
    }
  }

  public static func < (left: SoundDepth, right: SoundDepth) -> Bool { left.rank < right.rank }

  /// What keeps samples that libsndfile calls so.
  init(stored: Int) {
    switch stored {
    case Int(SF_FORMAT_PCM_24): self = .bits24
    case Int(SF_FORMAT_FLOAT), Int(SF_FORMAT_DOUBLE), Int(SF_FORMAT_PCM_32): self = .float
    default: self = .bits16
    }
  }

  var subtype: Int {
    switch self {
    case .bits16: Int(SF_FORMAT_PCM_16)
    case .bits24: Int(SF_FORMAT_PCM_24)
    case .float: Int(SF_FORMAT_FLOAT)
    }
  }

  /// - Returns: frames written.
  func write(_ values: [Float], frames: Int, to file: OpaquePointer) -> Int {
    let count = sf_count_t(frames)
    switch self {
    case .bits16:
      return Int(
        sf_writef_short(file, values.map { Int16(max(-32768, min(32767, ($0 * 32768).rounded()))) }, count))
    case .bits24:
      // libsndfile takes the upper 24 bits of 32.
      return Int(
        sf_writef_int(
          file, values.map { Int32(max(-8_388_608, min(8_388_607, ($0 * 8_388_608).rounded()))) << 8 }, count)
      )
    case .float: return Int(sf_writef_float(file, values, count))
    }
  }
}
