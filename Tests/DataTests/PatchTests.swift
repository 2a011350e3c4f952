import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite("Windows of pictures")
struct PatchTests {
  /// Pictures whose level tells the row and, in the second channel, the column.
  private func folder(_ sizes: [(height: Int, width: Int)]) throws -> String {
    let folder = FileManager.default.temporaryDirectory.path + "/patches-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for (number, size) in sizes.enumerated() {
      var pixels: [UInt8] = []
      for index in 0..<(size.height * size.width) {
        pixels += [UInt8(index / size.width), UInt8(index % size.width), UInt8(number)]
      }
      let bytes = try PNG.encode(pixels: pixels, width: size.width, height: size.height, channels: 3)
      try Data(bytes).write(to: URL(fileURLWithPath: folder + "/\(number).png"))
    }
    return folder
  }

  private func open(_ folder: String, patch: [Int], channels: Int? = nil) throws -> Dataset {
    var options = SourceOptions()
    (options.patch, options.channels) = (patch, channels)
    return try Source.open(folder, options: options)
  }

  @Test("stand side by side, the last at the edge, under the names of their places")
  func places() throws {
    let folder = try folder([(20, 30), (8, 8)])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let dataset = try open(folder, patch: [8])
    #expect(dataset.count == 3 * 4 + 1 && dataset.sampleShape == [3, 8, 8])
    let tops = [0, 8, 12]
    let lefts = [0, 8, 16, 22]
    for row in 0..<12 {
      let values = dataset.tensor(row..<(row + 1)).values
      let (top, left) = (tops[row / 4], lefts[row % 4])
      #expect(values[0] == Float(top) && values[63] == Float(top + 7))
      #expect(values[64] == Float(left) && values[127] == Float(left + 7) && values[128] == 0)
    }
    #expect(dataset.orderedNames?[5] == "0-00008-00008" && dataset.orderedNames?[12] == "1-00000-00000")
    // A model cuts more of them in the same way.
    let preparation = try Preparation.fitted(to: dataset)
    let again = try Source.open(folder, options: SourceOptions(preparation))
    #expect(again.tensor.values == dataset.tensor.values)
    let stored = try JSONEncoder().encode(dataset.form)
    #expect(try JSONDecoder().decode(SampleForm?.self, from: stored) == dataset.form)
    #expect(
      message { _ = try self.open(folder, patch: [9, 9]) }.contains("a picture of at least 9x9, the patches"))
  }

  @Test("are held out by whole pictures")
  func split() throws {
    let folder = try folder([(16, 16), (16, 16), (16, 24), (40, 40)])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let dataset = try open(folder, patch: [8])
    let split = try dataset.split(holdingOut: 0.2, by: nil, seed: 3)
    func pictures(_ part: Dataset) -> Set<Float> {
      Set((0..<part.count).map { part.tensor($0..<($0 + 1)).values[128] })
    }
    #expect(split.manner == .group && pictures(split.held).isDisjoint(with: pictures(split.training)))
    #expect(pictures(split.held).union(pictures(split.training)).count == 4)
  }

  @Test(
    "move by up to half of their sides within their picture, anew in every epoch, by seed and place alone")
  func moves() throws {
    let folder = try folder([(20, 30), (8, 8)])
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let dataset = try open(folder, patch: [8])
    let scaling = Scaling(.by255, shift: [0], scale: [1 / 255], isUnitInterval: true)
    let moves = try #require(PatchMoves(of: dataset, scaling: scaling, seed: 4))
    var seen: Set<[Int]> = []
    for epoch in 0..<60 {
      let place = moves.moved(row: 5, epoch: epoch, place: 9)
      #expect((4...12).contains(place.top) && (4...12).contains(place.left))
      #expect(moves.moved(row: 5, epoch: epoch, place: 9).top == place.top)
      seen.insert([place.top, place.left])
      let corner = moves.moved(row: 0, epoch: epoch, place: epoch)
      #expect((0...4).contains(corner.top) && (0...4).contains(corner.left))
      let whole = moves.moved(row: 12, epoch: epoch, place: epoch)
      #expect(whole.top == 0 && whole.left == 0 && whole.picture == 1)
    }
    #expect(seen.count > 30)
    var (target, scratch) = ([Float](repeating: 0, count: 192), [Float](repeating: 0, count: 192))
    moves.write(row: 5, into: &target, scratch: &scratch, epoch: 7, place: 9)
    let place = moves.moved(row: 5, epoch: 7, place: 9)
    #expect(
      abs(target[0] - Float(place.top) / 255) < 1e-6 && abs(target[64] - Float(place.left) / 255) < 1e-6)
    #expect(
      try PatchMoves(of: Dataset(Tensor([1, 2], [0, 1]), origin: "made"), scaling: scaling, seed: 1) == nil)
  }
}
