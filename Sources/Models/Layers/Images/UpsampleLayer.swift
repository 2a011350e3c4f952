import HourglassEngine
import HourglassTensor

/// How positions between those of an image are made.
public enum Interpolation: String, Hashable, Sendable, Codable, CaseIterable {
  /// Each is that of the image which is nearest.
  case nearest
  /// Between the two nearest of each axis, by distance.
  case bilinear
}

/// `factor` positions for one, along every side. Bilinear: the centres of the outermost positions are kept,
/// and beyond them nothing changes.
struct UpsampleLayer: ImageForm {
  static let name = "upsample"
  static func layer(_ values: Tagged.Values) throws -> Layer {
    try values.allow("factor", "by")
    return .upsample(
      factor: try values.optional("factor") ?? 2, by: try values.optional("by") ?? .nearest)
  }
  static var examples: [Layer.Example] {
    [
      (.upsample(), [2, 3, 2], [2, 6, 4]), (.upsample(factor: [1, 3]), [1, 2, 2], [1, 2, 6]),
      (.upsample(by: .bilinear), [2, 3, 2], [2, 6, 4]),
      (.upsample(factor: 3, by: .bilinear), [2, 3], [2, 9]),
    ]
  }

  let factor: Sides
  let interpolation: Interpolation

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(factor, forKey: "factor")
    if interpolation != .nearest { try container.encode(interpolation, forKey: "by") }
  }
  var description: String {
    ".upsample(\(factor)" + (interpolation == .nearest ? ")" : ", \(interpolation.rawValue))")
  }
  var words: String { "enlarged \(factor) times, \(interpolation.rawValue)" }

  func output(of input: Shape, at place: String) throws(ModelError) -> Shape {
    try checkImage(input, at: place, remedy: "add .reshape before it")
    var shape = [input[0]]
    for axis in 1..<input.rank {
      guard let times = factor.at(axis - 1, of: input.rank - 1), (1...4096).contains(times) else {
        throw ModelError(
          place: place, expected: "one factor from 1 to 4096, or one for each of \(input.rank - 1) axes",
          found: "\(factor.numbers)")
      }
      guard (1...(Layer.widest / times)).contains(input[axis]) else {
        throw ModelError(
          place: place, expected: "sides of 1 to \(Layer.widest) when \(times) times as long",
          found: "\(input)")
      }
      shape.append(input[axis] * times)
    }
    return Shape(shape)
  }

  func append(
    to graph: inout Graph, _ x: Graph.Value, _ weights: [Graph.Value], _ setting: inout Setting
  ) -> Graph.Value {
    let shape = graph.shape(of: x)
    var y = x
    for axis in (0..<(shape.rank - 1)).reversed() {
      let times = factor.at(axis, of: shape.rank - 1) ?? 1
      if times == 1 { continue }
      let kind: Resampling.Kind =
        interpolation == .nearest ? .repeated(factor: times) : .linear(factor: times)
      y = graph.resample(y, Resampling(kind, positions: shape[axis]), axis: axis)
    }
    return y
  }
}
