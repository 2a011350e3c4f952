import HourglassTensor

/// An ``Augmentation`` for samples of one shape.
///
/// What is drawn is a pure function of the seed, the epoch, the sample's place in the epoch's order and, for
/// noise, the place of the value in the sample: the same on any number of threads, and after a training that
/// was resumed.
public struct Augmenter: Sendable {
  public let augmentation: Augmentation
  private let random: Random
  private let planes: Int
  private let height: Int
  private let width: Int
  private let isUnitInterval: Bool

  /// - Parameters:
  ///   - isUnitInterval: whether values lie in [0, 1] once they are scaled: then they stay there.
  /// - Throws: ``DataError`` for a change that the samples cannot have: of places where they are rows, of the
  ///   sides of images where they are series or sounds.
  public init(
    _ augmentation: Augmentation, of dataset: Dataset, isUnitInterval: Bool, seed: UInt64
  ) throws(DataError) {
    self.augmentation = augmentation
    self.isUnitInterval = isUnitInterval
    random = Random(seed: seed, stream: .augmentation)
    let shape = dataset.sampleShape.dimensions
    let isTimed =
      switch dataset.form {
      case .series, .sounds: true
      case .images, nil: false
      }
    let isImage = !isTimed && (shape.count == 2 || shape.count == 3)
    let fault = augmentation.words.first { word, _ in
      word.isOfImages ? !isImage : word.isOfPlaces && !isImage && !isTimed
    }
    if let fault {
      throw DataError(
        place: "augmentation of \(dataset.origin)",
        expected: fault.word.isOfImages
          ? "images for \(fault.word.rawValue)"
          : "images, series or sounds for \(fault.word.rawValue)",
        found: isTimed ? "series of \(dataset.sampleShape)" : "samples of \(dataset.sampleShape)",
        remedy: "leave it out" + (isTimed ? "" : "; pictures must have their sides: [height, width]"))
    }
    guard !augmentation.binarizes || isUnitInterval else {
      throw DataError(
        place: "augmentation of \(dataset.origin)", expected: "values in [0, 1] for binarize",
        found: "values outside it after scaling", remedy: "choose the scaling min-max, or leave it out")
    }
    width = shape.last ?? 1
    height = isImage ? shape[shape.count - 2] : 1
    planes = dataset.sampleShape.count / max(1, width * height)
  }

  /// Writes a sample as it is changed at one place of an epoch's order. Allocates nothing.
  ///
  /// - Parameter source: a sample's values after scaling; a value that is missing stays so (NaN), and so does
  ///   what is made of one.
  public func write(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, epoch: Int, place: Int
  ) {
    let step = UInt32(truncatingIfNeeded: epoch)
    let move = Move(
      augmentation, height, width, random.bits(step: step, position: UInt64(place) * 2),
      random.bits(step: step, position: UInt64(place) * 2 + 1))
    for plane in 0..<planes {
      let start = plane * height * width
      if move.isExact {
        copy(source + start, to: target + start, move)
      } else {
        interpolate(source + start, to: target + start, move)
      }
    }
    if augmentation.noise > 0 { addNoise(to: target, step, place) }
    if augmentation.binarizes { binarize(target, step, place) }
  }

  /// Writes numbers of classes at the places of a picture, moved as the picture is: of the nearest place.
  ///
  /// - Parameter source: as many as a plane of the samples has places; NaN stays.
  public func writeClasses(
    _ source: UnsafePointer<Float>, into target: UnsafeMutablePointer<Float>, epoch: Int, place: Int
  ) {
    let step = UInt32(truncatingIfNeeded: epoch)
    let move = Move(
      augmentation, height, width, random.bits(step: step, position: UInt64(place) * 2),
      random.bits(step: step, position: UInt64(place) * 2 + 1))
    guard !move.isExact else { return copy(source, to: target, move) }
    for y in 0..<height {
      for x in 0..<width {
        let place = move.source(y, x, height, width)
        target[y * width + x] = source[Int(place.y.rounded()) * width + Int(place.x.rounded())]
      }
    }
  }

  private func copy(_ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ move: Move) {
    for y in 0..<height {
      let mirrored = move.isUpsideDown ? height - 1 - y : y
      let row = min(max(mirrored - move.down, 0), height - 1) * width
      for x in 0..<width {
        let mirrored = move.isMirrored ? width - 1 - x : x
        target[y * width + x] = source[row + min(max(mirrored - move.right, 0), width - 1)]
      }
    }
  }

