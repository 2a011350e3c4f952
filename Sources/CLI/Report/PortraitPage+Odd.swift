import Hourglass

extension DetectionLines {
  /// The samples that a page shows.
  static let shown = 10

  /// What is odd at a false alarm rate of 1 %; nil of a model without calibration.
  init?(of dataset: Dataset, _ model: Model, threads: Int) throws {
    guard model.calibration != nil else { return nil }
    let detector = try Detector(model, threads: threads)
    self.init(
      try detector.detection(of: dataset, .alarm(0.01), oddest: DetectionLines.shown), detector, dataset,
      causes: 3)
  }
}

extension PortraitPage {
  /// The ten oddest samples and the values that make them so.
  var odd: TableSection? {
    guard let oddities, let calibration = model.calibration else { return nil }
    let detection = oddities.detection
    let rows = detection.order.prefix(DetectionLines.shown).map { position -> [PageTable.Cell] in
      let causes = (detection.causes[position] ?? []).prefix(3)
      let words = causes.enumerated().map { place, cause -> Markup in
        let name = Markup.name(oddities.name(cause))
        let value = " is \(oddities.found(cause, position)), rather \(oddities.rather(cause))"
        return (place > 0 ? Markup.text("; ") : .empty)
          + (place == 0 ? .element("strong", [:], name) : name) + .text(value)
      }
      return [
        .words(.name(judged.sampleName(position))),
        .number(Figures.significant(Double(detection.readings.scores[position]), 3)),
        .number(Figures.significant(detection.readings.pValues[position], 2)),
        .words(.text(detection.flags[position] ? "odd" : "")),
        .words(words.reduce(.empty, +)),
      ]
    }
    let caption: Markup =
      "\(Figures.count(oddities.flagged)) of \(Figures.count(detection.flags.count, "sample")) are odd at a rate of false alarms of 1 %: as high a score has at most every hundredth of "
      + "\(Figures.count(calibration.count, "normal sample")). "
      + "To blame is the value without which the rest of the sample is least surprising."
    return TableSection(
      title: "The odd ones", identifier: "odd",
      PageTable(caption, head: ["sample", "score", "p-value", "flag", "because"], rows))
  }
}
