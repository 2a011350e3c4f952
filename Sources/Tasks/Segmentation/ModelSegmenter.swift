import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// Masks of pictures by a model that was trained with such.
public struct ModelSegmenter {
  private let predictions: HeadPrediction
  /// The model's own size.
  private let height: Int
  private let width: Int
  /// Classes, the background first.
  public var classes: [String] { predictions.head.classes }

  /// - Throws: `TrainingError` for a model that tells no masks; `DataError` for samples of another kind.
  public init(_ model: Model, on dataset: Dataset, threads: Int = Team.processors) throws {
    let all = try HeadPrediction.all(model, on: dataset, threads: threads)
    guard let own = all.first(where: { $0.head.isPicture }) else {
      throw TrainingError(
        place: "segment", expected: "a model that was trained with masks", found: "one that tells none",
        remedy: "train one with --mask FOLDER")
    }
    predictions = own
    (height, width) = (own.head.shape[0], own.head.shape[1])
  }

  /// The likeliest class of each pixel of a picture of other sides: probabilities are brought to its size
  /// first, bilinearly between the middles of pixels.
  public func classes(_ sample: Int, height newHeight: Int, width newWidth: Int) -> PixelLabels {
    let shares = (0..<(height * width)).map { predictions.probabilities(sample, place: $0) }
    let (rows, columns) = (
      ModelSegmenter.places(newHeight, of: height), ModelSegmenter.places(newWidth, of: width)
    )
    var values: [Int32] = []
    values.reserveCapacity(newHeight * newWidth)
    for row in rows {
      for column in columns {
        let corners = [
          shares[row.first * width + column.first], shares[row.first * width + column.second],
          shares[row.second * width + column.first], shares[row.second * width + column.second],
        ]
        let parts = [
          (1 - row.part) * (1 - column.part), (1 - row.part) * column.part, row.part * (1 - column.part),
          row.part * column.part,
        ]
        var (best, greatest) = (0, -1.0)
        for level in classes.indices {
          let share = zip(corners, parts).reduce(0) { $0 + $1.0[level] * $1.1 }
          if share > greatest { (best, greatest) = (level, share) }
        }
        values.append(Int32(best))
      }
    }
    return PixelLabels(width: newWidth, height: newHeight, values)
  }

  /// The two old places that a new one lies between, and how far behind the first.
  private static func places(_ count: Int, of old: Int) -> [(first: Int, second: Int, part: Double)] {
    (0..<count).map { place in
      let middle = (Double(place) + 0.5) * Double(old) / Double(count) - 0.5
      let held = min(max(middle, 0), Double(old - 1))
      let first = Int(held)
      return (first, min(first + 1, old - 1), held - Double(first))
    }
  }
}
