import HourglassTensor

/// What samples lose on their way to whoever reads them: noise, sharpness, detail, places.
///
/// Values are those after scaling. Where the samples are images the sides are height and width, of series
/// and sounds the time alone; each channel by itself unless said otherwise.
public enum Degradation: Hashable, Sendable {
  /// x + deviation · n, n from the standard normal.
  case gaussian(deviation: Float)
  /// x (1 + deviation · n), n from the standard normal.
  case speckle(deviation: Float)
  /// Each value is 0 with probability rate.
  case masking(rate: Float)
  /// Each value is `low` with probability rate / 2, and `high` with the same.
  case saltAndPepper(rate: Float, low: Float, high: Float)
  /// Blocks of so many positions along each side, in all channels, are 0 with probability rate; one size
  /// counts for all sides.
  case blocks(sides: [Int], rate: Float)
  /// Each place of the last axis is 0 with probability rate.
  case columns(rate: Float)
  /// Blurred by a gaussian g of this deviation σ, cut off at 4 σ and brought to sum 1; beyond an edge its
  /// value goes on.
  ///
  ///     y(i) = Σₖ g(k) x(i + k),   g(k) ∝ exp(-k² / 2σ²),   |k| ≤ ⌊4σ + ½⌋
  case blur(deviation: Float)
  /// Made `factor` times smaller, each new value the mean of the old ones in its place, and enlarged again by
  /// bicubic interpolation (`CubicAxis`).
  case downscale(factor: Int)
  /// Written as JPEG of a quality from 1 to 100, colours at half the detail, and read again: values from 0 to
  /// 1 as 8 bits. Of images: three channels together, others each as a grey one.
  ///
  /// - Source: ITU-T T.81, by libjpeg with its standard tables.
  case jpeg(quality: Int)
  /// Scratches over about this share of an image's pixels: straight lines one pixel wide from edge to edge,
  /// in all channels, each 0 or 1 as often.
  case lines(rate: Float)

  /// The word of the command line.
  var name: String {
    switch self {
    case .gaussian: "gaussian"
    case .speckle: "speckle"
    case .masking: "masking"
    case .saltAndPepper: "salt-and-pepper"
    case .blocks: "blocks"
    case .columns: "columns"
    case .blur: "blur"
    case .downscale: "downscale"
    case .jpeg: "jpeg"
    case .lines: "lines"
    }
  }

  /// Whether it takes neighbours for granted, which the columns of a table are not.
  var isOfPlaces: Bool {
    switch self {
    case .blur, .downscale, .jpeg, .lines: true
    case .gaussian, .speckle, .masking, .saltAndPepper, .blocks, .columns: false
    }
  }

  var isOfImages: Bool {
    switch self {
    case .jpeg, .lines: true
    default: false
    }
  }
}
