import HourglassFormats
import HourglassTensor
import Testing

@Suite struct NPZTests {
  static let arrays = [
    NamedTensor(name: "X", tensor: rampTensor(.float64)),
    NamedTensor(name: "y", tensor: Tensor([0, 1] as [Int32])),
  ]

  @Test(arguments: ["stored.npz", "deflated.npz", "large.npz"])
  func `NumPy's files are read`(name: String) throws {
    #expect(try NPZ.read(golden(name)) == Self.arrays)
    #expect(try NPZ.read(golden(name), name: "y") == Self.arrays[1])
  }

  @Test func `the only array needs no name, one of several does`() throws {
    let only = try NPZ.read(golden("one.npz"), name: nil)
    #expect(only == NamedTensor(name: "only", tensor: rampTensor(.float32)))
    let several = words { _ = try NPZ.read(golden("stored.npz"), name: nil) }
    #expect(several.contains("expected one array, found X, y; name one"))
    let missing = words { _ = try NPZ.read(golden("stored.npz"), name: "z") }
    #expect(missing.contains("expected an array 'z', found X, y"))
  }

  @Test func `a file written is the tensors read, and the same bytes again`() throws {
    let folder = try TemporaryFolder()
    let tensors = Element.allCases.map { NamedTensor(name: "a \($0) é", tensor: rampTensor($0)) }
    try NPZ.write(tensors, to: folder.file("a.npz"))
    try NPZ.write(tensors, to: folder.file("b.npz"))
    #expect(try NPZ.read(folder.file("a.npz")) == tensors)
    #expect(try contents(folder.file("a.npz")) == contents(folder.file("b.npz")))
    let mapped = try NPZ.read(folder.file("a.npz")).allSatisfy {
      $0.tensor.offset % 64 == 0 && $0.tensor.offset > 0
    }
    #expect(mapped)
    let twice = [tensors[0], tensors[0]]
    #expect(words { try NPZ.write(twice, to: folder.file("c.npz")) }.contains("names that differ"))
    #expect(try folder.names == ["a.npz", "b.npz"])
  }

  @Test func `damage is named`() throws {
    let whole = try contents(golden("deflated.npz"))
    for count in 0..<whole.count {
      #expect(words { _ = try NPZ.read(bytes: [UInt8](whole[..<count]), name: "x") } != "no error")
    }
    var flipped = try contents(golden("stored.npz"))
    // Inside the values of the first array.
    flipped[250] ^= 1
    #expect(
      words { _ = try NPZ.read(bytes: flipped, name: "x") }.contains("x array 'X': expected the checksum"))
    #expect(words { _ = try NPZ.read(bytes: [1, 2, 3, 4], name: "x") }.contains("beginning with PK"))
    #expect(
      words { _ = try NPZ.read(bytes: Zip.file([("a.txt", [1])]), name: "x") }.contains("arrays (.npy)"))
    let array = try NPY.bytes(of: rampTensor(.uint8))
    let twice = Zip.file([("a.npy", array), ("a.npy", array)])
    #expect(words { _ = try NPZ.read(bytes: twice, name: "x") }.contains("'a.npy' twice"))
    let object = try contents(golden("refused-object.npy"))
    #expect(
      words { _ = try NPZ.read(bytes: Zip.file([("a.npy", object)]), name: "x") }.contains("Python objects"))
  }

  @Test func `an entry cannot claim bytes twice, or more than it could hold`() throws {
    let array = try NPY.bytes(of: rampTensor(.uint8))
    var zip = Zip.file([("a.npy", array), ("b.npy", array)])
    #expect(try NPZ.read(bytes: zip, name: "x").count == 2)
    // The second record of the directory names the place of the first entry, under the first one's name.
    let directory = zip.count - 22 - 2 * 51
    zip[(directory + 51)..<(directory + 102)] = zip[directory..<(directory + 51)]
    #expect(words { _ = try NPZ.read(bytes: zip, name: "x") }.contains("overlap"))

    var bomb = try contents(golden("deflated.npz"))
    let end = bomb.count - 22
    let start = Int(bomb[end + 16]) | Int(bomb[end + 17]) << 8
    bomb.replaceSubrange((start + 24)..<(start + 28), with: [0xFE, 0xFF, 0xFF, 0xFF])
    #expect(words { _ = try NPZ.read(bytes: bomb, name: "x") }.contains("too few for that"))
    bomb.replaceSubrange((start + 8)..<(start + 9), with: [1])
    #expect(words { _ = try NPZ.read(bytes: bomb, name: "x") }.contains("encrypted"))
    bomb.replaceSubrange((start + 8)..<(start + 11), with: [0, 0, 14])
    #expect(words { _ = try NPZ.read(bytes: bomb, name: "x") }.contains("method 14"))
  }

  @Test(.enabled(if: RealData.isThere, RealData.comment))
  func `a real data set is read`() throws {
    let path = try #require(RealData.file("anomaly/6_cardio.npz"))
    let arrays = try NPZ.read(path)
    #expect(arrays.map(\.name) == ["X", "y"])
    #expect(arrays.map(\.tensor.shape) == [[1831, 21], [1831]])
  }
}
