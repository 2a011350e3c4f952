import Foundation
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// Heads beside a network of one matrix each, in Double by hand.
@Suite("Heads")
struct HeadTests {
  private static let names = ["a", "b", "c"]

  /// `[4] → [2] → [4]` without activations, and a linear head of three classes or two numbers.
  private static func architecture(_ head: Head, weight: Float = 1) -> Architecture {
    var architecture = Architecture(
      input: [4], encoder: [.dense(units: 2)], decoder: [.dense(units: 4)])
    architecture.heads = [head]
    architecture.reconstructionWeight = weight
    return architecture
  }

  private static let samples = Tensor([6, 4], Draws.normal(24, seed: 3))

  /// The same in Double.
  private struct Slow {
    let autoencoder: Autoencoder
    var block: [Double]

    init(_ autoencoder: Autoencoder) {
      self.autoencoder = autoencoder
      block = autoencoder.block.map(Double.init)
    }

    func dense(_ part: String, _ x: [Double]) -> [Double] {
      func place(_ name: String) -> Outline.Placed? {
        autoencoder.outline.weights.first { $0.name == "\(part).\(name)" }
      }
      guard let weight = place("weight"), let bias = place("bias") else { return [] }
      let units = weight.weight.shape[1]
      return (0..<units).map { unit in
        x.indices.reduce(block[bias.offset + unit]) {
          $0 + x[$1] * block[weight.offset + $1 * units + unit]
        }
      }
    }

    func answer(_ x: [Double]) -> [Double] { dense("heads.0.0", dense("encoder.0", x)) }

    func reconstruction(_ x: [Double]) -> Double {
      let y = dense("decoder.0", dense("encoder.0", x))
      return zip(x, y).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } / Double(x.count)
    }

