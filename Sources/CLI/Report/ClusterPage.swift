import Hourglass

/// The page of clusters: how many, how large and how sure, and a card of each. Nothing is computed here.
struct ClusterPage {
  let lines: ClusterLines
  let cards: ClusterCards
  let model: Model
  /// What the file of the model is called.
  let name: String
  /// The first two coordinates of codes by their principal components, of some samples.
  let map: CodeMap
  let mapped: [Int]

  /// Samples of the map at most.
  private static let points = 2000
  /// Typical samples of a card.
  private static let typical = 8
  /// Clusters that have a card at most.
  private static let most = 40

  init(_ lines: ClusterLines, _ codes: Tensor, _ model: Model, name: String, threads: Int) throws {
    (self.lines, self.model, self.name) = (lines, model, name)
    cards = ClusterCards(lines.clustering, of: lines.dataset, model)
    let count = codes.rows
    let step = max(1, (count + ClusterPage.points - 1) / ClusterPage.points)
    mapped = Array(stride(from: 0, to: count, by: step))
    let width = codes.shape.rank > 1 ? codes.shape.sample.count : 1
    let values = codes.values
    let some = Tensor([mapped.count, width], mapped.flatMap { values[($0 * width)..<(($0 + 1) * width)] })
    map = try CodeMap(
      some, method: .principalComponents, seed: lines.clustering.plan.seed, threads: threads)
  }

  private var clustering: Clustering { lines.clustering }
  private var dataset: Dataset { lines.dataset }

  func page() throws -> Page {
    let lead: Markup =
      "\(Figures.count(dataset.count, "sample")) of " + .name(PortraitPage.title(of: dataset.origin))
      + " in \(Figures.count(clustering.clusters, "cluster")) by their codes of "
      + .name(PortraitPage.title(of: name)) + "."
    var sections: [any Section] = [overview]
    if let tried { sections.append(tried) }
    sections += [try mapSection(), try cardSection()]
    return Page(
      title: PortraitPage.title(of: name) + ": clusters", kicker: "What lies together", lead: lead,
      sections: sections,
      footer: "Made by hourglass \(hourglassVersion). The page is complete: it asks nothing of any network.")
  }

  private var overview: TableSection {
    let classes = lines.agreement != nil
    let rows = (0..<clustering.clusters).map { group -> [PageTable.Cell] in
      let own = clustering.assignments.indices.filter { clustering.assignments[$0] == group }
      let sure = Statistics.mean(own.map { clustering.probability(of: $0) }) ?? .nan
      let share = Float(Double(own.count) / Double(dataset.count))
      return [
        .number("\(group)"), .number(Figures.count(own.count)),
        .number(Figures.percent((share * 1000).rounded() / 1000)),
        .number(Figures.fixed(sure, 3)),
      ] + (classes ? [.words(.text(lines.match(group).map { Markup.shortened($0) } ?? "–"))] : [])
    }
    return TableSection(
      title: "Clusters", identifier: "clusters",
      PageTable(
        .text(lines.words.replacing("\n", with: ". ")),
        head: ["cluster", "samples", "share", "mean probability"] + (classes ? ["class"] : []), rows))
  }

  /// The numbers of clusters that were tried.
  private var tried: TableSection? {
    guard !clustering.trials.isEmpty else { return nil }
    let isByCriterion = clustering.trials.contains { $0.bayesianCriterion != nil }
    let rows = clustering.trials.map { trial -> [PageTable.Cell] in
      let figure =
        isByCriterion
        ? trial.bayesianCriterion.map { Figures.significant($0, 6) }
        : trial.stability.map { Figures.fixed($0, 3) }
      return [
        .number("\(trial.clusters)"), .number(figure ?? "–"),
        .words(trial.clusters == clustering.clusters ? "chosen" : ""),
      ]
    }
    return TableSection(
      title: "How many", identifier: "how-many",
      PageTable(
        isByCriterion
          ? "The Bayesian information criterion of a mixture, in nats; less is better."
          : "How well clusters found on halves of the samples agree (adjusted Rand index); of numbers within 0.02 of the best the largest is taken.",
        head: ["clusters", isByCriterion ? "BIC" : "agreement", ""], rows))
  }

