import HourglassData
import HourglassTensor
import Testing

/// Samples `[count, width]` whose value says where it is: 100 · row + column.
func ramp(_ count: Int, _ width: Int) throws -> Dataset {
  let values = (0..<count).flatMap { row in (0..<width).map { Int32(100 * row + $0) } }
  return try Dataset(
    Tensor([count, width], values), labels: (0..<Int32(count)).map { $0 % 3 }, origin: "ramp")
}

/// The message of the error that `body` throws.
func message(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

@Suite("Dataset")
struct DatasetTests {
  @Test("counts samples and knows their shape")
  func basics() throws {
    let dataset = try Dataset(Tensor([5, 2, 3], [UInt8](0..<30)), origin: "bytes")
    #expect(dataset.count == 5)
    #expect(dataset.sampleShape == [2, 3])
    #expect(dataset.tensor(1..<3) == Tensor([2, 2, 3], [UInt8](6..<18)))
    #expect(dataset.tensor.storage === dataset.samples.storage)
    #expect(dataset.tensor(1..<3).storage === dataset.samples.storage)
  }

  @Test(
    "refuses data without samples or values",
    arguments: [
      ([0, 3], "at least one sample"), ([3, 0], "at least one value"), ([3], "[samples, values…]"),
      ([], "[samples, values…]"),
    ])
  func empty(dimensions: [Int], expected: String) {
    let shape = Shape(dimensions)
    let text = message {
      _ = try Dataset(Tensor(shape, [Float](repeating: 0, count: shape.count)), origin: "somewhere")
    }
    #expect(text.contains("somewhere") && text.contains(expected) && text.contains("found shape \(shape)"))
  }

  @Test("refuses more samples than 32 bits count")
  func many() {
    // No such block is ever read: only the shape matters.
    let shape = Shape([Int(UInt32.max) + 1, 1])
    let bytes = UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: 64), count: shape.count)
    let samples = Tensor(shape, .uint8, in: Storage(adopting: bytes) { _, _ in })
    #expect(message { _ = try Dataset(samples, origin: "huge") }.contains("at most 4294967295 samples"))
  }

  @Test("refuses labels and names that do not fit")
  func misfits() {
    let samples = Tensor([2, 2], [Float](repeating: 0, count: 4))
    #expect(message { _ = try Dataset(samples, labels: [1], origin: "x") }.contains("2 labels"))
    #expect(message { _ = try Dataset(samples, featureNames: ["a"], origin: "x") }.contains("2 column names"))
  }

  @Test("a subset of a subset finds the right rows")
  func subsets() throws {
    let part = try ramp(10, 2).subset([9, 3, 3, 7]).subset([3, 0, 2])
    #expect(part.rows == [7, 9, 3])
    #expect(part.tensor(0..<3).values == [700, 701, 900, 901, 300, 301])
    #expect(part.tensor(1..<2).element == .int32)
    #expect(part.orderedLabels == [1, 0, 0])
    #expect(try ramp(10, 2).subset(2..<4).tensor.values == [200, 201, 300, 301])
  }

  @Test("a split is disjoint, covers everything, keeps order and repeats with the seed")
  func split() throws {
    for (count, fraction, expected) in [(10, 0.2, 2), (2, 0.01, 1), (2, 0.99, 1), (1000, 0.1255, 126)] {
      let whole = try ramp(count, 3)
      let (training, held) = try whole.split(holdingOut: fraction, seed: 5)
      let (trainingRows, heldRows) = (try #require(training.rows), try #require(held.rows))
      #expect(heldRows.count == expected)
      #expect(Set(trainingRows).isDisjoint(with: heldRows))
      #expect((trainingRows + heldRows).sorted() == [UInt32](0..<UInt32(count)))
      #expect(trainingRows == trainingRows.sorted() && heldRows == heldRows.sorted())
      #expect(training.samples.storage === whole.samples.storage)
      #expect(try whole.split(holdingOut: fraction, seed: 5).held.rows == held.rows)
    }
    let whole = try ramp(1000, 1)
    let small = try Set(#require(whole.split(holdingOut: 0.1, seed: 1).held.rows))
    #expect(try small.isSubset(of: #require(whole.split(holdingOut: 0.3, seed: 1).held.rows)))
    #expect(try whole.split(holdingOut: 0.1, seed: 2).held.rows.map(Set.init) != small)
    let part = try whole.subset(500..<600).split(holdingOut: 0.5, seed: 0).held
    #expect(try #require(part.rows).allSatisfy { (500..<600).contains($0) })
  }

  @Test("every row is held out about as often as any other")
  func fairness() throws {
    let whole = try ramp(50, 1)
    var counts = [Int](repeating: 0, count: 50)
    for seed in 0..<2000 {
      for row in try #require(whole.split(holdingOut: 0.2, seed: UInt64(seed)).held.rows) {
        counts[Int(row)] += 1
      }
    }
    // Each is binomial(2000, 0.2): mean 400, deviation 17.9; five deviations.
    #expect(counts.allSatisfy { abs($0 - 400) < 90 })
  }

  @Test("a split that cannot be made says why")
  func splitErrors() throws {
    for fraction in [0, 1, -0.5, 2, Double.nan] {
      #expect(
        message { _ = try ramp(10, 1).split(holdingOut: fraction, seed: 0) }.contains("between 0 and 1"))
    }
    #expect(message { _ = try ramp(1, 1).split(holdingOut: 0.5, seed: 0) }.contains("two samples"))
  }

  @Test("gathering equals converting, picking and scaling one by one")
  func gather() throws {
    let whole = try ramp(20, 3)
    let part = whole.subset([4, 19, 0, 7])
    let scaling = Scaling(.standard, shift: [1, 2, 3], scale: [0.5, 0.25, 2], isUnitInterval: false)
    var found = [Float](repeating: .nan, count: 9)
    [UInt32]([3, 1, 1]).withUnsafeBufferPointer { positions in
      found.withUnsafeMutableBufferPointer { part.gather(positions, scaling: scaling, into: $0) }
    }
    var expected: [Float] = []
    for row in [7, 19, 19] {
      for column in 0..<3 {
        expected.append((Float(100 * row + column) - [1, 2, 3][column]) * [0.5, 0.25, 2][column])
      }
    }
    #expect(found == expected)
  }

  @Test("every type of value is read alike, wherever it lies in memory")
  func types() throws {
    func check<Value: TensorElement>(_ values: [Value]) throws {
      let size = MemoryLayout<Value>.stride
      let storage = Storage(count: values.count * size + 3) { bytes in
        values.withUnsafeBytes { UnsafeMutableRawBufferPointer(rebasing: bytes[3...]).copyMemory(from: $0) }
      }
      let dataset = try Dataset(Tensor([5, 2], Value.element, in: storage, offset: 3), origin: "")
      let scaling = try Scaling.fitted(.minMax, to: dataset)
      #expect(scaling.shift == [1, 2] && scaling.scale == [0.125, 0.125])
      var found = [Float](repeating: .nan, count: 10)
      [UInt32](0..<5).withUnsafeBufferPointer { positions in
        found.withUnsafeMutableBufferPointer { dataset.gather(positions, scaling: scaling, into: $0) }
      }
      #expect(found == [0, 0, 0.25, 0.25, 0.5, 0.5, 0.75, 0.75, 1, 1])
      #expect(scaling.apply(dataset.samples).values == found)
      try dataset.checkFinite()
    }
    try check([UInt8](1...10))
    try check([Int8](1...10))
    try check([UInt16](1...10))
    try check([Int16](1...10))
    try check([Int32](1...10))
    try check([Int64](1...10))
    try check((1...10).map { Float($0) })
    try check((1...10).map { Double($0) })
  }

  @Test("infinity and NaN are named by row and column")
  func finite() throws {
    var values = [Float](repeating: 1, count: 40)
    values[4 * 7 + 2] = -.infinity
    let table = try Dataset(Tensor([10, 4], values), featureNames: ["a", "b", "c", "d"], origin: "t.npy")
    #expect(message { try table.checkFinite() }.hasPrefix("t.npy row 7 column 'c' (counted from 0): "))
    #expect(message { try table.checkFinite() }.contains("found -inf"))
    let images = try Dataset(Tensor([5, 2, 4], values.map(Double.init)), origin: "i.npy")
    #expect(message { try images.checkFinite() }.hasPrefix("i.npy row 3 value [1, 2] (counted from 0): "))
    values[4 * 7 + 2] = .greatestFiniteMagnitude
    #expect(message { try Dataset(Tensor([10, 4], values), origin: "").checkFinite() } == "no error")
    // The bad row is not among those asked for.
    #expect(message { try table.subset(0..<7).checkFinite() } == "no error")
  }
}
