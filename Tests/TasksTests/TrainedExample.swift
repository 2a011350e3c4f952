import Foundation
import Hourglass
import HourglassTestSupport

/// A model trained for a few epochs, samples to judge it by, and the slow way to do so.
struct TrainedExample {
  static let terms: [Reconstruction] = [
    .gaussian, .laplace, .huber(delta: 0.4), .bernoulli, .categorical,
  ]

  let model: Model
  let dataset: Dataset

  init(_ term: Reconstruction, rows: Int = 70, shape: Shape = [8], epochs: Int = 5) throws {
    let (count, last) = (rows * shape.count, shape.dimensions.last ?? 1)
    let values: [Float] =
      switch term {
      case .categorical: Draws.shares(count / last, last, seed: 3)
      case .bernoulli: Draws.uniform(count, seed: 3)
      // Raw units, which the model scales.
      default: Draws.normal(count, seed: 3).enumerated().map { 100 * $1 * Float($0 % 3 + 1) + 500 }
      }
    dataset = try Dataset(Tensor(shape.batch(rows), values), origin: "trial")
    let architecture = Architecture.dense(
      input: shape, layers: [7], latent: 3, activation: .tanh, reconstruction: term,
      normalisation: .batchNorm(),
      dropout: .dropout(rate: 0.1), penalties: [.weights(l2: 0.01)])
    let training = dataset.subset(0..<50)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 6), Recipe(epochs: epochs, batch: 16, rate: 0.01, seed: 6),
      on: training,
      preparation: .fitted(term.isFromLogits ? Scaling.Kind.none : .standard, to: training))
    while try trainer.nextEpoch() != nil {}
    model = try trainer.finishedModel()
  }

  /// The samples as the model sees them.
  var scaled: [[Double]] { model.preparation.scaling.apply(dataset.tensor(0..<dataset.count)).doubleRows }

  var slow: SlowAutoencoder { SlowAutoencoder(model.autoencoder) }

  /// The mean of squares, and of distances, of reconstructions in every row.
  static func errors(_ samples: [[Double]], _ outputs: [[Double]]) -> (mse: Double, mae: Double) {
    let distances = zip(outputs, samples).flatMap { zip($0, $1).map { $0 - $1 } }
    let count = Double(distances.count)
    return (distances.reduce(0) { $0 + $1 * $1 } / count, distances.reduce(0) { $0 + abs($1) } / count)
  }

  /// The loss of one row from what a person sees: probabilities where the decoder gives logits.
  static func loss(_ term: Reconstruction, _ sample: [Double], _ output: [Double], last: Int) -> Double {
    func cut(_ p: Double) -> Double { min(max(p, 1e-7), 1 - 1e-7) }
    let sum = zip(sample, output).reduce(0.0) { sum, pair in
      let (x, y) = pair
      switch term {
      case .gaussian: return sum + (y - x) * (y - x)
      case .laplace: return sum + abs(y - x)
      case .huber(let delta):
        let (distance, limit) = (abs(y - x), Double(delta))
        return sum + (distance <= limit ? distance * distance / 2 : limit * (distance - limit / 2))
      case .bernoulli: return sum - x * log(cut(y)) - (1 - x) * log(1 - cut(y))
      case .categorical: return sum - x * log(max(y, 1e-7))
      case .tokens, .fields: return .nan
      }
    }
    return sum / Double(term == .categorical ? sample.count / last : sample.count)
  }

  /// The least loss that a row can have: its entropy, of the cross-entropies.
  static func least(_ term: Reconstruction, _ sample: [Double], last: Int) -> Double {
    func information(_ p: Double) -> Double { p > 0 ? -p * log(p) : 0 }
    switch term {
    case .gaussian, .laplace, .huber, .tokens, .fields: return 0
    case .bernoulli:
      return sample.reduce(0) { $0 + information($1) + information(1 - $1) } / Double(sample.count)
    case .categorical:
      var sum = 0.0
      for start in stride(from: 0, to: sample.count, by: last) {
        let part = sample[start..<(start + last)]
        let whole = part.reduce(0, +)
        sum += part.reduce(0) { $0 + whole * information($1 / whole) }
      }
      return sum / Double(sample.count / last)
    }
  }
}
