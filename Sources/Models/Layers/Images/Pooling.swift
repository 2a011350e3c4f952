import HourglassEngine
import HourglassTensor

/// The numbers of a pooling.
public struct Pooling: Hashable, Sendable {
  public var window: Sides
  /// Positions from one window to the next; nil: as wide as the window.
  public var stride: Sides?
  public var padding: Padding

  public init(window: Sides = 2, stride: Sides? = nil, padding: Padding = .valid) {
    (self.window, self.stride, self.padding) = (window, stride, padding)
  }
}

extension Pooling {
  /// - Throws: ``ModelError`` naming what of input and numbers does not fit.
  func window(of input: Shape, at place: String) throws(ModelError) -> Window {
    let (rows, columns) = try axes(of: input, at: place) { along throws(ModelError) in
      let found = try along.windows(
        kernel: window, stride: stride ?? window, dilation: 1, padding: padding)
      let last = (found.output - 1) * found.stride - found.before
      guard found.before < found.kernel, last < found.input else {
        throw ModelError(
          place: place, expected: "a padding below the window of \(found.kernel)", found: "\(padding)",
          remedy: "use at most half the window")
      }
      return found
    }
    return Window(rows: rows, columns: columns, inputs: input[0], outputs: input[0])
  }
}

extension Pooling {
  var words: String {
    "\(window)" + (stride.map { ", stride \($0)" } ?? "") + (padding == .valid ? "" : ", padding \(padding)")
  }
}

/// In JSON what is as usual is left out.
extension Pooling {
  init(_ values: Tagged.Values) throws {
    try values.allow("window", "stride", "padding")
    self.init(
      window: try values.optional("window") ?? 2, stride: try values.optional("stride"),
      padding: try values.optional("padding") ?? .valid)
  }

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    try container.encode(window, forKey: "window")
    try container.encodeIfPresent(stride, forKey: "stride")
    if padding != .valid { try container.encode(padding, forKey: "padding") }
  }
}
