import HourglassEngine
import HourglassTensor

/// Where windows lie along one axis, by the numbers of a layer.
struct Along {
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
  var sides: [Int] { Array(dimensions.dropFirst()) }
}

/// The axes of an image, or of a series: whose rows are one.
func axes(
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

extension Window {
  /// `[channels, height, width]`, or for a series `[channels, length]`.
  func shape(_ channelsLast: Shape, rank: Int) -> Shape {
    rank == 3
      ? [channelsLast[2], channelsLast[0], channelsLast[1]] : [channelsLast[2], channelsLast[1]]
  }
}
