import Hourglass

extension PortraitPage {
  func errors() throws -> ErrorsSection {
    let errors = portrait.errors
    let bins = errors.bins.map { HistogramChart.Bin($0.lowest...$0.highest, count: $0.count) }
    let named = [0.5: "median", 0.95: "95 %", 0.99: "99 %"]
    let marks = zip(ErrorProfile.fractions, errors.values).compactMap { fraction, value in
      named[fraction].map { (place: value, text: "\($0): \(Figures.significant(value))") }
    }
    let median = Figures.significant(errors.values[ErrorProfile.fractions.count / 2 - 1])
    let histogram = HistogramChart(
      "Histogram of the errors of \(Figures.count(errors.order.count, "sample")); half of them are below \(median).",
      bins,
      marks: errors.order.isEmpty ? [] : marks, xTitle: "error of a sample (\(errorName))", yTitle: "samples")
    let beyond = errors.beyond
    let introduction =
      (["bce", "ce"].contains(lossName)
        ? "The error of a sample is its loss above the least it could be: 0 where nothing is wrong. " : "")
      + "The mean error\(judged.weights == nil ? "" : ", by weight,") is \(Figures.significant(errors.mean)), the median \(median)."
      + (beyond > 0
        ? " The last bar counts \(Figures.count(beyond, "sample")) whose error lies beyond it, up to "
          + "\(Figures.significant(errors.values.last ?? .nan)) as well." : "")
    let quantiles = zip(ErrorProfile.fractions, errors.values).map { fraction, value -> [PageTable.Cell] in
      [.words(.text(PortraitPage.quantile(fraction))), .number(Figures.significant(value))]
    }
    return ErrorsSection(
      introduction: introduction, histogram: histogram,
      quantiles: PageTable(head: ["samples", "error"], quantiles),
      worst: worst, place: try place())
  }

  /// What the error of a sample is measured in.
  private var errorName: String {
    if portrait.doctor.evaluation.fields != nil { return "loss of all its fields" }
    return ["bce", "ce"].contains(lossName) ? "\(lossName) above its least" : lossName
  }

  /// What a quantile is called.
  static func quantile(_ fraction: Double) -> String {
    switch fraction {
    case 0: "least"
    case 0.5: "median"
    case 1: "largest"
    default: "\(Figures.fixed(100 * fraction, 0)) % below"
    }
  }

  private var worst: PageTable {
    let hasClasses = judged.labels != nil
    let blamed = portrait.blamed
    let drawing = ExampleDrawing(portrait)
    let rows = portrait.errors.order.reversed().prefix(Portrait.namedSamples).enumerated().map {
      rank, position -> [PageTable.Cell] in
      let place = Int(position)
      let kind: [PageTable.Cell] = hasClasses ? [.words(.name(judged.className(place) ?? ""))] : []
      return [.words(.name(judged.sampleName(place)))] + kind
        + [.number(Figures.significant(Double(portrait.errors.scores[place]), 3))]
        + (blamed.map { [.words(blame(of: rank, in: $0, drawing))] } ?? [])
    }
    return PageTable(
      head: ["sample"] + (hasClasses ? ["class"] : []) + ["error"] + (blamed == nil ? [] : ["mostly from"]),
      rows)
  }

  /// The value of a row that adds most to its error, beside what the model makes of it.
  private func blame(of rank: Int, in examples: Examples, _ drawing: ExampleDrawing) -> Markup {
    guard rank < examples.count, let blame = examples.blamed[rank] else { return "" }
    let values = examples.values(rank)
    let given = drawing.given(values.original[blame.index], of: blame.index)
    let made = drawing.made(values.reconstruction[blame.index], of: blame.index)
    return .name(model.preparation.featureNames?[blame.index] ?? "column \(blame.index)")
      + .text(" \(given), made \(made) (\(Figures.fixed(100 * blame.share, 0)) %)")
  }

