import HourglassEngine
import HourglassTensor

/// The numbers of a convolution, or of a transposed one.
public struct Convolution: Hashable, Sendable {
  /// Channels of the output.
  public var channels: Int
  public var kernel: Sides
  public var stride: Sides
  public var padding: Padding
  public var dilation: Sides
  /// Parts that the channels are split into, each convolved by itself.
  public var groups: Int
  /// Of a transposed convolution: positions added behind, of those that a stride leaves open.
  public var outputPadding: Sides
  public var initializer: Initializer?
  public var bias: Bool

  public init(
    channels: Int, kernel: Sides = 3, stride: Sides = 1, padding: Padding = .same, dilation: Sides = 1,
    groups: Int = 1, outputPadding: Sides = 0, initializer: Initializer? = nil, bias: Bool = true
  ) {
    (self.channels, self.kernel, self.stride, self.padding) = (channels, kernel, stride, padding)
    (self.dilation, self.groups, self.outputPadding) = (dilation, groups, outputPadding)
    (self.initializer, self.bias) = (initializer, bias)
  }
}

extension Convolution {
  /// - Throws: ``ModelError`` naming what of input and numbers does not fit.
  func window(of input: Shape, at place: String) throws(ModelError) -> Window {
    let (rows, columns) = try axes(of: input, at: place) { along throws(ModelError) in
      try along.windows(kernel: kernel, stride: stride, dilation: dilation, padding: padding)
    }
    try checkChannels(input, at: place)
    try checkSize(rows, columns, max(input[0], channels), at: place)
    return Window(rows: rows, columns: columns, inputs: input[0], outputs: channels, groups: groups)
  }

  /// The window of the convolution that this one is the transpose of.
  ///
  /// - Throws: ``ModelError`` naming what of input and numbers does not fit.
  func transposedWindow(of input: Shape, at place: String) throws(ModelError) -> Window {
    let (rows, columns) = try axes(of: input, at: place) { along throws(ModelError) in
      try along.transposed(self)
    }
    try checkChannels(input, at: place)
    try checkSize(rows, columns, max(input[0], channels), at: place)
    return Window(rows: rows, columns: columns, inputs: channels, outputs: input[0], groups: groups)
  }

  /// An image within its padding must fit into memory.
  private func checkSize(
    _ rows: Window.Axis, _ columns: Window.Axis, _ channels: Int, at place: String
  ) throws(ModelError) {
    let sides = [rows, columns].map { max($0.input, $0.output) + 2 * $0.dilation * ($0.kernel - 1) }
    guard let count = Shape.count(of: sides + [channels]), count < Outline.largest else {
      throw ModelError(
        place: place, expected: "at most \(Outline.largest) values of an image within its padding",
        found: "sides of up to \(sides) with \(channels) channels",
        remedy: "use fewer channels, or a smaller side, kernel or dilation")
    }
  }

  private func checkChannels(_ input: Shape, at place: String) throws(ModelError) {
    guard (1...Layer.widest).contains(channels) else {
      throw ModelError(
        place: place, expected: "between 1 and \(Layer.widest) channels", found: "\(channels)")
    }
    guard groups >= 1, input[0] % groups == 0, channels % groups == 0 else {
      throw ModelError(
        place: place, expected: "groups that divide \(input[0]) and \(channels) channels", found: "\(groups)",
        remedy: "use 1, or a number that divides both")
    }
  }
}

extension Convolution {
  /// `32, kernel 4, stride 2`: what is not as usual.
  var words: String {
    let usual = Convolution(channels: channels)
    var parts = ["\(channels)", "kernel \(kernel)"]
    if stride != usual.stride { parts.append("stride \(stride)") }
    if padding != usual.padding { parts.append("padding \(padding)") }
    if dilation != usual.dilation { parts.append("dilation \(dilation)") }
    if groups != usual.groups { parts.append("groups \(groups)") }
    if outputPadding != usual.outputPadding { parts.append("output padding \(outputPadding)") }
    if let initializer { parts.append(initializer.rawValue) }
    if !bias { parts.append("no bias") }
    return parts.joined(separator: ", ")
  }

  /// - Parameter channels: of the output.
  func weights(
    _ window: Window, rank: Int, before next: Layer?, fan: (inputs: Int, outputs: Int), channels: Int
  ) -> [Weight] {
    let shape = window.weight.dimensions
    let weight = Weight(
      name: "weight", shape: rank == 3 ? Shape(shape) : [shape[0], shape[1], shape[3]],
      start: .drawn(initializer, before: next), fan: fan)
    return bias ? [weight, Weight(name: "bias", shape: [channels], start: .constant(0))] : [weight]
  }
}

/// In JSON what is as usual is left out.
extension Convolution {
  init(_ values: Tagged.Values) throws {
    self.init(
      channels: try values.required("channels"), kernel: try values.optional("kernel") ?? 3,
      stride: try values.optional("stride") ?? 1, padding: try values.optional("padding") ?? .same,
      dilation: try values.optional("dilation") ?? 1, groups: try values.optional("groups") ?? 1,
      outputPadding: try values.optional("outputPadding") ?? 0,
      initializer: try values.optional("initializer"), bias: try values.optional("bias") ?? true)
  }

  func encode(to container: inout KeyedEncodingContainer<Tagged.Key>) throws {
    let usual = Convolution(channels: channels)
    try container.encode(channels, forKey: "channels")
    try container.encode(kernel, forKey: "kernel")
    try container.encode(stride, forKey: "stride")
    try container.encode(padding, forKey: "padding")
    if dilation != usual.dilation { try container.encode(dilation, forKey: "dilation") }
    if groups != usual.groups { try container.encode(groups, forKey: "groups") }
    if outputPadding != usual.outputPadding { try container.encode(outputPadding, forKey: "outputPadding") }
    try container.encodeIfPresent(initializer, forKey: "initializer")
    if !bias { try container.encode(false, forKey: "bias") }
  }
}
