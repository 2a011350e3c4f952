import Foundation
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Records against their formulas in double precision.
@Suite("Records")
struct RecordTests {
  static let slots = [
    Slot("age", .number, weight: 0.5, hasGaps: true), Slot("height", .number, hasGaps: true),
    Slot("day", .number), Slot("day's sine", .number, role: .read, source: "day"),
    Slot("member", .flag, weight: 1.5), Slot("colour", .category(levels: 3), hasGaps: true),
    Slot("shade", .category(levels: 2), hasGaps: true), Slot("town", .category(levels: 20), weight: 0.3),
    Slot("grade", .category(levels: 3), role: .out, hasGaps: true),
  ]

  /// Rows with values of all kinds, and gaps where slots have them; all missing in the second.
  static func samples(_ count: Int) -> Tensor {
    let (normal, chances) = (
      Draws.normal(count * slots.count, seed: 3), Draws.uniform(count * slots.count, seed: 4)
    )
    let values = (0..<count * slots.count).map { index -> Float in
      let (row, slot) = (index / slots.count, slots[index % slots.count])
      if slot.hasGaps, row == 1 || chances[index] < 0.2 { return .nan }
      switch slot.kind {
      case .flag: return chances[index] < 0.5 ? 0 : 1
      case .category(let levels): return (chances[index] * Float(levels + 1)).rounded(.down)
      default: return normal[index]
      }
    }
    return Tensor([count, slots.count], values)
  }

  static func autoencoder(_ slots: [Slot] = slots, corruption: [Corruption] = []) throws -> Autoencoder {
    var architecture = Architecture.dense(
      input: [slots.count], layers: [7], latent: 3, activation: .tanh,
      reconstruction: .fields(Record(slots)), penalties: [.weights(l2: 0.01)])
    architecture.corruption = corruption
    return try Autoencoder(architecture, seed: 2)
  }

  @Test func lossesAndReadings() throws {
    let autoencoder = try RecordTests.autoencoder()
    let samples = RecordTests.samples(21)
    let slow = SlowAutoencoder(autoencoder)
    let run = Run(
      .reconstruction(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    let rows = samples.doubleRows
    #expect(distance(run.results[0], rows.flatMap { slow.reconstruct($0) }) < 1e-5)
    #expect(distance(run.results[1], rows.map { slow.loss($0) }) < 1e-5)
  }

  @Test func gradients() throws {
    let autoencoder = try RecordTests.autoencoder()
    let samples = RecordTests.samples(17)
    let slow = SlowAutoencoder(autoencoder)
    let run = Run(
      .training(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(distance(run.results[0], [slow.objective(samples.doubleRows)]) < 1e-5)
    #expect(distance(run.gradients, slow.gradient(samples.doubleRows)) < 2e-5)
  }

  @Test func theTermsOfSlotsAddUpToTheLoss() throws {
    let autoencoder = try RecordTests.autoencoder()
    let samples = RecordTests.samples(9)
    let run = Run(.terms(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    let losses = Run(
      .reconstruction(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples
    ).results[1]
    let width = RecordTests.slots.count
    for (row, values) in samples.doubleRows.enumerated() {
      let present = zip(RecordTests.slots, values).count { $0.role != .read && !$1.isNaN }
      let terms = run.results[0][(row * width)..<((row + 1) * width)]
      #expect(abs(terms.reduce(0, +) / Float(max(1, present)) - losses[row]) < 1e-5)
    }
  }

  @Test func aHiddenFieldIsReadAsAMissingOne() throws {
    var slots = RecordTests.slots
    for index in slots.indices { slots[index].hasGaps = true }
    let plain = try RecordTests.autoencoder(slots)
    let hiding = try RecordTests.autoencoder(slots, corruption: [.fields(rate: 0.999_999)])
    let samples = RecordTests.samples(8)
    let nothing = Tensor(samples.shape, [Float](repeating: .nan, count: samples.count))
    let codes = try plain.encode(nothing)
    // With all hidden the decoder makes of each record what it makes of none.
    let loss = Run(.losses(hiding.outline, hiding.architecture), hiding.block, samples).results[0]
    let slow = SlowAutoencoder(plain)
    let expected = samples.doubleRows.map { row in
      slow.loss(ofCode: codes[0..<1].doubles, for: row)
    }
    #expect(distance(loss, expected) < 1e-5)
  }

  @Test func tenThousandColumnsTakeAsManyStepsAsTen() throws {
    func steps(_ count: Int) throws -> Int {
      let slots =
        (0..<count).map { Slot("n\($0)", .number, hasGaps: true) }
        + (0..<count).map { Slot("c\($0)", .category(levels: 4 + $0 % 3)) }
      let autoencoder = try RecordTests.autoencoder(slots)
      return Assembly.training(autoencoder.outline, autoencoder.architecture, rows: 16)
        .plan(capacity: 16).summary.split(separator: "\n").count
    }
    let (many, few) = (try steps(1000), try steps(10))
    // Products of wide matrices are cut into tiles, each a step; nothing else grows.
    #expect(many < few + 12)
  }

  @Test func theFormComesBackAsItWas() throws {
    let architecture = try RecordTests.autoencoder(corruption: []).architecture
    let text = try String(decoding: JSONEncoder().encode(architecture), as: UTF8.self)
    #expect(text.contains("\"format\":2"))
    #expect(try JSONDecoder().decode(Architecture.self, from: Data(text.utf8)) == architecture)
  }

  @Test func whatCannotBeIsRefused() throws {
    func error(_ slots: [Slot]) -> String {
      do {
        _ = try RecordTests.autoencoder(slots)
        return ""
      } catch { return "\(error)" }
    }
    #expect(error([Slot("a", .number), Slot("a", .flag)]).contains("'a'"))
    #expect(error([Slot("a", .number, role: .out)]).contains("encoder reads"))
    #expect(error([Slot("a", .number, role: .read)]).contains("decoder gives"))
    #expect(error([Slot("a", .category(levels: 1))]).contains("levels"))
    #expect(error([Slot("a", .number), Slot("b", .number, source: "c")]).contains("'c'"))
    #expect(error([Slot("a", .category(levels: 3), law: .gaussian)]).contains("law"))
  }
}
