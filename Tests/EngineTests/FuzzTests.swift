import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

/// Graphs made by chance, held against the reference, and their gradients against finite differences.
@Suite struct FuzzTests {
  /// Four suites of seeds, so that several processors can share them.
  @Test(arguments: 0..<4)
  func graphsMadeByChance(_ part: Int) {
    for seed in stride(from: part, to: 1000, by: 4) {
      var maker = GraphMaker(seed: UInt64(seed))
      maker.make()
      checkValues(maker)
      checkGradient(maker)
    }
  }

  private func checkValues(_ maker: GraphMaker) {
    let last = Array(maker.values.suffix(3))
    let expected = last.map { maker.reference.values(of: $0) }
    for (shardRows, threads) in [(nil, 1), (3, 2)] {
      let found = Evaluation(
        maker.trial.graph, Plan.Targets(results: last), maker.conditions, capacity: maker.conditions.rows + 2,
        shardRows: shardRows, threads: threads)
      for (result, expected) in zip(found.results, expected) {
        let complaint = FuzzTests.tolerance(for: expected).disagreement(result, expected)
        #expect(
          complaint == nil, "seed \(maker.seed), shards of \(shardRows ?? 0)\n\(maker)\n\(found.summary)")
      }
    }
  }

  /// Values stay below 8 and arguments away from kinks and poles, so that an error of 6e-8 grows by some
  /// hundreds.
  static func tolerance(for expected: [Double]) -> Tolerance {
    let scale = expected.reduce(1) { max($0, abs($1)) }
    return Tolerance(absolute: 1e-4 * scale, relative: 1e-4)
  }

  private func checkGradient(_ maker: GraphMaker) {
    guard let target = maker.values.last else { return }
    var graph = maker.trial.graph
    let gradients = graph.gradient(of: target, withRespectTo: maker.trial.sources)
    let reference = Reference(graph, maker.conditions)
    checkDirections(maker, target, gradients, reference)
    let placed = zip(maker.trial.sources, gradients).compactMap { source, gradient in
      maker.trial.parameters.first { $0.value == source }.map { (value: gradient, offset: $0.offset) }
    }
    for (shardRows, threads) in [(nil, 1), (2, 2)] {
      let found = Evaluation(
        graph, Plan.Targets(results: gradients, gradients: placed), maker.conditions, shardRows: shardRows,
        threads: threads)
      for (gradient, result) in zip(gradients, found.results) {
        let expected = reference.values(of: gradient)
        let complaint = FuzzTests.tolerance(for: expected).disagreement(result, expected)
        #expect(complaint == nil, "gradient, seed \(maker.seed)\n\(maker)\n\(found.summary)")
      }
      for (value, offset) in placed {
        let expected = reference.values(of: value)
        let block = (0..<maker.reference.graph.shape(of: maker.source(at: offset)).count).map {
          found.gradients[offset + $0]
        }
        // A target that does not depend on a parameter gives the number 0 once.
        let written = expected.count == block.count ? expected : block.map { _ in expected[0] }
        let complaint = FuzzTests.tolerance(for: expected).disagreement(block, written)
        #expect(complaint == nil, "gradient block, seed \(maker.seed)\n\(maker)\n\(found.summary)")
      }
    }
  }

  /// Along three directions drawn for all sources together.
  private func checkDirections(
    _ maker: GraphMaker, _ target: Graph.Value, _ gradients: [Graph.Value], _ reference: Reference
  ) {
    let sources = maker.trial.differenceSources(rows: maker.conditions.rows)
    let slopes = zip(sources, gradients).flatMap { places, gradient in
      let values = reference.values(of: gradient)
      return places.indices.map { values[$0 % values.count] }
    }
    let random = Random(seed: maker.seed, stream: .search)
    for number in 0..<3 as Range<UInt32> {
      let direction = slopes.indices.map { Double(random.uniform(step: number, position: UInt64($0))) - 0.5 }
      let along = zip(slopes, direction).reduce(0) { $0 + $1.0 * $1.1 }
      let difference = Reference.difference(
        of: target, in: maker.trial.graph, maker.conditions, along: direction, by: sources.flatMap { $0 },
        h: 1e-5)
      let size = zip(slopes, direction).reduce(1) { $0 + abs($1.0 * $1.1) }
      #expect(abs(along - difference) <= 1e-5 * size, "seed \(maker.seed): \(along), \(difference)\n\(maker)")
    }
  }
}
