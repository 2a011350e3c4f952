import Hourglass

extension Command {
  static let cluster = Command(
    name: "cluster", abstract: "puts samples into groups by their codes",
    operands: [.model, .source],
    options: [OutputFile.option.declaration] + ClusterOption.all + [SharedOption.seed.declaration]
      + DataOption.ofOutput + SharedOption.ofUse,
    common: [OutputFile.option.declaration] + ClusterOption.all + [
      SharedOption.seed.declaration, DataOption.label.declaration, DataOption.keep.declaration,
    ] + SharedOption.ofUse,
    discussion: """
      Writes for each sample its cluster, how likely it is to belong there, its distance from the middle of it, and the \
      likelihood of every cluster (p_0, p_1 and so on). Clusters are numbered from the largest on, from 0.
      kmeans finds round clusters of like size, mixture such of any width and slant (--covariance diagonal: of values that \
      are independent within a cluster). umap lays the codes out by neighbourhoods first and fits the mixture there: \
      clusters of any form that lie apart (N2D); it has most to win with many samples. dec trains the encoder on, so that its \
      codes gather around centres that begin at those of k-means and move with it, idec beside the reconstruction; --save keeps \
      the refined model. Distances are Euclid's of \
      kmeans, dec and idec, Mahalanobis' of the others, where the clusters were found.
      --clusters auto tries 2 to --most. By bic the number is taken whose mixture has the least BIC (mixture); by stability the \
      largest whose clusters, found on one half of the samples, agree with those found on the other to within 0.02 of the \
      best (kmeans, umap).
      Said are the mean silhouette (of at most 5 000 samples), with --runs how well other seeds agree (adjusted Rand index), \
      and where classes are known (--label) how well clusters agree with them: accuracy of the best one-to-one assignment, \
      normalised mutual information (arithmetic mean), adjusted Rand index. Classes have no influence on clusters. \
      \(SampleLines.words)
      """,
    examples: [
      "hourglass cluster model.safetensors data.csv --clusters auto -o clusters.csv",
      "hourglass cluster model.safetensors digits.npz:images --clusters 10 --method umap -o clusters.csv",
    ],
    run: { session in
      let output = try session.outputFile()
      let plan = try session.arguments.clusteringPlan
      let page = try session.arguments[ClusterOption.report]
      if let page { try ReportFile.check(page, apartFrom: session.arguments.operands + [output.path]) }
      let (model, dataset) = try session.modelAndData()
      if let clusters = plan.clusters, clusters > dataset.count {
        throw Failure.commandLine(
          "--clusters expects at most the \(Figures.grouped(dataset.count, "sample")) there are, found \(clusters)"
        )
      }
      let (codes, clustering) = try session.clustered(model, dataset, plan)
      let lines = ClusterLines(clustering, dataset)
      if output.isTable {
        try output.write(lines.sampleLines, name: "clusters")
      } else {
        try output.write(lines.table, name: "clusters", columns: nil)
      }
      try session.report(output, lines)
      if let page {
        let made = try ClusterPage(
          lines, codes, model, name: session.operand(0), threads: session.threads)
        try ReportFile(made.page()).write(to: page, session)
      }
    })
}

enum ClusterOption {
  static let clusters = Option(
    "clusters", .clusters, default: ClusterCount.automatic, "how many there are; auto: found by --choose-by")
  static let method = Option(
    "method", .choice(["kmeans", "mixture", "umap", "dec", "idec"]), default: "mixture",
    "how codes become clusters")
  static let covariance = Option.optional(
    "covariance", .choice(MixtureFit.Covariance.allCases.map(\.rawValue)), shown: "full",
    "of mixture and umap: whether clusters may be slanted")
  static let neighbors = Option.optional(
    "neighbors", .integer(2...1000), shown: "20", "of umap: points of a neighbourhood")
  static let dimensions = Option.optional(
    "dimensions", .integer(2...1000), shown: "as many as clusters, at most the values of a code",
    "of umap: dimensions of the map")
  static let choice = Option.optional(
    "choose-by", .choice(ClusteringPlan.Criterion.allCases.map(\.rawValue)),
    shown: "bic of mixture, else stability", "of --clusters auto: what the number is chosen by")
  static let most = Option(
    "most", .integer(2...1000), default: 20, "of --clusters auto: clusters that are tried at most")
  static let starts = Option.optional(
    "starts", .integer(1...1000), shown: "10 of kmeans, else 3", "starts of which the best is kept")
  static let runs = Option(
    "runs", .integer(1...1000), default: 1, "runs by further seeds, to say how stable clusters are")
  static let save = Option.optional(
    "save", .file("MODEL"), shown: "the refined encoder is not kept",
    "of dec and idec: the model file to write, with the refined encoder (.safetensors)")
  static let report = Option.optional(
    "report", .file("PAGE"),
    "a page (.html) with a card of each cluster: its size, typical samples, and what sets it apart")

