import HourglassFormats
import HourglassTensor

/// Pictures of any size that samples are windows of.
///
/// While training the windows move at random within their pictures: see ``PatchMoves``.
public struct Patches: Sendable {
  /// A picture within ``levels``, `[channels, height, width]` from `offset` on.
  struct Picture: Sendable {
    let offset: Int
    let height: Int
    let width: Int
  }

  /// Where a row of the samples lies.
  struct Place: Sendable {
    let picture: Int
    let top: Int
    let left: Int
  }

  /// Of all pictures, one behind the other: bytes or numbers of 16 bits.
  let levels: Tensor
  let pictures: [Picture]
  let places: [Place]
  let channels: Int
  let height: Int
  let width: Int

  /// The windows of a picture along one side: side by side, the last where the picture ends.
  static func starts(_ count: Int, _ side: Int) -> [Int] {
    guard count > side else { return [0] }
    let starts = Array(stride(from: 0, to: count - side, by: side))
    return starts + [count - side]
  }

  /// Copies the values of a window out of the pictures.
  func read(
    _ place: Place, into target: UnsafeMutablePointer<Float>
  ) {
    levels.withBytes { bytes in
      guard let base = bytes.baseAddress else { return }
      if levels.element == .uint16 {
        copy(place, from: base.assumingMemoryBound(to: UInt16.self), into: target)
      } else {
        copy(place, from: base.assumingMemoryBound(to: UInt8.self), into: target)
      }
    }
  }

  private func copy<Level: PixelLevel>(
    _ place: Place, from base: UnsafePointer<Level>, into target: UnsafeMutablePointer<Float>
  ) {
    let picture = pictures[place.picture]
    for channel in 0..<channels {
      for y in 0..<height {
        let row =
          picture.offset + (channel * picture.height + place.top + y) * picture.width + place.left
        let start = (channel * height + y) * width
        for x in 0..<width { target[start + x] = Float(base[row + x]) }
      }
    }
  }
}

/// Moves the windows of pictures at random, anew in every epoch: by up to half of their sides each way, as
/// far as the picture goes, so that in time every part of it is seen in every place.
///
/// Where a window lies is a pure function of the seed, the epoch and the sample's place in the epoch's order:
/// the same on any number of threads, and after a training that was resumed.
public struct PatchMoves: Sendable {
  private let patches: Patches
  private let scaling: Scaling
  private let random: Random

  /// - Returns: nil for samples that are no windows of pictures.
  public init?(of dataset: Dataset, scaling: Scaling, seed: UInt64) {
    guard let patches = dataset.patches else { return nil }
    (self.patches, self.scaling) = (patches, scaling)
    random = Random(seed: seed, stream: .patches)
  }

  /// Writes the scaled values of a row's window where it lies in this epoch. Allocates nothing.
  ///
  /// - Parameters:
  ///   - row: of the data set's ``Dataset/samples``.
  ///   - scratch: room for the values of a sample.
  public func write(
    row: Int, into target: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, epoch: Int,
    place: Int
  ) {
    patches.read(moved(row: row, epoch: epoch, place: place), into: scratch)
    let count = patches.channels * patches.height * patches.width
    scaling.write(Values<Float>(pointer: UnsafeRawPointer(scratch), count: count), into: target)
  }

  func moved(row: Int, epoch: Int, place: Int) -> Patches.Place {
    let bits = random.bits(step: UInt32(truncatingIfNeeded: epoch), position: UInt64(place))
    let home = patches.places[row]
    let picture = patches.pictures[home.picture]
    func move(_ start: Int, _ side: Int, _ count: Int, _ word: UInt32) -> Int {
      let (first, last) = (max(0, start - side / 2), min(count - side, start + side / 2))
      return first + Int((UInt64(word) * UInt64(last - first + 1)) >> 32)
    }
    return Patches.Place(
      picture: home.picture, top: move(home.top, patches.height, picture.height, bits.x),
      left: move(home.left, patches.width, picture.width, bits.y))
  }
}
