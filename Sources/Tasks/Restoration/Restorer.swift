public import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
public import HourglassTraining

/// Gives back pictures of any size as a model of images makes them, tile by tile.
///
/// A model that learned from degraded samples (`Corruption`) restores what its training degraded. A network
/// whose weights do not depend on the sides of its input is run on tiles of several times its own, of at most
/// ``Restorer/usualSide`` pixels a side where nothing is said; another on tiles of its own size.
///
/// A model of one channel restores each channel of a picture by itself; a picture of one channel is given to
/// a model of three as three alike, of which the mean is taken.
public struct Restorer: Sendable {
  /// Sides of a tile, where the network takes such.
  public static let usualSide = 128
  /// Tiles that are computed together, at most so many values.
  private static let valuesTogether = 1 << 22

  private let model: Model
  private let autoencoder: Autoencoder
  private let channels: Int
  /// Bits of a channel that the model reads.
  public let bits: Int
  /// Height and width of a tile.
  public let tile: (height: Int, width: Int)
  /// How far tiles lie over each other.
  public let overlap: (height: Int, width: Int)
  private let threads: Int

  /// - Parameters:
  ///   - side: of the tiles; nil: of ``usualSide`` pixels or less where the network takes them, else its own.
  ///   - overlap: in pixels; nil: a quarter of the side, or half of it where the network takes its own alone.
  /// - Throws: `DataError` for a model of something else than images, a side that its network cannot have,
  ///   and an overlap that leaves nothing between.
  public init(
    _ model: Model, side: Int? = nil, overlap: Int? = nil, threads: Int = Team.processors
  ) throws {
    let input = model.autoencoder.architecture.input.dimensions
    let sides = input.count == 2 ? [1] + input : input
    guard sides.count == 3, [1, 3].contains(sides[0]), Restorer.readsLevels(model) else {
      throw DataError(
        place: "restore", expected: "a model of images of levels, in one channel or three",
        found: "one of samples \(model.autoencoder.architecture.input)",
        remedy: "use 'hourglass denoise' for samples of its own size")
    }
    self.model = model
    self.threads = threads
    channels = sides[0]
    bits = model.preparation.element == .uint16 ? 16 : 8
    let chosen = try Restorer.network(of: model, own: (sides[1], sides[2]), side: side)
    (autoencoder, tile) = (chosen.autoencoder, chosen.tile)
    let part = chosen.takesOthers ? 4 : 2
    let given = (height: overlap ?? tile.height / part, width: overlap ?? tile.width / part)
    guard given.height >= 0, given.width >= 0, 2 * given.height <= tile.height, 2 * given.width <= tile.width
    else {
      throw DataError(
        place: "overlap", expected: "at most half of a tile's side, \(min(tile.height, tile.width) / 2)",
        found: "\(overlap ?? 0)", remedy: "choose less")
    }
    self.overlap = given
  }

  /// The network with the tiles that it is run on, and whether it could take others.
  private static func network(
    of model: Model, own: (height: Int, width: Int), side: Int?
  ) throws -> (autoencoder: Autoencoder, tile: (height: Int, width: Int), takesOthers: Bool) {
    let input = model.autoencoder.architecture.input.dimensions
    func network(_ height: Int, _ width: Int) -> Autoencoder? {
      guard !model.preparation.scaling.isPerFeature else { return nil }
      return model.autoencoder.reading(Shape(input.dropLast(2) + [height, width]))
    }
    let takesOthers = network(2 * own.height, 2 * own.width) != nil
    if let side {
      guard let other = (side, side) == own ? model.autoencoder : network(side, side) else {
        throw DataError(
          place: "tile",
          expected: "a side that the network can have, such as its own, \(own.height)x\(own.width)",
          found: "\(side)", remedy: "choose a multiple of its own, of a network of convolutions alone")
      }
      return (other, (side, side), takesOthers)
    }
    let times = max(1, usualSide / max(own.height, own.width))
    let larger = (height: own.height * times, width: own.width * times)
    if times > 1, let other = network(larger.height, larger.width) { return (other, larger, takesOthers) }
    return (model.autoencoder, own, takesOthers)
  }

  /// Whether its samples are levels of pixels, which files of pictures hold.
  private static func readsLevels(_ model: Model) -> Bool {
    if case .images = model.preparation.form { return true }
    return [.uint8, .uint16].contains(model.preparation.element)
  }

