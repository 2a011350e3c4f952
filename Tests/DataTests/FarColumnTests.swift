import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

/// Columns whose values lie far from 0 and close together: 2²⁴ and 2²⁴ + 1 are one number in single
/// precision, times in seconds come in steps of 128 there.
@Suite("Columns far from 0")
struct FarColumnTests {
  private let folder = FileManager.default.temporaryDirectory.path + "/far-\(UUID().uuidString)"

  /// The columns end in 0, 1, 0, 1 … ; their mean is the first value and a half, their deviation a half.
  static let firsts: [Double] = [16_777_216, 1_600_000_000, -4_000_000_001]

  private func text(_ first: Double) -> String {
    (["t,x"] + (0..<8).map { "\(Int(first) + $0 % 2),\($0 % 2)" }).joined(separator: "\n") + "\n"
  }

  private func values(_ first: Double) -> [Double] {
    (0..<8).flatMap { [first + Double($0 % 2), Double($0 % 2)] }
  }

  private func check(_ dataset: Dataset, _ first: Double, _ comment: Comment) throws {
    let expected: [Float] = (0..<8).flatMap { row -> [Float] in
      let value = Float(row % 2 * 2 - 1)
      return [value, value]
    }
    let scaling = try Scaling.fitted(.standard, to: dataset)
    #expect(scaling.isFar && scaling.apply(dataset.tensor).values == expected, comment)
    var gathered = [Float](repeating: 0, count: 16)
    [UInt32](0..<8).withUnsafeBufferPointer { positions in
      gathered.withUnsafeMutableBufferPointer {
        dataset.gather(positions, scaling: scaling, into: $0)
      }
    }
    #expect(gathered == expected, comment)
    let back = scaling.undo(Tensor([8, 2], expected))
    #expect(back.element == .float64 && back.doubles == values(first), comment)
    let between = scaling.undo(Tensor([1, 2], [0.2, 0.2] as [Float])).doubles
    #expect(abs(between[0] - (first + 0.6)) < 1e-6 && abs(between[1] - 0.6) < 1e-6, comment)
    let minMax = try Scaling.fitted(.minMax, to: dataset)
    #expect(minMax.apply(dataset.tensor).values == (0..<16).map { Float($0 / 2 % 2) }, comment)
    #expect(minMax.undo(minMax.apply(dataset.tensor)).doubles == values(first), comment)
  }

