import Foundation
import HourglassFormats
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassData

@Suite("Digests of samples")
struct DigestTests {
  /// Values as they stand, mixed by the definition: in plain whole numbers, without the pass over typed rows.
  private func digest(_ values: [Float]) -> UInt64 {
    func multiplied(_ one: UInt64, _ other: UInt64) -> UInt64 {
      one.multipliedReportingOverflow(by: other).partialValue
    }
    var hash = UInt64(values.count)
    for value in values {
      hash = multiplied(hash ^ UInt64(value.bitPattern), 0x9E37_79B9_7F4A_7C15)
      hash ^= hash >> 29
    }
    hash = multiplied(hash ^ (hash >> 30), 0xBF58_476D_1CE4_E5B9)
    hash = multiplied(hash ^ (hash >> 27), 0x94D0_49BB_1331_11EB)
    return hash ^ (hash >> 31)
  }

  @Test("are those of the definition, in the data set's order")
  func definition() throws {
    let rows: [[Float]] = [[1, 2, 3], [0.1, -5, 1e20], [0, 0, 0], [1, 2, 3]]
    let dataset = try Dataset(Tensor([4, 3], rows.flatMap(\.self)), origin: "x")
    #expect(dataset.digests() == rows.map(digest))
    #expect(dataset.subset([2, 0, 2]).digests() == [rows[2], rows[0], rows[2]].map(digest))
  }

  @Test("do not depend on the type or the file, on the sign of 0, or on what is missing where")
  func canonical() throws {
    let folder = try Folder()
    let numbers: [Double] = [0.1, 2, -0.0, 7, 1.0 / 3, 255]
    let double = try Dataset(Tensor([2, 3], numbers), origin: "d").digests()
    let single = try Dataset(Tensor([2, 3], numbers.map(Float.init)), origin: "f").digests()
    #expect(double == single)
    let table = folder.write(Array("a,b,c\n0.1,2,0\n7,0.3333333333333333,255\n".utf8), "t.csv")
    #expect(try Source.open(table).digests() == single)
    let path = folder.path + "/t.npy"
    try NPY.write(Tensor([2, 3], numbers), to: path)
    #expect(try Source.open(path).digests() == single)
    let bytes = try Dataset(Tensor([1, 3], [7, 0, 255] as [UInt8]), origin: "b").digests()
    #expect(bytes == [digest([7, 0, 255])])
    let gaps = try Dataset(Tensor([2, 2], [1, .nan, 1, -Float.nan] as [Float]), origin: "n")
      .digests()
    #expect(gaps[0] == gaps[1])
  }

  @Test("of many samples that differ in one value by the least step are all different")
  func collisions() throws {
    var values = [Float](repeating: 0.5, count: 50_000 * 8)
    for row in 0..<50_000 {
      values[row * 8 + row % 8] = Float(bitPattern: (0.5 as Float).bitPattern + UInt32(row / 8 + 1))
    }
    let digests = try Dataset(Tensor([50_000, 8], values), origin: "x").digests()
    #expect(Set(digests).count == 50_000)
    // Bits are as often 1 as 0: binomial(50 000, 1/2), five deviations.
    for bit in 0..<64 {
      let count = digests.count { $0 >> UInt64(bit) & 1 == 1 }
      #expect(abs(count - 25_000) < 560, "bit \(bit)")
    }
  }
}
