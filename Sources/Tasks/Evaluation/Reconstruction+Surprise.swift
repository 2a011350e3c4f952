import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

/// How odd samples are, apart from how much there is to say about them.
///
/// The loss of a sample that is reconstructed without a fault need not be 0: the cross-entropy of a grey
/// pixel with itself is its entropy. A surprise is the loss above the least it can be, over all
/// reconstructions:
///
///     bce:  x log(x / y) + (1 - x) log((1 - x) / (1 - y))     KL(x ‖ y) of two Bernoulli laws
///     ce:   x log(x / (S y)), S the sum of x over the last axis
///     others: the loss itself, which can be 0
///
/// It is 0 for a perfect reconstruction and above 0 for any other, whatever the sample: what scores, rankings
/// and maps of errors are made of. Where all values are 0 or 1 it is the loss.
extension Reconstruction {
  /// Whether the least loss of some samples is above 0.
  private var hasFloor: Bool {
    switch self {
    case .bernoulli, .categorical: true
    case .gaussian, .laplace, .huber, .tokens, .fields: false
    }
  }

  /// The least that the term of a value can be.
  ///
  /// - Parameter sum: of the values that are shares of one whole; for categories alone.
  private func floor(of value: Double, among sum: Double) -> Double {
    func information(_ x: Double, _ whole: Double) -> Double { x > 0 ? -x * (x / whole).logarithm : 0 }
    let x = domain.nearest(to: value)
    return switch self {
    case .bernoulli: information(x, 1) + information(1 - x, 1)
    case .categorical: information(x, sum)
    case .gaussian, .laplace, .huber, .tokens, .fields: 0
    }
  }

  /// Calls `visit` with the least term of each value of a sample that is there.
  private func visitFloors(
    of sample: UnsafeBufferPointer<Float>, lastAxis: Int, _ visit: (_ index: Int, _ floor: Double) -> Void
  ) {
    let together = self == .categorical ? max(1, lastAxis) : sample.count
    for start in stride(from: 0, to: sample.count, by: together) {
      let places = (start..<min(sample.count, start + together)).lazy.filter { !sample[$0].isNaN }
      let sum =
        self == .categorical
        ? places.reduce(0) { $0 + domain.nearest(to: Double(sample[$1])) } : 1
      for index in places { visit(index, floor(of: Double(sample[index]), among: sum)) }
    }
  }

  /// What of a sample's loss is surprise: 0 or more.
  func surprise(_ loss: Float, of sample: UnsafeBufferPointer<Float>, lastAxis: Int) -> Float {
    guard hasFloor else { return loss }
    var (least, count) = (0.0, 0)
    visitFloors(of: sample, lastAxis: lastAxis) { _, floor in
      least += floor
      count += 1
    }
    let terms = Double(max(1, count)) / Double(self == .categorical ? max(1, lastAxis) : 1)
    return loss.isNaN ? loss : Float(max(0, Double(loss) - least / terms))
  }

  /// What of each value's term is surprise, written to `surprises`; NaN where the value is missing. For
  /// categories some may be below 0, though never their sum over the last axis.
  func writeSurprises(
    of output: UnsafeBufferPointer<Float>, for sample: UnsafeBufferPointer<Float>, lastAxis: Int,
    to surprises: UnsafeMutableBufferPointer<Double>
  ) {
    for index in sample.indices {
      surprises[index] = term(of: Double(output[index]), for: Double(sample[index]))
    }
    guard hasFloor else { return }
    visitFloors(of: sample, lastAxis: lastAxis) { index, floor in
      surprises[index] -= floor
      if self == .bernoulli { surprises[index] = max(0, surprises[index]) }
    }
  }
}

/// What a model makes of some samples, on its own scale.
struct ScoredRows {
  /// The position of the first.
  let start: Int
  let width: Int
  let samples: UnsafeBufferPointer<Float>
  let outputs: UnsafeBufferPointer<Float>
  /// The surprise of each; NaN for a sample without any value.
  let scores: [Float]
  fileprivate let reconstruction: Reconstruction
  fileprivate let lastAxis: Int

  /// The values of one of them.
  func values(_ row: Int) -> (sample: UnsafeBufferPointer<Float>, output: UnsafeBufferPointer<Float>) {
    let range = (row * width)..<((row + 1) * width)
    return (UnsafeBufferPointer(rebasing: samples[range]), UnsafeBufferPointer(rebasing: outputs[range]))
  }

  /// The surprise of each value of one of them.
  func writeSurprises(_ row: Int, to surprises: UnsafeMutableBufferPointer<Double>) {
    let (sample, output) = values(row)
    reconstruction.writeSurprises(of: output, for: sample, lastAxis: lastAxis, to: surprises)
  }
}

extension Model {
  /// Calls `visit` with samples and how odd they are, some rows at a time: what every ranking rests on.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on.
  func visitScored(_ dataset: Dataset, threads: Int, _ visit: (ScoredRows) throws -> Void) throws {
    let width = autoencoder.architecture.input.count
    let reconstruction = autoencoder.architecture.reconstruction
    let lastAxis = preparation.lastAxis
    try self.visit(dataset, threads: threads) { start, samples, outputs, losses in
      let scores = losses.indices.map { row -> Float in
        let sample = UnsafeBufferPointer(rebasing: samples[(row * width)..<((row + 1) * width)])
        if dataset.hasGaps, sample.allSatisfy(\.isNaN) { return .nan }
        return reconstruction.surprise(losses[row], of: sample, lastAxis: lastAxis)
      }
      try visit(
        ScoredRows(
          start: start, width: width, samples: samples, outputs: outputs, scores: scores,
          reconstruction: reconstruction, lastAxis: lastAxis))
    }
  }
}
