import Hourglass

/// How a sample of a kind is drawn beside its reconstruction.
struct ExampleDrawing {
  let kind: SampleKind
  let shape: Shape
  let names: [String]?
  let scaling: Scaling
  let tint: Tint
  /// Whether there is what principal components make of samples.
  let hasLinear: Bool
  /// Of records, what values stand for.
  let cells: FieldCells?

  init(_ portrait: Portrait) {
    self.init(
      portrait.model, [portrait.random.originals, portrait.best.originals, portrait.worst.originals],
      hasLinear: portrait.random.linear != nil)
  }

  /// - Parameter samples: some that the colours are fitted to.
  init(_ model: Model, _ samples: [Tensor], hasLinear: Bool = false) {
    kind = SampleKind(model.preparation)
    shape = model.preparation.sampleShape
    names = model.preparation.featureNames
    scaling = model.preparation.scaling
    tint = Tint(model.preparation, samples)
    self.hasLinear = hasLinear
    cells = model.preparation.fields.map(FieldCells.init)
  }

  var heads: [String] {
    kind == .row ? ["", "given", "made"] + (hasLinear ? ["PCA"] : []) + ["off by"] : []
  }

  /// Pixels that a sample takes on the page.
  var side: Int {
    switch kind {
    case .image: 96
    case .series: 240
    case .sound, .spectrogram: 260
    case .row: hasLinear ? 340 : 270
    }
  }

  var introduction: String {
    let linear = hasLinear ? ", what PCA with as many values makes of it" : ""
    switch kind {
    case .image:
      return
        "From top to bottom: the original, what the model makes of it\(linear), and how far the model is off, "
        + "blue where the reconstruction is too dark and red where it is too bright."
    case .series:
      return
        "Each original with its reconstruction\(hasLinear ? " and that of PCA with as many values" : "") over it "
        + "in the units of the data, and below how far the reconstruction is off, on a scale of its own."
    case .sound:
      return "Each sound with what the model makes of it over it"
        + (hasLinear ? ", and below with what PCA with as many values makes of it" : "")
        + "; every sound has a scale of its own. The players have the original and the reconstruction."
    case .spectrogram:
      return
        "Frequencies over time, low ones at the bottom and loud ones bright. From top to bottom: the original, "
        + "the reconstruction\(linear), and how far the reconstruction is off, red where it is too loud. The sounds "
        + "are made from the spectrograms, which have lost the phases, the original’s too."
    case .row:
      return "Values in the units of the data: as they are, as the model has them"
        + (hasLinear ? ", as PCA with as many values has them" : "")
        + ", and by how much the model is off. The value where most of a row’s error comes from is marked."
        + (shape.count > ExampleDrawing.rows
          ? " Of \(shape.count) values the \(ExampleDrawing.rows) that it misses most." : "")
    }
  }

  var legend: Markup { legend(withDifferences: true) }

  /// - Parameter withDifferences: whether series are drawn with how far they are off.
  func legend(withDifferences: Bool) -> Markup {
    var lines = [
      LineChart.Line("original", .second, []), .init("reconstruction", .first, []),
    ]
    switch kind {
    case .series, .sound:
      if hasLinear { lines.append(.init("PCA", .third, [])) }
      if kind == .series, withDifferences { lines.append(.init("off by", .quiet, [])) }
      return LineChart("", lines).legend()
    case .image, .spectrogram, .row: return .empty
    }
  }

  /// Values of a row, and channels of a series, that are shown.
  static let rows = 12
  static let channels = 3

  /// What is known of a sample: its values, what the model and principal components make of them, and which
  /// adds most to the error.
  struct Values {
    let original: [Float]
    let reconstruction: [Float]
    var linear: [Float]?
    var blamed: Int?
  }

  func fill(_ example: inout Example, _ values: Values) throws {
    switch kind {
    case .image, .spectrogram:
      guard let pictures = pictures(values) else { return row(&example, values) }
      example.pictures = pictures.map {
        (Raster($0.picture), "\($0.meaning) of \(Markup.shortened(example.name))")
      }
    case .series: series(&example, values)
    case .sound: waves(&example, values)
    case .row: row(&example, values)
    }
    try addSounds(&example, [values.original, values.reconstruction], ["original", "reconstruction"])
  }

  private func pictures(_ values: Values) -> [(picture: Picture, meaning: String)]? {
    guard let pictures = tint.pictures(values.original, values.reconstruction) else { return nil }
    var named = Array(zip(pictures, ["original", "reconstruction", "difference"]))
    if let linear = values.linear.flatMap(tint.picture) {
      named.insert((linear, "reconstruction by PCA"), at: 2)
    }
    return named.map { (picture: $0.0, meaning: $0.1) }
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

  /// The picture of a sample; nil where it is none.
  func picture(_ values: [Float]) -> Picture? { tint.picture(values) }
}
