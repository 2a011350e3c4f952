import Foundation
import HourglassFormats
import HourglassTensor
import Testing

/// Damaged files by the thousand: each is read or refused with a ``FormatError``, in bounded time and memory.
///
/// `HOURGLASS_FUZZ` sets the number of cases a reader, `HOURGLASS_FUZZ_SEED` the seed.
@Suite struct FuzzTests {
  static let environment = ProcessInfo.processInfo.environment
  static let cases = environment["HOURGLASS_FUZZ"].flatMap { Int($0) } ?? 5000
  static let seed = environment["HOURGLASS_FUZZ_SEED"].flatMap { UInt64($0) } ?? 1

  /// What a reader makes of damaged files, counted.
  struct Tally {
    var read = 0
    var refused = 0
    var wrong: [String] = []
    /// Bytes of tensors for a byte of file, at most.
    var greatest = 0.0
  }

  static func fuzz(
    _ files: [[UInt8]], salt: UInt64, dress: ([UInt8]) throws -> [UInt8] = { $0 },
    _ read: ([UInt8]) throws -> [Tensor]
  ) throws -> Tally {
    var mutator = Mutator(seed: seed &* 1000 &+ salt)
    var tally = Tally()
    for file in files { _ = try read(dress(file)) }
    for number in 0..<cases {
      let bytes = try dress(mutator.change(files))
      do {
        let tensors = try read(bytes)
        tally.read += 1
        for tensor in tensors {
          // Every byte is touched: a tensor that reaches beyond its file would trap here.
          _ = tensor.withBytes { $0.reduce(0, &+) }
          let ratio = Double(tensor.count * tensor.element.size) / Double(max(bytes.count, 1))
          tally.greatest = max(tally.greatest, ratio)
        }
      } catch is FormatError {
        tally.refused += 1
      } catch {
        tally.wrong.append("case \(number): \(error)")
      }
    }
    return tally
  }

  /// Most kilobytes the process ever had in memory.
  static var peak: Int {
    var usage = rusage()
    // 0 is RUSAGE_SELF, whose type differs between systems.
    getrusage(0, &usage)
    #if canImport(Darwin)
      return Int(usage.ru_maxrss) / 1024
    #else
      return Int(usage.ru_maxrss)
    #endif
  }

  static func check(_ name: String, _ tally: Tally, ratio: Double, since before: Int) {
    #expect(tally.wrong == [])
    #expect(tally.read + tally.refused == cases)
    // Neither everything nor nothing gets through, or the changes test nothing.
    #expect(tally.read > 0 && tally.refused > 0)
    #expect(tally.greatest <= ratio)
    // Other tests run beside this one; a reader that believes a header would take far more.
    #expect(peak - before < 512 * 1024)
    print("fuzz \(name): \(cases) cases, \(tally.read) read, \(tally.refused) refused")
  }

  static var idx: [[UInt8]] {
    get throws { try ["u1", "i2", "f8"].map { try contents(golden("\($0).idx")) } }
  }

  static var npy: [[UInt8]] {
    get throws {
      try ["little-f4", "big-i2", "fortran", "version-2", "little-u8", "halves", "scalar"].map {
        try contents(golden("\($0).npy"))
      }
    }
  }

  @Test func idxPlain() throws {
    let before = Self.peak
    let tally = try Self.fuzz(Self.idx, salt: 1) { [try IDX.read(bytes: $0, name: "x")] }
    Self.check("IDX", tally, ratio: 1, since: before)
  }

  @Test func idxCompressed() throws {
    let before = Self.peak
    let files = try Self.idx.map { try Gzip.compress($0) }
    let tally = try Self.fuzz(files, salt: 2) { [try IDX.read(bytes: $0, name: "x")] }
    Self.check("IDX in gzip", tally, ratio: 1032, since: before)
    let inside = try Self.fuzz(
      Self.idx, salt: 3, dress: { try Gzip.compress($0, level: 1) }, { [try IDX.read(bytes: $0, name: "x")] })
    Self.check("IDX inside gzip", inside, ratio: 1032, since: before)
  }

