import HourglassFormats
import HourglassTensor

/// ``Degradation``s, one after the other, of samples of one shape.
///
/// What is drawn is a pure function of the seed, the epoch, the sample's place in the epoch's order, which of
/// the degradations it is and the place of the value in the sample: the same on any number of threads, and
/// after a training that was resumed. What is missing in a sample (NaN) is taken for 0.
public struct Degrader: Sendable {
  /// The epoch that samples held out are degraded in, always alike.
  public static let ofHeld = -1

  public let degradations: [Degradation]
  let random: Random
  let planes: Int
  let height: Int
  let width: Int
  /// Of each blur among them the weights from the middle on, else none.
  let kernels: [[Float]]

  /// Of the samples of a data set.
  ///
  /// - Parameter isUnitInterval: whether values lie in [0, 1] once they are scaled.
  /// - Throws: ``DataError`` for a degradation that the samples cannot have: of places where they are rows,
  ///   of the sides of images where they are series or sounds, JPEG where values are no levels.
  public init(
    _ degradations: [Degradation], of dataset: Dataset, isUnitInterval: Bool, seed: UInt64
  ) throws(DataError) {
    let shape = dataset.sampleShape.dimensions
    let isTimed =
      switch dataset.form {
      case .series, .sounds: true
      case .images, nil: false
      }
    let isImage = !isTimed && (shape.count == 2 || shape.count == 3)
    let fault = degradations.first { $0.isOfImages ? !isImage : $0.isOfPlaces && !isImage && !isTimed }
    if let fault {
      throw DataError(
        place: "corruption \(fault.name) of \(dataset.origin)",
        expected: fault.isOfImages ? "images" : "images, series or sounds",
        found: isTimed ? "series of \(dataset.sampleShape)" : "samples of \(dataset.sampleShape)",
        remedy: "leave it out" + (isTimed ? "" : "; pictures must have their sides: [height, width]"))
    }
    if degradations.contains(where: { if case .jpeg = $0 { true } else { false } }), !isUnitInterval {
      throw DataError(
        place: "corruption jpeg of \(dataset.origin)", expected: "values in [0, 1]",
        found: "values outside it after scaling", remedy: "choose the scaling 255 or min-max, or leave it out"
      )
    }
    let width = shape.last ?? 1
    let height = isImage ? shape[shape.count - 2] : 1
    self.init(
      degradations, planes: dataset.sampleShape.count / max(1, width * height), height: height, width: width,
      seed: seed)
  }

  /// Of images of any size, `[planes, height, width]`, or of series with a height of 1.
  public init(_ degradations: [Degradation], planes: Int, height: Int, width: Int, seed: UInt64) {
    (self.degradations, self.planes, self.height, self.width) = (degradations, planes, height, width)
    random = Random(seed: seed, stream: .degradation)
    kernels = degradations.map { kind in
      if case .blur(let deviation) = kind { Degrader.kernel(deviation) } else { [] }
    }
  }

  /// Values of a sample.
  public var count: Int { planes * height * width }

  /// Degrades a sample where it stands.
  ///
  /// - Parameter scratch: room for as many values.
  /// - Throws: `FormatError` where there is not enough memory for a JPEG.
  public func apply(
    to sample: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, epoch: Int, place: Int
  ) throws {
    for index in 0..<count where sample[index].isNaN { sample[index] = 0 }
    for (number, kind) in degradations.enumerated() {
      let draws = DegraderDraws(
        random: random, step: UInt32(truncatingIfNeeded: epoch), number: number, place: place, count: count)
      switch kind {
      case .gaussian(let deviation):
        draws.eachNormal(count) { sample[$0] += deviation * $1 }
      case .speckle(let deviation):
        draws.eachNormal(count) { sample[$0] *= 1 + deviation * $1 }
      case .masking(let rate):
        draws.each(count) { if $1 < rate { sample[$0] = 0 } }
      case .saltAndPepper(let rate, let low, let high):
        draws.each(count) { index, draw in
          if draw < rate / 2 { sample[index] = low } else if draw > 1 - rate / 2 { sample[index] = high }
        }
      case .blocks(let sides, let rate): hideBlocks(of: sample, sides, rate, draws)
      case .columns(let rate):
        draws.each(width) { column, draw in
          guard draw < rate else { return }
          for index in stride(from: column, to: count, by: width) { sample[index] = 0 }
        }
      case .blur: blur(sample, scratch, kernels[number])
      case .downscale(let factor): downscale(sample, scratch, factor)
      case .jpeg(let quality): try compress(sample, quality)
      case .lines(let rate): scratchLines(over: sample, rate, draws)
      }
    }
  }

  /// A degraded copy of a sample's values.
  ///
  /// - Throws: as ``apply(to:scratch:epoch:place:)``.
  public func degraded(_ values: [Float], epoch: Int = Degrader.ofHeld, place: Int) throws -> [Float] {
    precondition(values.count == count, "Degrader: \(values.count) values for a sample of \(count)")
    var (copy, scratch) = (values, values)
    try copy.withUnsafeMutableBufferPointer { copy in
      try scratch.withUnsafeMutableBufferPointer { scratch in
        guard let sample = copy.baseAddress, let room = scratch.baseAddress else { return }
        try apply(to: sample, scratch: room, epoch: epoch, place: place)
      }
    }
    return copy
  }
}

/// What one degradation draws for one sample.
struct DegraderDraws {
  private let random: Random
  private let step: UInt32
  private let start: UInt64

  /// - Parameters:
  ///   - number: of the degradation in its list.
  ///   - place: of the sample in the epoch's order.
  ///   - count: values of a sample.
  init(random: Random, step: UInt32, number: Int, place: Int, count: Int) {
    (self.random, self.step) = (random, step)
    start = UInt64(number) << 56 + UInt64(place) * UInt64((count + 3) / 4 + 1)
  }

  /// Calls the body with each place and a draw from the standard normal.
  func eachNormal(_ count: Int, _ body: (Int, Float) -> Void) {
    for block in 0..<((count + 3) / 4) {
      let draws = random.normals(step: step, block: start + UInt64(block))
      for index in (4 * block)..<min(4 * block + 4, count) { body(index, draws[index - 4 * block]) }
    }
  }

  /// Calls the body with each place and a draw from [0, 1).
  func each(_ count: Int, _ body: (Int, Float) -> Void) {
    for block in 0..<((count + 3) / 4) {
      let draws = uniforms(block)
      for index in (4 * block)..<min(4 * block + 4, count) { body(index, draws[index - 4 * block]) }
    }
  }

  /// Four draws from [0, 1).
  func uniforms(_ block: Int) -> SIMD4<Float> {
    let bits = random.bits(step: step, position: start + UInt64(block))
    return SIMD4<Float>(bits &>> 8) * 0x1p-24
  }
}
