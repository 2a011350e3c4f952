import Hourglass

extension PortraitPage {
  /// The codes in the plane.
  func map() throws -> MapSection {
    let map = portrait.map
    var axes = ("first component", "second component")
    var caption: String
    switch map.axes {
    case .components(let first, let second):
      caption =
        "The codes of \(Figures.count(map.positions.count, "sample")) on their first two principal components, which "
        + "hold \(Figures.fixed(100 * first, 0)) % and \(Figures.fixed(100 * second, 0)) % of their variance."
    case .values:
      axes = ("code value 0", "code value 1")
      caption =
        "The codes of \(Figures.count(map.positions.count, "sample")): a code has two values, and these are the axes."
    case .valueAndError:
      axes = ("the code", "error")
      caption =
        "The one value of the code of \(Figures.count(map.positions.count, "sample")), and the error of each."
    }
    caption +=
      " A point is a sample; rest on it, or step through the points with the arrow keys, to see which."
    return try MapSection(
      [
        (
          title: "Principal components", caption: caption,
          plot: try plot(map, map.places, identifier: "map-pca", axes: axes)
        )
      ] + portrait.furtherMaps.map { try further($0, of: map) })
  }

  /// The same codes laid out so that what is alike lies together: axes have no meaning of their own.
  private func further(
    _ laid: CodeMap, of map: CodeView
  ) throws -> (title: String, caption: String, plot: ScatterPlot) {
    let places = laid.points.map { (x: Double($0.x), y: Double($0.y)) }
    return (
      title: laid.method.name,
      caption: "The same codes by \(laid.method.name): codes that are near each other lie near each other; "
        + "distances between groups, and the axes, mean little.",
      plot: try plot(map, places, identifier: "map-\(laid.method.word)", axes: ("", ""))
    )
  }

  /// Points of a map at places that some way of laying out codes gave.
  func plot(
    _ map: CodeView, _ places: [(x: Double, y: Double)], identifier: String, axes: (String, String)
  ) throws -> ScatterPlot {
    let (groups, members) = classes(of: map)
    let levels = map.levels
    let points = places.indices.map { index in
      let position = map.positions[index]
      return ScatterPlot.Point(
        x: places[index].x, y: places[index].y,
        title: ([judged.sampleName(position)] + notes(position, error: map.scores[index])).joined(
          separator: ", "),
        group: members?[index], level: levels[index])
    }
    let finite = map.scores.filter(\.isFinite)
    return ScatterPlot(
      "Map of \(points.count) codes" + (groups.isEmpty ? "." : " in \(groups.count) classes."),
      identifier: identifier,
      points, groups: groups,
      scale: (
        name: "error", lowest: Figures.significant(finite.min() ?? 0, 3),
        highest: Figures.significant(finite.max() ?? 0, 3)
      ),
      atlas: atlas(map), xTitle: axes.0, yTitle: axes.1)
  }

  /// Classes with a colour of their own; where there are more, the last is all others.
  private static let classes = 10

  private func classes(of map: CodeView) -> (names: [String], members: [Int]?) {
    guard let labels = map.dataset.orderedLabels else { return ([], nil) }
    let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
    var chosen = counts.keys.sorted { (counts[$1] ?? 0, $0) < (counts[$0] ?? 0, $1) }
    let isCut = chosen.count > PortraitPage.classes
    if isCut { chosen = Array(chosen.prefix(PortraitPage.classes - 1)) }
    chosen.sort()
    let names = chosen.map { judged.className(ofLabel: $0) } + (isCut ? ["others"] : [])
    let places = Dictionary(zip(chosen, chosen.indices)) { first, _ in first }
    return (names, labels.map { places[$0] ?? chosen.count })
  }

  /// Values of all small pictures together, of which a page stays small enough to be sent by mail.
  private static let atlasLimit = 1_600_000

  private func atlas(_ map: CodeView) -> ScatterPlot.Atlas? {
    guard portrait.kind == .image, !map.positions.isEmpty else { return nil }
    let drawing = ExampleDrawing(portrait)
    let shape = judged.sampleShape
    let planes = shape.rank == 3 ? min(3, shape[0]) : 1
    var pictures: [Picture] = []
    for index in map.positions.indices {
      guard let picture = drawing.picture(map.dataset.tensor(index..<(index + 1)).values) else { return nil }
      var width = picture.width
      while width > 8,
        width * width * picture.height / picture.width * planes * map.positions.count
          > PortraitPage.atlasLimit
      {
        width -= 1
      }
      pictures.append(picture.shrunk(toWidth: width))
    }
    return ScatterPlot.Atlas(pictures)
  }

  /// Rows of the table of values.
  private static let values = 512

