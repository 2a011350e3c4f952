import Hourglass

/// What was found in samples, a line a sample.
struct DetectionLines: Sendable {
  let detection: Detection
  private let fields: [DetectionField]
  private let cells: FieldCells?
  private let score: Calibration.Score
  private let calibrating: Int
  private let dataset: Dataset
  private let causes: Int

  /// - Parameter causes: values that are blamed for a sample at most.
  init(_ detection: Detection, _ detector: Detector, _ dataset: Dataset, causes: Int) {
    (self.detection, self.dataset, self.causes) = (detection, dataset, causes)
    (fields, score, calibrating) = (detector.fields, detector.score, detector.calibration.count)
    cells = detector.model.preparation.fields.map(FieldCells.init)
  }

  var flagged: Int { detection.flags.count { $0 } }

  /// The causes of a sample that are told.
  private func causes(_ position: Int) -> [Detection.Cause] {
    guard detection.flags[position], causes > 0 else { return [] }
    return Array((detection.causes[position] ?? []).prefix(causes))
  }

  func name(_ cause: Detection.Cause) -> String { fields[cause.field].name }

  /// The value that a sample has in the field of a cause, as its column writes it.
  func found(_ cause: Detection.Cause, _ position: Int) -> String {
    let slot = fields[cause.field].slot
    if cells != nil, let text = dataset.cellText(position, column: name(cause)) { return text }
    return text(dataset.tensor(position..<(position + 1)).values[slot], slot)
  }

  func rather(_ cause: Detection.Cause) -> String {
    text(cause.rather, fields[cause.field].slot)
  }

  private func text(_ value: Float, _ slot: Int) -> String {
    guard let cells else { return Figures.significant(Double(value)) }
    return cells.text(value, of: slot) ?? "nan"
  }

  /// Score, p-value and flag in an array; in a table with the causes before the flag.
  var sampleLines: SampleLines {
    let readings = detection.readings
    let flags = detection.flags.map { Float($0 ? 1 : 0) }
    var texts = dataset.identity
    texts += [
      CSV.TextColumn("score") { "\(readings.scores[$0])" },
      CSV.TextColumn("p_value") { "\(readings.pValues[$0])" },
    ]
    if causes > 0, !fields.isEmpty {
      texts += [
        CSV.TextColumn("because") { self.causes($0).first.map(name) ?? "" },
        CSV.TextColumn("found") { position in causes(position).first.map { found($0, position) } ?? "" },
        CSV.TextColumn("rather") { causes($0).first.map(rather) ?? "" },
        CSV.TextColumn("also") { causes($0).dropFirst().map(name).joined(separator: "; ") },
      ]
    }
    return SampleLines(values: Tensor([flags.count], flags), columns: ["odd"], texts: texts)
  }

  /// Score, p-value and flag, `[n, 3]`.
  var table: Tensor {
    let readings = detection.readings
    return Tensor(
      [detection.flags.count, 3],
      detection.flags.indices.flatMap {
        [readings.scores[$0], Float(readings.pValues[$0]), detection.flags[$0] ? 1 : 0]
      })
  }

  /// How many are odd, and the oddest with what is to blame.
  var words: String {
    let total = Figures.grouped(detection.flags.count, "sample")
    let top = detection.order.prefix(3).map { position -> String in
      let p = Figures.significant(detection.readings.pValues[position])
      let cause = (detection.causes[position] ?? []).first.map {
        ", \(name($0)) is \(found($0, position)), rather \(rather($0))"
      }
      return "\(dataset.place(ofSample: position)) (p \(p)\(cause ?? ""))"
    }
    let rows = dataset.sampleNames == nil && !dataset.areWindows ? " in rows, counted from 0" : ""
    return "\(Figures.grouped(flagged)) of \(total) odd; the oddest\(rows): \(top.joined(separator: "; "))"
  }

  var members: [JSON.Member] {
    [
      JSON.Member("samples", .integer(detection.flags.count)), JSON.Member("odd", .integer(flagged)),
      JSON.Member("score", .text(score.rawValue)),
      JSON.Member("calibrating", .integer(calibrating)),
      JSON.Member(
        "oddest",
        .list(
          detection.order.prefix(10).map { position in
            .object([
              JSON.Member("row", .integer(dataset.row(position))),
              JSON.Member("score", .number(Double(detection.readings.scores[position]))),
              JSON.Member("p_value", .number(detection.readings.pValues[position])),
              JSON.Member("odd", .boolean(detection.flags[position])),
              JSON.Member(
                "because",
                .list(
                  (detection.causes[position] ?? []).prefix(causes).map { cause in
                    .object([
                      JSON.Member("field", .text(name(cause))), JSON.Member("p_value", .number(cause.pValue)),
                      JSON.Member("found", .text(found(cause, position))),
                      JSON.Member("rather", .text(rather(cause))),
                    ])
                  })),
            ])
          })),
    ]
  }
}
