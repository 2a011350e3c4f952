import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

/// Groups and their measures against scikit-learn and SciPy.
@Suite("Clusters against other programs")
struct ClusterGoldenTests {
  struct Golden: Decodable {
    let points: [Double]
    let inertia, silhouette: Double
    let groups: [Int]
    let mixtures: [String: Mixture]
    let pairs: [Pair]

    struct Mixture: Decodable {
      let shares: [Double]
      let means: [[Double]]
      let covariances: [[[Double]]]
      let logLikelihood, bic: Double
      let probabilities: [[Double]]

      private enum CodingKeys: String, CodingKey {
        case shares, means, covariances, bic, probabilities
        case logLikelihood = "log_likelihood"
      }
    }

    struct Pair: Decodable {
      let groups: [Int]
      let classes: [Int32]
      let accuracy, nmi, ari: Double
    }

    static func read() throws -> Golden {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      return try JSONDecoder().decode(
        Golden.self, from: Data(contentsOf: folder.appendingPathComponent("Golden/clusters.json")))
    }

    var codes: Tensor { Tensor([points.count / 3, 3], points.map { Float($0) }) }
  }

  @Test("k-means finds the least sum of squares of fifty starts")
  func kMeans() throws {
    let golden = try Golden.read()
    let found = try KMeans(golden.codes, clusters: 4, seed: 3)
    #expect(abs(found.inertia / golden.inertia - 1) < 1e-12, "\(found.inertia), \(golden.inertia)")
    #expect(ClusterAgreement.randIndex(found.assignments, golden.groups) == 1)
    let silhouette = Silhouette(
      ClusterPoints(golden.codes), found.assignments, seed: 1, team: Team(count: 2))
    #expect(abs((silhouette.mean ?? 0) - golden.silhouette) < 1e-9 && silhouette.count == golden.groups.count)
  }

  @Test("mixtures have the same laws, likelihood and BIC", arguments: MixtureFit.Covariance.allCases)
  func mixture(_ covariance: MixtureFit.Covariance) throws {
    let golden = try Golden.read()
    let wanted = try #require(golden.mixtures[covariance.rawValue])
    let (points, team) = (ClusterPoints(golden.codes), Team(count: 2))
    let fits = (UInt64(1)...10).map { seed in
      let groups = KMeans(points, clusters: 4, starts: 1, seed: seed, team: team)
      return MixtureFit(points, groups, covariance, tolerance: 1e-9, team)
    }
    let fit = try #require(fits.max { $0.logLikelihood < $1.logLikelihood })
    let usual = try MixtureFit(golden.codes, clusters: 4, covariance: covariance, starts: 10, seed: 1)
    #expect(abs(usual.logLikelihood - fit.logLikelihood) < 0.2)
    #expect(
      abs(fit.logLikelihood - wanted.logLikelihood) < 1e-3, "\(fit.logLikelihood), \(wanted.logLikelihood)")
    #expect(abs(fit.bayesianCriterion - wanted.bic) < 2e-3, "\(fit.bayesianCriterion), \(wanted.bic)")
    let order = fit.mixture.shares.indices.sorted { fit.mixture.shares[$0] > fit.mixture.shares[$1] }
    for (law, other) in order.enumerated() {
      #expect(abs(fit.mixture.shares[other] - wanted.shares[law]) < 1e-4)
      for axis in 0..<3 { #expect(abs(fit.mixture.means[other][axis] - wanted.means[law][axis]) < 1e-3) }
    }
  }

  @Test("a mixture that is known gives the same probabilities", arguments: MixtureFit.Covariance.allCases)
  func probabilities(_ covariance: MixtureFit.Covariance) throws {
    let golden = try Golden.read()
    let wanted = try #require(golden.mixtures[covariance.rawValue])
    let factors = wanted.covariances.map { GaussianMixture.cholesky($0.flatMap { $0 }, 3, atLeast: 0) }
    let mixture = GaussianMixture(shares: wanted.shares, means: wanted.means, factors: factors)
    let found = MixtureFit(mixture, of: ClusterPoints(golden.codes), covariance, Team(count: 2))
    #expect(abs(found.logLikelihood / wanted.logLikelihood - 1) < 1e-6, "\(found.logLikelihood)")
    for (number, row) in wanted.probabilities.enumerated() {
      for (law, share) in row.enumerated() {
        #expect(abs(found.probabilities[number * 17 * 4 + law] - share) < 1e-5)
      }
    }
  }

  @Test("agreement with classes: accuracy one to one, NMI and ARI")
  func agreement() throws {
    for pair in try Golden.read().pairs {
      let found = ClusterAgreement(pair.groups, classes: pair.classes)
      #expect(abs(found.accuracy - pair.accuracy) < 1e-12, "\(found.accuracy), \(pair.accuracy)")
      #expect(abs(found.mutualInformation - pair.nmi) < 1e-12, "\(found.mutualInformation), \(pair.nmi)")
      #expect(abs(found.randIndex - pair.ari) < 1e-12, "\(found.randIndex), \(pair.ari)")
    }
  }
}
