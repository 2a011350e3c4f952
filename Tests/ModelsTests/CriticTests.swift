import Foundation
import HourglassModels
import HourglassTensor
import HourglassTestSupport
import Testing

/// The two turns of an adversarial training as graphs, against the formulas in double precision.
@Suite("Critics")
struct CriticTests {
  static let objectives: [Critic.Objective] = [.nonSaturating, .hinge, .wasserstein(penalty: 4)]
  static let subjects = Critic.Subject.allCases
  private static let layers: [Layer] = [.dense(units: 5), .tanh, .layerNorm(), .dense(units: 4), .softplus]

  private func architecture(
    _ critic: Critic, code: Code = .vector, _ term: Reconstruction = .bernoulli
  ) -> Architecture {
    Architecture(
      input: [5], encoder: [.dense(units: 4), .tanh, .dense(units: code.inputs(for: 3))], code: code,
      decoder: [.dense(units: 4), .tanh, .dense(units: 5)], reconstruction: term,
      penalties: [.activity(l1: 0.02), .weights(l2: 0.01)], critic: critic)
  }

  /// Both turns of an architecture against the slow ones.
  private func check(
    _ architecture: Architecture, samples: Tensor? = nil, shares: [Float]? = nil,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let outline = autoencoder.outline
    let width = architecture.input.count
    let samples = samples ?? Tensor(architecture.input.batch(12), Draws.uniform(12 * width, seed: 6))
    let hasGaps = samples.values.contains { $0.isNaN }
    let (slow, rows) = (SlowAutoencoder(autoencoder), samples.doubleRows)
    let weights = shares?.map { Double($0) }

    let turn = Run(
      .critic(outline, architecture, gaps: hasGaps), autoencoder.block, samples, shares: shares)
    let noise = SlowNoise(seed: Run.seed, step: Run.step, after: 0x1_0000)
    let expected = slow.criticTurn(rows, noise: noise, shares: weights)
    #expect(distance(turn.results[0], [expected.loss]) < 1e-5, sourceLocation: sourceLocation)
    #expect(distance(turn.results[1], [expected.pairs]) < 1e-6, sourceLocation: sourceLocation)
    let gradient = slow.derivative(by: outline.critic.flatMap(\.weights)) {
      $0.criticTurn(rows, noise: noise, shares: weights).loss
    }
    // A penalty on a slope is differentiated twice.
    let isSteep = if case .wasserstein? = architecture.critic?.objective { true } else { false }
    #expect(distance(turn.gradients, gradient) < (isSteep ? 1e-4 : 2e-5), sourceLocation: sourceLocation)

    let own = Run(.training(outline, architecture, gaps: hasGaps), autoencoder.block, samples, shares: shares)
    let drawn = SlowNoise(seed: Run.seed, step: Run.step)
    let told = slow.objective(rows, noise: drawn, shares: weights, progress: Double(Run.progress))
    let part = slow.criticPart(rows, noise: drawn, shares: weights)
    #expect(distance(own.results[0], [told]) < 1e-5, sourceLocation: sourceLocation)
    #expect(distance(own.results[1], [part]) < 1e-5, sourceLocation: sourceLocation)
    let whole = slow.derivative(by: outline.ownWeights) {
      $0.objective(rows, noise: drawn, shares: weights, progress: Double(Run.progress))
        + $0.criticPart(rows, noise: drawn, shares: weights)
    }
    #expect(distance(own.gradients, whole) < 2e-5, sourceLocation: sourceLocation)
  }

  @Test("losses and gradients of both turns are those of the formulas", arguments: subjects, objectives)
  func turns(_ subject: Critic.Subject, _ objective: Critic.Objective) throws {
    let critic = Critic(of: subject, layers: Self.layers, objective: objective, weight: 3)
    try check(architecture(critic))
    try check(architecture(critic, code: .gaussian(.init(beta: 0.5)), .gaussian))
  }

