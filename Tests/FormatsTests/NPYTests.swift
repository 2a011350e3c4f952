import HourglassFormats
import HourglassTensor
import Testing

@Suite struct NPYTests {
  static let types: [(String, Element)] = [
    ("u1", .uint8), ("i1", .int8), ("u2", .uint16), ("i2", .int16), ("i4", .int32), ("i8", .int64),
    ("f4", .float32), ("f8", .float64), ("u4", .int64), ("u8", .int64), ("f2", .float32),
  ]

  @Test(arguments: types)
  func `NumPy's files are read, in both byte orders`(name: String, element: Element) throws {
    #expect(try NPY.read(golden("little-\(name).npy")) == rampTensor(element))
    #expect(try NPY.read(golden("big-\(name).npy")) == rampTensor(element))
  }

  @Test func `axis order, versions and ranks`() throws {
    #expect(try NPY.read(golden("fortran.npy")) == rampTensor(.float32))
    #expect(try NPY.read(golden("fortran-big.npy")) == rampTensor(.int16))
    #expect(try NPY.read(golden("version-2.npy")) == rampTensor(.float32))
    #expect(try NPY.read(golden("version-3.npy")) == rampTensor(.float32))
    #expect(try NPY.read(golden("scalar.npy")) == Tensor([], [2.5]))
    #expect(try NPY.read(golden("none.npy")).shape == [0, 5])
    #expect(try NPY.read(golden("bool.npy")) == Tensor(rampShape, ramp.map { UInt8($0 % 3 == 0 ? 1 : 0) }))
    #expect(try NPY.read(golden("halves.npy")) == NPY.read(golden("halves-as-f4.npy")))
  }

  @Test(arguments: types.prefix(8))
  func `our bytes are NumPy's`(name: String, element: Element) throws {
    #expect(try NPY.bytes(of: rampTensor(element)) == contents(golden("little-\(name).npy")))
  }

  @Test func `our bytes of other ranks are NumPy's`() throws {
    #expect(try NPY.bytes(of: Tensor([], [2.5])) == contents(golden("scalar.npy")))
    #expect(try NPY.bytes(of: Tensor([0, 1, 2, 3, 4] as [Float])) == contents(golden("vector.npy")))
    #expect(try NPY.bytes(of: Tensor([0, 5], [Float]())) == contents(golden("none.npy")))
  }

  @Test(arguments: Element.allCases)
  func `a file written is the tensor read`(element: Element) throws {
    let folder = try TemporaryFolder()
    try NPY.write(rampTensor(element), to: folder.file("a.npy"))
    #expect(try NPY.read(folder.file("a.npy")) == rampTensor(element))
  }

  @Test func `a tensor read stays whole when its file is replaced`() throws {
    let folder = try TemporaryFolder()
    try NPY.write(rampTensor(.float32), to: folder.file("a.npy"))
    let tensor = try NPY.read(folder.file("a.npy"))
    try NPY.write(Tensor([1] as [Float]), to: folder.file("a.npy"))
    #expect(tensor == rampTensor(.float32))
  }

  @Test func `what is no array of numbers is refused by name`() {
    #expect(words { _ = try NPY.read(golden("refused-object.npy")) }.contains("Python objects"))
    #expect(words { _ = try NPY.read(golden("refused-record.npy")) }.contains("array of records"))
    #expect(words { _ = try NPY.read(golden("refused-complex.npy")) }.contains("'<c8'"))
    #expect(words { _ = try NPY.read(golden("refused-text.npy")) }.contains("'<U2'"))
    #expect(words { _ = try NPY.read(golden("refused-date.npy")) }.contains("'<M8[D]'"))
    #expect(words { _ = try NPY.read(golden("large-u8.npy")) }.contains("18446744073709551615"))
  }

  /// A version 1 file with this header and these many bytes of values.
  static func file(_ header: String, values: Int = 0, version: UInt8 = 1) -> [UInt8] {
    let text = [UInt8](header.utf8)
    return [0x93] + Array("NUMPY".utf8) + [version, 0, UInt8(text.count & 255), UInt8(text.count >> 8)] + text
      + [UInt8](repeating: 0, count: values)
  }

  static let faults: [(header: String, values: Int, words: String)] = [
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 23, "24 bytes of values"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", 25, "24 bytes of values"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1152921504606846976,), }", 8, "memory can hold"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), }", 8, "memory can hold"),
    (
      "{'descr': '<f4', 'fortran_order': False, 'shape': (0, 4294967296, 4294967296), }", 0, "memory can hold"
    ),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), }", 8, "length of an axis"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (-1,), }", 8, "length of an axis"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (02,), }", 8, "length of an axis"),
    ("{'descr': '<f4', 'fortran_order': 1, 'shape': (1,), }", 4, "True or False"),
    ("{'descr': '<f4', 'shape': (1,), }", 4, "found fewer"),
    ("{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", 4, "once each"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), 'x': 1}", 4, "once each"),
    ("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } + exit()", 4, "the end of the header"),
    ("__import__('os').system('true')", 4, "'{'"),
    ("{'descr': '<f4", 4, "quoted word"),
    ("", 4, "'{'"),
    ("{'descr': '<f16', 'fortran_order': False, 'shape': (1,), }", 16, "'<f16'"),
    ("{'descr': '|O', 'fortran_order': False, 'shape': (1,), }", 16, "Python objects"),
    (
      "{'descr': '|u1', 'fortran_order': False, 'shape': ("
        + String(repeating: "1, ", count: 65) + "), }", 1, "64 axes"
    ),
  ]

  @Test(arguments: faults)
  func `a damaged header is named`(header: String, values: Int, words expected: String) {
    let message = words { _ = try NPY.read(bytes: Self.file(header, values: values), name: "bad.npy") }
    #expect(message.hasPrefix("bad.npy: expected "))
    #expect(message.contains(expected), "\(message)")
  }

  @Test func `what Python 2 and other writers make is read`() throws {
    let header = "{ \"shape\":(2L,), 'fortran_order':True,\"descr\":'=u1'}\n"
    #expect(try NPY.read(bytes: Self.file(header, values: 2), name: "a") == Tensor([0, 0] as [UInt8]))
  }

  @Test func `a file that is none is named`() throws {
    let folder = try TemporaryFolder()
    let empty = try folder.file("empty.npy", [])
    #expect(words { _ = try NPY.read(empty) } == "\(empty): expected data, found an empty file")
    #expect(words { _ = try NPY.read(folder.file("none.npy")) }.contains("nothing of that name"))
    #expect(words { _ = try NPY.read(folder.path) }.contains("found a folder"))
    #expect(words { _ = try NPY.read(empty + "/a.npy") }.contains("a file where a folder is named"))
    #expect(words { _ = try NPY.read(bytes: [1, 2, 3], name: "x") }.contains("NUMPY"))
    #expect(words { _ = try NPY.read(bytes: Self.file("", version: 9), name: "x") }.contains("version 9.0"))
    let whole = try NPY.bytes(of: rampTensor(.float32))
    for count in 0..<whole.count {
      #expect(words { _ = try NPY.read(bytes: [UInt8](whole[..<count]), name: "x") } != "no error")
    }
  }
}