  /// What the values of the code do.
  var code: CodeSection {
    let activity = portrait.activity
    let width = activity.variances.count
    let names = activity.variances.indices.map { "value \($0)" }
    let isAll = activity.active == width
    let count = isAll ? "all \(Figures.values(width))" : "\(activity.active) of the \(Figures.values(width))"
    let subject = isAll && width == 1 ? "The one value of the code" : "Of the code \(count)"
    let summary =
      "\(subject) \(activity.active == 1 ? "varies" : "vary") from sample to sample: \(isAll && width > 1 ? "each" : activity.active == 1 ? "its" : "their") "
      + "variance over \(Figures.count(activity.samples, "sample")) is above "
      + "\(Figures.fixed(100 * CodeActivity.idleShare, 0)) % of the largest."
    var charts: [(title: String, chart: any Chart)] = [
      (
        title: "Variance of each value",
        chart: ColumnChart(
          "Variance of each value of the code. \(activity.active) vary.", activity.variances, names: names,
          xTitle: "value of the code", yTitle: "variance")
      )
    ]
    if let divergences = activity.divergences {
      charts.append(
        (
          title: "KL divergence of each value from its prior",
          chart: ColumnChart(
            "KL divergence of each value of the code in nats.", divergences, names: names,
            xTitle: "value of the code", yTitle: "nats")
        ))
    }
    let rows = (0..<min(width, PortraitPage.values)).map { unit -> [PageTable.Cell] in
      [
        .number("\(unit)"), .number(Figures.significant(activity.means[unit])),
        .number(Figures.significant(activity.variances[unit])),
      ]
        + (activity.divergences.map { [.number(Figures.significant($0[unit]))] } ?? [])
    }
    return CodeSection(
      introduction: summary, charts: charts,
      table: PageTable(
        head: ["value", "mean", "variance"] + (activity.divergences == nil ? [] : ["KL, nats"]), rows),
      heat: goesWith)
  }

  /// New samples of a model that can draw them.
  func walks() -> StripsSection? {
    guard let walks = portrait.walks else { return nil }
    let drawing = ExampleDrawing(portrait)
    func strip(_ samples: Tensor, _ title: String, _ meaning: String, across: Int) -> StripsSection.Strip? {
      drawing.strip(samples, title: title, meaning: meaning, across: across)
    }
    guard let drawn = strip(walks.drawn, "", "new samples", across: 12) else { return nil }
    var groups = [
      StripsSection.Group(
        title: "New samples", caption: "Decoded from codes that are drawn at random, by the seed \(seed).",
        [drawn],
        zoom: drawing.zoom)
    ]
    if let traversals = walks.traversals {
      let lines = walks.dimensions.enumerated().compactMap { place, dimension in
        strip(
          traversals[(place * Walks.steps)..<((place + 1) * Walks.steps)], "value \(dimension) of the code",
          "samples along value \(dimension) of the code", across: Walks.steps)
      }
      groups.append(
        .init(
          title: "Along single values of the code",
          caption: "One value goes from −\(Int(Walks.reach)) to \(Int(Walks.reach)), the others stay at 0.",
          lines,
          zoom: drawing.zoom))
    }
    let ways = walks.interpolations.compactMap {
      strip($0, "", "samples on the way from one to another", across: Walks.steps)
    }
    if !ways.isEmpty {
      groups.append(
        .init(
          title: "From one sample to another",
          caption: "On straight lines between the codes of the first samples above.",
          ways, zoom: drawing.zoom))
    }
    return StripsSection(title: "What it generates", identifier: "drawn", groups)
  }

  /// What the first layer looks for.
  func filters() -> StripsSection? {
    guard let filters = portrait.filters else { return nil }
    let shape = filters.weights.shape.sample
    let shown =
      filters.weights.rows < filters.count
      ? "the \(filters.weights.rows) of \(filters.count) units with the largest weights" : "each unit"
    let sign =
      shape.rank == 3
      ? "red where it wants more and blue where less"
      : "above the middle where it wants more and below where less"
    let caption = "Weights of \(filters.place), of \(shown): what each looks for, \(sign)."
    let values = filters.weights.values
    let strip: StripsSection.Strip
    var zoom = 2
    if shape.rank == 3 {
      let pictures = (0..<filters.weights.rows).map { unit in
        Picture(filter: Array(values[(unit * shape.count)..<((unit + 1) * shape.count)]), shape.dimensions)
      }
      zoom = max(1, 56 / shape[2])
      strip = .init(
        title: "", picture: Raster(Picture.sheet(pictures, across: 16, gap: 1)),
        meaning: "weights of \(pictures.count) units as pictures")
    } else {
      strip = .init(
        title: "",
        charts: (0..<filters.weights.rows).map { unit in
          let steps = shape.count / shape[0]
          let line = values[(unit * shape.count)..<(unit * shape.count + steps)].map(Double.init)
          return LineChart("weights of a unit", [.init("weights", .first, line)]).small(height: 60)
        }, meaning: "weights as lines")
    }
    return StripsSection(
      title: "First layer", identifier: "filters", [.init(title: "", caption: caption, [strip], zoom: zoom)])
  }
}

extension ExampleDrawing {
  /// Screen pixels for a pixel of a picture.
  var zoom: Int { max(1, 72 / max(1, shape.dimensions.last ?? 72)) }

  /// Samples side by side, as pictures or lines; nil where they are neither.
  func strip(_ samples: Tensor, title: String, meaning: String, across: Int = 12) -> StripsSection.Strip? {
    let values = (0..<samples.rows).map { samples[$0..<($0 + 1)].values }
    switch kind {
    case .image, .spectrogram:
      let pictures = values.compactMap { picture($0) }
      guard pictures.count == samples.rows, !pictures.isEmpty else { return nil }
      return .init(
        title: title, picture: Raster(Picture.sheet(pictures, across: across, gap: 2)), meaning: meaning)
    case .series:
      let steps = shape.rank == 1 ? shape.count : shape[1]
      return .init(
        title: title,
        charts: values.map {
          LineChart("a sample", [.init("sample", .first, $0.prefix(steps).map(Double.init))]).small(
            height: 60)
        },
        meaning: meaning)
    case .sound, .row: return nil
    }
  }
}
