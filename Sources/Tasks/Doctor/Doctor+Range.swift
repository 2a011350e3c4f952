import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

extension Doctor {
  /// Samples with values that no reconstruction can have.
  static func range(_ model: Model, _ dataset: Dataset) -> [Finding] {
    guard let (range, output) = model.autoencoder.architecture.outputRange else { return [] }
    let lowest = range.lowerBound - Threshold.unreachableDistance
    let highest = range.upperBound + Threshold.unreachableDistance
    var (values, outside) = (0, 0)
    var (least, most) = (Float.infinity, -Float.infinity)
    let together = 1024
    for start in stride(from: 0, to: dataset.count, by: together) {
      let chunk = dataset.tensor(start..<min(start + together, dataset.count))
      for value in model.preparation.scaling.apply(chunk).values where !value.isNaN {
        values += 1
        if value < lowest || value > highest { outside += 1 }
        least = min(least, value)
        most = max(most, value)
      }
    }
    let measure = Measure(
      "unreachable_share", Double(outside) / Double(max(1, values)), threshold: Threshold.unreachableValues)
    guard measure.isBeyond else { return [] }
    let isNew = model.preparation.scaling.isUnitInterval && range == 0...1
    return [
      Finding(
        .outOfRange, .fault, measure,
        problem:
          "\(measure.value.percent) of the values lie where the output, \(output), cannot go: they reach "
          + "from \(Double(least).brief) to \(Double(most).brief) after scaling, the output \(range.words).",
        remedy: isNew
          ? "The training samples were inside: these are of another kind or in other units. Give samples "
            + "like those, or train on these too."
          : "Train with --output-activation linear, or with --scaling min-max, which brings values to [0, 1]."
      )
    ]
  }
}

extension ClosedRange<Float> {
  fileprivate var words: String {
    upperBound.isInfinite
      ? "from \(Double(lowerBound).brief) up"
      : "from \(Double(lowerBound).brief) to \(Double(upperBound).brief)"
  }
}

extension Architecture {
  /// The values that reconstructions can have, and what keeps them there; nil where they can have any.
  var outputRange: (range: ClosedRange<Float>, what: String)? {
    switch reconstruction {
    case .bernoulli: return (0...1, "the sigmoid of the loss bce")
    case .categorical: return (0...1, "the softmax of the loss ce")
    case .tokens(let entries): return (0...Float(entries - 1), "the entries of its loss")
    case .gaussian, .laplace, .huber: break
    case .fields: return nil
    }
    let last = decoder.last {
      switch $0 {
      case .flatten, .reshape, .dropout, .gaussianDropout: false
      default: true
      }
    }
    guard let last else { return nil }
    let range: ClosedRange<Float>? =
      switch last {
      case .sigmoid: 0...1
      case .tanh: -1...1
      case .relu, .softplus: 0...(.infinity)
      case .elu(let alpha) where alpha >= 0: -alpha...(.infinity)
      // The lowest value of x Φ(x), at x = -0.7518.
      case .gelu: -0.17...(.infinity)
      default: nil
      }
    return range.map { ($0, "\(last)") }
  }
}
