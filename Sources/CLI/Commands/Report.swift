import Hourglass

extension Command {
  static let report = Command(
    name: "report", abstract: "writes one page that shows what a model learned",
    operands: [.model, .source],
    options: [
      ReportOption.output.declaration, ReportOption.map.declaration, SharedOption.seed.declaration,
    ] + DataOption.ofUse + SharedOption.ofUse,
    discussion: """
      The page is one file of HTML that needs no network: the verdict beside the three controls of 'evaluate' with what \
      the doctor finds, the curves of the training, originals beside reconstructions, the spread of the errors with \
      the worst samples, of a calibrated model the ten oddest with what is to blame, a map of the codes, what each value of the code does, the first layer, the \
      architecture, and how all of it was made. SOURCE may be the data that the model was trained on: samples \
      that it was trained on are told apart, and the others shown. --label gives the map its colours. The same model, data and seed give the \
      same bytes.
      """,
    examples: [
      "hourglass report model.safetensors data.csv -o report.html",
      "hourglass report model.safetensors test.npy --label labels.npy -o report.html",
    ],
    run: { session in
      let path = try session.arguments[ReportOption.output]
      try ReportFile.check(path, apartFrom: session.arguments.operands)
      let (model, dataset) = try session.modelAndData()
      let report = try ReportFile(
        model, name: session.operand(0), on: dataset, maps: session.arguments.furtherMaps,
        seed: session.arguments[SharedOption.seed],
        threads: session.threads)
      try report.write(to: path, session)
    })
}

enum ReportOption {
  static let output = Option.required(
    "output", short: "o", .file("FILE"), "the page to write (.html); - is standard output")
  static let map = Option.repeated(
    "map", .choice(["tsne", "umap"]),
    "lays the codes out by t-SNE or UMAP too, beside their principal components")
}

extension Arguments {
  /// Further ways of laying out codes, each once.
  fileprivate var furtherMaps: [CodeMap.Method] {
    get throws(Failure) {
      let words = try self[ReportOption.map]
      return [("tsne", CodeMap.Method.tSNE()), ("umap", .umap())].filter { words.contains($0.0) }.map(\.1)
    }
  }
}

/// A page about a model, as a file.
struct ReportFile {
  private let page: Page

  init(
    _ model: Model, name: String, on dataset: Dataset, training: Dataset? = nil,
    maps: [CodeMap.Method] = [], seed: UInt64, threads: Int
  ) throws {
    let portrait = try Portrait(
      model, on: dataset, training: training, seed: seed, maps: maps, threads: threads)
    page = try PortraitPage(
      portrait: portrait, name: name, checksum: SHA256.text(SHA256.of(file: name)), seed: seed,
      threads: threads, oddities: DetectionLines(of: portrait.judged, model, threads: threads)
    ).page()
  }

  init(_ page: Page) { self.page = page }

  /// Makes sure before any work that the page can be written.
  static func check(_ path: String, apartFrom inputs: [String]) throws {
    let name = path.lowercased()
    guard name == "-" || name.hasSuffix(".html") || name.hasSuffix(".htm") || name.hasPrefix("/dev/") else {
      throw Failure.commandLine("a page expects a name that ends in .html, found '\(path)'")
    }
    try OutputFile.check(path, apartFrom: inputs)
  }

  /// Writes the page, whole or not at all, and says so.
  func write(to path: String, _ session: Session) throws {
    let html = try page.html()
    try AtomicFile.write(to: path) { try $0.write(html) }
    if session.isJSON, session.arguments.has(ReportOption.output) {
      let line: JSON = ["file": .text(path), "bytes": .integer(html.utf8.count)]
      try session.streams.output.writeLine(line.line)
    }
    let name = StandardStream.isOutput(path) ? StandardStream.output : path
    session.say("\(name): a page of \(Figures.compact(Double(html.utf8.count)))B; open it in a browser")
  }
}
