import Hourglass

/// How a sample of a kind is drawn beside its reconstruction.
struct ExampleDrawing {
  let kind: SampleKind
  let shape: Shape
  let names: [String]?
  let scaling: Scaling
  let tint: Tint

  init(_ portrait: Portrait) {
    self.init(portrait.model, [portrait.random.originals, portrait.best.originals, portrait.worst.originals])
  }

  /// - Parameter samples: some that the colours are fitted to.
  init(_ model: Model, _ samples: [Tensor]) {
    kind = SampleKind(model.preparation)
    shape = model.preparation.sampleShape
    names = model.preparation.featureNames
    scaling = model.preparation.scaling
    tint = Tint(model.preparation, samples)
  }

  var heads: [String] { kind == .row ? ["", "given", "made", "off by"] : [] }

  /// Pixels that a sample takes on the page.
  var side: Int {
    switch kind {
    case .image: 96
    case .series: 200
    case .sound, .spectrogram: 260
    case .row: 270
    }
  }

  var introduction: String {
    switch kind {
    case .image:
      "From top to bottom: the original, what the model makes of it, and the difference, blue where the "
        + "reconstruction is too dark and red where it is too bright."
    case .series:
      "Each original with its reconstruction over it, and below the difference of the two on a scale of its own."
    case .sound: "Each sound above what the model makes of it, to look at and to hear."
    case .spectrogram:
      "Frequencies over time, low ones at the bottom and loud ones bright. From top to bottom: the original, the "
        + "reconstruction, and the difference, red where the reconstruction is too loud. The sounds are made from the "
        + "spectrograms, which have lost the phases, the original’s too."
    case .row:
      "Values in the units of the data: as they are, as the model has them, and by how much it is off."
        + (shape.count > ExampleDrawing.rows
          ? " Of \(shape.count) values the \(ExampleDrawing.rows) that it misses most." : "")
    }
  }

  var legend: Markup {
    guard kind == .series else { return .empty }
    return LineChart(
      "",
      [.init("original", .second, []), .init("reconstruction", .first, []), .init("difference", .quiet, [])]
    )
    .legend()
  }

  /// Values of a row, and channels of a series, that are shown.
  static let rows = 12
  static let channels = 3

  func fill(_ example: inout Example, _ original: [Float], _ reconstruction: [Float]) throws {
    switch kind {
    case .image, .spectrogram:
      guard let pictures = tint.pictures(original, reconstruction) else {
        return row(&example, original, reconstruction)
      }
      example.pictures = zip(pictures, ["original", "reconstruction", "difference"]).map {
        (Raster($0), "\($1) of \(Markup.shortened(example.name))")
      }
    case .series: series(&example, original, reconstruction, difference: true)
    case .sound: example.charts = waves([original, reconstruction], ["original", "reconstruction"])
    case .row: row(&example, original, reconstruction)
    }
    try addSounds(&example, [original, reconstruction], ["original", "reconstruction"])
  }

  func waves(_ values: [[Float]], _ meanings: [String]) -> [any Chart] {
    zip(values, meanings).enumerated().map { index, wave in
      WaveChart("waveform: \(Markup.shortened(wave.1))", wave.0, index == 0 ? .second : .first)
    }
  }

  /// Bytes of sound that a sample may add to a page, for a page that can be sent by mail.
  private static let soundLimit = 60_000

  func addSounds(_ example: inout Example, _ values: [[Float]], _ meanings: [String]) throws {
    let form: SoundForm
    switch kind {
    case .sound(let known), .spectrogram(let known): form = known
    default: return
    }
    guard 2 * form.window <= ExampleDrawing.soundLimit else {
      example.remark = "too long to be put into a page; reconstruct -o FOLDER writes it"
      return
    }
    example.sounds = try zip(values, meanings).map { values, meaning in
      let sound = form.sound(of: values).map { $0.isFinite ? max(-1, min(1, $0)) : 0 }
      return (try SoundFile(rate: form.rate, channels: 1, values: sound).wav(), Markup.shortened(meaning))
    }
  }

  func series(
    _ example: inout Example, _ original: [Float], _ reconstruction: [Float], difference: Bool
  ) {
    let channels = shape.rank == 1 ? 1 : shape[0]
    let steps = shape.count / channels
    for channel in 0..<min(channels, ExampleDrawing.channels) {
      let range = (channel * steps)..<((channel + 1) * steps)
      let (given, made) = (original[range].map(Double.init), reconstruction[range].map(Double.init))
      let place = channels > 1 ? "channel \(channel) of " : ""
      example.charts.append(
        LineChart(
          "\(place)original and reconstruction",
          [.init("original", .second, given), .init("reconstruction", .first, made)]
        ).small(height: 110))
      guard difference else { continue }
      example.charts.append(
        LineChart("\(place)difference", [.init("difference", .quiet, zip(made, given).map { $0 - $1 })])
          .small(height: 40))
    }
    if channels > ExampleDrawing.channels {
      example.remark = "and \(channels - ExampleDrawing.channels) more channels"
    }
  }

  private func row(_ example: inout Example, _ original: [Float], _ reconstruction: [Float]) {
    let off = zip(reconstruction, original).map { $0 - $1 }
    var shown = Array(off.indices)
    if shown.count > ExampleDrawing.rows {
      let sizes = off.indices.map { index in
        off[index].isNaN ? 0 : abs(off[index] * scaling.scale[scaling.isPerFeature ? index : 0])
      }
      shown = shown.sorted { (sizes[$1], $0) < (sizes[$0], $1) }.prefix(ExampleDrawing.rows).sorted()
    }
    example.rows = shown.map { index in
      let difference =
        off[index].isNaN ? "–" : (off[index] > 0 ? "+" : "") + ExampleDrawing.figure(off[index])
      return (
        name: names?[index] ?? "\(index)",
        cells: [
          original[index].isNaN ? "missing" : ExampleDrawing.figure(original[index]),
          ExampleDrawing.figure(reconstruction[index]), difference,
        ]
      )
    }
  }

  /// A number as people write it in a table.
  static func figure(_ value: Float) -> String {
    let text =
      value == value.rounded() && abs(value) < 1e6 ? "\(Int(value))" : Figures.significant(Double(value))
    return text.replacing("-", with: "−")
  }

  /// The picture of a sample; nil where it is none.
  func picture(_ values: [Float]) -> Picture? { tint.picture(values) }
}
