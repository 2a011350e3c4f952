import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Counts that are parts of one whole against their formulas in double precision.
@Suite("Counts of one whole")
struct LibraryTests {
  static func slots(_ law: Law, weight: Float = 0.5) -> [Slot] {
    [Slot("age", .number, hasGaps: true)]
      + (0..<5).map {
        Slot("gene \($0)", .count(mean: 0, deviation: 1), law: law, weight: weight, hasGaps: true)
      }
      + [Slot("told", .count(mean: 0, deviation: 1), role: .read, hasGaps: true)]
  }

  static func samples(_ count: Int, gaps: Bool = true) -> Tensor {
    let (normal, chances) = (Draws.normal(count * 7, seed: 3), Draws.uniform(count * 7, seed: 4))
    let values = (0..<count * 7).map { index -> Float in
      if gaps, chances[index] < 0.15 || index / 7 == 1 { return .nan }
      return index % 7 == 0 ? normal[index] : (exp(normal[index] + 0.5)).rounded(.down)
    }
    return Tensor([count, 7], values)
  }

  static func autoencoder(_ law: Law, isMultinomial: Bool = false, typical: Float = 30) throws -> Autoencoder
  {
    let library = Library(typical: typical, isMultinomial: isMultinomial)
    let architecture = Architecture.dense(
      input: [7], layers: [6], latent: 3, activation: .tanh,
      reconstruction: .fields(Record(slots(law), library: library)), penalties: [])
    var autoencoder = try Autoencoder(architecture, seed: 2)
    // Dispersions begin alike; here each is another.
    for placed in autoencoder.outline.ofFields {
      for index in 0..<placed.weight.shape.count {
        autoencoder.block[placed.offset + index] = 0.05 * Float(index) - 0.1
      }
    }
    return autoencoder
  }

  static let cases: [(law: Law, isMultinomial: Bool)] = [
    (.poisson, false), (.poisson, true), (.negativeBinomial, false), (.zeroInflatedNegativeBinomial, false),
  ]

