import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Every value of these series is there once, so two samples share a value where their values say so.
@Suite("Holding out")
struct HoldOutTests {
  private let folder: Folder

  init() throws { folder = try Folder() }

  /// Windows of series of these lengths: one in a table, several in a file of cases.
  private func windows(_ lengths: [Int], of window: Int, every stride: Int = 1) throws -> Dataset {
    var options = SourceOptions()
    (options.window, options.stride) = (window, stride)
    let series = lengths.indices.map { index in (0..<lengths[index]).map { "\(1000 * index + $0)" }
    }
    let text =
      lengths.count == 1
      ? series[0].joined(separator: "\n")
      : "@data\n" + series.map { $0.joined(separator: ",") + "\n" }.joined()
    let path = folder.write(Array(text.utf8), lengths.count == 1 ? "one.csv" : "many.ts")
    return try Source.open(path, options: options)
  }

  private func values(_ dataset: Dataset) -> Set<Float> { Set(dataset.tensor.values) }

  private func isShared(_ split: Split) -> Bool {
    !values(split.training).isDisjoint(with: values(split.held))
  }

  @Test("windows of one series are held out by time, and no value stands in both parts")
  func last() throws {
    for (length, window, stride) in [
      (400, 12, 1), (400, 12, 5), (400, 12, 12), (60, 20, 1), (400, 7, 9),
    ] {
      let whole = try windows([length], of: window, every: stride)
      let split = try whole.split(holdingOut: 0.1, by: nil, seed: 3)
      #expect(split.manner == .last && !split.sharesValues)
      #expect(!isShared(split), "\(length) steps, \(window) every \(stride)")
      #expect(split.held.count == max(1, Int((Double(whole.count) * 0.1).rounded())))
      #expect(split.held.rows?.last == UInt32(whole.count - 1))
      // No more is left out than must be: one window more in training would share a value.
      let first = try #require(split.training.rows?.last) + 1
      let more = whole.subset(try #require(split.training.rows) + [first])
      #expect(!values(more).isDisjoint(with: values(split.held)))
      #expect(split.training.count + split.leftOut + split.held.count == whole.count)
      #expect(try whole.split(holdingOut: 0.1, seed: 3).held.rows == split.held.rows)
      #expect(split.held.holdOut == .last)
    }
  }

  @Test("windows of many series are held out by whole ones")
  func groups() throws {
    let lengths = (0..<30).map { 20 + $0 % 7 }
    let whole = try windows(lengths, of: 6)
    var seen: Set<[UInt32]> = []
    for seed in 1...8 {
      let split = try whole.split(holdingOut: 0.1, by: nil, seed: UInt64(seed))
      #expect(split.manner == .group && split.leftOut == 0 && !split.sharesValues)
      #expect(!isShared(split))
      let series = Set(split.held.tensor.values.map { Int($0) / 1000 })
      #expect(series.count == split.groups?.held && split.groups?.count == 30)
      let held = series.reduce(0) { $0 + lengths[$1] - 5 }
      #expect(split.held.count == held)
      // A series has 18 windows at most: the last one taken brought it nearer.
      #expect(abs(held - whole.count / 10) <= 10)
      seen.insert(split.held.rows ?? [])
    }
    #expect(seen.count > 4, "other seeds hold out others")
  }

  @Test("of a few series the last of each is held out where whole ones would be too much")
  func few() throws {
    let whole = try windows([200, 300], of: 10)
    let split = try whole.split(holdingOut: 0.1, by: nil, seed: 1)
    #expect(split.manner == .last && !isShared(split))
    // 19 of 191 windows, 29 of 291, and before each nine are left out.
    #expect(split.held.count == 48 && split.leftOut == 18)
    let grouped = try whole.split(holdingOut: 0.1, by: .group, seed: 1)
    #expect(grouped.held.count == 191 && !isShared(grouped))
  }

  @Test("a series too short for that is held out at random, which is said")
  func short() throws {
    let whole = try windows([25], of: 20)
    let split = try whole.split(holdingOut: 0.2, by: nil, seed: 1)
    #expect(split.manner == .random && split.sharesValues && isShared(split))
    let refused = message { _ = try whole.split(holdingOut: 0.2, by: .last, seed: 1) }
    #expect(
      refused.contains("one.csv: expected series long enough")
        && refused.contains("found at most 25 steps"))
    #expect(
      message { _ = try whole.split(holdingOut: 0.2, by: .group, seed: 1) }.contains(
        "windows of one series"))
  }

  @Test("at random windows come to share values, which is known exactly")
  func random() throws {
    for seed in 1...5 {
      let near = try windows([60], of: 5, every: 4).split(
        holdingOut: 0.3, by: .random, seed: UInt64(seed))
      #expect(near.sharesValues == isShared(near) && near.sharesValues)
      let apart = try windows([60], of: 5, every: 5).split(
        holdingOut: 0.3, by: .random, seed: UInt64(seed))
      #expect(!apart.sharesValues && !isShared(apart))
    }
  }

  @Test("samples that stand alone are held out at random, or the last rows of them")
  func rows() throws {
    let table = try Dataset(Tensor([20, 1], (0..<20).map(Float.init)), origin: "table")
    #expect(try table.split(holdingOut: 0.2, by: nil, seed: 4).manner == .random)
    let last = try table.split(holdingOut: 0.2, by: .last, seed: 4)
    #expect(last.held.rows == [16, 17, 18, 19] && last.training.count == 16 && last.groups == nil)
    #expect(
      message { _ = try table.split(holdingOut: 0.2, by: .group, seed: 4) }.contains(
        "each stand alone"))
    // Rows of one class stay together.
    let classes = try table.labelled((0..<20).map { Int32($0 % 7) }).split(
      holdingOut: 0.3, by: .group, seed: 4)
    #expect(classes.groups?.count == 7 && classes.groups?.held == 2 && classes.leftOut == 0)
    let sides = [classes.training, classes.held].map { Set($0.orderedLabels ?? []) }
    #expect(sides[0].isDisjoint(with: sides[1]))
    // Series that are filled up are whole ones.
    let path = folder.write(Array("@data\n1,2,3\n4,5\n6,7,8\n9,10\n".utf8), "whole.ts")
    let split = try Source.open(path).split(holdingOut: 0.25, by: nil, seed: 1)
    #expect(split.manner == .random && split.leftOut == 0 && split.groups == nil)
  }

  @Test("a part of windows in another order is held out as well")
  func subset() throws {
    let whole = try windows([100], of: 5)
    let turned = whole.subset((0..<96).map { UInt32(95 - $0) })
    let split = try turned.split(holdingOut: 0.1, by: nil, seed: 1)
    #expect(split.manner == .last && !isShared(split))
    #expect(split.held.rows == (0..<10).map { UInt32(95 - $0) })
  }
}