  private func mapSection() throws -> MapSection {
    let shown = min(clustering.clusters, 10)
    let names = (0..<shown).map { "cluster \($0)" } + (clustering.clusters > shown ? ["others"] : [])
    let points = zip(map.points, mapped).map { place, row -> ScatterPlot.Point in
      let group = clustering.assignments[row]
      return ScatterPlot.Point(
        x: Double(place.x), y: Double(place.y),
        title: "\(dataset.sampleName(row)), cluster \(group), probability "
          + Figures.fixed(clustering.probability(of: row), 3),
        group: min(group, names.count - 1))
    }
    return MapSection([
      (
        title: "Principal components",
        caption: "Codes along the two directions in which they vary most, coloured by cluster; "
          + "clusters that lie over each other here may lie apart in other directions.",
        plot: ScatterPlot(
          "Map of \(points.count) codes in \(clustering.clusters) clusters.", identifier: "map-clusters",
          points,
          groups: names, xTitle: "first component", yTitle: "second component")
      )
    ])
  }

  private func cardSection() throws -> ExamplesSection {
    let shown = (0..<min(clustering.clusters, ClusterPage.most)).map {
      clustering.typical(of: $0, ClusterPage.typical)
    }
    let samples = shown.map { rows in rows.map { dataset.tensor($0..<($0 + 1)).values } }
    let shape = model.preparation.sampleShape
    let drawing = ExampleDrawing(model, samples.flatMap { $0 }.map { Tensor(shape.batch(1), $0) })
    let groups = try shown.indices.map { group -> ExampleGroup in
      var examples: [Example] = []
      if drawing.kind != .row {
        var mean = Example(name: "mean of cluster \(group)", notes: [])
        try drawing.fill(&mean, alone: cards.means[group])
        examples.append(mean)
      }
      for (place, row) in shown[group].enumerated() {
        let kind = dataset.className(row).map { ["class \(Markup.shortened($0, to: 30))"] } ?? []
        var example = Example(
          name: dataset.sampleName(row),
          notes: kind + ["probability \(Figures.fixed(clustering.probability(of: row), 3))"])
        try drawing.fill(&example, alone: samples[group][place])
        examples.append(example)
      }
      return ExampleGroup(
        title: "Cluster \(group)", caption: caption(group, drawing), examples,
        heads: drawing.kind == .row ? ["", "given"] : [], side: drawing.side)
    }
    let rest = clustering.clusters - groups.count
    return ExamplesSection(
      title: "Cards", identifier: "cards",
      introduction: "Of each cluster the samples nearest to its middle"
        + (drawing.kind == .row
          ? ", and by which values it differs from the others most."
          : ", behind the mean of all its samples.")
        + (rest > 0 ? " The \(rest) smallest clusters are left out." : ""),
      groups)
  }

  /// Size, and what sets a cluster apart.
  private func caption(_ group: Int, _ drawing: ExampleDrawing) -> String {
    let size = Figures.count(clustering.sizes[group], "sample")
    let traits = cards.traits[group].prefix(5).filter { abs($0.difference) >= 0.2 }.map { trait -> String in
      let name = Markup.shortened(trait.name ?? "value \(trait.slot)", to: 40)
      let difference =
        "\(trait.difference > 0 ? "+" : "−")\(Figures.fixed(abs(trait.difference), 1)) deviations"
      if let level = trait.level {
        return
          "\(name) is \(Markup.shortened(level, to: 30)) in \(percent(trait.inside)), elsewhere in \(percent(trait.others))"
      }
      return "\(name) is \(drawing.given(Float(trait.inside), of: trait.slot)) in the mean, elsewhere "
        + "\(drawing.given(Float(trait.others), of: trait.slot)) (\(difference))"
    }
    return size + (traits.isEmpty ? "." : ". What sets it apart: " + traits.joined(separator: "; ") + ".")
  }

  private func percent(_ share: Double) -> String { "\(Figures.fixed(100 * share, 0)) %" }
}

extension ExampleDrawing {
  /// A sample as it is, without what the model makes of it.
  func fill(_ example: inout Example, alone values: [Float]) throws {
    switch kind {
    case .image, .spectrogram:
      if let picture = picture(values) {
        example.pictures = [(Raster(picture), "\(Markup.shortened(example.name))")]
        return
      }
    case .series, .sound:
      let channels = shape.rank == 1 ? 1 : shape[0]
      let steps = shape.count / channels
      for channel in 0..<min(channels, ExampleDrawing.channels) {
        let line = values[(channel * steps)..<((channel + 1) * steps)].map(Double.init)
        example.charts.append(
          LineChart(
            "channel \(channel) of \(Markup.shortened(example.name))", [.init("values", .first, line)]
          )
          .small(height: 90, scaledTo: []))
      }
      return
    case .row: break
    }
    let places = cells?.places ?? Array(values.indices)
    example.rows = places.prefix(ExampleDrawing.rows).map { index in
      Example.Row(
        names?[index] ?? "\(index)", [values[index].isNaN ? "missing" : given(values[index], of: index)])
    }
  }
}
