import Hourglass

/// Samples as lines: series and sounds, each on a scale of its own with its numbers beside it.
extension ExampleDrawing {
  func series(_ example: inout Example, _ values: Values, difference: Bool = true) {
    let channels = shape.rank == 1 ? 1 : shape[0]
    let steps = shape.count / channels
    for channel in 0..<min(channels, ExampleDrawing.channels) {
      let range = (channel * steps)..<((channel + 1) * steps)
      let (given, made) = (
        values.original[range].map(Double.init), values.reconstruction[range].map(Double.init)
      )
      let place = channels > 1 ? "channel \(channel) of " : ""
      var lines: [LineChart.Line] = []
      if let linear = values.linear { lines.append(.init("PCA", .third, linear[range].map(Double.init))) }
      lines += [.init("original", .second, given), .init("reconstruction", .first, made)]
      example.charts.append(
        LineChart("\(place)\(summary(given, made))", lines).small(height: 120, scaledTo: []))
      guard difference else { continue }
      let off = zip(made, given).map { $0 - $1 }
      example.charts.append(
        LineChart("\(place)how far the reconstruction is off", [.init("off by", .quiet, off)])
          .small(height: 56, scaledTo: [0]))
    }
    if channels > ExampleDrawing.channels {
      example.remark = "and \(channels - ExampleDrawing.channels) more channels"
    }
  }

  /// The original with the reconstruction, and with that of principal components, on one scale.
  func waves(_ example: inout Example, _ values: Values) {
    var made: [(name: String, kind: LineChart.Line.Kind, values: [Float])] = [
      ("reconstruction", .first, values.reconstruction)
    ]
    if let linear = values.linear { made.append(("PCA", .third, linear)) }
    example.charts = waves(values.original, made)
  }

  func waves(
    _ original: [Float], _ made: [(name: String, kind: LineChart.Line.Kind, values: [Float])]
  ) -> [any Chart] {
    let given = original.map(Double.init)
    let all = (original + made.flatMap(\.values)).filter(\.isFinite).map { Double($0) }
    let scale = [all.min() ?? 0, all.max() ?? 0]
    return made.map { line in
      let values = line.values.map(Double.init)
      return LineChart(
        "waveform: \(summary(given, values, Markup.shortened(line.name)))",
        [.init("original", .second, given), .init(line.name, line.kind, values)]
      ).small(height: 90, scaledTo: scale)
    }
  }

  /// What a chart of the two is read aloud as.
  private func summary(_ given: [Double], _ made: [Double], _ name: String = "reconstruction") -> String {
    func range(_ values: [Double]) -> String {
      let there = values.filter(\.isFinite)
      guard let lowest = there.min(), let highest = there.max() else { return "without a value" }
      return "from \(Figures.significant(lowest, 3)) to \(Figures.significant(highest, 3))"
    }
    return "original \(range(given)), \(name) \(range(made))"
  }
}
