import Hourglass
import HourglassAllocations
import HourglassTestSupport
import Testing

/// Samples that are encoded one by one, beside the same as data sets.
@Suite("Sample encoder")
struct SampleEncoderTests {
  private func model(
    _ data: Dataset, _ scaling: Scaling.Kind = .standard, layers: [Int] = [7], latent: Int = 3,
    condition: Condition? = nil
  ) throws -> Model {
    var architecture = Architecture.dense(
      input: [data.sampleShape.count], layers: layers, latent: latent, activation: .relu)
    architecture.condition = condition
    return Model(try Autoencoder(architecture, seed: 3), try Preparation.fitted(scaling, to: data))
  }

  /// The code of each sample, one by one, and as a data set of it alone.
  private func check<Value: TensorElement>(_ model: Model, _ rows: [[Value]], _ classes: [Int]? = nil) throws
  {
    let encoder = try SampleEncoder(model)
    #expect(encoder.sampleCount == rows[0].count)
    var code = [Float](repeating: 9, count: encoder.codeCount)
    for (index, row) in rows.enumerated() {
      try encoder.encode(row, class: classes?[index], into: &code)
      var alone = try Dataset(
        Tensor([1, row.count], row), hasGaps: row.contains { $0.float.isNaN }, origin: "one")
      if let classes { alone = try alone.labelled([Int32(classes[index])]) }
      #expect(try code == model.encode(alone).values, "sample \(index)")
      #expect(code.contains { $0 != 0 })
    }
  }

  private func rows(_ data: Dataset) -> [[Float]] {
    (0..<data.count).map { data.tensor($0..<($0 + 1)).values }
  }

  @Test(
    "codes are to the byte those of a data set of one", arguments: [Scaling.Kind.none, .standard, .minMax])
  func same(_ scaling: Scaling.Kind) throws {
    let data = try Samples.flat(9, 20, rank: 4)
    try check(model(data, scaling), rows(data))
  }

  @Test("so wide that products are a library's")
  func wide() throws {
    let data = try Samples.unit(5, 784)
    try check(model(data, layers: [128], latent: 64), rows(data))
  }

  @Test("bytes are taken as they are")
  func bytes() throws {
    let pixels = (0..<80).map { UInt8($0 * 3) }
    let data = try Dataset(Tensor([4, 20], pixels), origin: "bytes")
    try check(model(data, .by255), (0..<4).map { Array(pixels[($0 * 20)..<($0 * 20 + 20)]) })
  }

  @Test("values far from 0 keep their differences in double precision")
  func far() throws {
    let times = (0..<40).map { 1_600_000_000 + Double($0) * 0.25 }
    let data = try Dataset(Tensor([10, 4], times), origin: "times")
    let model = try model(data)
    #expect(model.preparation.scaling.isFar)
    try check(model, (0..<10).map { Array(times[($0 * 4)..<($0 * 4 + 4)]) })
  }

  @Test("values that are missing are so to a model that knows gaps; others refuse them")
  func gaps() throws {
    let data = try Samples.flat(9, 6, rank: 2)
    let model = try model(data)
    try check(model.allowingGaps(), rows(data) + [[1, .nan, 2, .nan, 3, 4]])
    let encoder = try SampleEncoder(model)
    var code = [Float](repeating: 7, count: 3)
    #expect(
      words { try encoder.encode([1, 2, .nan, 4, 5, 6] as [Float], into: &code) }.contains("found 1 that is"))
    #expect(
      words { try encoder.encode([1, 2, 3, 4, 5] as [Float], into: &code) }.contains(
        "expects 6 values, found 5"))
    let other = try SampleEncoder(model.allowingGaps())
    #expect(
      words { try other.encode([1, 2, .infinity, 4, 5, -.infinity] as [Float], into: &code) }
        .contains("found 2 that are none"))
    #expect(code == [7, 7, 7])
  }

  @Test("a model with classes is told them")
  func classes() throws {
    let data = try Samples.flat(6, 6, rank: 2).labelled([0, 1, 2, 0, 1, 2])
    let model = try model(data, condition: Condition(ofClassesIn: data))
    try check(model, rows(data), [0, 1, 2, 2, 1, 0])
    let encoder = try SampleEncoder(model)
    var code = [Float](repeating: 0, count: 3)
    let row = rows(data)[0]
    #expect(
      words { try encoder.encode(row, into: &code) }.contains("expects a number from 0 to 2, found none"))
    #expect(words { try encoder.encode(row, class: 3, into: &code) }.contains("found 3"))
    let plain = try SampleEncoder(self.model(data))
    #expect(words { try plain.encode(row, class: 0, into: &code) }.contains("expects none, found 0"))
  }

  private func words(_ body: () throws -> Void) -> String {
    do {
      try body()
      return "nothing"
    } catch { return "\(error)" }
  }

  /// Blocks that 1000 samples ask for, anyone's.
  private func count(_ widths: [Int], each: (Int) -> Void = { _ in }) throws -> UInt64 {
    let data = try Samples.unit(8, widths[0])
    let encoder = try SampleEncoder(
      model(data, layers: Array(widths[1..<(widths.count - 1)]), latent: widths.last ?? 1))
    let row = rows(data)[0]
    var code = [Float](repeating: 0, count: encoder.codeCount)
    // The libraries set themselves up.
    for _ in 0..<3 { try encoder.encode(row, into: &code) }
    var counts = (allocations_count(), allocations_count())
    withUnsafeMutablePointer(to: &counts.0) { allocations_note($0, 0) }
    for number in 0..<1000 {
      try encoder.encode(row, into: &code)
      each(number)
    }
    withUnsafeMutablePointer(to: &counts.1) { allocations_note($0, 0) }
    return counts.1.all - counts.0.all
  }

  @Test(
    "a sample asks the heap for nothing, its libraries included", .enabled(if: allocations_are_counted()),
    arguments: [[784, 128, 64], [30, 20, 10]])
  func allocations(_ widths: [Int]) throws {
    #expect(try count(widths) == 0)
    var kept: [[Int]] = Array(repeating: [], count: 1000)
    #expect(try count(widths) { kept[$0] = [$0] } == 1000)
    #expect(kept[999] == [999])
  }
}
