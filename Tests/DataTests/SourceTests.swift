import Foundation
import HourglassData
import HourglassFormats
import HourglassTensor
import Testing

/// A folder of a test's own, removed with it.
final class Folder {
  let path: String

  init() throws {
    path = FileManager.default.temporaryDirectory.path + "/hourglass-data-\(UInt64.random(in: 0 ... .max))"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func callAsFunction(_ name: String) -> String { path + "/" + name }

  func write(_ bytes: [UInt8], _ name: String) -> String {
    #expect(FileManager.default.createFile(atPath: self(name), contents: Data(bytes)))
    return self(name)
  }
}

/// MNIST's test images, in the folder that HOURGLASS_DATA names, else in one beside the package.
private let mnistFile: String = {
  let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().path
  let folder = ProcessInfo.processInfo.environment["HOURGLASS_DATA"] ?? root + "/../shared/data"
  return folder + "/mnist/t10k-images-idx3-ubyte.gz"
}()

@Suite("Source")
struct SourceTests {
  private let images = Tensor([3, 2, 2], [UInt8](0..<12))
  private let table = Tensor([3, 2], [1, 2, 3, 4, 5, 6] as [Float])

  @Test("opens an array in NPY, whatever its name")
  func npy() throws {
    let folder = try Folder()
    try NPY.write(images, to: folder("a.npy"))
    try NPY.write(table, to: folder("array"))
    #expect(try Source.open(folder("a.npy")).samples == images)
    #expect(try Source.open(folder("array")).samples == table)
    #expect(try Source.open(folder("a.npy")).origin == folder("a.npy"))
  }

  @Test("picks the samples and labels out of an NPZ")
  func npz() throws {
    let folder = try Folder()
    func write(_ names: [String]) throws -> String {
      let arrays = names.map { name in
        let isLabels = name.lowercased().hasPrefix("y") || name == "labels"
        return NamedTensor(name: name, tensor: isLabels ? Tensor([7, 8, 9] as [Int64]) : images)
      }
      try NPZ.write(arrays, to: folder("a.npz"))
      return folder("a.npz")
    }
    #expect(try Source.open(write(["anything"])).samples == images)
    #expect(try Source.open(write(["anything"])).labels == nil)
    #expect(try Source.open(write(["y", "X"])).labels == [7, 8, 9])
    #expect(try Source.open(write(["y_train", "x_train", "x_test"])).labels == [7, 8, 9])
    #expect(try Source.open(write(["x_test", "y_test", "z"]) + ":x_test").labels == [7, 8, 9])
    #expect(try Source.open(write(["a", "b", "labels"]) + ":b").origin.hasSuffix("a.npz:b"))
    let ambiguous = try write(["a", "b"])
    #expect(message { _ = try Source.open(ambiguous) }.contains("a, b"))
    #expect(message { _ = try Source.open(ambiguous + ":c") }.contains("a, b"))
    let misfit = NamedTensor(name: "y", tensor: Tensor([0.5, 1, 2] as [Float]))
    try NPZ.write([NamedTensor(name: "X", tensor: images), misfit], to: folder("m.npz"))
    #expect(try Source.open(folder("m.npz")).labels == nil)
  }

  @Test("opens MNIST's format and finds its labels", arguments: ["", ".gz"], ["", ".gz"])
  func idx(end: String, labelsEnd: String) throws {
    let folder = try Folder()
    let path = folder("train-images-idx3-ubyte" + end)
    try IDX.write(images, to: path)
    #expect(try Source.open(path).samples == images)
    #expect(try Source.open(path).labels == nil)
    try IDX.write(Tensor([4, 5] as [UInt8]), to: folder("train-labels-idx1-ubyte" + labelsEnd))
    #expect(try Source.open(path).labels == nil)
    try IDX.write(Tensor([4, 5, 6] as [UInt8]), to: folder("train-labels-idx1-ubyte" + labelsEnd))
    #expect(try Source.open(path).labels == [4, 5, 6])
    _ = folder.write([1, 2, 3], "train-labels-idx1-ubyte" + labelsEnd)
    #expect(try Source.open(path).labels == nil)
  }

