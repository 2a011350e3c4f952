import Hourglass

extension Command {
  static let map = Command(
    name: "map", abstract: "shows the codes of samples as points of a plane",
    operands: [.model, .source],
    options: [
      MapOption.output.declaration, MapOption.method.declaration, MapOption.color.declaration,
      MapOption.perplexity.declaration, MapOption.neighbors.declaration, MapOption.distance.declaration,
      MapOption.sample.declaration, SharedOption.seed.declaration,
    ] + DataOption.ofOutput + SharedOption.ofUse,
    discussion: """
      What the model takes for alike lies together. pca is a straight view along the two directions in which codes vary \
      most; tsne and umap bend the plane so that near codes stay near: which clusters there are and which touch can be \
      seen, how far apart distant ones are cannot. A code of one value is drawn against the error of each sample. A table has x and y, then what says which sample a line is, then what \
      --color names. \(SampleLines.tableWords)
      """,
    examples: [
      "hourglass map model.safetensors data.csv -o map.svg",
      "hourglass map model.safetensors digits.npz --method umap --color error -o map.png",
    ],
    run: { session in
      let output = try MapFile(session.arguments[MapOption.output], apartFrom: session.arguments.operands)
      let method = try session.mapMethod
      let (model, whole) = try session.modelAndData()
      let dataset = try session.mapSamples(of: whole)
      let colouring = try MapColouring(
        session.arguments[MapOption.color], model, dataset, threads: session.threads)
      let codes = try model.encode(dataset, threads: session.threads)
      let layout = try session.layout(codes, of: dataset, model, by: method)
      let picture = ScatterPicture(
        title: layout.title, points: layout.points, meaning: colouring.meaning,
        isStretched: layout.isStretched)
      let texts = dataset.identity.apart(from: ["x", "y"] + colouring.columns.map(\.name))
      try output.write(
        picture,
        columns: texts.map { column in
          (column.name, (0..<dataset.count).map(column.text))
        } + colouring.columns)
      if session.isJSON {
        try session.streams.output.writeLine(
          JSON.object([
            JSON.Member("file", .text(output.path)), JSON.Member("samples", .integer(dataset.count)),
            JSON.Member("method", .text(layout.word)), JSON.Member("divergence", .number(layout.divergence)),
          ]).line)
      }
      session.say("\(output.name): \(picture.title)")
    })
}

enum MapOption {
  static let output = Option.required(
    "output", short: "o", .file("OUT"), "the file to write: .png, .svg, .csv or .tsv; - is standard output")
  static let method = Option(
    "method", .choice(["pca", "tsne", "umap"]), default: "tsne", "how codes become points")
  static let color = Option.optional(
    "color", .text("NAME", "class, error or the name of a column"),
    shown: "class where it is known, else error",
    "what colours tell: class, error (how badly a sample is reconstructed), or a column of a table")
  static let perplexity = Option.optional(
    "perplexity", .number(above: 1, orEqual: true, atMost: 10_000), shown: "30",
    "of tsne: about how many neighbours a point has")
  static let neighbors = Option.optional(
    "neighbors", .integer(2...1000), shown: "15", "of umap: points of a neighbourhood")
  static let distance = Option.optional(
    "min-distance", .number(above: 0, orEqual: true, atMost: 2), shown: "0.1",
    "of umap: how near points may come to each other")
  static let sample = Option(
    "sample", .integer(1...1_000_000), default: 10_000, "samples to show at most; of more, so many are drawn")
}

extension CodeMap.Method {
  /// As a title has it.
  var name: String {
    switch self {
    case .principalComponents: "principal components"
    case .tSNE: "t-SNE"
    case .umap: "UMAP"
    }
  }

  /// As the command line has it.
  var word: String {
    switch self {
    case .principalComponents: "pca"
    case .tSNE: "tsne"
    case .umap: "umap"
    }
  }
}

extension Session {
  /// The method with its options.
  ///
  /// - Throws: ``Failure`` where an option belongs to another method.
  fileprivate var mapMethod: CodeMap.Method {
    get throws {
      let word = try arguments[MapOption.method]
      let options: [(Declaration, method: String)] = [
        (MapOption.perplexity.declaration, "tsne"), (MapOption.neighbors.declaration, "umap"),
        (MapOption.distance.declaration, "umap"),
      ]
      for option in options where option.method != word && arguments.firstGiven(of: [option.0]) != nil {
        throw Failure.commandLine("\(option.0.dashed) belongs to --method \(option.method), found \(word)")
      }
      switch word {
      case "pca": return .principalComponents
      case "umap":
        return try .umap(
          UMAP(
            neighbours: arguments[MapOption.neighbors] ?? 15,
            minimumDistance: arguments[MapOption.distance] ?? 0.1))
      default: return try .tSNE(TSNE(perplexity: arguments[MapOption.perplexity] ?? 30))
      }
    }
  }

