public import HourglassTensor

/// How series become samples: windows of one length that slide along them, or whole series that are filled up
/// to one length.
///
/// Windows begin every ``stride`` steps from the first on, as long as all of a window lies in the series;
/// where steps are left then, one more window ends with the last of them (see ``coversEnd``). A series that
/// is filled up has missing values (NaN) behind its end, which neither pull nor count.
///
/// - Shapes: a sample is `[channels, window]`.
public struct SeriesForm: Hashable, Sendable, Codable {
  public static let longestWindow = SoundForm.longestWindow

  public let channels: Int
  /// Steps in a window, and from the start of one to that of the next.
  public let window: Int
  public let stride: Int
  /// Whether a sample is a whole series of at most ``window`` steps.
  public let isPadded: Bool
  /// Whether the last steps are in a window whatever their number; else those that fill no window are left
  /// out, as models of before have learned.
  public let coversEnd: Bool

  /// - Precondition: all at least 1, windows and strides at most ``longestWindow``.
  public init(channels: Int, window: Int, stride: Int, isPadded: Bool = false, coversEnd: Bool = true) {
    precondition(
      SeriesForm.isValid(channels, window, stride),
      "SeriesForm: \(channels) channels, windows of \(window) every \(stride) steps")
    self.channels = channels
    self.window = window
    self.stride = stride
    self.isPadded = isPadded
    // With windows at every step, and with whole series, nothing is ever left.
    self.coversEnd = coversEnd || stride == 1 || isPadded
  }

  private static func isValid(_ channels: Int, _ window: Int, _ stride: Int) -> Bool {
    let lengths = 1...longestWindow
    return lengths.contains(channels) && lengths.contains(window) && lengths.contains(stride)
      && Shape.count(of: [channels, window]) != nil
  }

  public var sampleShape: Shape { [channels, window] }

  private enum CodingKeys: String, CodingKey {
    case channels, window, stride
    case isPadded = "padded"
    case coversEnd = "covers_end"
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
    self.init(
      channels: channels, window: window, stride: stride,
      isPadded: try container.decodeIfPresent(Bool.self, forKey: .isPadded) ?? false,
      coversEnd: try container.decodeIfPresent(Bool.self, forKey: .coversEnd) ?? false)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(channels, forKey: .channels)
    try container.encode(window, forKey: .window)
    try container.encode(stride, forKey: .stride)
    // Windows keep the form that versions before filling up wrote and read.
    if isPadded { try container.encode(true, forKey: .isPadded) }
    if coversEnd && stride > 1 && !isPadded { try container.encode(true, forKey: .coversEnd) }
  }

  /// Where the samples of a series begin; none where it is shorter than a window.
  func starts(of length: Int) -> [Int] {
    let starts = Array(Swift.stride(from: 0, through: isPadded ? 0 : length - window, by: stride))
    guard coversEnd, let last = starts.last, last + window < length else { return starts }
    return starts + [length - window]
  }

  /// How many steps at the end of a series fill no window.
  func stepsLeft(of length: Int) -> Int {
    starts(of: length).last.map { max(0, length - $0 - window) } ?? length
  }
}

extension Dataset {
  /// The same samples, those of an array `[n, channels, steps]` known to be whole series; others as they are.
  ///
  /// Each channel is then scaled by itself.
  public var asSeries: Dataset {
    let sides = sampleShape.dimensions
    guard form == nil, sides.count == 2, sides.allSatisfy({ (1...SeriesForm.longestWindow).contains($0) })
    else {
      return self
    }
    let whole = SeriesForm(channels: sides[0], window: sides[1], stride: 1)
    return with(form: .series(whole), sampleNames: sampleNames, spans: spans)
  }

  /// Values that stand for these samples, with those behind the end of a series that was filled up marked as
  /// missing (NaN); as they are for other samples.
  ///
  /// - Parameter values: `[count, sample shape…]`.
  public func markingPadding(in values: Tensor) -> Tensor {
    guard case .series(let form) = form, form.isPadded, let spans = orderedSpans,
      values.shape == sampleShape.batch(count)
    else { return values }
    func isThere(_ index: Int) -> Bool { index % form.window < spans[index / sampleShape.count].total }
    if values.element == .float64 {
      return Tensor(values.shape, values.doubles.enumerated().map { isThere($0) ? $1 : .nan })
    }
    return Tensor(values.shape, values.values.enumerated().map { isThere($0) ? $1 : .nan })
  }
}