  @Test func npyBytes() throws {
    let before = Self.peak
    let tally = try Self.fuzz(Self.npy, salt: 4) { [try NPY.read(bytes: $0, name: "x")] }
    Self.check("NPY", tally, ratio: 2, since: before)
  }

  @Test func npzBytes() throws {
    let before = Self.peak
    let files = try ["stored", "deflated", "large", "one"].map { try contents(golden("\($0).npz")) }
    let read: ([UInt8]) throws -> [Tensor] = { try NPZ.read(bytes: $0, name: "x").map(\.tensor) }
    Self.check("NPZ", try Self.fuzz(files, salt: 5, read), ratio: 2064, since: before)
    let inside = try Self.fuzz(Self.npy, salt: 6, dress: { Zip.file([("a.npy", $0)]) }, read)
    Self.check("NPY inside NPZ", inside, ratio: 2, since: before)
  }

  @Test func csvBytes() throws {
    let before = Self.peak
    let texts = [
      "a,b,c\n1,2.5,-3e2\n4,5,6\n", "\"x \"\"y\"\"\";z\r\n\"1\"; 2 \r\n3;4\r\n\r\n", "1\t2\n3\t4",
      "0.1\n17\n",
      "16777217,1e-45\n340282350000000000000000000000000000000,0\n",
    ]
    let files = texts.map { [UInt8]($0.utf8) }
    let read: ([UInt8]) throws -> [Tensor] = { [try CSV.read(bytes: $0, name: "x").tensor] }
    Self.check("CSV", try Self.fuzz(files, salt: 7, read), ratio: 4, since: before)
    let compressed = try files.map { try Gzip.compress($0) }
    Self.check("CSV in gzip", try Self.fuzz(compressed, salt: 8, read), ratio: 1032, since: before)
  }