  /// Bilinear.
  private func interpolate(
    _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ move: Move
  ) {
    for y in 0..<height {
      for x in 0..<width {
        let place = move.source(y, x, height, width)
        let (top, left) = (Int(place.y), Int(place.x))
        let (partY, partX) = (place.y - Float(top), place.x - Float(left))
        // Where nothing is taken of a neighbour, a gap in it must not spread.
        let (bottom, right) = (partY > 0 ? top + 1 : top, partX > 0 ? left + 1 : left)
        let above = source[top * width + left] * (1 - partX) + source[top * width + right] * partX
        let below = source[bottom * width + left] * (1 - partX) + source[bottom * width + right] * partX
        target[y * width + x] = above * (1 - partY) + below * partY
      }
    }
  }

  /// Draws of noise lie behind all those of moves.
  private static let noiseStart: UInt64 = 1 << 62
  private static let binaryStart: UInt64 = 3 << 61

  private func addNoise(to target: UnsafeMutablePointer<Float>, _ step: UInt32, _ place: Int) {
    let count = planes * height * width
    let blocks = (count + 3) / 4
    let deviation = Float(augmentation.noise)
    for block in 0..<blocks {
      let position = Augmenter.noiseStart + UInt64(place) * UInt64(blocks) + UInt64(block)
      let draws = random.normals(step: step, block: position)
      for index in (4 * block)..<min(4 * block + 4, count) {
        let value = target[index] + deviation * draws[index - 4 * block]
        // A value that is missing is no number on either side.
        target[index] = isUnitInterval && !value.isNaN ? min(max(value, 0), 1) : value
      }
    }
  }
}

extension Augmenter {
  /// Each value becomes 1 with the probability that it is: Salakhutdinov and Murray 2008, anew in every epoch
  /// as Burda et al. 2016 have it.
  private func binarize(_ target: UnsafeMutablePointer<Float>, _ step: UInt32, _ place: Int) {
    let count = planes * height * width
    let blocks = (count + 3) / 4
    for block in 0..<blocks {
      let position = Augmenter.binaryStart + UInt64(place) * UInt64(blocks) + UInt64(block)
      let bits = random.bits(step: step, position: position)
      for index in (4 * block)..<min(4 * block + 4, count) where !target[index].isNaN {
        let draw = Float(bits[index - 4 * block] >> 8) * 0x1p-24
        target[index] = draw < target[index] ? 1 : 0
      }
    }
  }
}

/// Where the values of a changed sample come from.
private struct Move {
  let isMirrored: Bool
  let isUpsideDown: Bool
  let down: Int
  let right: Int
  private let cosine: Float
  private let sine: Float
  /// The part of each side that is left, and where it begins.
  private let scale: Float
  private let top: Float
  private let left: Float

  init(
    _ augmentation: Augmentation, _ height: Int, _ width: Int, _ first: SIMD4<UInt32>,
    _ second: SIMD4<UInt32>
  ) {
    func unit(_ word: UInt32) -> Double { Double(word >> 8) * 0x1p-24 }
    func moved(_ word: UInt32) -> Int {
      Int((UInt64(word) * UInt64(2 * augmentation.shift + 1)) >> 32) - augmentation.shift
    }
    down = height > 1 ? moved(first.x) : 0
    right = moved(first.y)
    isMirrored = augmentation.flips && first.z & 0x8000_0000 != 0
    isUpsideDown = augmentation.flipsVertically && first.z & 0x4000_0000 != 0
    let angle = (2 * unit(first.w) - 1) * augmentation.rotation * Double.pi / 180
    (cosine, sine) = (Float(angle.cosine), Float(angle.sine))
    let cut = unit(second.x) * augmentation.crop
    scale = Float(1 - cut)
    top = Float(unit(second.y) * cut * Double(height))
    left = Float(unit(second.z) * cut * Double(width))
    isExact = augmentation.rotation == 0 && augmentation.crop == 0
  }

  /// Whether every value is one of the sample's.
  let isExact: Bool

  /// The place within the sample that lands on a pixel.
  func source(_ y: Int, _ x: Int, _ height: Int, _ width: Int) -> (y: Float, x: Float) {
    let (middleY, middleX) = (Float(height - 1) / 2, Float(width - 1) / 2)
    let fromY = Float((isUpsideDown ? height - 1 - y : y) - down) - middleY
    let fromX = Float((isMirrored ? width - 1 - x : x) - right) - middleX
    let turnedY = cosine * fromY - sine * fromX + middleY
    let turnedX = sine * fromY + cosine * fromX + middleX
    // Pixels are squares: the middle of the first lies half a pixel inside.
    let sourceY = height > 1 ? top + (turnedY + 0.5) * scale - 0.5 : 0
    let sourceX = left + (turnedX + 0.5) * scale - 0.5
    return (
      min(max(sourceY, 0), Float(height - 1)), min(max(sourceX, 0), Float(width - 1))
    )
  }
}
