import Foundation
import HourglassFormats
import HourglassTensor
import Testing

@testable import HourglassData

@Suite("Cache")
struct CacheTests {
  /// A cache in a test's own folder that copies everything, and remembers what it said.
  private final class Trial {
    let folder: Folder
    var said: [String] = []
    var folders: [String]
    var opening = Opening(smallest: 0)

    init() throws {
      folder = try Folder()
      folders = [folder("cache")]
    }

    func open(_ name: String) throws -> Dataset {
      try Source.open(name, opening, Cache(folders: folders, notice: { self.said.append($0) }))
    }

    var copies: [String] {
      get throws {
        try FileManager.default.contentsOfDirectory(atPath: folder("cache")).sorted().map {
          folder("cache/" + $0)
        }
      }
    }
  }

  private let text = Array("a,b\n1,2\n3,4\n".utf8)
  private let values = Tensor([2, 2], [1, 2, 3, 4] as [Float])

  @Test("a table is copied once, and read from the copy", arguments: ["t.csv", "t.csv.gz"])
  func table(name: String) throws {
    let trial = try Trial()
    let path = trial.folder.write(name.hasSuffix(".gz") ? try Gzip.compress(text) : text, name)
    let first = try trial.open(path)
    #expect(first.samples == values && first.featureNames == ["a", "b"] && !first.hasGaps)
    let copy = try #require(try trial.copies.first)
    let date = try FileManager.default.attributesOfItem(atPath: copy)[.modificationDate] as? Date
    let again = try trial.open(path)
    #expect(again.samples == values && again.origin == path && again.featureNames == ["a", "b"])
    #expect(try trial.copies == [copy] && trial.said == [])
    #expect(try FileManager.default.attributesOfItem(atPath: copy)[.modificationDate] as? Date != date)
    // Another file of the same content shares the copy.
    let other = trial.folder.write(try Data(contentsOf: URL(fileURLWithPath: path)).map(\.self), "2" + name)
    #expect(try trial.open(other).samples == values)
    #expect(try trial.copies == [copy])
  }

  @Test("what is read differently has a copy of its own")
  func options() throws {
    let trial = try Trial()
    let path = trial.folder.write(Array("k,b,w\n1,,2\n2,3,4\n".utf8), "t.csv")
    trial.opening.gaps = true
    for _ in 0..<2 {
      trial.opening.label = nil
      trial.opening.weight = nil
      #expect(try trial.open(path).sampleShape == [3])
      trial.opening.label = "k"
      let labeled = try trial.open(path)
      #expect(labeled.labels == [0, 1] && labeled.classNames == ["1", "2"] && labeled.hasGaps)
      trial.opening.weight = "w"
      let weighted = try trial.open(path)
      #expect(weighted.weights == [2, 4] && weighted.featureNames == ["b"])
    }
    #expect(try trial.copies.count == 3)
    trial.opening = Opening(smallest: 0)
    #expect(message { _ = try trial.open(path) }.contains("line 2 column 'b'"))
    #expect(try trial.copies.count == 3)
  }

  @Test("a changed file is read again")
  func changed() throws {
    let trial = try Trial()
    let path = trial.folder.write(text, "t.csv")
    _ = try trial.open(path)
    _ = trial.folder.write(Array("a,b\n1,2\n3,5\n".utf8), "t.csv")
    #expect(try trial.open(path).samples.values == [1, 2, 3, 5])
    #expect(try trial.copies.count == 2)
  }

