import HourglassEngine
import HourglassTensor
import HourglassTestSupport
import Testing

/// A graph under test, with what it reads: inputs and parameters are asked for one by one, their values are
/// drawn.
struct Trial {
  var graph = Graph()
  private(set) var sources: [Graph.Value] = []
  private(set) var inputShapes: [Shape] = []
  private(set) var parameters: [(value: Graph.Value, offset: Int)] = []
  private(set) var parameterCount = 0
  private(set) var scalarCount = 0
  /// Values are drawn from here.
  var range: ClosedRange<Double>

  init(_ range: ClosedRange<Double> = -2...2) { self.range = range }

  mutating func input(_ shape: Shape) -> Graph.Value {
    let value = graph.input(inputShapes.count, shape)
    inputShapes.append(shape)
    sources.append(value)
    return value
  }

  mutating func parameter(_ shape: Shape) -> Graph.Value {
    let value = graph.parameter(shape, offset: parameterCount)
    parameters.append((value, parameterCount))
    parameterCount += shape.count
    sources.append(value)
    return value
  }

  mutating func scalar() -> Graph.Value {
    defer { scalarCount += 1 }
    return graph.scalar(scalarCount)
  }

  /// Drawn values, exact as `Float`.
  func conditions(rows: Int, seed: UInt64) -> Conditions {
    let random = Random(seed: seed, stream: .analysis)
    func draw(_ count: Int, _ step: UInt32) -> [Double] {
      let (low, width) = (Float(range.lowerBound), Float(range.upperBound - range.lowerBound))
      return (0..<count).map { Double(low + width * random.uniform(step: step, position: UInt64($0))) }
    }
    var result = Conditions(
      rows: rows, inputs: inputShapes.enumerated().map { draw(rows * $1.count, UInt32($0 + 2)) },
      parameters: draw(parameterCount, 0), scalars: draw(scalarCount, 1))
    result.seed = seed &* 77
    result.step = UInt32(seed)
    return result
  }

  /// Every value that a derivative can be taken with respect to, in the order in which they were asked for.
  func differenceSources(rows: Int) -> [[Reference.Source]] {
    var slot = 0
    return sources.map { source in
      if let place = parameters.first(where: { $0.value == source }) {
        return (0..<graph.shape(of: source).count).map { .parameter(place.offset + $0) }
      }
      defer { slot += 1 }
      return (0..<(rows * graph.shape(of: source).count)).map { .input(slot: slot, $0) }
    }
  }
}

/// Rows of a run, room in the plan, rows of a shard (nil: one shard) and workers.
struct Layout: Sendable {
  var rows: Int
  var capacity: Int
  var shardRows: Int?
  var threads: Int

  static let all = [
    Layout(rows: 1, capacity: 1, shardRows: nil, threads: 1),
    Layout(rows: 2, capacity: 5, shardRows: 1, threads: 1),
    Layout(rows: 7, capacity: 7, shardRows: 3, threads: 2),
    Layout(rows: 33, capacity: 40, shardRows: 8, threads: 3),
    Layout(rows: 33, capacity: 64, shardRows: nil, threads: 2),
  ]

  /// Two of them, for what is held against the reference many times over.
  static let few = [all[1], all[3]]
}

/// Holds what the engine computes against the reference, in every layout.
func expectAgreement(
  _ values: [Graph.Value], in trial: Trial, _ tolerance: Tolerance = .rounding, seeds: Range<UInt64> = 1..<3,
  layouts: [Layout] = Layout.all, _ place: SourceLocation = #_sourceLocation
) {
  for layout in layouts {
    for seed in seeds {
      let conditions = trial.conditions(rows: layout.rows, seed: seed)
      let reference = Reference(trial.graph, conditions)
      let found = Evaluation(
        trial.graph, Plan.Targets(results: values), conditions, capacity: layout.capacity,
        shardRows: layout.shardRows, threads: layout.threads)
      for (value, result) in zip(values, found.results) {
        let complaint = tolerance.disagreement(result, reference.values(of: value))
        #expect(complaint == nil, "\(layout) seed \(seed) \(value)\n\(found.summary)", sourceLocation: place)
      }
    }
  }
}

/// Holds the gradient of Σ target by every source against finite differences (in `Double`, through the
/// reference), and what the engine computes for it against the reference, in every layout.
///
/// - Parameter distance: how far arguments must be from a kink, for the differences to mean anything.
func expectGradient(
  of target: Graph.Value, in trial: Trial, _ tolerance: Tolerance = .rounding, rows: Int = 2,
  distance: Double = 1e-3, seeds: Range<UInt64> = 1..<2, _ place: SourceLocation = #_sourceLocation
) {
  var trial = trial
  let gradients = trial.graph.gradient(of: target, withRespectTo: trial.sources)
  for seed in seeds {
    let conditions = trial.conditions(rows: rows, seed: seed)
    let reference = Reference(trial.graph, conditions)
    if reference.distanceFromKinks < distance { continue }
    for (gradient, sources) in zip(gradients, trial.differenceSources(rows: rows)) {
      var found = reference.values(of: gradient)
      let differences = Reference.differences(of: target, in: trial.graph, conditions, by: sources)
      // The same in every row, or in every value: it may be given once.
      if found.count < differences.count { found = (0..<differences.count).map { found[$0 % found.count] } }
      let complaint = Tolerance(absolute: 1e-7, relative: 1e-6).disagreement(found, differences)
      #expect(complaint == nil, "gradient by \(sources[0]), seed \(seed)", sourceLocation: place)
    }
  }
  expectAgreement(gradients, in: trial, tolerance, seeds: 1..<2, layouts: Layout.few, place)
  expectGradientBlock(trial, target, gradients, tolerance, place)
}

/// The gradients of the parameters must reach their places in the gradient block.
private func expectGradientBlock(
  _ trial: Trial, _ target: Graph.Value, _ gradients: [Graph.Value], _ tolerance: Tolerance,
  _ place: SourceLocation
) {
  let placed = zip(trial.sources, gradients).compactMap { source, gradient in
    trial.parameters.first { $0.value == source }.map { (value: gradient, offset: $0.offset) }
  }
  if placed.isEmpty { return }
  let conditions = trial.conditions(rows: 7, seed: 5)
  let reference = Reference(trial.graph, conditions)
  let found = Evaluation(
    trial.graph, Plan.Targets(results: [target], gradients: placed), conditions, shardRows: 2, threads: 2)
  for (value, offset) in placed {
    let expected = reference.values(of: value)
    let block = Array(found.gradients[offset..<(offset + expected.count)])
    let complaint = tolerance.disagreement(block, expected)
    #expect(complaint == nil, "gradient block at \(offset)\n\(found.summary)", sourceLocation: place)
  }
}
