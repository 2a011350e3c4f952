import HourglassEngine
import HourglassTensor
import HourglassTestSupport

/// Appends operations drawn by chance to a graph, and keeps those whose values are harmless: finite, below 8
/// in size, and with arguments away from poles and from where a function has no derivative.
struct GraphMaker: CustomStringConvertible {
  let seed: UInt64
  private(set) var trial = Trial(-1.5...1.5)
  private(set) var conditions: Conditions
  private(set) var reference: Reference
  private(set) var values: [Graph.Value] = []
  private var draws: UInt64 = 0

  init(seed: UInt64) {
    self.seed = seed
    let shapes: [Shape] = [[1], [4], [3, 4], [2, 3, 4], [3, 1], [1, 4], [2, 1, 4]]
    var trial = Trial(-1.5...1.5)
    let random = Random(seed: seed, stream: .data)
    values = [trial.scalar(), trial.graph.constant(0.75)]
    for position in 0..<7 as Range<UInt64> {
      let shape = shapes[random.integer(below: shapes.count, position: position)]
      values.append(position < 3 ? trial.parameter(shape) : trial.input(shape))
    }
    values.append(trial.graph.random(.normal, [3, 4], stream: 2))
    self.trial = trial
    conditions = trial.conditions(rows: [1, 2, 7][Int(seed % 3)], seed: seed + 1)
    reference = Reference(trial.graph, conditions)
    draws = 100
  }

  mutating func make() {
    let length = 10 + draw(30)
    for _ in 0..<length { step() }
    // Something to differentiate in any case.
    if let last = values.last, !trial.graph.nodes[last.index].inputs.isEmpty { return }
    accept(unary: .sine, values[2])
  }

  func source(at offset: Int) -> Graph.Value {
    trial.parameters.first { $0.offset == offset }?.value ?? values[2]
  }

  private mutating func draw(_ bound: Int) -> Int {
    defer { draws += 1 }
    return Random(seed: seed, stream: .data).integer(below: bound, position: draws)
  }

  /// The later the value the likelier it is taken: graphs grow deep rather than wide.
  /// Rows are taken more often than fixed values, which would soon be all there is.
  private mutating func pick() -> Graph.Value {
    let isAny = draw(3) == 0
    let choice = values.filter { isAny || trial.graph.isBatched($0) }
    let back = min(draw(choice.count), draw(choice.count))
    return choice[choice.count - 1 - back]
  }

  private mutating func accept(unary function: Unary, _ x: Graph.Value) {
    propose { $0.unary(function, x) }
  }

  private mutating func step() {
    let (x, y) = (pick(), pick())
    let shape = trial.graph.shape(of: x)
    let last = shape.dimensions.last ?? 1
    switch draw(18) {
    case 0..<4:
      let function = Unary.allCases[draw(Unary.allCases.count)]
      accept(unary: function, x)
    case 4..<9:
      let function = Binary.allCases[draw(Binary.allCases.count)]
      if fits(shape, trial.graph.shape(of: y)) { propose { $0.binary(function, x, y) } }
    case 9: product(x, last)
    case 10: contraction(x, y)
    case 11: propose { $0.sumLast(x) }
    case 12: propose { $0.sumRow(x) }
    case 13: if trial.graph.isBatched(x) { propose { $0.sumBatch(x) } }
    case 14:
      let isSoftmax = draw(2) == 0
      propose { isSoftmax ? $0.softmax(x) : $0.logSumExp(x) }
    case 15:
      let (from, count) = (draw(last), draw(last) + 1)
      if from + count <= last { propose { $0.slice(x, from: from, count: count) } }
    case 16: join(x, y)
    default: place(x, shape)
    }
  }

  private func fits(_ a: Shape, _ b: Shape) -> Bool {
    let rank = max(a.rank, b.rank)
    let left = Array(repeating: 1, count: rank - a.rank) + a.dimensions
    let right = Array(repeating: 1, count: rank - b.rank) + b.dimensions
    return zip(left, right).allSatisfy { $0 == $1 || $0 == 1 || $1 == 1 }
  }

  private mutating func product(_ x: Graph.Value, _ last: Int) {
    let matrices = values.filter {
      let shape = trial.graph.shape(of: $0)
      return shape.rank == 2 && !trial.graph.isBatched($0) && (shape[0] == last || shape[1] == last)
    }
    guard !matrices.isEmpty else { return }
    let matrix = matrices[draw(matrices.count)]
    let isPlain = trial.graph.shape(of: matrix)[0] == last
    propose { graph in graph.product(x, isPlain ? matrix : graph.transpose(matrix)) }
  }

  private mutating func contraction(_ x: Graph.Value, _ y: Graph.Value) {
    let (a, b) = (trial.graph.shape(of: x).dimensions, trial.graph.shape(of: y).dimensions)
    guard trial.graph.isBatched(x), trial.graph.isBatched(y), a.dropLast() == b.dropLast() else { return }
    propose { $0.multiply($0.contraction(x, y), 0.25) }
  }

  private mutating func join(_ x: Graph.Value, _ y: Graph.Value) {
    let (a, b) = (trial.graph.shape(of: x).dimensions, trial.graph.shape(of: y).dimensions)
    guard a.dropLast() == b.dropLast() else { return }
    let batched = trial.graph.isBatched(x) || trial.graph.isBatched(y)
    propose { graph in
      graph.concatenate([x, y].map { batched ? graph.broadcast($0) : $0 })
    }
  }

  /// Other shapes of the same values, and repetition.
  private mutating func place(_ x: Graph.Value, _ shape: Shape) {
    switch draw(4) {
    case 0: propose { $0.broadcast(x) }
    case 1: propose { $0.reshape(x, [shape.count]) }
    case 2: if shape.count == 12 { propose { $0.reshape(x, [3, 4]) } }
    default:
      for wanted: Shape in [[2, 3, 4], [3, 4], [4]] where fits(shape, wanted) && shape.rank <= wanted.rank {
        return propose { $0.expand(x, wanted) }
      }
    }
  }

  private mutating func propose(_ append: (inout Graph) -> Graph.Value) {
    var graph = trial.graph
    let count = graph.nodes.count
    let value = append(&graph)
    guard graph.nodes.count > count, graph.shape(of: value).count <= 48 else { return }
    var next = reference
    next.extend(to: graph)
    let isHarmless = graph.nodes.indices[count...].allSatisfy { index in
      isFarFromPoles(graph.nodes[index], next)
        && next.values(ofNode: index).allSatisfy { abs($0) < 8 }
    }
    guard isHarmless, next.distanceFromKinks > 1e-2 else { return }
    trial.graph = graph
    reference = next
    values.append(value)
  }

  private func isFarFromPoles(_ node: Graph.Node, _ reference: Reference) -> Bool {
    switch node.op {
    case .unary(.squareRoot), .unary(.logarithm):
      reference.values(of: node.inputs[0]).allSatisfy { $0 > 0.2 }
    case .unary(.reciprocal): reference.values(of: node.inputs[0]).allSatisfy { abs($0) > 0.2 }
    case .binary(.divide): reference.values(of: node.inputs[1]).allSatisfy { abs($0) > 0.2 }
    default: true
    }
  }

  var description: String {
    trial.graph.nodes.enumerated().map { index, node in
      "  \(index): \(node.op) \(node.inputs.map(\.index)) → \(node.isBatched ? "rows of " : "")\(node.shape)"
    }.joined(separator: "\n")
  }
}