  @Test("layers with draws draw on their own in each turn, and samples count by their shares")
  func draws() throws {
    for objective in Self.objectives {
      let critic = Critic(
        of: .outputs, layers: [.dense(units: 6), .tanh, .dropout(rate: 0.4)], objective: objective, weight: 3,
        reconstruction: 0.5)
      var architecture = architecture(critic, code: .gaussian())
      architecture.decoder.insert(.dropout(rate: 0.3), at: 1)
      architecture.encoder.insert(.gaussianDropout(rate: 0.2), at: 1)
      try check(architecture, shares: (0..<12).map { Float($0 % 4) / 1.5 })
    }
  }

  @Test("a critic of images, by convolutions, has its second derivative too")
  func images() throws {
    let critic = Critic(
      of: .outputs,
      layers: [.conv(2, stride: 2), .tanh, .averagePool(2), .residual([.conv(2), .tanh]), .flatten],
      objective: .wasserstein(), weight: 2)
    let architecture = Architecture(
      input: [1, 4, 4], encoder: [.flatten, .dense(units: 2)],
      decoder: [.dense(units: 16), .reshape([1, 4, 4])], critic: critic)
    try check(architecture, samples: Tensor([2, 1, 4, 4], Draws.uniform(32, seed: 6)))
  }

  @Test("values that are missing are missing from what a sample is held against")
  func gaps() throws {
    var values = Draws.uniform(60, seed: 6)
    for index in values.indices where index % 7 == 3 || index / 5 == 4 { values[index] = .nan }
    for objective in Self.objectives {
      // No normalisation: at a sample without any value it would be too steep for differences.
      let critic = Critic(of: .outputs, layers: [.dense(units: 5), .tanh], objective: objective)
      try check(architecture(critic), samples: Tensor([12, 5], values))
    }
  }

  @Test("without a reconstruction term nothing moves the encoder, and decoded draws alone are judged")
  func generatorAlone() throws {
    let critic = Critic(of: .outputs, layers: Self.layers, objective: .hinge, reconstruction: 0)
    var architecture = architecture(critic)
    architecture.penalties = []
    architecture.decoder.insert(.batchNorm(), at: 1)
    let autoencoder = try Autoencoder(architecture, seed: 2)
    let outline = autoencoder.outline
    let samples = Tensor([9, 5], Draws.uniform(45, seed: 6))
    let training = Assembly.training(outline, architecture)
    let run = Run(training, autoencoder.block, samples)
    for placed in outline.encoder.flatMap(\.weights) {
      let part = run.gradients[placed.offset..<(placed.offset + placed.weight.shape.count)]
      #expect(part.allSatisfy { $0 == 0 })
    }
    #expect(run.results[0] == [0])
    #expect(run.gradients.contains { $0 != 0 })
    #expect(training.statistics.count == 2, "of the draws, not of reconstructions as well")
  }

