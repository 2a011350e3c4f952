import HourglassData
import HourglassFormats
import HourglassTensor
import Testing

@Suite("Shares")
struct ShareTests {
  private let nan = Float.nan

  @Test("are weights brought to 1 in the mean of a part")
  func weights() throws {
    let samples = Tensor([4, 1], [1, 2, 3, 4] as [Float])
    let plain = try Dataset(samples, origin: "s")
    #expect(try plain.shares() == nil)
    let weighted = try plain.weighted([1, 0, 4, 3])
    #expect(try weighted.shares() == [0.5, 0, 2, 1.5])
    #expect(try weighted.subset([3, 0, 3]).shares() == [9.0 / 7, 3.0 / 7, 9.0 / 7])
    // Exactly: nothing may change where all weights are alike.
    #expect(try plain.weighted([0.7, 0.7, 0.7, 0.7]).shares() == [1, 1, 1, 1])
    #expect(
      message { _ = try weighted.subset([1]).shares() }.contains("s: expected a sample that has a value"))
  }

  @Test("of samples without any value are 0")
  func empty() throws {
    let values = Tensor([3, 2], [nan, nan, 1, nan, nan, nan])
    let dataset = try Dataset(values, origin: "s")
    #expect(try dataset.shares() == [0, 3, 0])
    #expect(try dataset.weighted([5, 2, 1]).shares() == [0, 3, 0])
    #expect(try dataset.subset([1, 1]).shares() == nil)
    #expect(message { _ = try dataset.subset([0, 2]).shares() }.contains("leave this part out"))
  }

  @Test("a sampler of other batches draws the same")
  func sampler() {
    let sampler = Sampler(count: 6, batch: 2, seed: 3, draw: .balanced([0, 0, 0, 0, 0, 1]))
    let other = sampler.with(batch: 5)
    #expect(other.batch == 5 && other.batches == 2)
    #expect(other.order(epoch: 4) == sampler.order(epoch: 4))
  }

  @Test("labels may stand in a file of their own")
  func files() throws {
    let folder = try Folder()
    try NPY.write(Tensor([3, 2], [1, 2, 3, 4, 5, 6] as [Float]), to: folder("x.npy"))
    let texts = [
      "text.csv": "red\nblue\nred\n", "header.csv": "kind\nred\nblue\nred\n",
      "two.tsv": "\"red\"\n\"blue\"\nred\n",
    ]
    for (name, text) in texts {
      let path = folder.write(Array(text.utf8), name)
      let dataset = try Source.open(folder("x.npy"), label: path)
      #expect(dataset.labels == [0, 1, 0] && dataset.classNames == ["red", "blue"], "\(name)")
    }
    let numbers = folder.write(Array("7\n5\n7\n".utf8), "numbers.csv")
    #expect(try Source.open(folder("x.npy"), label: numbers).labels == [1, 0, 1])
    try NPY.write(Tensor([3, 1], [4, 9, 4] as [Int64]), to: folder("y.npy"))
    #expect(try Source.open(folder("x.npy"), label: folder("y.npy")).labels == [4, 9, 4])
    try NPY.write(Tensor([3], [4, 9.5, 4] as [Float]), to: folder("half.npy"))
    try NPY.write(Tensor([4], [4, 9, 4, 4] as [Int32]), to: folder("four.npy"))
    let wide = folder.write(Array("a,b\n1,2\n1,2\n1,2\n".utf8), "wide.csv")
    let short = folder.write(Array("1\n2\n".utf8), "short.csv")
    for (path, words) in [
      (folder("half.npy"), "half.npy: expected whole numbers"), (folder("four.npy"), "found 4"),
      (wide, "one column of classes, found 2 columns"), (short, "expected 3 classes"),
      (folder("none.npy"), "expected a file '"),
    ] {
      #expect(message { _ = try Source.open(folder("x.npy"), label: path) }.contains(words), "\(path)")
    }
  }
}
