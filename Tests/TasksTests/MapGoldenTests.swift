import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTasks

/// What t-SNE and UMAP compute on their way, against scikit-learn and umap-learn.
@Suite("Maps against other programs")
struct MapGoldenTests {
  struct Golden: Decodable {
    let cases: [Case]
    /// A minimum distance, a and b.
    let curves: [[Double]]

    struct Case: Decodable {
      let rows, columns: Int
      let perplexity: Double
      let samples, layout: [Double]
      let tsne: Neighbours
      let umap: Fuzzy
    }

    struct Neighbours: Decodable {
      let joint, jointOfNeighbours, gradient: [Double]
      let treeGradientExact, treeGradientHalf: [Double]
      let divergence, treeDivergenceExact: Double

      private enum CodingKeys: String, CodingKey {
        case joint, gradient, divergence
        case jointOfNeighbours = "joint_of_neighbours"
        case treeGradientExact = "tree_gradient_0"
        case treeGradientHalf = "tree_gradient_half"
        case treeDivergenceExact = "tree_divergence_0"
      }
    }

    struct Fuzzy: Decodable {
      let neighbours: Int
      let scales, nearest, weights: [Double]
    }
  }

  static let golden: Golden? = {
    let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    return (try? Data(contentsOf: folder.appendingPathComponent("Golden/maps.json")))
      .flatMap { try? JSONDecoder().decode(Golden.self, from: $0) }
  }()

  static let places = 0..<(golden?.cases.count ?? 0)

  private func example(_ place: Int) throws -> (Golden.Case, values: [Float], layout: [SIMD2<Double>]) {
    let example = try #require(MapGoldenTests.golden).cases[place]
    let layout = stride(from: 0, to: example.layout.count, by: 2).map {
      SIMD2(example.layout[$0], example.layout[$0 + 1])
    }
    return (example, example.samples.map { Float($0) }, layout)
  }

  private func flat(_ points: [SIMD2<Double>]) -> [Double] { points.flatMap { [$0.x, $0.y] } }

  private func dense(_ graph: NeighbourGraph) -> [Double] {
    var result = [Double](repeating: 0, count: graph.count * graph.count)
    for point in 0..<graph.count {
      for place in graph.starts[point]..<graph.starts[point + 1] {
        result[point * graph.count + Int(graph.columns[place])] = graph.weights[place]
      }
    }
    return result
  }

  @Test("the numbers are there") func exists() { #expect(MapGoldenTests.places.count == 3) }

  @Test(
    "joint probabilities of all pairs, their divergence from a layout and its gradient", arguments: places)
  func exact(_ place: Int) throws {
    let (example, values, layout) = try example(place)
    let options = TSNE(perplexity: example.perplexity)
    let team = Team(count: 2)
    let affinities = options.affinities(values, width: example.columns, team: team)
    let close = Tolerance(absolute: 1e-9, relative: 1e-5)
    #expect(close.disagreement(dense(affinities), example.tsne.joint) == nil)
    let forces = ExactForces(affinities, team: team)
    #expect(abs(forces.divergence(at: layout) - example.tsne.divergence) < 1e-6)
    var gradient = layout
    forces.gradient(at: layout, exaggeration: 1, into: &gradient)
    let near = Tolerance(absolute: 1e-6, relative: 0)
    #expect(near.disagreement(flat(gradient), example.tsne.gradient) == nil)
  }

  @Test("joint probabilities of neighbours, and the gradient by trees", arguments: places)
  func tree(_ place: Int) throws {
    let (example, values, layout) = try example(place)
    let options = TSNE(perplexity: example.perplexity, exactBelow: 0)
    let team = Team(count: 2)
    let affinities = options.affinities(values, width: example.columns, team: team)
    let close = Tolerance(absolute: 1e-9, relative: 1e-5)
    #expect(close.disagreement(dense(affinities), example.tsne.jointOfNeighbours) == nil)
    var gradient = layout
    let exact = TreeForces(affinities, angle: 0, team: team)
    exact.gradient(at: layout, exaggeration: 1, into: &gradient)
    let near = Tolerance(absolute: 1e-6, relative: 0)
    #expect(near.disagreement(flat(gradient), example.tsne.treeGradientExact) == nil)
    #expect(abs(exact.divergence(at: layout) - example.tsne.treeDivergenceExact) < 1e-5)
    // No less exact than the other program with the same angle.
    let truth = gradient
    TreeForces(affinities, angle: 0.5, team: team).gradient(at: layout, exaggeration: 1, into: &gradient)
    let ours = root(flat(gradient), flat(truth))
    let theirs = root(example.tsne.treeGradientHalf, example.tsne.treeGradientExact)
    #expect(ours <= theirs * 1.05 && ours > 0, "\(ours), \(theirs)")
  }

  private func root(_ left: [Double], _ right: [Double]) -> Double {
    (zip(left, right).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }).squareRoot()
  }

  @Test("scales, nearest neighbours and weights of the fuzzy set", arguments: places)
  func fuzzy(_ place: Int) throws {
    let (example, values, _) = try example(place)
    let team = Team(count: 2)
    let neighbours = NearestNeighbours(
      values, width: example.columns, neighbours: example.umap.neighbours - 1, team: team)
    let set = FuzzySet(neighbours, team: team)
    // The other program computes in single precision and ends its search at 1e-5.
    let close = Tolerance(absolute: 1e-6, relative: 1e-4)
    #expect(close.disagreement(set.scales, example.umap.scales) == nil)
    #expect(close.disagreement(set.nearest, example.umap.nearest) == nil)
    #expect(close.disagreement(dense(set.graph), example.umap.weights) == nil)
  }

  @Test("the curve of proximity") func curves() throws {
    for row in try #require(MapGoldenTests.golden).curves {
      let curve = ProximityCurve(minimumDistance: row[0])
      #expect(abs(curve.a - row[1]) < 1e-5 && abs(curve.b - row[2]) < 1e-5, "\(row): \(curve)")
    }
  }
}
