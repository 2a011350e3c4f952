import HourglassFormats
import HourglassTensor
import Testing

@Suite struct IDXTests {
  static let types: [(String, Element)] = [
    ("u1", .uint8), ("i1", .int8), ("i2", .int16), ("i4", .int32), ("f4", .float32), ("f8", .float64),
  ]

  @Test(arguments: types)
  func `every element type, both ways`(name: String, element: Element) throws {
    #expect(try IDX.read(golden("\(name).idx")) == rampTensor(element))
    let folder = try TemporaryFolder()
    try IDX.write(rampTensor(element), to: folder.file("a.idx"))
    #expect(try contents(folder.file("a.idx")) == contents(golden("\(name).idx")))
    try IDX.write(rampTensor(element), to: folder.file("a.idx.gz"))
    #expect(try IDX.read(folder.file("a.idx.gz")) == rampTensor(element))
    #expect(try Gzip.decompress(contents(folder.file("a.idx.gz"))) == contents(golden("\(name).idx")))
  }

  @Test func `gzip is told by its first bytes`() throws {
    #expect(try IDX.read(golden("u1.idx.gz")) == rampTensor(.uint8))
    let bytes = try contents(golden("u1.idx.gz"))
    #expect(try IDX.read(bytes: bytes, name: "a name without an ending") == rampTensor(.uint8))
  }

  @Test func `a large tensor crosses the buffers`() throws {
    let folder = try TemporaryFolder()
    let tensor = Tensor([100, 1000], (0..<100_000).map { Int32(truncatingIfNeeded: $0 &* 2_654_435_761) })
    for name in ["a.idx", "a.idx.gz"] {
      try IDX.write(tensor, to: folder.file(name))
      #expect(try IDX.read(folder.file(name)) == tensor)
    }
  }

  @Test func `types that the format lacks are refused, and nothing is written`() throws {
    let folder = try TemporaryFolder()
    for element in [Element.int64, .uint16] {
      let message = words { try IDX.write(rampTensor(element), to: folder.file("a.idx")) }
      #expect(message.contains("found \(element); write a .npy file"))
    }
    #expect(try folder.names == [])
  }

  @Test func `damage is named`() throws {
    let whole = try contents(golden("u1.idx"))
    for count in 0..<whole.count {
      let cut = [UInt8](whole[..<count])
      #expect(words { _ = try IDX.read(bytes: cut, name: "x") } != "no error")
      #expect(words { _ = try IDX.read(bytes: try Gzip.compress(cut), name: "x") } != "no error")
    }
    #expect(words { _ = try IDX.read(bytes: whole + [0], name: "x") }.contains("expected 24 bytes of values"))
    let longer = try Gzip.compress(whole + [0])
    #expect(words { _ = try IDX.read(bytes: longer, name: "x") }.contains("found more than that"))
    let compressed = try contents(golden("u1.idx.gz"))
    for count in 0..<compressed.count {
      #expect(words { _ = try IDX.read(bytes: [UInt8](compressed[..<count]), name: "x") } != "no error")
    }
    let absurd: [UInt8] = [0, 0, 8, 2, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0xFF, 0xFF, 0xFF, 1, 2, 3]
    #expect(words { _ = try IDX.read(bytes: absurd, name: "x") }.contains("72057589726183425 bytes"))
    let bomb = try Gzip.compress(absurd)
    #expect(words { _ = try IDX.read(bytes: bomb, name: "x") }.contains("too small for that"))
    let overflow = [0, 0, 8, 3] + [UInt8](repeating: 0xFF, count: 12)
    #expect(words { _ = try IDX.read(bytes: overflow, name: "x") }.contains("memory can hold"))
    let image: [UInt8] = [0x89, 0x50, 0x4E, 0x47]
    #expect(words { _ = try IDX.read(bytes: image, name: "x") }.contains("found the bytes [137, 80, 78, 71]"))
  }

  @Test(.enabled(if: RealData.isThere, RealData.comment))
  func `MNIST is read`() throws {
    let images = try IDX.read(try #require(RealData.file("mnist/t10k-images-idx3-ubyte.gz")))
    let labels = try IDX.read(try #require(RealData.file("mnist/t10k-labels-idx1-ubyte.gz")))
    #expect(images.shape == [10000, 28, 28])
    #expect(images.element == .uint8)
    #expect(labels[0..<5] == Tensor([7, 2, 1, 0, 4] as [UInt8]))
  }
}
