import Hourglass

/// Samples beside what several models make of them.
extension ExampleDrawing {
  func introduction(of models: [String]) -> String {
    let list = models.map { Markup.shortened($0) }.joined(separator: ", ")
    switch kind {
    case .image: return "From top to bottom: the original, then what the models make of it: \(list)."
    case .spectrogram:
      return
        "Frequencies over time, low ones at the bottom and loud ones bright. From top to bottom: the original, "
        + "then what the models make of it: \(list)."
    case .series: return "Each original with a reconstruction over it, from top to bottom those of \(list)."
    case .sound:
      return
        "Each original with a reconstruction over it, from top to bottom those of \(list); every sound has a "
        + "scale of its own."
    case .row: return "Values in the units of the data, as they are and as the models have them."
    }
  }

  func fill(
    _ example: inout Example, _ original: [Float], _ reconstructions: [[Float]], named names: [String]
  ) throws {
    let all = [original] + reconstructions
    let meanings = ["original"] + names.map { "reconstruction by " + Markup.shortened($0) }
    switch kind {
    case .image, .spectrogram:
      let pictures = all.compactMap { tint.picture($0) }
      guard pictures.count == all.count else { return compare(&example, original, reconstructions) }
      example.pictures = zip(pictures, meanings).map {
        (Raster($0), "\($1) of \(Markup.shortened(example.name))")
      }
    case .series:
      for reconstruction in reconstructions {
        series(&example, Values(original: original, reconstruction: reconstruction), difference: false)
      }
    case .sound:
      example.charts = waves(original, zip(names, reconstructions).map { ($0, .first, $1) })
    case .row: compare(&example, original, reconstructions)
    }
    try addSounds(&example, all, meanings)
  }

  private func compare(_ example: inout Example, _ original: [Float], _ reconstructions: [[Float]]) {
    example.rows = original.indices.prefix(ExampleDrawing.rows).map { index in
      Example.Row(
        names?[index] ?? "\(index)",
        [original[index].isNaN ? "missing" : given(original[index], of: index)]
          + reconstructions.map { figure($0[index], of: index) })
    }
  }
}