  /// What is read is written too: every value finds its words.
  @Test func typedTables() throws {
    let before = Self.peak
    let texts = [
      "a,b,when\n1,x,2023-01-05\n2.5,y,2024-02-29\n,NA,\n",
      "sep=;\r\na;b;a\r\n1.234,50;12 %;01.02.2023 7:05\r\n-0,25;5 %;31.12.2023 17:05\r\n",
      "\"a\",\"b\"\n\"r1\",1,\"$1,234.50\"\n\"r2\",2,-$3.00\n",
      "# note\na\tb\n00123\t13/04/2023\n10115\t5/4/23\n", "Jan 5, 2023|(1,234,567)\nMay 13, 2023|5\n",
      "2023-01-05T17:41:09+02:00 x\n2023-01-05T17:41:09Z y\n",
    ]
    let tally = try Self.fuzz(texts.map { [UInt8]($0.utf8) }, salt: 31) { bytes in
      var options = CSV.TypedOptions()
      options.dateOrder = .dayFirst
      let table = try CSV.readTyped(bytes: bytes, name: "x", options)
      for column in table.columns { #expect(column.values.count == table.rowCount) }
      _ = CSV.bytes(of: table)
      return []
    }
    Self.check("typed tables", tally, ratio: 1, since: before)
  }

  @Test func sparseBytes() throws {
    let before = Self.peak
    let files = SparseTableTests.written.map { [UInt8]($0.text.utf8) }
    let tally = try Self.fuzz(files, salt: 32) { bytes in
      let table = try SparseTableTests.read(bytes)
      if table.rowCount * table.columnCount < 1000 { _ = table.tensor(rows: 0..<table.rowCount) }
      return []
    }
    Self.check("sparse rows", tally, ratio: 1, since: before)
  }

  @Test func safeTensorsBytes() throws {
    let before = Self.peak
    let files =
      try ["types", "unaligned"].map { try contents(golden("\($0).safetensors")) }
      + [SafeTensorsTests.sample.bytes()]
    let read: ([UInt8]) throws -> [Tensor] = {
      try SafeTensors.read(bytes: $0, name: "x").tensors.map(\.tensor)
    }
    Self.check("safetensors", try Self.fuzz(files, salt: 9, read), ratio: 2, since: before)
    // The length set right again, so that the changes reach what lies behind it.
    let headers = files.map { file in Array(file[8..<(8 + Int(file[0]) + Int(file[1]) << 8)]) }
    let values = zip(files, headers).map { $0.count - 8 - $1.count }
    let names = ["\"u64\"", "\"b\"", "weights"]
    let inside = try Self.fuzz(
      headers, salt: 10,
      dress: { text in
        let kind = names.firstIndex { String(decoding: text, as: UTF8.self).contains($0) } ?? 0
        return Zip.number(text.count, 8) + text + [UInt8](repeating: 0, count: values[kind])
      }, read)
    Self.check("safetensors header", inside, ratio: 2, since: before)
  }

  @Test func gzipBytes() throws {
    let before = Self.peak
    let files = try [Gzip.compress([]), Gzip.compress(GzipTests.text), Gzip.compress([1, 2, 3], level: 0)]
    let tally = try Self.fuzz(files, salt: 11) { bytes in
      [Tensor(try Gzip.decompress(bytes, limit: 1 << 20, name: "x"))]
    }
    Self.check("gzip", tally, ratio: 1032, since: before)
  }

  @Test func imageBytes() throws {
    let before = Self.peak
    let read: ([UInt8]) throws -> [Tensor] = {
      [Tensor(try ImageFile.read(bytes: $0, name: "x", pixelLimit: 1 << 20).pixels)]
    }
    let png = try ImageFileTests.png.map { try contents(goldenImage($0 + ".png")) }
    let limit = Double(1 << 22)
    Self.check("PNG", try Self.fuzz(png, salt: 12, read), ratio: limit, since: before)
    // With the checksums set right again, so that the changes reach what lies behind them.
    let inside = try Self.fuzz(png, salt: 13, dress: Self.checked, read)
    let wide = try Self.fuzz(png, salt: 15, dress: Self.checked) {
      [Tensor(try PixelImage<UInt16>.read(bytes: $0, name: "x", pixelLimit: 1 << 20).pixels)]
    }
    Self.check("PNG of 16 bits", wide, ratio: limit, since: before)
    Self.check("PNG, checksums right", inside, ratio: limit, since: before)
    let jpeg = try ImageFileTests.jpeg.map { try contents(goldenImage($0 + ".jpg")) }
    Self.check("JPEG", try Self.fuzz(jpeg, salt: 14, read), ratio: limit, since: before)
  }

  @Test func soundBytes() throws {
    let before = Self.peak
    let read: ([UInt8]) throws -> [Tensor] = {
      let sound = try SoundFile.read(bytes: $0, name: "x", valueLimit: 1 << 22)
      return [Tensor([sound.frames, sound.channels], sound.values)]
    }
    let files = try SoundFileTests.files.map { try contents(goldenSound($0)) }
    let wav = files.filter { $0.starts(with: Array("RIFF".utf8)) }
    Self.check("WAV", try Self.fuzz(wav, salt: 15, read), ratio: Double(1 << 22), since: before)
    let flac = files.filter { !$0.starts(with: Array("RIFF".utf8)) }
    Self.check("FLAC", try Self.fuzz(flac, salt: 16, read), ratio: Double(1 << 22), since: before)
  }

  @Test func seriesBytes() throws {
    let before = Self.peak
    let files = SeriesFileTests.texts.map { [UInt8]($0.utf8) }
    let read: ([UInt8]) throws -> [Tensor] = {
      let file = try SeriesFile.read(bytes: $0, name: "x", gaps: true)
      return file.cases.map { Tensor($0.values) }
    }
    Self.check("series", try Self.fuzz(files, salt: 17, read), ratio: 4, since: before)
  }

  /// A PNG file with the checksum that belongs to each chunk.
  static func checked(_ file: [UInt8]) -> [UInt8] {
    var file = file
    var position = 8
    while position + 12 <= file.count {
      let count = file[position..<(position + 4)].reduce(0) { $0 << 8 | Int($1) }
      let end = position + 8 + count
      guard end + 4 <= file.count else { break }
      file.replaceSubrange(end..<(end + 4), with: ImageFileTests.crc(file[(position + 4)..<end]))
      position = end + 4
    }
    return file
  }
}