  @Test("losses are those of the formulas", arguments: cases)
  func losses(_ law: Law, _ isMultinomial: Bool) throws {
    let autoencoder = try LibraryTests.autoencoder(law, isMultinomial: isMultinomial)
    // Parts of a multinomial law are all there.
    let (samples, slow) = (LibraryTests.samples(21, gaps: !isMultinomial), SlowAutoencoder(autoencoder))
    let run = Run(.reconstruction(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(distance(run.results[1], samples.doubleRows.map { slow.loss($0) }) < 1e-4)
    let terms = Run(.terms(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
      .results[0]
    for (row, values) in samples.doubleRows.enumerated() {
      let present = values[..<6].count { !$0.isNaN }
      let sum = terms[(row * 7)..<((row + 1) * 7)].reduce(0, +)
      #expect(abs(sum / Float(max(1, present)) - run.results[1][row]) < 1e-4)
    }
  }

  @Test("gradients are those of the formulas, dispersions among them", arguments: cases)
  func gradients(_ law: Law, _ isMultinomial: Bool) throws {
    let autoencoder = try LibraryTests.autoencoder(law, isMultinomial: isMultinomial)
    let (samples, slow) = (LibraryTests.samples(17, gaps: !isMultinomial), SlowAutoencoder(autoencoder))
    let run = Run(.training(autoencoder.outline, autoencoder.architecture), autoencoder.block, samples)
    #expect(distance(run.gradients, slow.gradient(samples.doubleRows)) < 2e-4)
  }

  @Test("what is expected of a row's counts adds up to the row's", arguments: cases)
  func totals(_ law: Law, _ isMultinomial: Bool) throws {
    guard law != .zeroInflatedNegativeBinomial else { return }
    let autoencoder = try LibraryTests.autoencoder(law, isMultinomial: isMultinomial, typical: 77)
    let samples = LibraryTests.samples(9, gaps: false)
    let made = try autoencoder.reconstruct(samples).doubleRows
    for (row, values) in samples.doubleRows.enumerated() {
      let whole = values[1..<6].reduce(0, +)
      #expect(abs(made[row][1..<6].reduce(0, +) - max(1, whole)) < 1e-3 * max(1, whole))
    }
    // Of a code alone, to the typical size.
    let decoded = try autoencoder.decode(autoencoder.encode(samples)).doubleRows
    for row in decoded { #expect(abs(row[1..<6].reduce(0, +) - 77) < 0.01) }
  }

  /// `scipy.stats.multinomial.logpmf([3, 0, 7, 1], 11, [0.2, 0.1, 0.6, 0.1])` and
  /// `logpmf([120, 4000, 0, 33, 7], 4160, [0.03, 0.95, 0.001, 0.009, 0.01])`, SciPy 1.17.1.
  @Test("the multinomial law is SciPy's")
  func multinomial() throws {
    for (counts, shares, expected) in [
      ([3, 0, 7, 1], [0.2, 0.1, 0.6, 0.1], -3.521291181077867),
      ([120, 4000, 0, 33, 7], [0.03, 0.95, 0.001, 0.009, 0.01], -34.81012735548575),
    ] as [([Double], [Double], Double)] {
      let slots = counts.indices.map { Slot("\($0)", .count(mean: 0, deviation: 1), law: .poisson) }
      let record = Record(slots, library: Library(typical: 9, isMultinomial: true))
      // A decoder of a bias alone: log shares, up to a constant.
      let architecture = Architecture(
        input: [counts.count], encoder: [.dense(units: 1)], decoder: [.dense(units: counts.count)],
        reconstruction: .fields(record))
      var autoencoder = try Autoencoder(architecture, seed: 1)
      for index in autoencoder.block.indices { autoencoder.block[index] = 0 }
      let bias = try #require(autoencoder.outline.weights.first { $0.name == "decoder.0.bias" })
      for (index, share) in shares.enumerated() {
        autoencoder.block[bias.offset + index] = Float(share.logarithm + 2.5)
      }
      let sample = Tensor([1, counts.count], counts.map { Float($0) })
      let run = Run(
        .reconstruction(autoencoder.outline, autoencoder.architecture), autoencoder.block, sample)
      let joint = -Double(run.results[1][0]) * Double(counts.count)
      #expect(abs(joint - expected) < 2e-5 * abs(expected), "\(joint) \(expected)")
    }
  }

  @Test("the form comes back as it was, and one without a library has no such key")
  func form() throws {
    for library in [nil, Library(typical: 12.5), Library(typical: 3, isMultinomial: true)] {
      let architecture = Architecture.dense(
        input: [7], layers: [6], latent: 3,
        reconstruction: .fields(Record(LibraryTests.slots(.poisson), library: library)))
      let text = try String(decoding: JSONEncoder().encode(architecture), as: UTF8.self)
      #expect(text.contains("library") == (library != nil))
      #expect(try JSONDecoder().decode(Architecture.self, from: Data(text.utf8)) == architecture)
    }
  }

  @Test("what cannot be is refused")
  func refusals() throws {
    func error(_ slots: [Slot], _ library: Library) -> String {
      do {
        let record = Record(slots, library: library)
        _ = try Autoencoder(
          Architecture.dense(input: [slots.count], layers: [4], latent: 2, reconstruction: .fields(record)),
          seed: 1)
        return ""
      } catch { return "\(error)" }
    }
    let count = Slot.Kind.count(mean: 0, deviation: 1)
    #expect(
      error([Slot("a", count), Slot("b", .flag)], Library(typical: 1)).contains("two fields of counts"))
    #expect(error([Slot("a", count), Slot("b", count)], Library(typical: 0)).contains("above 0"))
    #expect(
      error([Slot("a", count), Slot("b", count)], Library(typical: 1, isMultinomial: true)).contains(
        "poisson"))
  }
}
