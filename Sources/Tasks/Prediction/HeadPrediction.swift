import HourglassData
import HourglassEngine
import HourglassModels
import HourglassTensor
import HourglassTraining

/// What a head of a model tells of samples.
public struct HeadPrediction: Sendable {
  public let head: Head
  /// How many samples.
  public let count: Int
  /// The parameters of the head's law, `[samples, places, parameters]`.
  private let parameters: [Float]

  /// What all heads of a model tell of samples.
  ///
  /// - Throws: `DataError` if the samples are not of the kind the model was trained on; `TrainingError` of a
  ///   model without heads.
  public static func all(
    _ model: Model, on dataset: Dataset, threads: Int = Team.processors
  ) throws -> [HeadPrediction] {
    let outputs = try model.headOutputs(dataset, threads: threads)
    let (values, width) = (outputs.values, outputs.shape.sample.count)
    var start = 0
    return model.autoencoder.architecture.heads.map { head in
      defer { start += head.count * head.law.parameters }
      return HeadPrediction(head, values, stride: width, from: start, count: dataset.count)
    }
  }

  private init(_ head: Head, _ outputs: [Float], stride: Int, from: Int, count: Int) {
    (self.head, self.count) = (head, count)
    let (places, levels) = (head.count, head.law.parameters)
    var parameters: [Float] = []
    parameters.reserveCapacity(count * places * levels)
    for sample in 0..<count {
      let start = sample * stride + from
      for place in 0..<places {
        for level in 0..<levels {
          parameters.append(
            outputs[start + (head.isPicture ? level * places + place : place * levels + level)])
        }
      }
    }
    self.parameters = parameters
  }

  private func parameters(_ sample: Int, _ place: Int) -> ArraySlice<Float> {
    let start = (sample * head.count + place) * head.law.parameters
    return parameters[start..<(start + head.law.parameters)]
  }

  /// The probability of each class, of a head that tells classes.
  public func probabilities(_ sample: Int, place: Int = 0) -> [Double] {
    let logits = parameters(sample, place).map { Double($0) / Double(head.temperature) }
    let greatest = logits.max() ?? 0
    let shares = logits.map { ($0 - greatest).exponential }
    let whole = shares.reduce(0, +)
    return shares.map { $0 / whole }
  }

  /// The likeliest class; of equals the first.
  public func place(_ sample: Int, place: Int = 0) -> Int {
    let logits = parameters(sample, place)
    var best = logits.startIndex
    for index in logits.indices where logits[index] > logits[best] { best = index }
    return best - logits.startIndex
  }

  /// The number, in the units of the data, of a head that tells numbers: the mean, or median, of its law.
  public func number(_ sample: Int, place: Int = 0) -> Double {
    head.shift + head.scale * head.law.median(parameters(sample, place).map(Double.init))
  }

  /// The range about the number that holds the true one with this probability, in the units of the data; nil
  /// where too few held-out samples are known for it.
  public func interval(_ sample: Int, place: Int = 0, level: Double) -> ClosedRange<Double>? {
    guard let margin = head.margin(level) else { return nil }
    let middle = number(sample, place: place)
    return (middle - margin * head.scale)...(middle + margin * head.scale)
  }
}
