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

/// How positions between those of an image are made.
public enum Interpolation: String, Hashable, Sendable, Codable, CaseIterable {
  /// Each is that of the image which is nearest.
  case nearest
  /// Between the two nearest of each axis, by distance.
  case bilinear
}

/// Where windows lie along one axis, by the numbers of a layer.
private struct Along {
  let place: String
  let length: Int
  let axis: Int
  let rank: Int

  func number(
    _ sides: Sides, _ name: String, least: Int, most: Int = Layer.widest
  ) throws(ModelError) -> Int {
    guard let number = sides.at(axis, of: rank) else {
      throw ModelError(
        place: place, expected: "one \(name), or one for each of \(rank) axes", found: "\(sides.numbers)")
    }
    guard number >= least, number <= most else {
      throw ModelError(
        place: place, expected: "a \(name) of at least \(least), at most \(most)", found: "\(number)")
    }
    return number
  }

  /// Numbers above which a convolution is taken for a mistake.
  private static let (widestKernel, widestStride, widestDilation) = (4096, 256, 65_536)

  /// The windows of a convolution or a pooling over `length` positions.
  func windows(
    kernel: Sides, stride: Sides, dilation: Sides, padding: Padding
  ) throws(ModelError) -> Window.Axis {
    let kernel = try number(kernel, "kernel", least: 1, most: Along.widestKernel)
    let stride = try number(stride, "stride", least: 1, most: Along.widestStride)
    let dilation = try number(dilation, "dilation", least: 1, most: Along.widestDilation)
    let reach = dilation * (kernel - 1) + 1
    var (before, after) = (0, 0)
    switch padding {
    case .valid: break
    case .same:
      let all = max(0, ((length + stride - 1) / stride - 1) * stride + reach - length)
      (before, after) = (all / 2, all - all / 2)
    case .explicit(let sides):
      before = try number(sides, "padding", least: 0)
      guard before < reach else {
        throw ModelError(
          place: place, expected: "a padding below the \(reach) positions that the kernel reaches over",
          found: "\(before)", remedy: "use at most \(reach - 1)")
      }
      after = before
    }
    let found = Window.Axis(
      length, kernel: kernel, stride: stride, dilation: dilation, before: before, after: after)
    guard found.output > 0 else {
      throw ModelError(
        place: place, expected: "at least \(reach) positions for a kernel that reaches over \(reach)",
        found: "\(length) with \(before + after) of padding",
        remedy: "use a smaller kernel, or the padding same")
    }
    return found
  }

  /// The windows of the convolution that a transposed one is the transpose of: `length` of them.
  func transposed(_ c: Convolution) throws(ModelError) -> Window.Axis {
    let kernel = try number(c.kernel, "kernel", least: 1, most: Along.widestKernel)
    let stride = try number(c.stride, "stride", least: 1, most: Along.widestStride)
    let dilation = try number(c.dilation, "dilation", least: 1, most: Along.widestDilation)
    let added = try number(c.outputPadding, "output padding", least: 0)
    guard added < max(stride, dilation) else {
      throw ModelError(
        place: place, expected: "an output padding below the stride or the dilation", found: "\(added)",
        remedy: "use at most \(max(stride, dilation) - 1)")
    }
    let reach = dilation * (kernel - 1) + 1
    var before = 0
    var positions = (length - 1) * stride + reach + added
    switch c.padding {
    case .valid: break
    case .same:
      before = max(0, reach - stride) / 2
      positions = length * stride + added
    case .explicit(let sides):
      before = try number(sides, "padding", least: 0)
      positions -= 2 * before
    }
    guard positions > 0 else {
      throw ModelError(
        place: place, expected: "a padding that leaves something of \(positions + 2 * before) positions",
        found: "\(before) on both sides", remedy: "use less padding")
    }
    guard positions <= Layer.widest else {
      throw ModelError(
        place: place, expected: "at most \(Layer.widest) positions", found: "\(positions)")
    }
    return Window.Axis(
      positions, kernel: kernel, stride: stride, dilation: dilation, before: before, output: length)
  }
}

extension Shape {
  /// The axes of an image or a series after its channels.
  fileprivate var sides: [Int] { Array(dimensions.dropFirst()) }
}

/// The axes of an image, or of a series: whose rows are one.
private func axes(
  of input: Shape, at place: String, _ make: (Along) throws(ModelError) -> Window.Axis
) throws(ModelError) -> (rows: Window.Axis, columns: Window.Axis) {
  guard input.rank == 2 || input.rank == 3 else {
    throw ModelError(
      place: place, expected: "[channels, height, width] or [channels, length]", found: "\(input)",
      remedy: input.rank == 1
        ? "add .reshape before it" : "add .reshape that gives it channels and two sides before it")
  }
  let sides = input.sides
  var made: [Window.Axis] = []
  for (axis, length) in sides.enumerated() {
    guard (1...Layer.widest).contains(length) else {
      throw ModelError(
        place: place, expected: "sides of 1 to \(Layer.widest)", found: "\(input)")
    }
    made.append(try make(Along(place: place, length: length, axis: axis, rank: sides.count)))
  }
  return made.count == 1 ? (.single, made[0]) : (made[0], made[1])
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

extension Window {
  /// `[channels, height, width]`, or for a series `[channels, length]`.
  func shape(_ channelsLast: Shape, rank: Int) -> Shape {
    rank == 3
      ? [channelsLast[2], channelsLast[0], channelsLast[1]] : [channelsLast[2], channelsLast[1]]
  }
}
