public import HourglassTraining

/// How codes are to be put into groups.
public struct ClusteringPlan: Hashable, Sendable {
  public enum Method: Hashable, Sendable {
    /// ``KMeans``: round groups of like size.
    case kMeans
    /// ``MixtureFit``: groups of any width, and of any slant with full covariances.
    case mixture(MixtureFit.Covariance = .full)
    /// Codes laid out by ``UMAP``, then a mixture on the map: groups of any form that lie apart.
    ///
    /// The dimensions are those of the map; nil: as many as groups, at most the values of a code.
    ///
    /// - Source: McConville et al. 2021 (N2D): 20 neighbours, minimum distance 0, as many dimensions as
    ///   groups.
    case map(
      UMAP = UMAP(neighbours: 20, minimumDistance: 0), dimensions: Int? = nil,
      covariance: MixtureFit.Covariance = .full)

    /// The encoder trained on with centres that begin at those of k-means: `ClusterRefinement`.
    case refined(ClusterRefinement.Kind)

    public var covariance: MixtureFit.Covariance? {
      switch self {
      case .kMeans, .refined: nil
      case .mixture(let covariance), .map(_, _, let covariance): covariance
      }
    }

    public var isByMap: Bool { if case .map = self { true } else { false } }
  }

  /// By what the number of groups is chosen.
  public enum Criterion: String, Hashable, Sendable, CaseIterable {
    /// The least BIC of a mixture.
    case bic
    /// Where groups of halves of the codes agree best.
    case stability
  }

  public var method: Method
  /// Groups; nil: to be found, from 2 to ``most``.
  public var clusters: Int?
  public var most: Int
  /// What the number is chosen by; nil: BIC of mixtures of codes, else stability.
  public var criterion: Criterion?
  /// Starts of a run, of which the best is kept.
  public var starts: Int
  /// Runs by different seeds, whose agreement is ``Clustering/stability``.
  public var runs: Int
  public var seed: UInt64

  /// Dimensions of a map where the number of groups is to be found.
  public static let dimensions = 10

  public init(
    _ method: Method = .mixture(), clusters: Int? = nil, most: Int = 20, criterion: Criterion? = nil,
    starts: Int? = nil, runs: Int = 1, seed: UInt64 = 1
  ) {
    precondition(
      clusters ?? 1 >= 1 && most >= 2 && runs >= 1 && starts ?? 1 >= 1,
      "ClusteringPlan: \(clusters ?? 0) clusters, at most \(most), \(starts ?? 0) starts, \(runs) runs")
    (self.method, self.clusters, self.most, self.criterion) = (method, clusters, most, criterion)
    (self.runs, self.seed) = (runs, seed)
    self.starts = starts ?? (method.covariance == nil ? KMeans.starts : 3)
  }

  /// What the number of groups is chosen by.
  public var usedCriterion: Criterion {
    if let criterion, criterion != .bic || method.covariance != nil { return criterion }
    if case .mixture = method { return .bic }
    return .stability
  }
}
