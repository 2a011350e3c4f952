import Hourglass

extension Session {
  /// What `--shift` and `--clean` ask for; nil where they do not.
  func shifted(
    _ detector: Detector, _ dataset: Dataset, _ rule: FlagRule
  ) throws -> ShiftedCalibration? {
    let columns = try arguments[DetectOption.shift]
    guard let source = try arguments[DetectOption.clean] else {
      if columns.isEmpty { return nil }
      throw Failure.commandLine("--shift needs normal samples to weight: give --clean too")
    }
    guard !columns.isEmpty else {
      throw Failure.commandLine(
        "--clean belongs to --shift, which says what differs; give that too, or leave it out")
    }
    guard case .alarm = rule else {
      throw Failure.commandLine(
        "--shift goes with --alarm alone: neither --fdr nor --certain is known to hold under weights")
    }
    let model = detector.model
    let slots = try columns.map { try slot(of: $0, detector) }
    let clean = try open(source, for: model, isOther: true)
    try model.preparation.check(clean)
    try refuseTrained(clean, model)
    let shifted = try ShiftedCalibration(detector, clean: clean, shifted: dataset, slots: slots)
    say(
      "\(Figures.grouped(clean.count, "normal sample")) of \(clean.origin) weighted by \(Figures.list(columns)): they tell as much "
        + "as \(Figures.grouped(Int(shifted.effectiveCount.rounded()))) of equal weight")
    return shifted
  }

  /// The value that a column of a name, or a number from 1, is read into.
  private func slot(of column: String, _ detector: Detector) throws -> Int {
    let preparation = detector.model.preparation
    let names =
      preparation.fields.map { $0.slots.map(\.name) } ?? preparation.featureNames
      ?? (0..<preparation.sampleShape.count).map { "value_\($0)" }
    if let place = names.firstIndex(of: column) { return place }
    if preparation.fields == nil, let number = Int(column), names.indices.contains(number - 1) {
      return number - 1
    }
    let near = Nearest.question(for: column, among: names).map { "; \($0)" } ?? ""
    throw Failure.commandLine("--shift: the model reads no column '\(column)'\(near)")
  }

  /// The file that `--where` asks for, made sure of before anything is read; nil where it does not.
  func mapFile() throws -> OutputFile? {
    try arguments[DetectOption.map].map {
      try OutputFile($0, apartFrom: arguments.operands, takesPicture: true)
    }
  }

  /// - Throws: ``Failure`` where the samples are not of a kind that the file can show.
  func check(_ file: OutputFile, _ detector: Detector) throws {
    guard !detector.fields.isEmpty else {
      throw Failure.commandLine(
        "--where: the values of these samples are not judged one by one; leave it out")
    }
    let preparation = detector.model.preparation
    if file.isPicture, preparation.fields != nil || preparation.sampleShape.rank < 2 {
      throw Failure.commandLine(
        "--where \(file.path): the samples are no pictures; choose .npy, .npz or .csv")
    }
  }

  /// Writes what `--where` asks for.
  func write(_ detection: Detection, to output: OutputFile, _ detector: Detector, _ dataset: Dataset) throws {
    let strangeness = detection.strangeness(by: detector.calibration)
    let width = detector.fields.count
    let preparation = detector.model.preparation
    let positions = output.isPicture ? Array(detection.order.prefix(25)) : Array(0..<dataset.count)
    let values = positions.flatMap { strangeness[($0 * width)..<(($0 + 1) * width)] }
    let shape = preparation.fields == nil ? preparation.sampleShape : [width]
    let tensor = Tensor(shape.batch(positions.count), values)
    if output.isTable {
      try output.write(
        SampleLines(
          tensor.reshaped([positions.count, width]), of: dataset, columns: detector.fields.map(\.name)),
        name: "where")
    } else {
      try output.write(tensor, name: "where", columns: nil)
    }
    say(
      "\(output.path): how odd each value is by itself, -log10 of its p-value"
        + (output.isPicture ? ", of the oddest \(positions.count)" : ""))
  }
}
