import Foundation
import HourglassFormats
import HourglassTensor
import Testing

/// A table read in blocks, however small, is the table read at once, and so are its faults.
@Suite struct CSVBlockTests {
  /// What comes of a text: the table down to the bits, or the words of the error.
  static func outcome(_ read: () throws -> Table) -> String {
    var result = ""
    let message = words {
      let table = try read()
      let bits = CSVGapTests.bits(table)
      result =
        "\(table.columns ?? []) \(table.tensor.shape) \(bits) \(table.hasGaps) "
        + "\(table.labels ?? []) \(table.classNames ?? []) \(table.weights ?? [])"
    }
    return message == "no error" ? result : message
  }

  static func compare(_ bytes: some Sequence<UInt8>, _ options: CSV.Options, _ folder: TemporaryFolder) throws
  {
    let bytes = [UInt8](bytes)
    if bytes.isEmpty { return }
    // What is looked at beforehand is in memory at once; a text goes on behind it.
    var options = options
    options.reach = 8
    let path = try folder.file("a.csv", bytes)
    let expected = outcome { try CSV.read(bytes: bytes, name: path, options) }
    for blockSize in [1, 2, 3, 7, 64, 1 << 20] {
      let found = outcome { try CSV.read(path, options, blockSize: blockSize) }
      #expect(
        found == expected,
        "blocks of \(blockSize): \(String(decoding: bytes, as: UTF8.self).debugDescription)")
    }
  }

  @Test func `what is accepted and refused at once is so in blocks`() throws {
    let folder = try TemporaryFolder()
    // The separator is looked for in the first block; here it is told.
    func separator(_ text: String) -> Character {
      text.contains("\t") ? "\t" : text.contains(";") ? ";" : ","
    }
    for text in CSVTests.accepted.map(\.text) + CSVTests.refused.map(\.text)
      + CSVGapTests.accepted.map(\.text)
    {
      for gaps in [false, true] {
        let options = CSV.Options(separator: separator(text), gaps: gaps)
        try Self.compare([UInt8](text.utf8), options, folder)
        try Self.compare(Gzip.compress([UInt8](text.utf8)), options, folder)
      }
    }
    for (text, options, _) in CSVColumnTests.refused {
      var options = options
      options.separator = ","
      try Self.compare([UInt8](text.utf8), options, folder)
    }
  }

  @Test func `texts made by chance are read alike`() throws {
    let folder = try TemporaryFolder()
    let texts = [
      "a,b,c\n1,2.5,-3e2\n4,,6\n", "\"x \"\"y\"\"\",z\r\n\"1\", 2 \r\n3,4\r\n\r\n",
      "\"a\nb\",\"c\r\nd\"\n1,2\n3,4",
      "k,v\n\"red\n\",1\n\"\"\"\",2\nred,3\n\n\n  \n",
    ]
    var mutator = Mutator(seed: 77)
    for number in 0..<300 {
      let bytes = mutator.change(texts.map { [UInt8]($0.utf8) })
      let options = CSV.Options(
        separator: ",", gaps: number % 2 == 0, label: number % 3 == 0 ? "1" : nil,
        weight: number % 5 == 0 ? "2" : nil)
      try Self.compare(number % 7 == 0 ? try Gzip.compress(bytes) : bytes, options, folder)
    }
  }

  @Test func `several members of gzip, wherever a block ends, and what may come after them`() throws {
    let folder = try TemporaryFolder()
    let members = try ["1,2\n3", ",4\n", "", "5,6\n"].flatMap { try Gzip.compress([UInt8]($0.utf8)) }
    let options = CSV.Options(separator: ",")
    try Self.compare(members, options, folder)
    try Self.compare(members + [0, 0, 0], options, folder)
    try Self.compare(members + [0, 1, 0], options, folder)
    try Self.compare(members + [7], options, folder)
    try Self.compare(members.dropLast(3), options, folder)
    let table = try CSV.read(folder.file("m.csv", members), options, blockSize: 1)
    #expect(table.tensor == Tensor([3, 2], [1, 2, 3, 4, 5, 6] as [Float]))
  }

  @Test(arguments: ["a.csv", "a.csv.gz"]) func `an archive holds what reading gives`(name: String) throws {
    let folder = try TemporaryFolder()
    let random = Random(seed: 9, stream: 1)
    var text = "kind,a,\"b \"\"c\"\"\",much\n"
    for row in 0..<3000 {
      let value = random.uniform(position: UInt64(row))
      text += "\(["red", "blue", "7"][row % 3]),\(row % 10 == 0 ? "?" : "\(value)"),\(row),\(row % 4)\n"
    }
    let bytes = [UInt8](text.utf8)
    let path = try folder.file(name, name.hasSuffix(".gz") ? Gzip.compress(bytes) : bytes)
    let options = CSV.Options(gaps: true, label: "kind", weight: "much")
    for blockSize in [100, 1 << 20] {
      let checksum = try CSV.convert(
        path, options, to: folder.file("a.npz"), key: "what and how", blockSize: blockSize)
      #expect(try checksum.value == ContentChecksum.of(path).value && checksum.count == contents(path).count)
      let arrays = try NPZ.read(folder.file("a.npz"))
      let table = try #require(Table(archive: arrays))
      #expect(Self.outcome { table } == Self.outcome { try CSV.read(path, options) })
      #expect(table.tensor.shape == [3000, 2] && table.classNames == ["red", "blue", "7"])
      #expect(arrays.first { $0.name == "key" }?.tensor == Tensor(Array("what and how".utf8)))
      // The numbers begin where a vector register likes it.
      #expect(table.tensor.withBytes { UInt(bitPattern: $0.baseAddress) } % 64 == 0)
    }
    let plain = try folder.file("b.csv", Array("1,2\n3,4\n".utf8))
    _ = try CSV.convert(plain, .init(), to: folder.file("b.npz"), key: "")
    let table = try #require(try Table(archive: NPZ.read(folder.file("b.npz"))))
    #expect(table.columns == nil && table.labels == nil && table.weights == nil && !table.hasGaps)
    #expect(table.tensor == Tensor([2, 2], [1, 2, 3, 4] as [Float]))
  }

  @Test func `a fault in the text leaves no archive`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.csv", Array("1,2\n3,x\n".utf8))
    let message = words { _ = try CSV.convert(path, .init(), to: folder.file("a.npz"), key: "") }
    #expect(message.hasPrefix("\(path) line 2 column 2: "))
    #expect(
      words { _ = try CSV.convert(path, .init(), to: folder.file("no/a.npz"), key: "") }.hasPrefix(
        folder.file("no/a.npz")))
    #expect(try folder.names == ["a.csv"])
  }

  @Test func `other archives are no table`() throws {
    let values = NamedTensor(name: "X", tensor: Tensor([2, 1], [1, 2] as [Float]))
    let gaps = NamedTensor(name: "gaps", tensor: Tensor([0] as [UInt8]))
    #expect(Table(archive: [values, gaps]) != nil)
    #expect(Table(archive: [values]) == nil && Table(archive: [gaps]) == nil)
    for (name, tensor) in [
      ("labels", Tensor([0] as [Int32])), ("labels", Tensor([0, 1] as [Int32])),
      ("weights", Tensor([1] as [Float])),
      ("columns", Tensor([1, 0, 0, 0] as [UInt8])), ("columns", Tensor([0, 0, 0, 0, 0, 0, 0, 0] as [UInt8])),
    ] {
      #expect(Table(archive: [values, gaps, NamedTensor(name: name, tensor: tensor)]) == nil)
    }
  }

  @Test(arguments: IDXTests.types) func `IDX in an archive is the array`(name: String, element: Element)
    throws
  {
    let folder = try TemporaryFolder()
    let isMapped = element.size == 1
    #expect(try IDX.loadedCount(golden("\(name).idx")) == (isMapped ? 0 : 24 * element.size))
    try IDX.write(rampTensor(element), to: folder.file("a.idx.gz"))
    #expect(try IDX.loadedCount(folder.file("a.idx.gz")) == 24 * element.size)
    for path in [golden("\(name).idx"), folder.file("a.idx.gz")] {
      let checksum = try IDX.convert(path, to: folder.file("a.npz"), key: "k")
      #expect(try checksum.value == ContentChecksum.of(path).value)
      #expect(try NPZ.read(folder.file("a.npz"), name: "X").tensor == rampTensor(element))
    }
  }

  @Test func `IDX that is damaged leaves no archive`() throws {
    let folder = try TemporaryFolder()
    let whole = try contents(golden("i2.idx"))
    for bytes in [[UInt8](whole.dropLast()), whole + [0]] {
      for path in try [folder.file("a", bytes), folder.file("b", Gzip.compress(bytes))] {
        let message = words { _ = try IDX.convert(path, to: folder.file("a.npz"), key: "") }
        #expect(message.contains("expected 48 bytes of values"))
      }
    }
    let cut = try folder.file("b", [UInt8](Gzip.compress(whole).dropLast(4)))
    #expect(words { _ = try IDX.convert(cut, to: folder.file("a.npz"), key: "") }.contains("the rest of the"))
    #expect(try folder.names == ["a", "b"])
  }
}
