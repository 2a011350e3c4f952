import Hourglass

/// Groups of samples, a line a sample, and in words.
struct ClusterLines: Sendable {
  let clustering: Clustering
  let dataset: Dataset
  /// How they agree with the classes; nil where none are known.
  let agreement: ClusterAgreement?

  init(_ clustering: Clustering, _ dataset: Dataset) {
    (self.clustering, self.dataset) = (clustering, dataset)
    agreement = dataset.orderedLabels.map { ClusterAgreement(clustering.assignments, classes: $0) }
  }

  /// Of each sample what is known of it: probability, distance, and the probability of each cluster.
  private func values(_ row: Int) -> [Float] {
    let count = clustering.clusters
    return [Float(clustering.probability(of: row)), Float(clustering.distances[row])]
      + clustering.probabilities[(row * count)..<((row + 1) * count)].map { Float($0) }
  }

  var sampleLines: SampleLines {
    let groups = clustering.assignments
    let columns = ["probability", "distance"] + (0..<clustering.clusters).map { "p_\($0)" }
    return SampleLines(
      values: Tensor([groups.count, columns.count], groups.indices.flatMap(values)), columns: columns,
      texts: dataset.identity + [CSV.TextColumn("cluster") { "\(groups[$0])" }])
  }

  /// Cluster, probability, distance and the probability of each cluster: `[n, 3 + clusters]`.
  var table: Tensor {
    let groups = clustering.assignments
    return Tensor(
      [groups.count, 3 + clustering.clusters], groups.indices.flatMap { [Float(groups[$0])] + values($0) })
  }

  /// The share of the samples whose cluster is at least this likely.
  private static let sure = 0.9

  private var sureShare: Double {
    let count = clustering.assignments.indices.count { clustering.probability(of: $0) >= ClusterLines.sure }
    return Double(count) / Double(clustering.assignments.count)
  }

  var words: String {
    let sizes = clustering.sizes
    let span =
      clustering.clusters > 1
      ? " of \(Figures.grouped(sizes.last ?? 0)) to \(Figures.grouped(sizes.first ?? 0))" : ""
    var parts = [
      "\(Figures.grouped(sizes.reduce(0, +), "sample")) in \(Figures.grouped(clustering.clusters, "cluster"))\(span)"
    ]
    if let silhouette = clustering.silhouette.mean {
      let sample =
        clustering.silhouette.count < sizes.reduce(0, +)
        ? " of \(Figures.grouped(clustering.silhouette.count))" : ""
      parts.append("mean silhouette\(sample) \(Figures.fixed(silhouette, 3))")
      parts.append("\(Figures.fixed(100 * sureShare, 1)) % sure (p of 0.9 or more)")
    }
    if let stability = clustering.stability {
      parts.append(
        "\(clustering.plan.runs) seeds agree by \(Figures.fixed(stability, 3)) (adjusted Rand index)")
    }
    let found = choice.map { "; \($0)" } ?? ""
    return parts.joined(separator: ", ") + found + (agreementWords.map { "\n\($0)" } ?? "")
  }

  /// How the number of clusters was found.
  private var choice: String? {
    guard let trial = clustering.trials.first(where: { $0.clusters == clustering.clusters }) else {
      return nil
    }
    let tried = "\(clustering.trials.first?.clusters ?? 2) to \(clustering.trials.last?.clusters ?? 2)"
    if let criterion = trial.bayesianCriterion {
      return
        "of \(tried) clusters, \(clustering.clusters) have the least BIC (\(Figures.significant(criterion, 6)))"
    }
    return trial.stability.map {
      "of \(tried) clusters, \(clustering.clusters) were chosen by stability (\(Figures.fixed($0, 3)))"
    }
  }

  /// How clusters and classes agree.
  var agreementWords: String? {
    agreement.map { agreement in
      "Beside the \(Figures.grouped(agreement.classes.count, "class", "classes")): accuracy "
        + "\(Figures.fixed(agreement.accuracy, 4)), NMI \(Figures.fixed(agreement.mutualInformation, 4)), "
        + "ARI \(Figures.fixed(agreement.randIndex, 4))."
    }
  }

  /// The class that a cluster stands for, where classes are known and one is left for it.
  func match(_ group: Int) -> String? {
    guard let agreement, let place = agreement.matches[group] else { return nil }
    return dataset.name(ofClass: agreement.classes[place])
  }

  var members: [JSON.Member] {
    [
      JSON.Member("samples", .integer(clustering.assignments.count)),
      JSON.Member("clusters", .integer(clustering.clusters)),
      JSON.Member("sizes", .list(clustering.sizes.map(JSON.integer))),
      JSON.Member("silhouette", .number(clustering.silhouette.mean)),
      JSON.Member("silhouette_samples", .integer(clustering.silhouette.count)),
      JSON.Member("sure", .number(sureShare)), JSON.Member("bic", .number(clustering.bayesianCriterion)),
      JSON.Member("stability", .number(clustering.stability)),
      JSON.Member(
        "tried",
        .list(
          clustering.trials.map { trial in
            .object([
              JSON.Member("clusters", .integer(trial.clusters)),
              JSON.Member("bic", .number(trial.bayesianCriterion)),
              JSON.Member("stability", .number(trial.stability)),
            ])
          })),
      JSON.Member("accuracy", .number(agreement?.accuracy)),
      JSON.Member("nmi", .number(agreement?.mutualInformation)),
      JSON.Member("ari", .number(agreement?.randIndex)),
    ]
  }
}
