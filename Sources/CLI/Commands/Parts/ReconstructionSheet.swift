import Hourglass

/// Some originals, and below each its reconstruction, as one picture.
struct ReconstructionSheet {
  /// Pixels that the picture may be wide.
  private static let width = 1024
  private static let most = 16

  private let samples: Dataset
  private let originals: [Picture]
  private let range: ClosedRange<Float>

  /// Nil where samples are no pictures: `[height, width]`, or with one or three planes in front.
  init?(of dataset: Dataset) {
    let shape = dataset.sampleShape
    guard shape.rank >= 2, let side = shape.dimensions.last, side > 0 else { return nil }
    let count = max(1, min(ReconstructionSheet.most, ReconstructionSheet.width / (side + 2)))
    samples = dataset.spread(over: count)
    let values = samples.tensor.values
    let finite = values.filter(\.isFinite)
    let lowest = min(0, finite.min() ?? 0)
    range = lowest...max(lowest + .leastNormalMagnitude, finite.max() ?? 1)
    let pictures = ReconstructionSheet.pictures(values, shape, range)
    guard let pictures else { return nil }
    originals = pictures
  }

  private static func pictures(
    _ values: [Float], _ shape: Shape, _ range: ClosedRange<Float>
  ) -> [Picture]? {
    var pictures: [Picture] = []
    for start in stride(from: 0, to: values.count, by: shape.count) {
      let sample = values[start..<(start + shape.count)]
      guard let picture = Picture(sample, shape: shape.dimensions, range: range) else { return nil }
      pictures.append(picture.shrunk(toWidth: width))
    }
    return pictures
  }

  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  func picture(of model: Model, threads: Int) throws -> Raster? {
    let reconstructions = try model.reconstruct(samples, threads: threads).values
    return ReconstructionSheet.pictures(reconstructions, samples.sampleShape, range).map {
      PictureSheet.pixels(
        of: [originals, $0], isColoured: samples.sampleShape.rank == 3 && samples.sampleShape[0] == 3)
    }
  }
}
