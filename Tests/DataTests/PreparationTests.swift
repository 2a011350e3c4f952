import Foundation
import HourglassData
import HourglassTensor
import Testing

@Suite("Preparation")
struct PreparationTests {
  private func table(_ names: [String]?, _ values: [Float] = [1, -2, 3, 4]) throws -> Dataset {
    try Dataset(Tensor([2, 2], values), featureNames: names, origin: "t.csv")
  }

  @Test("recommends a scaling by the type and range of the data")
  func recommendation() throws {
    func kind<Value: TensorElement>(_ values: [Value], _ shape: Shape = [2, 2]) throws -> Scaling.Kind {
      let all = (0..<shape.count).map { values[$0 % values.count] }
      return try Preparation.recommendedScaling(for: Dataset(Tensor(shape, all), origin: ""))
    }
    #expect(try kind([0, 255, 3, 4] as [UInt8], [2, 8, 8]) == .by255)
    #expect(try kind([0, 1, 1, 0] as [UInt8], [2, 8, 8]) == .none)
    #expect(try kind([0, 128, 3, 4] as [UInt8], [2, 8, 8]) == .by255)
    #expect(try kind([0, 16, 3, 4] as [UInt8], [2, 8, 8]) == .minMax)
    #expect(try kind([0, 1, 0.5, 0] as [Float]) == .standard)
    #expect(try kind([0, 1, 0.5, 0] as [Float], [2, 63]) == .standard)
    #expect(try kind([0, 1, 0.5, 0] as [Float], [2, 64]) == .none)
    #expect(try kind([0, 1, 0.5, 0] as [Float], [2, 4, 4]) == .none)
    #expect(try kind([0, 1.001, 0.5, 0] as [Float]) == .standard)
    #expect(try kind([0, -0.001, 0.5, 0] as [Double]) == .standard)
    #expect(try kind([0, 255, 3, 4] as [UInt16]) == .standard)
    #expect(try Preparation.fitted(.minMax, to: table(nil, [0, 1, 0.5, 0])).scaling.isUnitInterval)
  }

  @Test(
    "rows of bytes are a table, as the same numbers of another type are; pictures of whole numbers are bytes")
  func bytesAndNumbers() throws {
    for (highest, width) in [(255, 2), (255, 784), (1, 2), (1, 64), (16, 64)] as [(UInt8, Int)] {
      let bytes = (0..<(3 * width)).map { UInt8($0 % (Int(highest) + 1)) }
      let kinds = try [
        Preparation.recommendedScaling(for: Dataset(Tensor([3, width], bytes), origin: "")),
        Preparation.recommendedScaling(
          for: Dataset(Tensor([3, width], bytes.map { Float($0) }), origin: "")),
        Preparation.recommendedScaling(
          for: Dataset(Tensor([3, width], bytes.map { Int32($0) }), origin: "")),
      ]
      let expected: Scaling.Kind = highest == 1 && width == 64 ? .none : .standard
      #expect(kinds.allSatisfy { $0 == expected }, "\(highest) \(width): \(kinds)")
    }
    let pixels = (0..<(3 * 64)).map { UInt8($0) }
    func kind<Value: TensorElement>(_ values: [Value], _ shape: Shape = [3, 8, 8]) throws -> Scaling.Kind {
      try Preparation.recommendedScaling(for: Dataset(Tensor(shape, values), origin: ""))
    }
    #expect(try kind(pixels) == .by255 && kind(pixels.map { Float($0) }) == .by255)
    #expect(try kind(pixels.map { Int64($0) }, [3, 1, 8, 8]) == .by255)
    #expect(try kind(pixels.map { Float($0) + 0.5 }) == .standard)
    #expect(try kind(pixels.map { Float($0) * 2 }) == .standard)
    #expect(try kind(pixels.map { Float($0) }, [3, 2, 32]) == .standard, "two channels of a series")
  }

