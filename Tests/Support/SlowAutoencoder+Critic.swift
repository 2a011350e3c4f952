import Foundation
import HourglassModels
import HourglassTensor

/// The critic's side and the autoencoder's of an adversarial training, in double precision.
extension SlowAutoencoder {
  /// The critic's loss on a batch, and the share of its pairs that are in the right order.
  ///
  /// - Parameter shares: how much each sample counts; nil: all 1.
  public func criticTurn(
    _ samples: [[Double]], noise: SlowNoise, shares: [Double]? = nil
  ) -> (loss: Double, pairs: Double) {
    guard let critic = architecture.critic else { return (0, 0) }
    var noise: SlowNoise? = noise
    let encoded = through(
      outline.encoder, corrupted(samples.map(given), &noise), &noise)
    let codes = self.codes(encoded, &noise, progress: 1).codes
    let (real, made): ([[Double]], [[[Double]]])
    switch critic.subject {
    case .codes: (real, made) = (prior(samples.count, &noise), [codes])
    case .outputs:
      let outputs = through(outline.decoder, codes, &noise)
      (real, made) = (samples.map(given), rivals(samples, outputs, &noise))
    }
    let good = scores(real, &noise)
    let bad = made.map { scores($0, &noise) }
    var rows = samples.indices.map { row in
      mean(bad.map { critic.objective.loss(good[row], $0[row]) })
    }
    if case .wasserstein(let penalty) = critic.objective {
      for made in made {
        let steepness = steepness(real, made, &noise)
        for row in rows.indices { rows[row] += Double(penalty) * steepness[row] / Double(bad.count) }
      }
    }
    let pairs = bad.map { mean(zip(good, $0).map { $0 > $1 ? 1 : 0 }) }
    return (weighted(rows, shares), mean(pairs))
  }

  /// What the critic adds to the objective of a batch.
  ///
  /// - Parameter noise: as it is behind the draws of the autoencoder itself.
  public func criticPart(
    _ samples: [[Double]], noise first: SlowNoise, shares: [Double]? = nil
  ) -> Double {
    guard let critic = architecture.critic else { return 0 }
    var noise: SlowNoise? = first
    let encoded = through(
      outline.encoder, corrupted(samples.map(given), &noise), &noise)
    let codes = self.codes(encoded, &noise, progress: 1).codes
    let outputs = through(outline.decoder, codes, &noise)
    let made = critic.subject == .codes ? [codes] : rivals(samples, outputs, &noise)
    let scores = made.map { self.scores($0, &noise) }
    let rows = samples.indices.map { row in mean(scores.map { critic.objective.part($0[row]) }) }
    let values = Double(architecture.reconstruction.values(of: architecture.input))
    return Double(critic.weight) * weighted(rows, shares) / values
  }

  /// The derivative of `function` by the values of some weights, by central differences.
  public func derivative(
    by weights: [Outline.Placed], of function: (SlowAutoencoder) -> Double
  ) -> [Double] {
    var gradient = [Double](repeating: 0, count: block.count)
    var moved = self
    for placed in weights where placed.weight.isTrained {
      for index in placed.offset..<(placed.offset + placed.weight.shape.count) {
        moved.block[index] = block[index] + 1e-5
        let above = function(moved)
        moved.block[index] = block[index] - 1e-5
        gradient[index] = (above - function(moved)) / 2e-5
        moved.block[index] = block[index]
      }
    }
    return gradient
  }

  private func prior(_ rows: Int, _ noise: inout SlowNoise?) -> [[Double]] {
    let (step, width) = (noise?.step ?? 0, outline.code.count)
    guard let random = noise?.next() else { return [] }
    return (0..<rows).map { row in
      (0..<width).map { Double(random.normal(step: step, position: UInt64(row * width + $0))) }
    }
  }

  /// Reconstructions, where they count, and decoded draws, as a person sees them; 0 where the sample has
  /// nothing.
  private func rivals(
    _ samples: [[Double]], _ outputs: [[Double]], _ noise: inout SlowNoise?
  ) -> [[[Double]]] {
    let drawn = prior(samples.count, &noise)
    let decoded = through(outline.decoder, drawn, &noise)
    let all = architecture.critic?.reconstruction == 0 ? [decoded] : [outputs, decoded]
    return all.map { batch in
      zip(batch, samples).map { zip(readable($0), $1).map { $1.isNaN ? 0 : $0 } }
    }
  }

  private func scores(_ batch: [[Double]], _ noise: inout SlowNoise?) -> [Double] {
    through(outline.critic, batch, &noise).map { $0[0] }
  }

  /// (‖∂D/∂x‖ - 1)² of each row between the two, the slope by central differences.
  private func steepness(
    _ real: [[Double]], _ made: [[Double]], _ noise: inout SlowNoise?
  ) -> [Double] {
    let step = noise?.step ?? 0
    guard let random = noise?.next() else { return [] }
    let places = zip(real, made).enumerated().map { row, pair in
      let draw = Double(random.uniform(step: step, position: UInt64(row)))
      return zip(pair.0, pair.1).map { $1 + ($0 - $1) * draw }
    }
    var squares = places.map { _ in 0.0 }
    let before = noise
    for value in places[0].indices {
      func scores(_ change: Double) -> [Double] {
        var noise = before
        return self.scores(
          places.map { place in
            var place = place
            place[value] += change
            return place
          }, &noise)
      }
      for (row, pair) in zip(scores(1e-4), scores(-1e-4)).enumerated() {
        squares[row] += pow((pair.0 - pair.1) / 2e-4, 2)
      }
    }
    _ = scores(places, &noise)
    return squares.map { pow($0.squareRoot() - 1, 2) }
  }

  private func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }

  private func weighted(_ rows: [Double], _ shares: [Double]?) -> Double {
    mean(zip(rows, shares ?? rows.map { _ in 1 }).map { $0 * $1 })
  }
}

extension Critic.Objective {
  /// The critic's loss of a pair, without a penalty on its slope.
  fileprivate func loss(_ real: Double, _ made: Double) -> Double {
    switch self {
    case .nonSaturating: log1p(exp(-real)) + log1p(exp(made))
    case .hinge: max(0, 1 - real) + max(0, 1 + made)
    case .wasserstein: made - real
    }
  }

  /// What the autoencoder lowers.
  fileprivate func part(_ made: Double) -> Double {
    if case .nonSaturating = self { log1p(exp(-made)) } else { -made }
  }
}
