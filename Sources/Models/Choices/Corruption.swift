import HourglassEngine
import HourglassTensor

/// What is done to the samples that the encoder reads while training; the reconstruction is held against the
/// sample as it was. Vincent et al. 2008 and 2010 (denoising autoencoders), He et al. 2022 (masked ones).
///
/// Every step draws anew, from the seed, the step and the place of the sample in its batch. Values are those
/// after scaling. The held-out loss is that of corrupted samples too; a model in use corrupts nothing.
public enum Corruption: Hashable, Sendable {
  /// x + deviation · n, n from the standard normal.
  case gaussian(deviation: Float)
  /// Each value is 0 with probability rate.
  case masking(rate: Float)
  /// Each value is `low` with probability rate / 2, and `high` with the same.
  case saltAndPepper(rate: Float, low: Float = 0, high: Float = 1)
  /// x (1 + deviation · n), n from the standard normal.
  case speckle(deviation: Float)
  /// Blocks of `size` positions along each side, in all channels, are 0 with probability rate. The sides are
  /// the axes behind the first of `[channels, …]`; those of `[values]` and `[rows, columns]` are all axes.
  case blocks(size: Sides = 4, rate: Float)
  /// Each place of the last axis is 0 with probability rate, in all rows of the sample.
  case columns(rate: Float)
  /// Each field of a record is hidden from the encoder with probability rate, as if it were missing.
  case fields(rate: Float)
  /// Blurred by a gaussian of this deviation, in pixels along each side of an image or steps of the time.
  case blur(deviation: Float)
  /// Made `factor` times smaller, each new value the mean of the old, and enlarged again by bicubic
  /// interpolation.
  case downscale(factor: Int)
  /// Written as JPEG of this quality, 1 to 100, and read again. Of images with values in [0, 1].
  case jpeg(quality: Int)
  /// Straight scratches across an image, dark (0) or bright (1), over about this share of its pixels.
  case lines(rate: Float)
  /// What the encoder reads is a sample of its own, given beside the clean one: `Dataset.inputs`. It comes
  /// before all others.
  case pairs

  /// Whether it is no step of a graph: then this one and all others of the list are made where samples are
  /// read, in their order, and the graph is fed the result beside the samples.
  public var isMadeOutside: Bool {
    switch self {
    case .blur, .downscale, .jpeg, .lines, .pairs: true
    case .gaussian, .masking, .saltAndPepper, .speckle, .blocks, .columns, .fields: false
    }
  }

  /// The corrupted rows.
  func append(to graph: inout Graph, _ x: Graph.Value, stream: UInt32) -> Graph.Value {
    let shape = graph.shape(of: x)
    func noise(_ deviation: Float) -> Graph.Value {
      graph.multiply(graph.random(.normal, shape, stream: stream), deviation)
    }
    switch self {
    case .gaussian(let deviation): return graph.add(x, noise(deviation))
    case .speckle(let deviation): return graph.multiply(x, graph.add(noise(deviation), 1))
    case .masking(let rate):
      return graph.multiply(x, Corruption.kept(&graph, shape, rate, stream))
    case .saltAndPepper(let rate, let low, let high):
      let draw = graph.random(.uniform, shape, stream: stream)
      let (pepper, salt) = (
        graph.binary(.greater, graph.constant(rate / 2), draw),
        graph.binary(.greater, draw, graph.constant(1 - rate / 2))
      )
      let untouched = graph.subtract(graph.subtract(graph.constant(1), pepper), salt)
      let kept = graph.multiply(x, untouched)
      return graph.add(graph.add(kept, graph.multiply(pepper, low)), graph.multiply(salt, high))
    case .blocks(let size, let rate): return Corruption.blocks(&graph, x, size, rate, stream)
    case .columns(let rate):
      return graph.multiply(x, Corruption.kept(&graph, [shape.dimensions.last ?? 1], rate, stream))
    // A record hides its fields where it is read, and samples are degraded there.
    case .fields, .blur, .downscale, .jpeg, .lines, .pairs: return x
    }
  }

  /// 0 with probability rate, else 1.
  private static func kept(
    _ graph: inout Graph, _ shape: Shape, _ rate: Float, _ stream: UInt32
  ) -> Graph.Value {
    graph.binary(.greater, graph.random(.uniform, shape, stream: stream), graph.constant(rate))
  }

  /// One draw a block, repeated over its positions.
  private static func blocks(
    _ graph: inout Graph, _ x: Graph.Value, _ size: Sides, _ rate: Float, _ stream: UInt32
  ) -> Graph.Value {
    let shape = graph.shape(of: x)
    let sides = Corruption.sides(of: shape)
    let counts = sides.indices.map { axis in
      let side = size.at(axis, of: sides.count) ?? 1
      return (sides[axis] + side - 1) / side
    }
    var mask = kept(&graph, Shape(counts), rate, stream)
    for axis in sides.indices {
      let side = size.at(axis, of: sides.count) ?? 1
      let outer = sides[..<axis].reduce(1, *)
      let inner = counts[(axis + 1)...].reduce(1, *)
      // The last block may reach over the edge: what is beyond it is cut off.
      let spread = graph.expand(
        graph.reshape(mask, [outer, counts[axis], 1, inner]), [outer, counts[axis], side, inner])
      let flat = graph.reshape(spread, [outer, counts[axis] * side * inner])
      mask = graph.slice(flat, from: 0, count: sides[axis] * inner)
    }
    mask = graph.reshape(mask, Shape(sides))
    return graph.multiply(x, graph.expand(mask, shape))
  }

  /// The sides that blocks are cut from.
  static func sides(of shape: Shape) -> [Int] {
    shape.rank > 2 ? Array(shape.dimensions.dropFirst()) : shape.dimensions
  }

  /// The word of the command line.
  public var name: String {
    switch self {
    case .gaussian: "gaussian"
    case .masking: "masking"
    case .saltAndPepper: "salt-and-pepper"
    case .speckle: "speckle"
    case .blocks: "blocks"
    case .columns: "columns"
    case .fields: "fields"
    case .blur: "blur"
    case .downscale: "downscale"
    case .jpeg: "jpeg"
    case .lines: "lines"
    case .pairs: "pairs"
    }
  }

  /// The words of the command line that an amount follows.
  public static let names = [
    "gaussian", "masking", "salt-and-pepper", "speckle", "blocks", "columns", "fields", "blur", "downscale",
    "jpeg", "lines",
  ]

  /// By the word of the command line, with its deviation, rate, factor or quality; nil for another word, and
  /// for a factor or quality that is no whole number.
  public init?(name: String, amount: Float, size: Sides = 4) {
    switch name {
    case "gaussian": self = .gaussian(deviation: amount)
    case "masking": self = .masking(rate: amount)
    case "salt-and-pepper": self = .saltAndPepper(rate: amount)
    case "speckle": self = .speckle(deviation: amount)
    case "blocks": self = .blocks(size: size, rate: amount)
    case "columns": self = .columns(rate: amount)
    case "fields": self = .fields(rate: amount)
    case "blur": self = .blur(deviation: amount)
    case "lines": self = .lines(rate: amount)
    case "downscale", "jpeg":
      guard let whole = Int(exactly: amount) else { return nil }
      self = name == "jpeg" ? .jpeg(quality: whole) : .downscale(factor: whole)
    default: return nil
    }
  }
}