  @Test("keep their differences from every kind of file", arguments: firsts)
  func files(first: Double) throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try text(first).write(toFile: folder + "/a.csv", atomically: false, encoding: .utf8)
    try Data(Gzip.compress([UInt8](text(first).utf8))).write(to: URL(fileURLWithPath: folder + "/a.csv.gz"))
    try text(first).replacingOccurrences(of: ",", with: "\t")
      .write(toFile: folder + "/a.tsv", atomically: false, encoding: .utf8)
    let doubles = Tensor([8, 2], values(first))
    try NPY.write(doubles, to: folder + "/doubles.npy")
    try NPY.write(Tensor([8, 2], values(first).map { Int64($0) }), to: folder + "/integers.npy")
    try NPZ.write([NamedTensor(name: "X", tensor: doubles)], to: folder + "/doubles.npz")
    for name in ["a.csv", "a.csv.gz", "a.tsv", "doubles.npy", "integers.npy", "doubles.npz"] {
      try check(Source.open(folder + "/" + name), first, "\(name)")
    }
    var opening = Opening()
    opening.smallest = 0
    let cache = Cache(folders: [folder + "/cache"], notice: { Issue.record("\($0)") })
    for _ in 0..<2 { try check(Source.open(folder + "/a.csv", opening, cache), first, "the copy") }
  }

  @Test("of int32 keep their differences")
  func narrowIntegers() throws {
    let values = (0..<8).flatMap { [2_000_000_000 + Int32($0 % 2), Int32($0 % 2)] }
    try check(Dataset(Tensor([8, 2], values), origin: "i"), 2_000_000_000, "int32")
  }

  @Test("with gaps keep their differences")
  func gaps() throws {
    let text = "t,x\n1600000000,1\n,2\n1600000001,3\n"
    let table = try CSV.read(bytes: [UInt8](text.utf8), name: "g.csv", gaps: true)
    let dataset = try Dataset(table.tensor, featureNames: table.columns, hasGaps: true, origin: "g.csv")
    let scaled = try Scaling.fitted(.standard, to: dataset).apply(dataset.tensor).values
    #expect(scaled[0] == -1 && scaled[2].isNaN && scaled[4] == 1)
  }

  @Test("are read in double precision by need, and as in training")
  func precision() throws {
    func element(_ text: String, _ precision: CSV.Precision = .byNeed) throws -> Element {
      var options = CSV.Options()
      options.precision = precision
      return try CSV.read(bytes: [UInt8](text.utf8), name: "p.csv", options).tensor.element
    }
    #expect(try element("16777216\n16777217\n") == .float64)
    #expect(try element("2019.00001\n2019.00002\n") == .float64)
    #expect(try element("16777217\n16777217\n") == .float64)
    #expect(try element("16777217\n16777217\n", .single) == .float32)
    for text in ["1\n2\n", "0.1\n0.1\n", "2019\n2019\n", "0\n16777217\n", "1e9\n2e9\n", "1013.25\n1009.5\n"] {
      #expect(try element(text) == .float32, "\(text)")
    }
    #expect(try element("1\n2\n", .double) == .float64)
  }

  @Test("of double precision are the nearest numbers")
  func nearest() throws {
    let texts = [
      "0.1", "1e300", "123456789012345678901", "0.12345678901234567", "9007199254740993", "-5e-324", "3e-30",
      "1.7976931348623157e308", "72057594037927945",
    ]
    var options = CSV.Options()
    options.precision = .double
    for text in texts where abs(Double(text) ?? 0) < 3e38 {
      let table = try CSV.read(bytes: [UInt8]("\(text)\n".utf8), name: "n.csv", options)
      #expect(table.tensor.doubles == [Double(text)], "\(text)")
    }
    #expect(
      message { _ = try CSV.read(bytes: [UInt8]("1e300\n".utf8), name: "n.csv", options) }
        .contains("a number below 3.4e38"))
  }

  @Test("lose nothing in the model's file, whose form stays where nothing is far")
  func coding() throws {
    let far = try Scaling.fitted(.standard, to: Dataset(Tensor([8, 2], values(1.6e9)), origin: "f"))
    let data = try JSONEncoder().encode(far)
    #expect(try JSONDecoder().decode(Scaling.self, from: data) == far)
    #expect(String(decoding: data, as: UTF8.self).contains("shift_remainder"))
    let near = try Scaling.fitted(.standard, to: Dataset(Tensor([8, 2], values(0)), origin: "n"))
    #expect(try !String(decoding: JSONEncoder().encode(near), as: UTF8.self).contains("shift_remainder"))
    let wrong =
      #"{"kind":"standard","shift":[0,1],"shift_remainder":[1],"scale":[1,2],"unit_interval":false}"#
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Scaling.self, from: Data(wrong.utf8)) }
  }

  @Test("of integers that double precision cannot tell apart are refused")
  func blurred() throws {
    let base: Int64 = 1_600_000_000_000_000_000
    for values in [[base, base + 1], [base, base + 600]] as [[Int64]] {
      let dataset = try Dataset(Tensor([2, 1], values), origin: "ns.npy")
      #expect(
        message { _ = try Scaling.fitted(.standard, to: dataset) }
          .hasPrefix(
            "ns.npy column 0: expected values that double precision can tell apart, found 1.6e+18 to "))
    }
    let apart = try Dataset(Tensor([2, 1], [base, base + 1_000_000_000]), origin: "ns.npy")
    let scaled = try Scaling.fitted(.standard, to: apart).apply(apart.tensor).values
    // What single precision leaves of the shift's remainder, up to 2^12 of a deviation of 5e8.
    #expect(abs(scaled[0] + 1) < 2e-5 && abs(scaled[1] - 1) < 2e-5, "\(scaled)")
  }

  @Test("are refused by a scaling that takes no differences")
  func unshifted() throws {
    let dataset = try Dataset(Tensor([8, 2], values(16_777_216)), featureNames: ["t", "x"], origin: "f.csv")
    for kind in [Scaling.Kind.none, .by255] {
      #expect(
        message { _ = try Scaling.fitted(kind, to: dataset) }.hasPrefix(
          "f.csv column 't': expected values that single precision can tell apart, "
            + "with the scaling \(kind.rawValue), "
            + "found 16777216.0 to 16777217.0; choose the scaling standard or min-max"))
    }
  }

  @Test("of pictures and series as a whole keep their differences")
  func whole() throws {
    let values = (0..<16).map { 1.6e9 + Double($0 % 2) }
    let dataset = try Dataset(Tensor([4, 2, 2], values), origin: "w")
    let scaling = try Scaling.fitted(.standard, to: dataset)
    #expect(scaling.shift.count == 1 && scaling.isFar)
    let expected: [Float] = (0..<16).map { (index: Int) -> Float in index.isMultiple(of: 2) ? -1 : 1 }
    #expect(scaling.apply(dataset.tensor).values == expected)
  }

  @Test("of series keep their differences in windows")
  func series() throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let values = (0..<12).map { 1.6e9 + Double($0 % 2) }
    let text = "x\n" + values.map { "\(Int($0))\n" }.joined()
    try text.write(toFile: folder + "/s.csv", atomically: false, encoding: .utf8)
    try NPY.write(Tensor([12, 1], values), to: folder + "/s.npy")
    var options = SourceOptions()
    options.window = 4
    for name in ["s.csv", "s.npy"] {
      let dataset = try Source.open(folder + "/" + name, options: options)
      #expect(dataset.samples.element == .float64 && dataset.count == 9)
      let scaled = try Scaling.fitted(.standard, to: dataset).apply(dataset.tensor(0..<1)).values
      #expect(
        zip(scaled, [-1, 1, -1, 1] as [Float]).allSatisfy { abs($0 - $1) < 1e-5 }, "\(name): \(scaled)")
    }
  }
}