  @Test("a range that values must lie in is led to, where a scaling can")
  func range() throws {
    func kind<Value: TensorElement>(_ values: [Value], _ range: ClosedRange<Double>) throws -> Scaling.Kind {
      try Preparation.recommendedScaling(for: Dataset(Tensor([2, 2], values), origin: ""), within: range)
    }
    #expect(try kind([0, 255, 3, 4] as [UInt8], 0...1) == .by255)
    #expect(try kind([0, 16, 3, 4] as [UInt8], 0...1) == .minMax)
    #expect(try kind([0, 1, 0.5, 0] as [Float], 0...1) == .none)
    #expect(try kind([-3, 1, 0.5, 0] as [Float], 0...1) == .minMax)
    #expect(try kind([3, 1, 0.5, 0] as [Float], 0...(.infinity)) == .none)
    #expect(try kind([-3, 1, 0.5, 0] as [Float], 0...(.infinity)) == .standard)
  }

  @Test("accepts data like those of training, whatever their type")
  func accepts() throws {
    let preparation = try Preparation.fitted(to: table(["a", "b"]))
    try preparation.check(table(["a", "b"], [9, 9, 9, 9]))
    try preparation.check(table(nil))
    try preparation.check(Dataset(Tensor([1, 2], [1, 2] as [Int64]), origin: ""))
  }

  @Test("names shapes and columns that differ")
  func refuses() throws {
    let preparation = try Preparation.fitted(to: table(["a", "b"]))
    let wide = try Dataset(Tensor([1, 3], [1, 2, 3] as [Float]), origin: "w.csv")
    #expect(
      message { try preparation.check(wide) }.hasPrefix(
        "w.csv: expected samples of shape [2], as in training, found shape [3]; "))
    let square = try Dataset(Tensor([3, 1, 2], [1, 2, 3, 4, 5, 6] as [Float]), origin: "s.npy")
    #expect(message { try preparation.check(square) }.hasSuffix("; reshape the data to [3, 2]"))
    #expect(
      message { try preparation.check(table(["a", "c"])) }
        == "t.csv column 2: expected 'b', as in training, found 'c'; give the columns of training")
    #expect(
      message { try preparation.check(table(["b", "a"])) }.hasSuffix("put the columns in the order a, b"))
  }

  @Test("notices values already divided by 255")
  func alreadyScaled() throws {
    let bytes = try Dataset(Tensor([1, 2], [0, 255] as [UInt8]), origin: "")
    let preparation = try Preparation.fitted(.by255, to: bytes)
    #expect(message { try preparation.check(table(nil, [0, 1, 0.5, 0])) }.hasSuffix("multiply them by 255"))
    try preparation.check(table(nil, [0, 255, 3, 0]))
    try preparation.check(table(nil, [0, 0, 0, 0]))
    try preparation.check(Dataset(Tensor([1, 2], [0, 1] as [UInt8]), origin: ""))
  }

  @Test("is the same after JSON, and refuses what it does not know")
  func coding() throws {
    for preparation in try [
      Preparation.fitted(to: table(["a", "b"])), .fitted(.minMax, to: table(nil)),
      .fitted(to: Dataset(Tensor([1, 2, 2], [0, 255, 1, 2] as [UInt8]), origin: "")),
    ] {
      let data = try JSONEncoder().encode(preparation)
      #expect(try JSONDecoder().decode(Preparation.self, from: data) == preparation)
    }
    let valid =
      #"{"format":1,"sample_shape":[2],"element":"float32","scaling":{"kind":"standard","shift":[0,1],"#
      + #""scale":[1,2],"unit_interval":false}}"#
    _ = try JSONDecoder().decode(Preparation.self, from: Data(valid.utf8))
    for (old, new, expected) in [
      (#""format":1"#, #""format":2"#, "found 2"), (#""format":1,"#, "", "format"),
      ("float32", "float16", "float16"), ("[2]", "[3]", "do not go with"), ("[2]", "[-2]", "-2"),
      ("[2]", "[2,3]", "do not go with"), ("[2]", "[]", "do not go with"),
    ] {
      let json = valid.replacingOccurrences(of: old, with: new)
      let text = message { _ = try JSONDecoder().decode(Preparation.self, from: Data(json.utf8)) }
      #expect(text.contains(expected), "\(text)")
    }
  }
}
