import HourglassEngine
import HourglassTensor

/// The slow, obvious evaluation of a graph in `Double`: the oracle of the engine.
///
/// Node by node, row by row, value by value, written from the definitions of the ops and from nothing else.
public struct Reference {
  public let conditions: Conditions
  public private(set) var graph: Graph
  /// The values of each node: one list a row where it is batched, else one list.
  var rows: [[[Double]]] = []

  /// Evaluates the values of the graph, all of them or those up to `last`.
  public init(_ graph: Graph, _ conditions: Conditions, upTo last: Graph.Value? = nil) {
    self.graph = graph
    self.conditions = conditions
    evaluate((last?.index).map { $0 + 1 } ?? graph.nodes.count)
  }

  /// Evaluates what was appended to the graph since.
  public mutating func extend(to graph: Graph) {
    self.graph = graph
    evaluate(graph.nodes.count)
  }

  /// All values: the rows one after the other where the value is batched.
  public func values(of value: Graph.Value) -> [Double] { values(ofNode: value.index) }

  /// The same by the node's place in the graph.
  public func values(ofNode index: Int) -> [Double] { rows[index].flatMap { $0 } }

  private mutating func evaluate(_ count: Int) {
    for node in graph.nodes[rows.count..<count] {
      switch node.op {
      case .contraction: rows.append([contraction(node)])
      case .convolutionWeight(let window): rows.append([convolutionWeight(node, window)])
      case .placeRows: rows.append([placeRows(node)])
      case .sumBatch: rows.append([sumBatch(node)])
      default: rows.append((0..<(node.isBatched ? conditions.rows : 1)).map { row(node, $0) })
      }
    }
  }

  /// The values of an input of a node in a row; those of a fixed value are the same in every row.
  func input(_ node: Graph.Node, _ number: Int, _ row: Int) -> [Double] {
    let index = node.inputs[number].index
    return rows[index][graph.nodes[index].isBatched ? row : 0]
  }

  func inputShape(_ node: Graph.Node, _ number: Int = 0) -> Shape {
    graph.nodes[node.inputs[number].index].shape
  }

  /// One row of a node that does not mix rows.
  private func row(_ node: Graph.Node, _ row: Int) -> [Double] {
    let count = node.shape.count
    switch node.op {
    case .input(let slot): return Array(conditions.inputs[slot][(row * count)..<((row + 1) * count)])
    case .parameter(let offset): return Array(conditions.parameters[offset..<(offset + count)])
    case .constant(let number): return [Double(number)]
    case .table(let numbers): return numbers.map { Double($0) }
    case .scalar(let slot): return [conditions.scalars[slot]]
    case .random(let distribution, let stream): return draws(distribution, stream, row, count)
    case .unary(let function): return input(node, 0, row).map(function.value)
    case .binary(let function):
      let left = repeated(input(node, 0, row), inputShape(node, 0), to: node.shape)
      let right = repeated(input(node, 1, row), inputShape(node, 1), to: node.shape)
      return zip(left, right).map(function.value)
    case .surprise(let density):
      return (0..<count).map {
        density.value(input(node, 0, row)[$0], input(node, 1, row)[$0], input(node, 2, row)[$0])
      }
    case .surpriseSlope(let density):
      return (0..<count).map {
        density.slope(input(node, 0, row)[$0], input(node, 1, row)[$0], input(node, 2, row)[$0])
      }
    case .expand(let shape): return repeated(input(node, 0, row), inputShape(node), to: shape)
    case .broadcast, .reshape, .detach: return input(node, 0, row)
    default: return shaped(node, row)
    }
  }

  private func draws(_ distribution: Distribution, _ stream: UInt32, _ row: Int, _ count: Int) -> [Double] {
    let random = Random(seed: conditions.seed, stream: stream)
    return (0..<count).map {
      let position = UInt64((conditions.firstRow + row) * count + $0)
      return Double(
        distribution == .uniform
          ? random.uniform(step: conditions.step, position: position)
          : random.normal(step: conditions.step, position: position))
    }
  }

  /// Broadcasting: axes aligned at the last, an axis of length 1 or a missing one repeated.
  func repeated(_ values: [Double], _ shape: Shape, to wanted: Shape) -> [Double] {
    if shape == wanted { return values }
    if values.count == 1 { return Array(repeating: values[0], count: wanted.count) }
    let missing = wanted.rank - shape.rank
    let lengths = wanted.dimensions
    let found = Array(repeating: 1, count: missing) + shape.dimensions
    var result = values
    var inner = 1
    for axis in lengths.indices.reversed() {
      if found[axis] != lengths[axis] {
        let parts = stride(from: 0, to: result.count, by: inner).map { result[$0..<($0 + inner)] }
        result = parts.flatMap { part in (0..<lengths[axis]).flatMap { _ in part } }
      }
      inner *= lengths[axis]
    }
    return result
  }
}