    static func logShares(_ y: [Double]) -> [Double] {
      let whole = log(y.reduce(0) { $0 + exp($1) })
      return y.map { $0 - whole }
    }
  }

  /// What a training step gives, targets fed.
  private func run(
    _ architecture: Architecture, _ autoencoder: Autoencoder, targets: [Float], labelled: Float,
    isEncoderFrozen: Bool = false, threads: Int = 1
  ) -> (objective: Double, gradients: [Float]) {
    let assembly = Assembly.training(
      autoencoder.outline, architecture, rows: 6, isEncoderFrozen: isEncoderFrozen)
    let session = Session(
      assembly.plan(capacity: 6), parameters: autoencoder.block, team: Team(count: threads))
    session.setScalar(Assembly.Scalar.inverseRows, 1 / 6)
    session.setScalar(Assembly.Scalar.progress, 1)
    session.setScalar(Assembly.Scalar.inverseLabelled, 1 / labelled)
    let weights = [Float](repeating: 1 / 6, count: 6)
    return weights.withUnsafeBufferPointer { weights in
      targets.withUnsafeBufferPointer { targets in
        HeadTests.samples.withBytes { bytes in
          guard let base = bytes.baseAddress, let share = weights.baseAddress,
            let target = targets.baseAddress
          else { return (0, []) }
          let feed = Feed(base: base, element: .float32)
          session.setFeed(samples: feed, gaps: false)
          session.setFeed(Assembly.Slot.secondSamples, feed)
          session.setFeed(Assembly.Slot.sampleWeights, Feed(floats: share))
          session.setFeed(targets: Feed(floats: target))
          session.run(rows: 6, seed: Run.seed, step: Run.step)
          return (Double(session.fixedResult(0)[0]), Array(session.gradients))
        }
      }
    }
  }

  /// The gradient of a loss in Double, by differences.
  private func gradient(_ slow: Slow, _ loss: (Slow) -> Double) -> [Double] {
    slow.block.indices.map { place in
      var (high, low) = (slow, slow)
      high.block[place] += 1e-5
      low.block[place] -= 1e-5
      return (loss(high) - loss(low)) / 2e-5
    }
  }

  @Test(
    "of classes cost what the formula says, missing ones nothing; with the gradient", arguments: [0, 0.1])
  func classes(_ smoothing: Double) throws {
    let head = Head.classifier(
      "kind", classes: Self.names, weight: 0.7, smoothing: Float(smoothing), classWeights: [1, 2, 0.5])
    let architecture = Self.architecture(head, weight: 0.4)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let targets: [Float] = [0, 2, .nan, 1, .nan, 1]
    let (objective, gradients) = run(architecture, autoencoder, targets: targets, labelled: 0.5)
    let rows = Self.samples.doubleRows
    func loss(_ slow: Slow) -> Double {
      zip(rows, targets).reduce(0) { sum, pair in
        let (x, target) = pair
        var loss = 0.4 * slow.reconstruction(x)
        if !target.isNaN {
          let shares = Slow.logShares(slow.answer(x))
          let q = (0..<3).map { ($0 == Int(target) ? 1 - smoothing : 0) + smoothing / 3 }
          let own = -zip(q, shares).reduce(0) { $0 + $1.0 * $1.1 }
          loss += 0.7 * 2 * [1, 2, 0.5][Int(target)] * own
        }
        return sum + loss / 6
      }
    }
    let slow = Slow(autoencoder)
    #expect(abs(objective - loss(slow)) < 1e-6)
    #expect(distance(gradients, gradient(slow, loss)) < 1e-5)
  }

  @Test("of numbers cost half the squared distance; with the gradient")
  func numbers() throws {
    let architecture = Self.architecture(.regressor("size", count: 2), weight: 0)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let targets: [Float] = [0.5, 1, .nan, 2, -1, .nan, .nan, .nan, 0, 0, 3, 1]
    let (objective, gradients) = run(architecture, autoencoder, targets: targets, labelled: 1)
    let rows = Self.samples.doubleRows
    func loss(_ slow: Slow) -> Double {
      rows.indices.reduce(0) { sum, row in
        let y = slow.answer(rows[row])
        let known = (0..<2).filter { !targets[2 * row + $0].isNaN }
        let squares = known.reduce(0) { $0 + pow(y[$1] - Double(targets[2 * row + $1]), 2) / 2 }
        return sum + squares / Double(max(1, known.count)) / 6
      }
    }
    let slow = Slow(autoencoder)
    #expect(abs(objective - loss(slow)) < 1e-6)
    let expected = gradient(slow, loss)
    #expect(distance(gradients, expected) < 1e-5)
    // Nothing is asked of the decoder.
    for placed in autoencoder.outline.weights where placed.name.hasPrefix("decoder") {
      #expect((0..<placed.weight.shape.count).allSatisfy { gradients[placed.offset + $0] == 0 })
    }
  }

  @Test("no gradient goes to a frozen encoder, and the head's is what it was")
  func frozen() throws {
    let architecture = Self.architecture(.classifier("kind", classes: Self.names), weight: 0)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let targets: [Float] = [0, 2, 1, 1, 0, 1]
    let free = run(architecture, autoencoder, targets: targets, labelled: 1)
    let frozen = run(architecture, autoencoder, targets: targets, labelled: 1, isEncoderFrozen: true)
    #expect(free.objective == frozen.objective)
    for placed in autoencoder.outline.weights {
      let range = placed.offset..<(placed.offset + placed.weight.shape.count)
      if placed.name.hasPrefix("encoder") {
        #expect(frozen.gradients[range].allSatisfy { $0 == 0 } && free.gradients[range].contains { $0 != 0 })
      } else {
        #expect(Array(frozen.gradients[range]) == Array(free.gradients[range]))
      }
    }
    #expect(autoencoder.outline.encoderCount == 32)
  }

  @Test("adversarial consistency is the divergence at the change that the gradient points to")
  func adversary() throws {
    var architecture = Self.architecture(.classifier("kind", classes: Self.names), weight: 0)
    architecture.consistency = Consistency(.adversarial(radius: 0.5), weight: 0.8)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let missing = [Float](repeating: .nan, count: 6)
    let (objective, gradients) = run(architecture, autoencoder, targets: missing, labelled: 1)
    let rows = Self.samples.doubleRows
    let random = Random(seed: Run.seed, stream: 0x1001)
    func divergence(_ p: [Double], _ slow: Slow, _ x: [Double]) -> Double {
      let q = Slow.logShares(slow.answer(x))
      return zip(p, q).reduce(0) { $0 + $1.0 * (log($1.0) - $1.1) }
    }
    func unit(_ x: [Double]) -> [Double] {
      let size = x.reduce(0) { $0 + $1 * $1 }.squareRoot()
      return x.map { $0 / size }
    }
    let first = Slow(autoencoder)
    let changes = rows.indices.map { row -> [Double] in
      let p = Slow.logShares(first.answer(rows[row])).map(exp)
      let draw = unit(
        (0..<4).map { Double(random.normal(step: Run.step, position: UInt64(4 * row + $0))) })
      let slope = (0..<4).map { place -> Double in
        var (high, low) = (draw.map { 1e-3 * $0 }, draw.map { 1e-3 * $0 })
        high[place] += 1e-6
        low[place] -= 1e-6
        let (x, y) = (zip(rows[row], high).map(+), zip(rows[row], low).map(+))
        return divergence(p, first, x) - divergence(p, first, y)
      }
      return unit(slope).map { 0.5 * $0 }
    }
    let held = rows.map { Slow.logShares(first.answer($0)).map(exp) }
    func loss(_ slow: Slow) -> Double {
      rows.indices.reduce(0) {
        $0 + 0.8 * divergence(held[$1], slow, zip(rows[$1], changes[$1]).map(+)) / 6
      }
    }
    #expect(objective > 0.001)
    #expect(abs(objective - loss(first)) < 2e-3 * objective)
    #expect(distance(gradients, gradient(first, loss)) < 2e-3)
  }

  @Test(
    "sure answers of a first look are labels of the second, others count nothing", arguments: [0.2, 0.999])
  func pseudoLabels(_ threshold: Double) throws {
    var architecture = Self.architecture(.classifier("kind", classes: Self.names), weight: 0)
    architecture.consistency = Consistency(threshold: Float(threshold))
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let missing = [Float](repeating: .nan, count: 6)
    let (objective, _) = run(architecture, autoencoder, targets: missing, labelled: 1)
    let slow = Slow(autoencoder)
    let expected = Self.samples.doubleRows.reduce(0) { sum, x in
      let shares = Slow.logShares(slow.answer(x))
      guard let best = shares.max(), exp(best) > threshold else { return sum }
      return sum - best / 6
    }
    #expect(abs(objective - expected) < 1e-6)
    #expect((expected == 0) == (threshold > 0.9))
  }

  @Test("are the same after JSON, and refuse what makes no sense by name")
  func coding() throws {
    var head = Head.classifier(
      "kind", classes: Self.names, hidden: [5], smoothing: 0.1, classWeights: [1, 2, 3])
    head.temperature = 1.5
    var architecture = Self.architecture(head, weight: 0.5)
    architecture.consistency = Consistency(.adversarial(radius: 2), weight: 3, threshold: 0.5)
    let data = try JSONEncoder().encode(architecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: data) == architecture)
    architecture.heads = [.regressor("size", count: 2, law: .normal, shift: 3, scale: 2)]
    let other = try JSONEncoder().encode(architecture)
    #expect(try JSONDecoder().decode(Architecture.self, from: other) == architecture)

    func refusal(_ change: (inout Architecture) -> Void) -> String {
      var wrong = Self.architecture(.classifier("kind", classes: Self.names))
      change(&wrong)
      do {
        _ = try wrong.outline()
        return ""
      } catch {
        return "\(error)"
      }
    }
    #expect(refusal { $0.heads[0].layers = [.dense(units: 2)] }.contains("heads[0] kind: expects [3]"))
    #expect(refusal { $0.heads[0].classes = ["a", "a", "b"] }.contains("names of their own"))
    #expect(refusal { $0.heads.append($0.heads[0]) }.contains("a name twice"))
    #expect(
      refusal {
        $0.heads = []
        $0.consistency = Consistency()
      }.contains("a head"))
    #expect(
      refusal {
        $0.heads = []
        $0.reconstructionWeight = 0
      }.contains("reconstruction_weight"))
    #expect(refusal { $0.consistency = Consistency(.adversarial(radius: 0)) }.contains("radius above 0"))
    #expect(refusal { $0.heads[0].smoothing = 1 }.contains("smoothing"))
  }
}