  @Test("opens tables with their columns' names")
  func tables() throws {
    let folder = try Folder()
    let path = folder.write(Array("age,size\n1,2\n3,4\n5,6\n".utf8), "t.csv")
    #expect(try Source.open(path).samples == table)
    #expect(try Source.open(path).featureNames == ["age", "size"])
    let zipped = try folder.write(Gzip.compress(Array("1\t2\n3\t4\n5\t6\n".utf8)), "t.TSV.gz")
    #expect(try Source.open(zipped).samples == table)
    #expect(try Source.open(zipped).featureNames == nil)
  }

  @Test("makes digits")
  func digits() throws {
    #expect(try Source.open("builtin:digits:30").samples == Digits.dataset(count: 30).samples)
    #expect(try Source.open("builtin:digits:30:9").samples == Digits.dataset(count: 30, seed: 9).samples)
    #expect(try Source.open("builtin:digits:30:9").origin == "builtin:digits:30:9")
    for name in ["builtin:", "builtin:letters", "builtin:digits:", "builtin:digits:x", "builtin:digits:-1"] {
      #expect(message { _ = try Source.open(name) }.contains("builtin:digits"))
    }
    #expect(message { _ = try Source.open("builtin:digits:0") }.contains("a count from 1"))
    #expect(message { _ = try Source.open("builtin:digits:99999999999") }.contains("a count from 1"))
    #expect(message { _ = try Source.open("builtin:digits:1:2:3") }.contains("found 'digits:1:2:3'"))
  }

  @Test("names the row and column of a value that is not finite")
  func notFinite() throws {
    let folder = try Folder()
    try NPY.write(Tensor([3, 2], [1, 2, 3, .nan, 5, 6] as [Double]), to: folder("a.npy"))
    let text = message { _ = try Source.open(folder("a.npy")) }
    #expect(text.contains("a.npy row 1 column 1 (counted from 0): expected a finite number, found nan;"))
    let bad = NamedTensor(name: "X", tensor: Tensor([3, 2], [1, 2, 3, 4, 5, .infinity] as [Float]))
    try NPZ.write([bad], to: folder("a.npz"))
    #expect(message { _ = try Source.open(folder("a.npz")) }.contains("a.npz row 2 column 1"))
  }

  @Test("says what it understands where it does not understand")
  func misunderstood() throws {
    let folder = try Folder()
    func text(_ bytes: [UInt8], _ name: String) -> String {
      message { _ = try Source.open(folder.write(bytes, name)) }
    }
    #expect(message { _ = try Source.open(folder("none.csv")) }.contains("found nothing of that name"))
    #expect(message { _ = try Source.open("") }.contains("found nothing of that name"))
    #expect(message { _ = try Source.open(folder.path) }.contains("found an empty one"))
    #expect(message { _ = try Source.open("/dev/null") }.contains("found no regular file"))
    #expect(text([], "a.csv").contains("found an empty file"))
    #expect(text(Array("%PDF-1.7".utf8), "a.pdf").contains("builtin:digits, found a PDF document"))
    #expect(text(Array("one two\n".utf8), "notes").contains("must be named .csv, .tsv or .txt"))
    #expect(text([1, 2, 3], "x.bin").contains("found a file of another kind"))
    #expect(text([9, 0, 0, 0, 0, 0, 0, 0, 0x7B, 0x7D], "m").contains("a model, not data"))
    #expect(text(Array("1,2\n".utf8), "t.csv") == "no error")
    #expect(message { _ = try Source.open(folder("t.csv:X")) }.contains("leave out ':X'"))
    try NPY.write(Tensor([1, 2, 3] as [Float]), to: folder("flat.npy"))
    #expect(
      message { _ = try Source.open(folder("flat.npy")) }.contains("[samples, values…], found shape [3]"))
  }

  @Test(
    "opens MNIST",
    .enabled(if: FileManager.default.fileExists(atPath: mnistFile), "there is no MNIST at hand"))
  func mnist() throws {
    let mnist = try Source.open(mnistFile)
    #expect(mnist.samples.shape == [10000, 28, 28] && mnist.samples.element == .uint8)
    #expect(mnist.labels?.prefix(5) == [7, 2, 1, 0, 4])
    // numpy: x.mean(), 1 / x.std() of the file.
    let scaling = try Scaling.fitted(.standard, to: mnist)
    expectClose(scaling.shift, [33.791224489795916])
    expectClose(scaling.scale, [0.0126306541352942])
    #expect(try Preparation.recommendedScaling(for: mnist) == .by255)
  }
}
