import Foundation
import Hourglass
import HourglassTestSupport
import Testing

@testable import HourglassTraining

@Suite("Refinement of clusters")
struct ClusterRefinementTests {
  /// Three clouds that touch, in five dimensions.
  static func dataset(_ rows: Int = 240) throws -> Dataset {
    let noise = Draws.normal(rows * 5, seed: 2)
    let values = noise.enumerated().map { place, value -> Float in
      let (row, axis) = (place / 5, place % 5)
      return value + (row % 3 == axis ? 4 : 0)
    }
    return try Dataset(Tensor([rows, 5], values), hasGaps: false, origin: "clouds")
  }

  static func model(_ dataset: Dataset) throws -> Model {
    let architecture = Architecture(
      input: [5], encoder: [.dense(units: 8), .relu, .dense(units: 2)],
      decoder: [.dense(units: 8), .relu, .dense(units: 5)], reconstruction: .gaussian)
    let trainer = try Trainer(
      Autoencoder(architecture, seed: 3), Recipe(epochs: 30, batch: 32), on: dataset, threads: 1)
    while try trainer.nextEpoch() != nil {}
    return try trainer.finishedModel()
  }

  /// The objective of targets that are fixed, by its definition, of the parameters as they are.
  private func objective(
    _ model: Model, _ dataset: Dataset, _ centres: [[Double]], _ targets: [[Double]], gamma: Double?
  ) throws -> Double {
    let codes = try model.encode(dataset, threads: 1).doubles
    let losses = try model.scores(dataset, threads: 1).doubles
    var sum = 0.0
    for row in 0..<dataset.count {
      let q = centres.map { centre in
        1 / (1 + pow(codes[2 * row] - centre[0], 2) + pow(codes[2 * row + 1] - centre[1], 2))
      }
      let whole = q.reduce(0, +)
      let cost = -zip(targets[row], q).reduce(0) { $0 + $1.0 * log($1.1 / whole) }
      sum += gamma.map { $0 * cost + losses[row] } ?? cost
    }
    return sum / Double(dataset.count)
  }

  @Test("objective and gradients are those of the definition", arguments: ClusterRefinement.Kind.allCases)
  func gradient(_ kind: ClusterRefinement.Kind) throws {
    let dataset = try Self.dataset(12)
    let model = try Self.model(dataset)
    let (outline, centres) = (model.autoencoder.outline, [[0.4, -0.3], [-1, 0.8], [1.5, 0.2]])
    let targets = (0..<12).map { row in (0..<3).map { $0 == row % 3 ? 0.7 : 0.15 } }
    let assembly = Assembly.clusters(outline, model.autoencoder.architecture, centres: 3, gamma: kind.gamma)
    let block = model.autoencoder.block + centres.flatMap { $0.map { Float($0) } }
    let session = Session(assembly.plan(capacity: 12), parameters: block, team: Team(count: 1))
    var values = [Float](repeating: 0, count: 60)
    let positions = (0..<12).map { UInt32($0) }
    positions.withUnsafeBufferPointer { positions in
      values.withUnsafeMutableBufferPointer {
        dataset.gather(positions, scaling: model.preparation.scaling, into: $0)
      }
    }
    let weights = [Float](repeating: 1 / 12, count: 12)
    let wanted = targets.flatMap { $0.map { Float($0) } }
    let loss = values.withUnsafeBufferPointer { values in
      weights.withUnsafeBufferPointer { weights in
        wanted.withUnsafeBufferPointer { wanted -> Float in
          if let values = values.baseAddress, let weights = weights.baseAddress,
            let wanted = wanted.baseAddress
          {
            session.setFeed(samples: Feed(floats: values), gaps: false)
            session.setFeed(Assembly.Slot.sampleWeights, Feed(floats: weights))
            session.setFeed(Assembly.Slot.clusterTargets, Feed(floats: wanted))
          }
          session.run(rows: 12)
          return session.fixedResult(0)[0]
        }
      }
    }
    let gamma = kind.gamma.map { Double($0) }
    let expected = try objective(model, dataset, centres, targets, gamma: gamma)
    #expect(abs(Double(loss) - expected) < 1e-5 * max(1, expected), "\(loss), \(expected)")
    // The centres' gradient by differences of the definition.
    let gradient = session.gradients
    for centre in 0..<3 {
      for axis in 0..<2 {
        let sides = try [1e-4, -1e-4].map { step -> Double in
          var moved = centres
          moved[centre][axis] += step
          return try objective(model, dataset, moved, targets, gamma: gamma)
        }
        let found = Double(gradient[outline.blockCount + 2 * centre + axis])
        #expect(abs(found - (sides[0] - sides[1]) / 2e-4) < 2e-5, "\(found), \(sides)")
      }
    }
  }

  @Test("makes groups clearer, on any number of threads", arguments: ClusterRefinement.Kind.allCases)
  func refines(_ kind: ClusterRefinement.Kind) throws {
    let dataset = try Self.dataset()
    let model = try Self.model(dataset)
    let codes = try model.encode(dataset, threads: 1).doubles
    let centres = (0..<3).map { group in
      (0..<2).map { axis in
        let own = stride(from: group, to: 240, by: 3).map { codes[2 * $0 + axis] }
        return own.reduce(0, +) / Double(own.count)
      }
    }
    var recipe = ClusterRefinement.Recipe()
    (recipe.batch, recipe.interval, recipe.epochs) = (32, 10, 20)
    let found = try ClusterRefinement(model, on: dataset, kind, centres: centres, recipe: recipe, threads: 1)
    let again = try ClusterRefinement(model, on: dataset, kind, centres: centres, recipe: recipe, threads: 3)
    #expect(found.shares == again.shares && found.model.autoencoder.block == again.model.autoencoder.block)
    let right = (0..<240).count { found.assignments[$0] == $0 % 3 }
    // The clouds touch: nine of ten samples lie nearest to the mean of their own.
    #expect(right > 215, "\(right)")
    #expect(found.model.autoencoder.block != model.autoencoder.block && !found.changes.isEmpty)
    // DEC leaves the decoder alone.
    let decoder = model.autoencoder.outline.decoder.flatMap(\.weights)[0].offset
    let isSame = found.model.autoencoder.block[decoder] == model.autoencoder.block[decoder]
    #expect(isSame == (kind == .dec))
    recipe.epochs = 0
    let first = try ClusterRefinement(model, on: dataset, kind, centres: centres, recipe: recipe, threads: 1)
    func sure(_ shares: [Float]) -> Float {
      (0..<240).reduce(0) { $0 + (shares[(3 * $1)..<(3 * $1 + 3)].max() ?? 0) }
    }
    #expect(sure(found.shares) > sure(first.shares))
  }
}
