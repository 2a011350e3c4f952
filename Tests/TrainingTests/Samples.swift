import Foundation
import Hourglass
import HourglassTestSupport

/// Small data sets for trainings of milliseconds.
enum Samples {
  /// Gaussian rows that `rank` directions explain but for noise of the deviation given.
  static func flat(
    _ rows: Int, _ width: Int, rank: Int, noise: Float = 0, seed: UInt64 = 1
  ) throws -> Dataset {
    let axes = Draws.normal(rank * width, seed: seed)
    let places = Draws.normal(rows * rank, seed: seed + 1)
    let rest = Draws.normal(rows * width, seed: seed + 2)
    let values = (0..<(rows * width)).map { index in
      let (row, column) = (index / width, index % width)
      return (0..<rank).reduce(noise * rest[index]) {
        $0 + places[row * rank + $1] * axes[$1 * width + column]
      }
    }
    return try Dataset(Tensor([rows, width], values), origin: "flat")
  }

  /// Values in [0, 1).
  static func unit(_ rows: Int, _ width: Int, seed: UInt64 = 1) throws -> Dataset {
    try Dataset(Tensor([rows, width], Draws.uniform(rows * width, seed: seed)), origin: "unit")
  }

  /// A tensor of its own with the rows that belong to a data set.
  static func copy(_ dataset: Dataset) throws -> Dataset {
    try Dataset(dataset.tensor(0..<dataset.count), origin: dataset.origin)
  }

  /// Values as they are.
  static let unscaled = Scaling.Kind.none
}

extension Trainer {
  /// Runs all that the recipe asks for.
  @discardableResult
  func finish() throws -> [Epoch] {
    while try nextEpoch() != nil {}
    return epochs
  }
}

/// A folder of its own that is gone when the test is.
final class Folder {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("hourglass-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    path = url.path
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String) -> String { path + "/" + name }

  static func bytes(_ path: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path)))
  }
}

extension Model {
  /// The bytes of its file.
  func bytes() throws -> [UInt8] {
    let folder = try Folder()
    try write(to: folder.file("model.safetensors"))
    return try Folder.bytes(folder.file("model.safetensors"))
  }
}

/// What `body` throws, in words; "" for nothing.
func complaint(_ body: () throws -> Void) -> String {
  do {
    try body()
    return ""
  } catch {
    return "\(error)"
  }
}
