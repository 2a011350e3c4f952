import Hourglass

extension PortraitPage {
  /// Originals, reconstructions and differences.
  func examples() throws -> ExamplesSection {
    let drawing = ExampleDrawing(portrait)
    func group(_ title: String, _ caption: String, _ examples: Examples) throws -> ExampleGroup {
      ExampleGroup(
        title: title, caption: caption,
        try (0..<examples.count).map { index in
          var example = Example(
            name: judged.sampleName(examples.positions[index]),
            note: note(examples.positions[index], error: examples.scores[index]))
          let pair = examples.pair(index)
          try drawing.fill(&example, pair.original, pair.reconstruction)
          return example
        }, heads: drawing.heads, side: drawing.side)
    }
    return ExamplesSection(
      introduction: drawing.introduction, legend: drawing.legend,
      [
        try group("At random", "Drawn by the seed \(seed).", portrait.random),
        try group("The best", "The least error first.", portrait.best),
        try group(
          "The worst", "The largest error first: odd ones, or what the model has not learned.", portrait.worst
        ),
      ])
  }
}

/// How a sample of a kind is drawn beside its reconstruction.
struct ExampleDrawing {
  let kind: SampleKind
  let shape: Shape
  let names: [String]?
  private let scaling: Scaling
  private let tint: Tint

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
  private static let channels = 3

  func fill(_ example: inout Example, _ original: [Float], _ reconstruction: [Float]) throws {
    switch kind {
    case .image, .spectrogram:
      guard let pictures = tint.pictures(original, reconstruction) else {
        return row(&example, original, reconstruction)
      }
      example.pictures = zip(pictures, ["original", "reconstruction", "difference"]).map {
        (Raster($0), "\($1) of \(Markup.shortened(example.name))")
      }
    case .series: series(&example, original, reconstruction)
    case .sound:
      example.charts = [
        WaveChart("waveform of the original", original, .second),
        WaveChart("waveform of the reconstruction", reconstruction, .first),
      ]
    case .row: row(&example, original, reconstruction)
    }
    try addSounds(&example, original, reconstruction)
  }

  /// Bytes of sound that a sample may add to a page, for a page that can be sent by mail.
  private static let soundLimit = 60_000

  private func addSounds(_ example: inout Example, _ original: [Float], _ reconstruction: [Float]) throws {
    let form: SoundForm
    switch kind {
    case .sound(let known), .spectrogram(let known): form = known
    default: return
    }
    guard 2 * form.window <= ExampleDrawing.soundLimit else {
      example.remark = "too long to be put into a page; reconstruct -o FOLDER writes it"
      return
    }
    example.sounds = try [(original, "original"), (reconstruction, "reconstruction")].map { values, meaning in
      let sound = form.sound(of: values).map { $0.isFinite ? max(-1, min(1, $0)) : 0 }
      return (try SoundFile(rate: form.rate, channels: 1, values: sound).wav(), meaning)
    }
  }

  private func series(_ example: inout Example, _ original: [Float], _ reconstruction: [Float]) {
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

/// Samples as pictures: which values are black and which are white, or what stands for loud.
private struct Tint {
  let shape: Shape
  let range: ClosedRange<Float>
  let isSpectrogram: Bool

  init(_ preparation: Preparation, _ samples: [Tensor]) {
    shape = preparation.sampleShape
    if case .spectrogram = SampleKind(preparation) { isSpectrogram = true } else { isSpectrogram = false }
    let values = samples.flatMap { $0.values.filter(\.isFinite) }
    let (lowest, highest) = (values.min() ?? 0, values.max() ?? 1)
    if isSpectrogram {
      range = lowest...max(lowest.nextUp, highest)
    } else if preparation.scaling.kind == .by255 {
      range = 0...255
    } else {
      range = min(0, lowest)...max(min(0, lowest).nextUp, highest)
    }
  }

  func picture(_ values: [Float]) -> Picture? {
    // Opacity is no colour.
    let isFour = shape.rank == 3 && shape[0] == 4
    let sides = isFour ? [3, shape[1], shape[2]] : shape.dimensions
    guard
      let picture = Picture(
        values.prefix(isFour ? values.count / 4 * 3 : values.count), shape: sides, range: range)
    else { return nil }
    return isSpectrogram ? picture.upsideDown { Palette.sequential($0.x) } : picture
  }

  /// Share of the range at which a difference has its full colour.
  private static let full: Float = 0.5

  func pictures(_ original: [Float], _ reconstruction: [Float]) -> [Picture]? {
    guard let above = picture(original), let below = picture(reconstruction) else { return nil }
    let plane = above.width * above.height
    let planes = shape.rank == 3 ? min(3, shape[0]) : 1
    let span = (range.upperBound - range.lowerBound) * Tint.full * Float(planes)
    let colours = (0..<plane).map { index -> SIMD3<Float> in
      var sum: Float = 0
      for channel in 0..<planes {
        sum += reconstruction[channel * plane + index] - original[channel * plane + index]
      }
      return Palette.diverging(sum / span)
    }
    let difference = Picture(width: above.width, height: above.height, pixels: colours)
    return [above, below, isSpectrogram ? difference.upsideDown { $0 } : difference]
  }
}

extension Picture {
  /// Turned over and painted anew.
  func upsideDown(_ paint: (SIMD3<Float>) -> SIMD3<Float>) -> Picture {
    let lines = (0..<height).reversed().flatMap { row in (0..<width).map { paint(self[row, $0]) } }
    return Picture(width: width, height: height, pixels: lines)
  }
}
