import Foundation
import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

@testable import HourglassModels

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

  /// Conditions of every kind that is read in its own way, the last two with gaps.
  static let conditions = [
    Slot("dose", .number, role: .told), Slot("ward", .category(levels: 4), role: .told),
    Slot("clinic", .category(levels: 20), role: .told), Slot("first", .flag, role: .told),
    Slot("before", .number, role: .told, hasGaps: true),
    Slot("stage", .ordinal(levels: 3), role: .told, hasGaps: true),
  ]

  /// Records with conditions among the other slots.
  static func samplesWithConditions(_ count: Int) -> ([Slot], Tensor) {
    let (own, slots) = (samples(count), RecordTests.slots + conditions)
    let (normal, chances) = (
      Draws.normal(count * slots.count, seed: 13), Draws.uniform(count * slots.count, seed: 14)
    )
    let values = (0..<count * slots.count).map { index -> Float in
      let (row, place) = (index / slots.count, index % slots.count)
      if place < RecordTests.slots.count { return own.values[row * RecordTests.slots.count + place] }
      let slot = slots[place]
      if slot.hasGaps, row == 1 || chances[index] < 0.3 { return .nan }
      switch slot.kind {
      case .flag: return chances[index] < 0.5 ? 0 : 1
      case .category(let levels), .ordinal(let levels):
        return (chances[index] * Float(levels)).rounded(.down)
      default: return normal[index]
      }
    }
    return (slots, Tensor([count, slots.count], values))
  }

  @Test func theDecoderIsToldConditions() throws {
    let (slots, samples) = RecordTests.samplesWithConditions(17)
    let autoencoder = try RecordTests.autoencoder(slots)
    let (outline, architecture) = (autoencoder.outline, autoencoder.architecture)
    // The vector of one of 32 levels has 1.6 · 32^0.56 = 11.1 values, rounded up.
    let told = 1 + 8 + 12 + 1 + 2 + (4 + 1)
    #expect(outline.record?.toldCount == told)
    #expect(outline.decoder[0].input == [3 + told] && outline.decoder[0].isTold)
    let (slow, rows) = (SlowAutoencoder(autoencoder), samples.doubleRows)
    let used = Run(.reconstruction(outline, architecture), autoencoder.block, samples)
    #expect(distance(used.results[0], rows.flatMap { slow.reconstruct($0) }) < 1e-5)
    #expect(distance(used.results[1], rows.map { slow.loss($0) }) < 1e-5)
    let trained = Run(.training(outline, architecture), autoencoder.block, samples)
    #expect(distance(trained.results[0], [slow.objective(rows)]) < 1e-5)
    #expect(distance(trained.gradients, slow.gradient(rows)) < 2e-5)
    // Codes and conditions alone give what whole records do.
    let codes = try autoencoder.encode(samples, threads: 1)
    let decoded = try autoencoder.decode(codes, records: samples, threads: 2)
    #expect(decoded == (try autoencoder.reconstruct(samples, threads: 1)))
    #expect(throws: ModelError.self) { try autoencoder.decode(codes) }
  }

  @Test func conditionsOfOldFilesAreReadAlone() throws {
    let (slots, samples) = RecordTests.samplesWithConditions(5)
    let autoencoder = try RecordTests.autoencoder(slots)
    let text = try String(decoding: JSONEncoder().encode(autoencoder.architecture), as: UTF8.self)
    let old = try JSONDecoder().decode(
      Architecture.self, from: Data(text.replacing("\"role\":\"in\"", with: "\"role\":\"read\"").utf8))
    #expect(text.contains("\"role\":\"in\""))
    #expect(try JSONDecoder().decode(Architecture.self, from: Data(text.utf8)) == autoencoder.architecture)
    let plain = try Autoencoder(old, seed: 2)
    #expect(plain.outline.decoder[0].input == [3])
    let codes = try plain.encode(samples)
    #expect(try plain.decode(codes).shape == samples.shape)
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
      let present = zip(RecordTests.slots, values).count { $0.role.isGiven && !$1.isNaN }
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

  /// Slots of one source each, many of them: as with few, each is hidden when its source is.
  @Test func whatWasComputedFromManyFieldsIsHiddenWithThem() throws {
    let count = 150
    let slots =
      (0..<count).map { Slot("n\($0)", .number, hasGaps: true) }
      + (0..<count).map { Slot("s\($0)", .number, role: .read, hasGaps: true, source: "n\($0)") }
    var graph = Graph()
    let kept = Record(slots).kept(&graph, rate: 0.5, stream: 3)
    let plan = Plan(graph, .init(results: [kept], gradients: []), capacity: 40, parameterCount: 0)
    let session = Session(plan, parameters: [], team: Team(count: 1))
    session.run(rows: 40, seed: 5, step: 1)
    let found = Array(session.rowsResult(0))
    for row in 0..<40 {
      let own = found[(row * 2 * count)..<((row + 1) * 2 * count)]
      #expect(Array(own.prefix(count)) == Array(own.suffix(count)))
    }
    #expect(abs(found.reduce(0, +) / Float(found.count) - 0.5) < 0.03)
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
