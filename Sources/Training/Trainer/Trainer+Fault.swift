import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor

/// What is said where a training comes to a number that is not finite.
extension Trainer {
  /// - Throws: ``TrainingError`` naming the step, the part of the network that gave the first value that is
  ///   not finite, and what can be done.
  func checkFinite(_ loss: Double, in session: Session) throws(TrainingError) {
    if loss.isFinite, session.wasFinite { return }
    throw TrainingError(
      place: "step \(course.steps + 1), epoch \(course.epochs.count + 1)"
        + (origin(in: session).map { ", \($0)" } ?? ""),
      expected: "a finite loss",
      found: loss.isFinite ? "a gradient that is not finite" : loss.isNaN ? "nan" : "\(loss)",
      remedy:
        "lower the rate (now \(course.steps == 0 ? recipe.rate * course.rateFactor : course.rate)) with "
        + "--rate, clip the gradient (--clip 1), or scale the data (--scaling standard); \(furthest)")
  }

  /// The part of the network that gave the first value that is not finite, in words.
  private func origin(in session: Session) -> String? {
    if let index = session.parameters.firstIndex(where: { !$0.isFinite }) {
      let owner = start.outline.weights.last { $0.offset <= index }
      return owner.map { "the weights \($0.name), which an earlier step spoilt" }
    }
    guard let place = session.firstNonFinite()?.place else { return nil }
    switch place {
    case "": return "the sum of the gradients"
    case "code":
      return if case .gaussian = start.architecture.code {
        "the code's means and variances, or their divergence from the prior"
      } else { "the code" }
    case "reconstruction": return "the loss \(start.architecture.reconstruction.name) of a sample"
    case "loss": return "the loss of the batch"
    case _ where place.hasPrefix("penalty"): return "the \(place)"
    default: return place
    }
  }

  /// The training value that lies furthest from 0 as the network sees it, in words.
  private var furthest: String {
    let width = training.sampleShape.count
    let together = max(1, (1 << 20) / width)
    var (largest, place) = (Float(-1), (row: 0, feature: 0))
    for start in stride(from: 0, to: training.count, by: together) {
      let rows = start..<min(training.count, start + together)
      let values = preparation.scaling.apply(training.tensor(rows)).values
      for index in values.indices where values[index].magnitude > largest {
        (largest, place) = (values[index].magnitude, (start + index / width, index % width))
      }
    }
    let feature = preparation.featureNames.map { "column '\($0[place.feature])'" } ?? "value \(place.feature)"
    return
      "the furthest value that it is given is \(largest), in row \(place.row), \(feature) (counted from 0)"
  }
}