  /// Where each sample is drawn, and what that is called.
  fileprivate func layout(
    _ codes: Tensor, of dataset: Dataset, _ model: Model, by method: CodeMap.Method
  ) throws -> MapLayout {
    guard codes.shape.sample.count > 1 else {
      if arguments.has(MapOption.method) || arguments.has(MapOption.perplexity)
        || arguments.has(MapOption.neighbors) || arguments.has(MapOption.distance)
      {
        say("a code of one value has nothing to lay out: it is drawn against the error of each sample")
      }
      let errors = try model.scores(dataset, threads: threads).values
      return MapLayout(
        title: "the code of \(Figures.grouped(dataset.count)) samples, against their errors (upwards)",
        word: "value", points: zip(codes.values, errors).map { SIMD2($0, $1.isNaN ? 0 : $1) },
        divergence: nil, isStretched: true)
    }
    let map = try CodeMap(
      codes, method: method, seed: arguments[SharedOption.seed], threads: threads)
    sayLowered(method, map.method, dataset.count)
    return MapLayout(
      title: "\(map.method.name) of \(Figures.grouped(dataset.count)) codes", word: map.method.word,
      points: map.points, divergence: map.divergence, isStretched: false)
  }

  private func short(_ value: Double) -> String {
    value == value.rounded() ? "\(Int(value))" : Figures.significant(value)
  }

  /// Says where a method is given less than it is asked for, as there are too few samples.
  fileprivate func sayLowered(_ asked: CodeMap.Method, _ used: CodeMap.Method, _ count: Int) {
    if asked != used {
      say(
        "\(asked.name) needs \(CodeMap.fewest) samples; of \(Figures.grouped(count, "sample")) a map by \(used.name) "
          + "is drawn")
      return
    }
    switch asked {
    case .tSNE(let options) where options.perplexity(ofPoints: count) < options.perplexity:
      say(
        "perplexity \(short(options.perplexity)) is lowered to "
          + "\(short(options.perplexity(ofPoints: count))), a third of the other \(count - 1) samples"
      )
    case .umap(let options) where options.neighbours > count:
      say("neighbourhoods of \(options.neighbours) are lowered to the \(count) samples there are")
    default: break
    }
  }

  /// The samples to show.
  fileprivate func mapSamples(of dataset: Dataset) throws -> Dataset {
    let limit = try arguments[MapOption.sample]
    guard dataset.count > limit else { return dataset }
    let random = try Random(seed: arguments[SharedOption.seed], stream: .sampling)
    let rows = random.permutation(dataset.count).prefix(limit).sorted()
    say("\(Figures.grouped(limit)) of \(Figures.grouped(dataset.count, "sample")) are drawn (--sample)")
    return dataset.subset(rows)
  }
}

/// Samples in the plane.
private struct MapLayout {
  let title: String
  /// What the two axes come from, as `--json` has it.
  let word: String
  let points: [SIMD2<Float>]
  let divergence: Double?
  let isStretched: Bool
}

/// What the colours of a map mean, and the columns of its table.
private struct MapColouring {
  private(set) var meaning = ScatterPicture.Meaning.nothing
  /// Of the table, beside those that say which sample a line is.
  private(set) var columns: [(name: String, cells: [String])] = []

  /// - Parameter wanted: `class`, `error`, or a column's name.
  /// - Throws: ``Failure`` where the data have no such thing.
  init(_ wanted: String?, _ model: Model, _ dataset: Dataset, threads: Int) throws {
    let labels = dataset.orderedLabels
    if let labels {
      let present = Set(labels).sorted()
      let names = present.map { dataset.name(ofClass: $0) }
      let places = Dictionary(uniqueKeysWithValues: present.enumerated().map { ($1, $0) })
      let members = labels.map { places[$0] ?? 0 }
      meaning = .classes(names, of: members)
    }
    switch wanted ?? (labels == nil ? "error" : "class") {
    case "class":
      guard labels != nil else {
        throw Failure.data(
          "\(dataset.origin): no classes are known; name them with --label, or --color error")
      }
    case "error": setNumbers("error", try model.scores(dataset, threads: threads).values)
    case let name:
      guard let index = dataset.featureNames?.firstIndex(of: name) else {
        throw Failure.commandLine(MapColouring.complaint(name, dataset))
      }
      let (values, width) = (dataset.tensor.values, dataset.sampleShape.count)
      setNumbers(name, (0..<dataset.count).map { values[$0 * width + index] })
    }
  }

  private mutating func setNumbers(_ name: String, _ values: [Float]) {
    columns.append((name, values.map { "\($0)" }))
    meaning = .numbers(name, values)
  }

  private static func complaint(_ name: String, _ dataset: Dataset) -> String {
    let names = ["class", "error"] + (dataset.featureNames ?? [])
    let nearest = Nearest.word(to: name, among: names).map { "; did you mean \($0)?" } ?? ""
    return
      "--color expects class, error or the name of a column of \(dataset.origin), found '\(name)'\(nearest)"
  }
}
