import Foundation
import HourglassData
import HourglassFormats
import HourglassTensor
import Testing

@Suite("Weights")
struct WeightTests {
  private func dataset(_ weights: [Float]?, labels: [Int32]? = nil, count: Int = 4) throws -> Dataset {
    try Dataset(
      Tensor([count, 1], (0..<count).map { Float($0) }), labels: labels, weights: weights, origin: "w")
  }

  @Test("go with their rows into every part")
  func parts() throws {
    let whole = try dataset((0..<100).map { Float($0) }, count: 100)
    let part = whole.subset([7, 3, 3])
    #expect(part.orderedWeights == [7, 3, 3])
    #expect(part.subset([2, 0]).orderedWeights == [3, 7])
    let (training, held) = try whole.split(holdingOut: 0.3, seed: 1)
    #expect(try training.orderedWeights == #require(training.rows).map { Float($0) })
    #expect(try held.orderedWeights == #require(held.rows).map { Float($0) })
    #expect(try dataset(nil).orderedWeights == nil)
    #expect(try whole.weighted(nil).weights == nil)
  }

  @Test("that cannot be are refused")
  func refused() throws {
    for (weights, words) in [
      ([1, 2], "4 weights, one a sample, found 2"), ([1, -1, 1, 1], "weight of row 1 (counted from 0)"),
      ([1, 1, .nan, 1], "found nan"), ([.infinity, 1, 1, 1], "found inf"), ([0, 0, 0, 0], "only zeros"),
    ] as [([Float], String)] {
      #expect(message { _ = try dataset(weights) }.contains(words))
      #expect(message { _ = try dataset(nil).weighted(weights) }.contains(words))
    }
    #expect(try dataset([0, 0, 0, 1]).weights == [0, 0, 0, 1])
  }

  @Test("of classes make every class count alike")
  func classes() throws {
    let plain = try dataset(nil, labels: [5, 5, 5, 2])
    // sklearn.utils.class_weight.compute_class_weight("balanced", …): n / (classes · count).
    #expect(try plain.classWeights() == [5: 4.0 / 6, 2: 2])
    #expect(try plain.balanced().weights == [4.0 / 6, 4.0 / 6, 4.0 / 6, 2])
    let weighted = try dataset([1, 0, 3, 2], labels: [5, 5, 5, 2])
    #expect(try weighted.classWeights() == [5: 0.75, 2: 1.5])
    #expect(try weighted.balanced().weights == [0.75, 0, 2.25, 3])
    // Counted among the samples of the part; the others weigh nothing.
    let part = try dataset(nil, labels: [5, 5, 1, 2]).subset([0, 1, 3])
    #expect(try part.balanced().orderedWeights == [0.75, 0.75, 1.5])
    #expect(try part.balanced().weights == [0.75, 0.75, 0, 1.5])
    #expect(message { _ = try dataset(nil).balanced() }.contains("w: expected the class of each sample"))
  }

  @Test("and labels are columns of a table")
  func columns() throws {
    let folder = try Folder()
    let path = folder.write(Array("kind,a,much,b\nred,1,0.5,2\nblue,3,2,4\nred,5,1,6\n".utf8), "t.csv")
    let dataset = try Source.open(path, label: "kind", weight: "3")
    #expect(dataset.samples == Tensor([3, 2], [1, 2, 3, 4, 5, 6] as [Float]))
    #expect(dataset.featureNames == ["a", "b"])
    #expect(dataset.labels == [0, 1, 0] && dataset.classNames == ["red", "blue"])
    #expect(dataset.weights == [0.5, 2, 1])
    #expect(message { _ = try Source.open(path, label: "color") }.contains("expected a column 'color'"))
    let zeros = folder.write(Array("a,w\n1,0\n".utf8), "z.csv")
    #expect(message { _ = try Source.open(zeros, weight: "w") }.contains("found only zeros"))
  }

  @Test("and labels are arrays of an archive, and of nothing else")
  func arrays() throws {
    let folder = try Folder()
    let (path, samples) = (folder("t.npz"), Tensor([2, 2], [1, 2, 3, 4] as [Float]))
    try NPZ.write(
      [
        NamedTensor(name: "X", tensor: samples), NamedTensor(name: "y", tensor: Tensor([0, 1] as [Int64])),
        NamedTensor(name: "kind", tensor: Tensor([4, 3] as [UInt8])),
        NamedTensor(name: "w", tensor: Tensor([0.5, 2] as [Double])),
      ], to: path)
    let dataset = try Source.open(path, label: "kind", weight: "w")
    #expect(dataset.samples == samples && dataset.labels == [4, 3] && dataset.weights == [0.5, 2])
    #expect(try Source.open(path + ":X").labels == [0, 1])
    #expect(try Source.open(path + ":X", label: "kind").labels == [4, 3])
    #expect(message { _ = try Source.open(path, label: "none") }.contains("an array 'none'"))
    #expect(message { _ = try Source.open(path, label: "w") }.contains("array 'w': expected 2 whole numbers"))
    #expect(message { _ = try Source.open(path, weight: "X") }.contains("float32 of shape [2, 2]"))
    try NPY.write(samples, to: folder("t.npy"))
    #expect(message { _ = try Source.open(folder("t.npy"), label: "y") }.contains("to take 'y' from"))
    #expect(message { _ = try Source.open("builtin:digits:5", weight: "w") }.contains("leave out the weight"))
  }
}
