import HourglassData
import HourglassModels
import HourglassTensor
import HourglassTraining

extension Doctor {
  /// Units that are dead or saturated, and values of the code that do not vary.
  ///
  /// - Parameter isCollapsed: whether another finding speaks of the code.
  static func units(_ model: Model, _ dataset: Dataset, isCollapsed: Bool, threads: Int) throws -> [Finding] {
    guard dataset.count >= Threshold.fewestSamples else { return [] }
    let activations = Activations(
      model.autoencoder, rows: dataset.count, gaps: dataset.hasGaps, threads: threads)
    let codeIndex = activations.entries.lastIndex { $0.place.hasPrefix("encoder") }
    let isSparse = model.autoencoder.architecture.isSparse
    // The output layer is left out: a pixel that is always black is no dead unit, and black and white are no
    // saturation.
    var tallies = activations.entries.dropLast().enumerated().compactMap { index, entry in
      UnitTally(index, entry, isCode: index == codeIndex, isSparse: isSparse)
    }
    var code = codeIndex.flatMap { index in
      isCollapsed
        ? nil
        : CodeTally(model.autoencoder.outline, outputs: activations.entries[index].output.count)
    }
    try model.visit(activations, dataset) { _, outputs in
      for place in tallies.indices { tallies[place].add(outputs[tallies[place].index]) }
      if let codeIndex { code?.add(outputs[codeIndex]) }
    }
    var findings = tallies.compactMap { $0.finding(samples: dataset.count) }
    let idle = tallies.first { $0.index == codeIndex }.map { $0.idle(samples: dataset.count) } ?? []
    if let code {
      let constant = try code.constant(apartFrom: Set(idle), model, dataset, threads: threads)
      findings += [code.finding(constant)].compactMap(\.self)
    }
    return findings
  }
}

/// For how many samples each unit of an activation gave nothing to learn from.
private struct UnitTally {
  let index: Int
  private let entry: Outline.Entry
  private let isFlat: (Float) -> Bool
  private let isRectifier: Bool
  /// The option that chooses this activation.
  private let option: String
  private var counts: [Int]

  /// Nil for a layer that cannot die or saturate.
  ///
  /// - Parameter isSparse: whether the values of the code are drawn to 0, which is no saturation then.
  init?(_ index: Int, _ entry: Outline.Entry, isCode: Bool, isSparse: Bool) {
    let slope = Doctor.Threshold.saturatedSlope
    let ignoresLowEnd = isCode && isSparse
    switch entry.layer {
    case .relu: isFlat = { $0 <= 0 }
    // The slope of tanh is 1 - y², that of the sigmoid y (1 - y), at most 1/4.
    case .tanh: isFlat = { 1 - $0 * $0 < slope }
    case .sigmoid: isFlat = { 4 * $0 * (1 - $0) < slope && !(ignoresLowEnd && $0 < 0.5) }
    default: return nil
    }
    self.index = index
    option = isCode ? "--code-activation" : "--activation"
    self.entry = entry
    isRectifier = entry.layer == .relu
    counts = Array(repeating: 0, count: entry.output.count)
  }

  mutating func add(_ outputs: UnsafeBufferPointer<Float>) {
    let width = counts.count
    for start in stride(from: 0, to: outputs.count, by: width) {
      for unit in 0..<width where isFlat(outputs[start + unit]) { counts[unit] += 1 }
    }
  }

  /// The units that do nothing: rectifiers for any sample, others for nearly all.
  func idle(samples: Int) -> [Int] {
    let limit =
      isRectifier ? samples : Int((Doctor.Threshold.saturatedSamples * Double(samples)).rounded(.up))
    return counts.indices.filter { counts[$0] >= limit }
  }

