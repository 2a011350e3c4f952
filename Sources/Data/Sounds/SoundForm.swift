public import HourglassFormats
public import HourglassTensor

/// How sounds become samples: one channel at one rate, cut into windows of one length.
///
/// Windows begin every ``stride`` samples from the first on, until the last sample is in one; behind the end
/// of a sound there is silence, so a sound shorter than a window is one sample.
///
/// - Shapes: a sample is `[1, window]`, from -1 to 1; with ``mel`` `[1, bands, frames]`.
public struct SoundForm: Hashable, Sendable, Codable {
  public static let longestWindow = 1 << 28
  public static let highestRate = 1 << 20

  /// Samples a second.
  public let rate: Int
  /// The channel that is taken, from 1; nil: the mean of all.
  public let channel: Int?
  /// Samples in a window, and from the start of one to that of the next.
  public let window: Int
  public let stride: Int
  /// Whether windows are joined by a smooth window in place of their plain mean: see ``Overlap``. No file
  /// keeps it.
  var joinsSmoothly = false
  /// Frequencies over time in place of the sound itself.
  public let mel: MelForm?
  /// How finely the finest of the sounds is stored: what sounds are written as.
  public let depth: SoundDepth

  /// - Precondition: numbers that make sense, and no band narrower than the frequencies are apart.
  public init(
    rate: Int, channel: Int? = nil, window: Int, stride: Int, mel: MelForm? = nil,
    depth: SoundDepth = .bits16
  ) {
    self.depth = depth
    self.rate = rate
    self.channel = channel
    self.window = window
    self.stride = stride
    self.mel = mel
    precondition(fault == nil, "SoundForm: \(fault ?? "")")
  }

  public var sampleShape: Shape {
    guard let mel else { return [1, window] }
    return [1, mel.bands, mel.frames(of: window)]
  }

  private var fault: String? {
    if !(1...SoundForm.highestRate).contains(rate) { return "a rate of \(rate)" }
    if let channel, channel < 1 { return "channel \(channel)" }
    let lengths = 1...SoundForm.longestWindow
    if !lengths.contains(window) || !lengths.contains(stride) {
      return "windows of \(window) every \(stride) samples"
    }
    return mel?.fault(rate: rate)
  }

  private enum CodingKeys: String, CodingKey {
    case rate, channel, window, stride, mel, depth
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    rate = try container.decode(Int.self, forKey: .rate)
    channel = try container.decodeIfPresent(Int.self, forKey: .channel)
    window = try container.decode(Int.self, forKey: .window)
    stride = try container.decode(Int.self, forKey: .stride)
    mel = try container.decodeIfPresent(MelForm.self, forKey: .mel)
    depth = try container.decodeIfPresent(SoundDepth.self, forKey: .depth) ?? .bits16
    if let fault {
      throw DecodingError.dataCorruptedError(
        forKey: .rate, in: container, debugDescription: "sounds: \(fault)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(rate, forKey: .rate)
    try container.encodeIfPresent(channel, forKey: .channel)
    try container.encode(window, forKey: .window)
    try container.encode(stride, forKey: .stride)
    try container.encodeIfPresent(mel, forKey: .mel)
    // Sounds of 16 bits keep the form that versions before finer ones wrote and read.
    if depth != .bits16 { try container.encode(depth, forKey: .depth) }
  }

  /// Where the windows of a sound begin.
  func starts(of count: Int) -> [Int] {
    let last = max(0, count - window)
    return Array(
      Swift.stride(from: 0, through: last + (last % stride == 0 ? 0 : stride - last % stride), by: stride))
  }

  /// The samples of a window, silence behind the end.
  func window(of sound: [Float], at start: Int) -> [Float] {
    let there = sound[min(start, sound.count)..<min(start + window, sound.count)]
    return there + [Float](repeating: 0, count: window - there.count)
  }

  /// The sound that windows stand for: where several lie over each other, their mean.
  ///
  /// - Parameter count: samples of the sound.
  func joined(_ windows: [(start: Int, values: [Float])], count: Int) -> [Float] {
    var sums = [Float](repeating: 0, count: count)
    var uses = [Float](repeating: 0, count: count)
    let weights = joinsSmoothly ? Overlap.weights(window) : Array(repeating: 1, count: window)
    for (start, values) in windows {
      for (index, value) in values.enumerated() where start + index < count {
        sums[start + index] += weights[index] * value
        uses[start + index] += weights[index]
      }
    }
    return zip(sums, uses).map { $1 > 0 ? $0 / $1 : 0 }
  }
}

/// Log-mel spectrograms: how loud a sound is in bands of frequency as wide as the ear tells them apart, frame
/// by frame.
///
/// With the periodic Hann window w(t) = ½ - ½ cos(2πt / n) of n = ``size`` samples, frames every ``hop``
/// samples, the first centred on the first sample, silence outside:
///
///     S(f, k) = |Σₜ w(t) x(t + k · hop - n/2) exp(-2πi f t / n)|
///     M(b, k) = ln(max(Σ_f a(b, f) S(f, k), 10⁻⁵))
///
/// a(b, ·) is a triangle of height 1 between the b-th and (b+2)-th of bands + 2 frequencies that lie evenly
/// on the mel scale, m(f) = 2595 log₁₀(1 + f / 700), from 0 to half the rate.
///
/// - Source: Young et al., The HTK Book 3.4, section 5.4.
public struct MelForm: Hashable, Sendable, Codable {
  /// ln of this stands for silence: -100 dB.
  static let floor: Float = 1e-5

  public let bands: Int
  /// Samples in a frame, a power of two.
  public let size: Int
  /// Samples from a frame to the next.
  public let hop: Int

  public init(bands: Int, size: Int, hop: Int) {
    self.bands = bands
    self.size = size
    self.hop = hop
  }

  /// Frames of the smallest power of two that lasts 25 ms or more, the usual length of sounds of speech, a
  /// quarter of it apart.
  public init(bands: Int, rate: Int) {
    var size = 16
    while size * 1000 < rate * 25 { size *= 2 }
    self.init(bands: bands, size: size, hop: size / 4)
  }

  func frames(of window: Int) -> Int { 1 + window / hop }

  /// What is wrong with the numbers; nil if nothing is. A band without a frequency in it would always be
  /// silent.
  func fault(rate: Int) -> String? {
    guard (16...(1 << 20)).contains(size), size & (size - 1) == 0, (1...size).contains(hop) else {
      return "frames of \(size) every \(hop) samples"
    }
    guard (1...size).contains(bands) else { return "\(bands) bands of frames of \(size)" }
    let filters = MelFilters(self, rate: rate)
    guard let empty = filters.rows.firstIndex(where: \.weights.isEmpty) else { return nil }
    return
      "\(bands) bands, of which number \(empty + 1) is narrower than the \(size / 2 + 1) frequencies of a frame "
      + "are apart; give fewer"
  }
}

extension SoundForm {
  /// The sound that a sample stands for, ``window`` samples at ``rate``; of a spectrogram one that sounds
  /// like it.
  ///
  /// - Precondition: as many values as a sample has.
  public func sound(of sample: [Float]) -> [Float] {
    precondition(sample.count == sampleShape.count, "SoundForm: \(sample.count) values for \(sampleShape)")
    guard let mel else { return sample }
    return Spectrogram(self, mel).sound(logMel: sample, count: window)
  }
}
