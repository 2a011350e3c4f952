import Foundation
import HourglassFormats
import HourglassTensor
import Testing

@testable import HourglassData

/// Images of files that are decoded by several threads, in memory or into a copy.
@Suite("Decoding")
struct DecodingTests {
  /// More files than a thread takes at a time, each of its own colour; some of another size.
  private func fill(_ folder: Folder, _ count: Int = 50, bad: Set<Int> = []) throws -> String {
    try FileManager.default.createDirectory(atPath: folder("images"), withIntermediateDirectories: true)
    for number in 0..<count {
      let (height, width) = number % 3 == 0 ? (7, 9) : (4, 4)
      let pixels = (0..<(height * width * 3)).map { UInt8(($0 * number + number) % 251) }
      var bytes = try PNG.encode(pixels: pixels, width: width, height: height, channels: 3)
      // A head that is whole and pixels that are not.
      if bad.contains(number) { bytes.removeLast(30) }
      _ = folder.write(bytes, "images/\(100 + number).png")
    }
    return folder("images")
  }

  private func opening(threads: Int, limit: Int = .max, skips: Bool = false) -> Opening {
    var options = SourceOptions()
    (options.height, options.width, options.channels) = (4, 5, 3)
    (options.threads, options.skipsBadFiles) = (threads, skips)
    var opening = Opening(options: options)
    opening.largestLoaded = limit
    return opening
  }

  @Test("every number is called once, whatever the threads", arguments: [1, 2, 3, 8])
  func workers(threads: Int) {
    for count in [0, 1, 2, 7, 100] {
      let calls = UnsafeMutableBufferPointer<Int>.allocate(capacity: max(1, count))
      calls.initialize(repeating: 0)
      defer { calls.deallocate() }
      Workers.forEach(count, threads: threads) { calls[$0] += $0 + 1 }
      #expect((0..<count).allSatisfy { calls[$0] == $0 + 1 })
    }
  }

  @Test("samples are the same on any number of threads, and in a copy")
  func same() throws {
    let folder = try Folder()
    let path = try fill(folder)
    let cache = Cache(folders: [folder("cache")], notice: { _ in })
    let one = try Source.open(path, opening(threads: 1), cache)
    #expect(one.samples.shape == [50, 3, 4, 5] && one.samples.element == .uint8)
    #expect(try Source.open(path, opening(threads: 3), cache).samples == one.samples)
    #expect(!FileManager.default.fileExists(atPath: folder("cache")))
    let copied = try Source.open(path, opening(threads: 3, limit: 0), cache)
    #expect(copied.samples == one.samples && copied.form == one.form)
    #expect(copied.sampleNames == one.sampleNames)
    let copies = try FileManager.default.contentsOfDirectory(atPath: folder("cache"))
    #expect(copies.count == 1)
    // The copy is used, not made again, until a file changes.
    #expect(try Source.open(path, opening(threads: 2, limit: 0), cache).samples == one.samples)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder("cache")) == copies)
    let other = try PNG.encode(
      pixels: [UInt8](repeating: 9, count: 48), width: 4, height: 4, channels: 3)
    _ = folder.write(other, "images/101.png")
    let changed = try Source.open(path, opening(threads: 2, limit: 0), cache)
    #expect(changed.samples != one.samples && changed.samples[1..<2].values.allSatisfy { $0 == 9 })
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder("cache")).count == 2)
  }

  @Test("files at fault end it by name, or leave no hole", arguments: [Int.max, 0])
  func faults(limit: Int) throws {
    let folder = try Folder()
    let path = try fill(folder, bad: [0, 17, 18, 49])
    var notices: [String] = []
    let cache = Cache(folders: [folder("cache")], notice: { notices.append($0) })
    let refused = message { _ = try Source.open(path, opening(threads: 3, limit: limit), cache) }
    #expect(refused.contains("images/100.png") && refused.contains("--skip-bad"), "\(refused)")
    let other = try Folder()
    let all = try Source.open(try fill(other), opening(threads: 1), cache)
    for _ in 0..<2 {
      notices = []
      let left = try Source.open(path, opening(threads: 3, limit: limit, skips: true), cache)
      #expect(left.count == 46 && left.sampleNames?.first == "101.png")
      let good = (0..<50).filter { ![0, 17, 18, 49].contains($0) }
      #expect(left.tensor == all.subset(good.map(UInt32.init)).tensor)
      #expect(notices.count == 1 && notices[0].contains("left out 4 of 50 files"), "\(notices)")
    }
  }
}