  @Test("a damaged copy is never believed")
  func damaged() throws {
    let trial = try Trial()
    let path = trial.folder.write(text, "t.csv")
    _ = try trial.open(path)
    let copy = try #require(try trial.copies.first)
    let whole = try [UInt8](Data(contentsOf: URL(fileURLWithPath: copy)))
    var count = 0
    for place in stride(from: 0, to: whole.count, by: 13) {
      var bytes = whole
      bytes[place] ^= 0x10
      try Data(bytes).write(to: URL(fileURLWithPath: copy))
      #expect(try trial.open(path).samples == values)
      if !trial.said.isEmpty { count += 1 }
      trial.said = []
    }
    // Bytes that only pad, or date the entries, may change unnoticed.
    #expect(count > whole.count / 13 / 2)
    for length in stride(from: 0, to: whole.count, by: 101) {
      try Data(whole[..<length]).write(to: URL(fileURLWithPath: copy))
      #expect(try trial.open(path).samples == values)
      #expect(
        trial.said.count == 1 && trial.said[0].hasPrefix(copy) && trial.said[0].hasSuffix("it is made again"))
      trial.said = []
    }
    #expect(try [UInt8](Data(contentsOf: URL(fileURLWithPath: copy))) == whole)
  }

  @Test("a copy of something else under its name is never believed")
  func misnamed() throws {
    let trial = try Trial()
    let path = trial.folder.write(text, "t.csv")
    _ = try trial.open(path)
    let copy = try #require(try trial.copies.first)
    let other = trial.folder.write(Array("a,b\n9,9\n".utf8), "o.csv")
    _ = try CSV.convert(other, CSV.Options(), to: copy, key: "another key")
    #expect(try trial.open(path).samples == values)
    #expect(trial.said == ["\(copy): is not what its name says; it is made again"])
  }

  @Test("without a folder the data are loaded, and a word is said")
  func unwritable() throws {
    let trial = try Trial()
    let path = trial.folder.write(text, "t.csv")
    let file = trial.folder.write([1], "file")
    trial.folders = [file + "/cache", file]
    #expect(try trial.open(path).samples == values)
    #expect(
      trial.said == ["\(path): no folder takes a copy that can be mapped; its values are loaded into memory"])
    trial.folders = [file, trial.folder("second")]
    #expect(try trial.open(path).samples == values)
    #expect(FileManager.default.fileExists(atPath: trial.folder("second")))
  }

  @Test("a folder that others may write in is not used")
  func shared() throws {
    let trial = try Trial()
    let path = trial.folder.write(text, "t.csv")
    _ = try trial.open(path)
    let copy = try #require(try trial.copies.first)
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: trial.folder("cache"))
    trial.folders.append(trial.folder("other"))
    try Data(try NPY.bytes(of: values)).write(to: URL(fileURLWithPath: copy))
    #expect(try trial.open(path).samples == values)
    #expect(trial.said == [])
    #expect(try FileManager.default.contentsOfDirectory(atPath: trial.folder("other")).count == 1)
  }

  @Test("a full disk is said, and the next folder taken")
  func full() throws {
    let trial = try Trial()
    guard SmallDisk.mount(trial.folder("cache"), kilobytes: 64) else {
      print("skipped: mounting a small disk needs the superuser")
      return
    }
    defer { SmallDisk.unmount(trial.folder("cache")) }
    let rows = (0..<20_000).map { "\($0 * 7 % 20_011),2\n" }.joined()
    let path = trial.folder.write(Array(rows.utf8), "t.csv")
    #expect(try trial.open(path).count == 20_000)
    #expect(trial.said.count == 2 && trial.said[0].contains("room for the file"))
    #expect(try trial.copies == [])
    trial.folders.append(trial.folder("second"))
    #expect(try trial.open(path).count == 20_000)
    #expect(trial.said.count == 3)
  }

  @Test("copies unused for long are removed, others not")
  func old() throws {
    let trial = try Trial()
    _ = try trial.open(trial.folder.write(text, "t.csv"))
    let kept = try trial.copies
    let names = ["0123456789abcdef.npz", ".hourglass-1-x.tmp", "mine.npz", "0123456789abcdef.txt"]
    let old = Date(timeIntervalSinceNow: -31 * 24 * 3600)
    for name in names {
      _ = trial.folder.write([1], "cache/" + name)
      try FileManager.default.setAttributes(
        [.modificationDate: old], ofItemAtPath: trial.folder("cache/" + name))
    }
    _ = try trial.open(trial.folder.write(Array("7\n".utf8), "u.csv"))
    let left = try trial.copies
    #expect(left.count == 4 && Set(left).isSuperset(of: kept))
    #expect(left.filter { $0.hasSuffix("mine.npz") || $0.hasSuffix(".txt") }.count == 2)
  }

  @Test("IDX that cannot be mapped is copied", arguments: ["a-idx2-ubyte.gz", "a.idx"])
  func idx(name: String) throws {
    let trial = try Trial()
    let samples = name.hasSuffix(".gz") ? Tensor([2, 3], [UInt8](0..<6)) : Tensor([2, 3], [Int32](0..<6))
    try IDX.write(samples, to: trial.folder(name))
    for _ in 0..<2 {
      let dataset = try trial.open(trial.folder(name))
      #expect(dataset.samples == samples)
    }
    #expect(try trial.copies.count == 1 && trial.said == [])
  }

  @Test("what is small or can be mapped is not copied")
  func small() throws {
    let trial = try Trial()
    try IDX.write(Tensor([2, 3], [UInt8](0..<6)), to: trial.folder("a.idx"))
    _ = try trial.open(trial.folder("a.idx"))
    trial.opening = Opening()
    _ = try trial.open(trial.folder.write(text, "t.csv"))
    #expect(!FileManager.default.fileExists(atPath: trial.folder("cache")))
  }

  @Test("the size of text is told before it is read")
  func sizes() throws {
    let trial = try Trial()
    let path = trial.folder.write(
      try Gzip.compress(Array(String(repeating: "1\n", count: 2500).utf8)), "t.csv.gz")
    trial.opening.smallest = 5000
    _ = try trial.open(path)
    #expect(!FileManager.default.fileExists(atPath: trial.folder("cache")))
    trial.opening.smallest = 4999
    _ = try trial.open(path)
    #expect(try trial.copies.count == 1)
  }
}

/// Small disks in memory, where the tests may make them.
enum SmallDisk {
  static func mount(_ path: String, kilobytes: Int) -> Bool {
    guard getuid() == 0 else { return false }
    try? FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    return run("mount", ["-t", "tmpfs", "-o", "size=\(kilobytes)k,mode=700", "tmpfs", path])
  }

  static func unmount(_ path: String) { _ = run("umount", [path]) }

  private static func run(_ program: String, _ arguments: [String]) -> Bool {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [program] + arguments
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return false }
    process.waitUntilExit()
    return process.terminationStatus == 0
  }
}