  @Test("the critic's weights are named, lie together, and are no part of the autoencoder's objective")
  func places() throws {
    var architecture = architecture(Critic(of: .codes, layers: [.flatten, .dense(units: 8), .relu]))
    architecture.encoder.insert(.batchNorm(), at: 1)
    let outline = try architecture.outline()
    let placed = outline.critic.flatMap(\.weights)
    #expect(
      placed.map(\.name) == ["critic.1.weight", "critic.1.bias", "critic.3.weight", "critic.3.bias"])
    #expect(outline.critic.last?.output == [1])
    #expect(placed.allSatisfy { outline.criticRange.contains($0.offset) })
    #expect(outline.criticRange.lowerBound == outline.trainedCount)
    for other in outline.ownWeights {
      #expect(other.weight.isTrained == (other.offset < outline.trainedCount))
      #expect(!outline.criticRange.contains(other.offset))
    }
    architecture.critic = nil
    #expect(try architecture.outline().criticRange.isEmpty)
    #expect(
      try architecture.outline().ownWeights.map(\.offset).prefix(4)
        == outline.ownWeights.map(\.offset).prefix(4))
  }

  @Test("a model that is used does not ask its critic", arguments: subjects)
  func use(_ subject: Critic.Subject) throws {
    var autoencoder = try Autoencoder(architecture(Critic(of: subject)), seed: 2)
    let samples = Tensor([4, 5], Draws.uniform(20, seed: 6))
    let before = (try autoencoder.encode(samples), try autoencoder.reconstruct(samples))
    for index in autoencoder.outline.criticRange { autoencoder.block[index] = .nan }
    #expect(try autoencoder.encode(samples) == before.0)
    #expect(try autoencoder.reconstruct(samples) == before.1)
    #expect(try autoencoder.decode(before.0).values.allSatisfy { $0.isFinite })
  }

  private func complaint(_ critic: Critic, input: Shape = [5]) -> String {
    do {
      _ = try architecture(critic).outline()
      return ""
    } catch {
      return "\(error)"
    }
  }

  @Test("numbers and layers without sense are refused by name, with what would do")
  func refusals() {
    for number in [-1, 0, Float.nan, .infinity] {
      #expect(complaint(Critic(of: .codes, weight: number)).hasPrefix("critic: expects a weight above 0"))
      #expect(complaint(Critic(of: .codes, rate: number)).contains("a rate above 0"))
      #expect(complaint(Critic(of: .codes, objective: .wasserstein(penalty: number))).contains("10 is usual"))
    }
    #expect(
      complaint(Critic(of: .codes, turns: 0)).contains(
        "between 1 and 100 turns: updates of the critic in a step, found 0"))
    #expect(complaint(Critic(of: .codes, turns: 101)).contains("turns"))
    #expect(complaint(Critic(of: .outputs, reconstruction: -1)).contains("at least 0, found -1.0"))
    #expect(complaint(Critic(of: .codes, reconstruction: 0)).contains("let the critic read outputs"))
    #expect(complaint(Critic(of: .outputs, reconstruction: 0)) == "")
    #expect(
      complaint(Critic(of: .codes, layers: [.dense(units: 4), .batchNorm()])).hasPrefix(
        "critic[1] .batchNorm: expects a score that depends on its own sample alone"))
    #expect(
      complaint(Critic(of: .codes, layers: [.residual([.batchNorm()])])).contains("use .layerNorm"))
    #expect(
      complaint(Critic(of: .outputs, layers: [.embedding(entries: 3, features: 2)])).contains(
        "critic[0] .emb"))
    let recurrent: [Layer] = [.reshape([5, 1]), .lstm(2, output: .last)]
    #expect(complaint(Critic(of: .outputs, layers: recurrent, objective: .hinge)) == "")
    #expect(
      complaint(Critic(of: .outputs, layers: recurrent, objective: .wasserstein())).contains(
        "found a recurrence; use .attention"))
    #expect(
      complaint(Critic(of: .outputs, layers: [.reshape([5, 1])])).hasPrefix(
        "critic[1] .dense(1): expects [inputs], found [5, 1]; add .flatten"))
  }

  @Test("the JSON form keeps every choice, and what is left out has its default")
  func coding() throws {
    let critics = Self.subjects.flatMap { subject in
      Self.objectives.map {
        Critic(
          of: subject, layers: Self.layers, objective: $0, weight: 0.3, turns: 4, rate: 2, reconstruction: 0.5
        )
      }
    }
    for critic in critics + [Critic(of: .codes)] {
      let data = try JSONEncoder().encode(architecture(critic))
      #expect(try JSONDecoder().decode(Architecture.self, from: data) == architecture(critic))
    }
    func read(_ text: String) throws -> Critic {
      try JSONDecoder().decode(Critic.self, from: Data(text.utf8))
    }
    #expect(try read(#"{"codes": {}}"#) == Critic(of: .codes))
    #expect(
      try read(#"{"outputs": {"objective": {"wasserstein": {}}}}"#)
        == Critic(of: .outputs, objective: .wasserstein(penalty: 10), turns: 5))
    for (text, expected) in [
      (#"{"weights": {}}"#, #""weights" is not a critic; known are codes, outputs"#),
      (#"{"codes": {"layer": []}}"#, #"a critic "codes" has no "layer"; it has layers, objective, weight"#),
      (#"{"codes": {"objective": {"gan": {}}}}"#, #""gan" is not an objective of a critic; known are nonS"#),
      (#"{"codes": {"objective": {"hinge": {"penalty": 1}}}}"#, #""hinge" has no "penalty"; it has nothing"#),
    ] {
      do {
        _ = try read(text)
        Issue.record("\(text) was taken")
      } catch DecodingError.dataCorrupted(let context) {
        #expect(context.debugDescription.contains(expected), "\(context.debugDescription)")
      }
    }
  }
}