  func finding(samples: Int) -> Doctor.Finding? {
    let idle = idle(samples: samples).count
    let name = isRectifier ? "dead_unit_share" : "saturated_unit_share"
    let measure = Doctor.Measure(
      name, Double(idle) / Double(counts.count), threshold: Doctor.Threshold.idleUnits)
    guard measure.isBeyond else { return nil }
    let place = "\(entry.place), \(entry.layer.words)"
    let severity: Doctor.Severity = idle == counts.count ? .fault : .warning
    let units = "\(idle) of the \(counts.count) units of \(place) (\(measure.value.percent))"
    guard isRectifier else {
      return Doctor.Finding(
        .saturatedUnits, severity, at: place, measure,
        problem: "\(units) sit at an end of their range for nearly every sample: they tell little and hardly "
          + "learn.",
        remedy:
          "Bring the data to a small range (--scaling standard), put a --normalization batch before it, "
          + "lower the --rate, or use \(option) elu.")
    }
    return Doctor.Finding(
      .deadUnits, severity, at: place, measure,
      problem: "\(units) are 0 for every sample: they are dead, and the layer is as good as narrower.",
      remedy:
        "Use \(option) leaky-relu or elu, which cannot die, or --normalization batch, or a lower --rate; if "
        + "the result is good enough, fewer units (--layers, --latent) give the same, faster.")
  }
}

/// How much each value of the code varies.
private struct CodeTally {
  private var count = 0.0
  private var means: [Double]
  private var squares: [Double]

  /// Values that the encoder gives: those of the code, and of a gaussian code the logarithms of their
  /// variances behind them.
  private let outputs: Int

  /// Nil for a code of places: its values are none of numbers.
  init?(_ outline: Outline, outputs: Int) {
    switch outline.coding {
    case .vector: means = Array(repeating: 0, count: outputs)
    case .gaussian: means = Array(repeating: 0, count: outputs / 2)
    case .codebook, .categorical: return nil
    }
    squares = means
    self.outputs = outputs
  }

  /// By the recurrence of Welford 1962.
  mutating func add(_ codes: UnsafeBufferPointer<Float>) {
    let width = means.count
    for start in stride(from: 0, to: codes.count, by: outputs) {
      count += 1
      for place in 0..<width {
        let distance = Double(codes[start + place]) - means[place]
        means[place] += distance / count
        squares[place] += distance * (Double(codes[start + place]) - means[place])
      }
    }
  }

  /// How many values hardly vary and are of no use to the reconstruction.
  ///
  /// - Parameter idle: values that another finding speaks of.
  func constant(
    apartFrom idle: Set<Int>, _ model: Model, _ dataset: Dataset, threads: Int
  ) throws -> Int {
    let largest = squares.max() ?? 0
    let constant = squares.indices.filter { place in
      !(squares[place] > Doctor.Threshold.codeVariance * largest) && !idle.contains(place)
    }
    guard measure(constant.count).isBeyond, largest > 0,
      let effect = try CodeEffect(model, dataset, threads: threads)
    else { return constant.count }
    return try constant.count { try !effect.matters($0) }
  }

  private func measure(_ constant: Int) -> Doctor.Measure {
    Doctor.Measure(
      "constant_code_share", Double(constant) / Double(squares.count),
      threshold: Doctor.Threshold.constantCode)
  }

  func finding(_ constant: Int) -> Doctor.Finding? {
    let (width, measure) = (squares.count, measure(constant))
    guard measure.isBeyond else { return nil }
    let isAll = constant == width
    return Doctor.Finding(
      .constantCode, isAll ? .fault : .warning, measure,
      problem:
        "\(constant) of the \(width) values of the code (\(measure.value.percent)) hardly vary from "
        + "sample to sample: their variance is below \(Doctor.Threshold.codeVariance.percent) of the "
        + "largest, and the reconstruction needs none of them.",
      remedy: (isAll ? "Train" : "Use --latent \(width - constant), which keeps as much, or train")
        + " with less of --activity-l1, --activity-l2, --l1 and --l2, another --code-activation, or another "
        + "--seed."
    )
  }
}
