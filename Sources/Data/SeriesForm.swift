public import HourglassTensor

/// How long series become samples: windows of one length that slide along them.
///
/// Windows begin every ``stride`` steps from the first on, as long as all of a window lies in the series.
///
/// - Shapes: a sample is `[channels, window]`.
public struct SeriesForm: Hashable, Sendable, Codable {
  public static let longestWindow = SoundForm.longestWindow

  public let channels: Int
  /// Steps in a window, and from the start of one to that of the next.
  public let window: Int
  public let stride: Int

  /// - Precondition: all at least 1, windows and strides at most ``longestWindow``.
  public init(channels: Int, window: Int, stride: Int) {
    precondition(
      SeriesForm.isValid(channels, window, stride),
      "SeriesForm: \(channels) channels, windows of \(window) every \(stride) steps")
    self.channels = channels
    self.window = window
    self.stride = stride
  }

  private static func isValid(_ channels: Int, _ window: Int, _ stride: Int) -> Bool {
    let lengths = 1...longestWindow
    return lengths.contains(channels) && lengths.contains(window) && lengths.contains(stride)
      && Shape.count(of: [channels, window]) != nil
  }

  public var sampleShape: Shape { [channels, window] }

  private enum CodingKeys: String, CodingKey {
    case channels, window, stride
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let channels = try container.decode(Int.self, forKey: .channels)
    let window = try container.decode(Int.self, forKey: .window)
    let stride = try container.decode(Int.self, forKey: .stride)
    guard SeriesForm.isValid(channels, window, stride) else {
      throw DecodingError.dataCorruptedError(
        forKey: .window, in: container,
        debugDescription: "series: \(channels) channels, windows of \(window) every \(stride) steps")
    }
    self.init(channels: channels, window: window, stride: stride)
  }

  /// Where the windows of a series begin; none where it is shorter than one.
  func starts(of length: Int) -> StrideThrough<Int> {
    Swift.stride(from: 0, through: length - window, by: stride)
  }
}
