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
    // A record hides its fields where it is read.
    case .fields: return x
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
  private static func sides(of shape: Shape) -> [Int] {
    shape.rank > 2 ? Array(shape.dimensions.dropFirst()) : shape.dimensions
  }

  /// - Parameter readsEntries: whether samples are whole numbers that stand for entries of an embedding.
  func check(for input: Shape, readsEntries: Bool, _ record: Record?) throws(ModelError) {
    func require(_ isRight: Bool, _ expected: String, _ found: String) throws(ModelError) {
      if !isRight {
        throw ModelError(place: "corruption \(name)", expected: expected, found: found)
      }
    }
    if case .fields = self {
      try require(record != nil, "samples that are records", "\(input)")
      try require(record?.tellsAllGaps == true, "fields that say when they are missing", "some that do not")
    } else {
      try require(record == nil, "samples of values", "records; hide whole fields instead")
    }
    switch self {
    case .gaussian(let deviation), .speckle(let deviation):
      try require(deviation > 0 && deviation.isFinite, "a deviation above 0", "\(deviation)")
      try require(
        !readsEntries, "samples of measured values", "whole numbers that an embedding reads; use masking")
    case .masking(let rate), .columns(let rate), .fields(let rate):
      try require(rate > 0 && rate < 1, "a rate above 0 and below 1", "\(rate)")
    case .saltAndPepper(let rate, let low, let high):
      try require(rate > 0 && rate < 1, "a rate above 0 and below 1", "\(rate)")
      try require(low.isFinite && high.isFinite, "finite values", "\(low) and \(high)")
    case .blocks(let size, let rate):
      try require(rate > 0 && rate < 1, "a rate above 0 and below 1", "\(rate)")
      let sides = Corruption.sides(of: input)
      for axis in sides.indices {
        let side = size.at(axis, of: sides.count)
        try require(
          side.map { $0 > 0 && $0 <= sides[axis] } ?? false,
          "one size, or one for each of \(sides.count) sides, from 1 to the side of \(input)", "\(size)")
      }
    }
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
    }
  }

  /// The words of the command line.
  public static let names = [
    "gaussian", "masking", "salt-and-pepper", "speckle", "blocks", "columns", "fields",
  ]

  /// By the word of the command line, with its deviation or rate.
  public init?(name: String, amount: Float, size: Sides = 4) {
    switch name {
    case "gaussian": self = .gaussian(deviation: amount)
    case "masking": self = .masking(rate: amount)
    case "salt-and-pepper": self = .saltAndPepper(rate: amount)
    case "speckle": self = .speckle(deviation: amount)
    case "blocks": self = .blocks(size: size, rate: amount)
    case "columns": self = .columns(rate: amount)
    case "fields": self = .fields(rate: amount)
    default: return nil
    }
  }
}

extension Corruption: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a corruption")
    switch name {
    case "gaussian", "speckle":
      try values.allow("deviation")
      let deviation: Float = try values.required("deviation")
      self = name == "gaussian" ? .gaussian(deviation: deviation) : .speckle(deviation: deviation)
    case "masking", "columns", "fields":
      try values.allow("rate")
      let rate: Float = try values.required("rate")
      self =
        name == "masking"
        ? .masking(rate: rate) : name == "columns" ? .columns(rate: rate) : .fields(rate: rate)
    case "saltAndPepper":
      try values.allow("rate", "low", "high")
      self = .saltAndPepper(
        rate: try values.required("rate"), low: try values.optional("low") ?? 0,
        high: try values.optional("high") ?? 1)
    case "blocks":
      try values.allow("rate", "size")
      self = .blocks(size: try values.optional("size") ?? 4, rate: try values.required("rate"))
    default:
      throw values.unknown(
        name, of: ["gaussian", "masking", "saltAndPepper", "speckle", "blocks", "columns", "fields"])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    switch self {
    case .gaussian(let deviation):
      try tagged.write("gaussian") { try $0.encode(deviation, forKey: "deviation") }
    case .speckle(let deviation):
      try tagged.write("speckle") { try $0.encode(deviation, forKey: "deviation") }
    case .masking(let rate): try tagged.write("masking") { try $0.encode(rate, forKey: "rate") }
    case .columns(let rate): try tagged.write("columns") { try $0.encode(rate, forKey: "rate") }
    case .fields(let rate): try tagged.write("fields") { try $0.encode(rate, forKey: "rate") }
    case .saltAndPepper(let rate, let low, let high):
      try tagged.write("saltAndPepper") {
        try $0.encode(rate, forKey: "rate")
        if low != 0 { try $0.encode(low, forKey: "low") }
        if high != 1 { try $0.encode(high, forKey: "high") }
      }
    case .blocks(let size, let rate):
      try tagged.write("blocks") {
        try $0.encode(size, forKey: "size")
        try $0.encode(rate, forKey: "rate")
      }
    }
  }
}