  static let all = [
    clusters.declaration, method.declaration, covariance.declaration, neighbors.declaration,
    dimensions.declaration, choice.declaration, most.declaration, starts.declaration, runs.declaration,
    save.declaration, report.declaration,
  ]
}

/// How many clusters are asked for.
enum ClusterCount: Sendable {
  case automatic
  case number(Int)
}

extension ValueKind where Value == ClusterCount {
  static let clusters = ValueKind(
    placeholder: "N|auto", expectation: "a whole number from 1 to 10000 or auto",
    read: { text in
      if text == "auto" { return .automatic }
      guard let number = Int(text), (1...10_000).contains(number) else { return nil }
      return .number(number)
    },
    show: { count in
      switch count {
      case .automatic: "auto"
      case .number(let number): "\(number)"
      }
    })
}

extension Arguments {
  /// How samples are to be put into clusters.
  ///
  /// - Throws: ``Failure`` where an option belongs to another method.
  fileprivate var clusteringPlan: ClusteringPlan {
    get throws(Failure) {
      let word = try self[ClusterOption.method]
      let found = ["kmeans", "mixture", "umap"]
      let belongs: [(Declaration, methods: [String])] = [
        (ClusterOption.covariance.declaration, ["mixture", "umap"]),
        (ClusterOption.save.declaration, ["dec", "idec"]), (ClusterOption.choice.declaration, found),
        (ClusterOption.most.declaration, found), (ClusterOption.runs.declaration, found),
        (ClusterOption.neighbors.declaration, ["umap"]), (ClusterOption.dimensions.declaration, ["umap"]),
      ]
      for (option, methods) in belongs where !methods.contains(word) && firstGiven(of: [option]) != nil {
        throw Failure.commandLine(
          "\(option.dashed) belongs to --method \(methods.joined(separator: " or ")), found \(word)")
      }
      let covariance = try self[ClusterOption.covariance].flatMap(MixtureFit.Covariance.init) ?? .full
      let method: ClusteringPlan.Method =
        switch word {
        case "kmeans": .kMeans
        case "dec": .refined(.dec)
        case "idec": .refined(.idec)
        case "umap":
          .map(
            UMAP(neighbours: try self[ClusterOption.neighbors] ?? 20, minimumDistance: 0),
            dimensions: try self[ClusterOption.dimensions], covariance: covariance)
        default: .mixture(covariance)
        }
      let clusters: Int? =
        if case .number(let number) = try self[ClusterOption.clusters] { number } else { nil }
      let criterion = try self[ClusterOption.choice].flatMap(ClusteringPlan.Criterion.init)
      if case .refined = method, clusters == nil {
        throw Failure.commandLine("--method \(word) needs a number of clusters: --clusters 10")
      }
      if criterion != nil, clusters != nil {
        throw Failure.commandLine("--choose-by goes with --clusters auto; leave one of them out")
      }
      if criterion == .bic, word == "kmeans" {
        throw Failure.commandLine(
          "--choose-by bic needs a mixture; choose --method mixture or --choose-by stability")
      }
      return ClusteringPlan(
        method, clusters: clusters, most: try self[ClusterOption.most], criterion: criterion,
        starts: try self[ClusterOption.starts], runs: try self[ClusterOption.runs],
        seed: try self[SharedOption.seed])
    }
  }
}

extension Session {
  /// The groups of samples, and the codes that were grouped.
  fileprivate func clustered(
    _ model: Model, _ dataset: Dataset, _ plan: ClusteringPlan
  ) throws -> (Tensor, Clustering) {
    let codes = try model.encode(dataset, threads: threads)
    guard case .refined(let kind) = plan.method, let clusters = plan.clusters else {
      return (codes, try Clustering(codes, plan, threads: threads))
    }
    let path = try arguments[ClusterOption.save]
    if let path {
      guard path.hasSuffix(".safetensors") || path.hasSuffix(".st") else {
        throw Failure.commandLine("--save expects a name that ends in .safetensors, found '\(path)'")
      }
      try OutputFile.check(path, apartFrom: arguments.operands)
    }
    let groups = try KMeans(codes, clusters: clusters, starts: plan.starts, seed: plan.seed, threads: threads)
    let refinement = try ClusterRefinement(
      model, on: dataset, kind, centres: groups.centres, seed: plan.seed, threads: threads
    ) { steps, changed in
      if let changed {
        say("\(kind.rawValue): \(steps) steps, \(Figures.fixed(100 * changed, 2)) % of the samples changed")
      }
    }
    if let path {
      try refinement.model.write(to: path)
      say("\(path): the refined model")
    }
    let refined = try refinement.model.encode(dataset, threads: threads)
    return (refined, try Clustering(refinement, codes: refined, plan, threads: threads))
  }

  fileprivate func report(_ output: OutputFile, _ lines: ClusterLines) throws {
    if isJSON {
      try streams.output.writeLine(
        JSON.object([JSON.Member("output", .text(output.path))] + lines.members).line)
    }
    say("\(output.name): \(lines.words)")
  }
}
