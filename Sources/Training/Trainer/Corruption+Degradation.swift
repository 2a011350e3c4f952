import HourglassData
import HourglassModels

extension Corruption {
  /// What is done to samples where they are read; nil for what is not done there.
  fileprivate var degradation: Degradation? {
    switch self {
    case .gaussian(let deviation): .gaussian(deviation: deviation)
    case .speckle(let deviation): .speckle(deviation: deviation)
    case .masking(let rate): .masking(rate: rate)
    case .saltAndPepper(let rate, let low, let high): .saltAndPepper(rate: rate, low: low, high: high)
    case .blocks(let size, let rate): .blocks(sides: size.numbers, rate: rate)
    case .columns(let rate): .columns(rate: rate)
    case .blur(let deviation): .blur(deviation: deviation)
    case .downscale(let factor): .downscale(factor: factor)
    case .jpeg(let quality): .jpeg(quality: quality)
    case .lines(let rate): .lines(rate: rate)
    case .fields, .pairs: nil
    }
  }
}

extension [Corruption] {
  /// The same where samples are read, in their order; whole fields and samples of a person's own apart.
  public var degradations: [Degradation] { compactMap(\.degradation) }

  /// Whether one of them is made where samples are read, and so all of them.
  public var areMadeOutside: Bool { contains(where: \.isMadeOutside) }

  /// Whether the encoder reads samples of a person's own.
  public var readPairs: Bool { contains(.pairs) }
}