  /// The picture as the model makes it, in the same channels.
  ///
  /// - Parameter missing: the places that alone are restored, `[height, width]`: the network is given in
  ///   their place what training hides by, 0 after scaling, and all others stay as they are. Nil: all.
  /// - Throws: `TrainingError` of a model that asks for classes.
  public func restore(_ picture: PicturePlanes, missing: [Bool]? = nil) throws -> PicturePlanes {
    let area = picture.height * picture.width
    var given = picture.values
    if let missing {
      precondition(missing.count == area, "Restorer: a mask of \(missing.count) places for \(area)")
      let hidden = model.preparation.scaling.undo(Tensor([1], [0])).values[0]
      for index in given.indices where missing[index % area] { given[index] = hidden }
    }
    let scale = (bits == 16 ? 65_535 : 255) / picture.peak
    if scale != 1 { given = given.map { $0 * scale } }
    var made: [Float]
    switch (picture.channels, channels) {
    case (let own, let needed) where own == needed: made = try restored(given, picture)
    case (_, 1):
      made = try stride(from: 0, to: given.count, by: area).flatMap {
        try restored(Array(given[$0..<($0 + area)]), picture)
      }
    default:
      let all = try restored(given + given + given, picture)
      made = (0..<area).map { (all[$0] + all[area + $0] + all[2 * area + $0]) / 3 }
    }
    if scale != 1 { made = made.map { $0 / scale } }
    if let missing {
      for index in made.indices where !missing[index % area] { made[index] = picture.values[index] }
    }
    return picture.with(made)
  }

  /// Of as many channels as the model has.
  private func restored(_ values: [Float], _ picture: PicturePlanes) throws -> [Float] {
    let tiling = Tiling(height: picture.height, width: picture.width, tile: tile, overlap: overlap)
    let size = channels * tile.height * tile.width
    let together = max(1, min(tiling.count, Restorer.valuesTogether / size))
    let part = PreparedPart(
      model, autoencoder, .reconstruct, rows: together, gaps: false, threads: threads)
    var blend = Blend(tiling, channels: channels)
    for start in stride(from: 0, to: tiling.count, by: together) {
      let numbers = start..<min(start + together, tiling.count)
      var tiles: [Float] = []
      tiles.reserveCapacity(numbers.count * size)
      for number in numbers { append(number, of: tiling, values, picture, to: &tiles) }
      let shape = autoencoder.architecture.input.batch(numbers.count)
      let dataset = try Dataset(Tensor(shape, tiles), hasGaps: false, origin: "tiles")
      let outputs = try part.outputs(dataset).values
      let undone = model.preparation.scaling.undo(Tensor(shape, outputs)).values
      for (place, number) in numbers.enumerated() {
        blend.add(undone[(place * size)..<((place + 1) * size)], number)
      }
    }
    return blend.values(height: picture.height, width: picture.width)
  }

  private func append(
    _ number: Int, of tiling: Tiling, _ values: [Float], _ picture: PicturePlanes, to tiles: inout [Float]
  ) {
    let (top, left) = tiling.place(number)
    let columns = (left..<(left + tile.width)).map { mirrored($0, picture.width) }
    for channel in 0..<channels {
      for y in top..<(top + tile.height) {
        let row = (channel * picture.height + mirrored(y, picture.height)) * picture.width
        for column in columns { tiles.append(values[row + column]) }
      }
    }
  }
}

/// Weighted sums of tiles where they lie over each other.
private struct Blend {
  private let tiling: Tiling
  private let channels: Int
  private var sums: [Float]
  private var weights: [Float]

  init(_ tiling: Tiling, channels: Int) {
    (self.tiling, self.channels) = (tiling, channels)
    let area = tiling.height * tiling.width
    sums = Array(repeating: 0, count: channels * area)
    weights = Array(repeating: 0, count: area)
  }

  mutating func add(_ values: ArraySlice<Float>, _ number: Int) {
    let ((top, left), (rows, columns)) = (tiling.place(number), tiling.weights(number))
    let (height, width) = tiling.tile
    for y in 0..<height where rows[y] > 0 {
      for x in 0..<width where columns[x] > 0 {
        let place = (top + y) * tiling.width + left + x
        let weight = rows[y] * columns[x]
        weights[place] += weight
        for channel in 0..<channels {
          let value = values[values.startIndex + (channel * height + y) * width + x]
          sums[channel * tiling.height * tiling.width + place] += weight * value
        }
      }
    }
  }

  /// The means, of the picture alone.
  func values(height: Int, width: Int) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(channels * height * width)
    for channel in 0..<channels {
      for y in 0..<height {
        let row = y * tiling.width
        let start = channel * tiling.height * tiling.width + row
        for x in 0..<width { result.append(sums[start + x] / weights[row + x]) }
      }
    }
    return result
  }
}