  /// Where in a sample errors lie.
  private func place() throws -> Markup {
    let errors = portrait.errors
    switch portrait.kind {
    case .row: return portrait.doctor.evaluation.fields.map(fields) ?? columns
    case .series, .sound:
      let channels = judged.sampleShape.rank == 1 ? 1 : judged.sampleShape[0]
      let steps = errors.perValue.count / channels
      let kinds: [LineChart.Line.Kind] = [.first, .second, .quiet]
      let lines = (0..<min(channels, kinds.count)).map { channel in
        LineChart.Line(
          channels == 1 ? "error" : "channel \(channel)", kinds[channel],
          Array(errors.perValue[(channel * steps)..<((channel + 1) * steps)]))
      }
      var chart = LineChart("mean error at each step", lines, xTitle: "step", yTitle: "mean error")
      chart.frame.height = 220
      return .element("h3", text: "Where in a sample") + (lines.count > 1 ? chart.legend() : .empty)
        + .element("figure", [:], chart.markup())
    case .image, .spectrogram: return try heat()
    }
  }

  /// Columns that are shown at most.
  private static let columns = 40

  private var columns: Markup {
    let errors = portrait.errors
    let names = model.preparation.featureNames
    let order = errors.perValue.indices.filter { errors.perValue[$0].isFinite }
      .sorted { (errors.perValue[$1], $0) < (errors.perValue[$0], $1) }.prefix(PortraitPage.columns)
    let bars = order.map { BarTable.Bar(names?[$0] ?? "column \($0)", errors.perValue[$0]) }
    let rows = order.map { index -> [PageTable.Cell] in
      [
        .words(.name(names?[index] ?? "column \(index)")),
        .number(Figures.significant(errors.perValue[index])),
        .number(Figures.significant(errors.deviations[index])),
      ]
    }
    let rest = errors.perValue.count - order.count
    let caption =
      "Mean error of each column on the model’s own scale, the largest first"
      + (rest > 0 ? "; \(rest) more are below." : ".")
    return .element("h3", text: "By column") + BarTable(.text(caption), bars).markup()
      + PageTable(
        "In the units of the data: how far off a reconstruction is, as the root of the mean square.",
        head: ["column", "mean error", "typically off by"], rows
      ).markup()
  }

  /// Of records: how much of what the best constant of a field costs is left.
  private func fields(_ fields: [FieldError]) -> Markup {
    let order = fields.filter { $0.count > 0 && $0.marginal > 0 }
      .sorted { ($1.error / $1.marginal, $0.name) < ($0.error / $0.marginal, $1.name) }
      .prefix(PortraitPage.columns)
    let bars = order.map { BarTable.Bar($0.name, $0.error / $0.marginal) }
    let rows = order.map { field -> [PageTable.Cell] in
      [
        .words(.name(field.name)), .number(Figures.count(field.count)),
        .number(Figures.significant(field.error)),
        .number(Figures.significant(field.marginal)), .number("\(Figures.fixed(100 * field.explained, 0)) %"),
      ]
    }
    let caption =
      "The error of each field as a share of what its best constant costs, the largest first: 1 where nothing is explained."
    return .element("h3", text: "By field") + BarTable(.text(caption), bars).markup()
      + PageTable(
        "By the distribution of each field, a value that is there.",
        head: ["field", "values", "error", "best constant", "explained"], rows
      ).markup()
  }

  private func heat() throws -> Markup {
    let errors = portrait.errors
    let shape = judged.sampleShape
    let planes = shape.rank == 3 ? shape[0] : 1
    let plane = errors.perValue.count / planes
    let sums = (0..<plane).map { index in
      Float((0..<planes).reduce(0) { $0 + errors.perValue[$1 * plane + index] } / Double(planes))
    }
    let largest = sums.filter(\.isFinite).max() ?? 1
    let sides = planes > 1 ? [shape[1], shape[2]] : shape.dimensions
    guard largest > 0, let grey = Picture(sums.map { $0.isFinite ? $0 : 0 }, shape: sides, range: 0...largest)
    else { return .empty }
    let isSpectrogram = if case .spectrogram = portrait.kind { true } else { false }
    let upright = grey.upsideDown { Palette.sequential($0.x) }
    let picture = isSpectrogram ? upright : upright.upsideDown { $0 }
    return try .element("h3", text: "Where in a sample")
      + .element(
        "p", [:],
        "The mean error at each place: black for none, bright for the largest, \(Figures.significant(Double(largest)))."
      )
      + .element(
        "figure", [:],
        PictureFigure.markup(Raster(picture), width: 224, "mean error at each place of a sample"))
  }
}
