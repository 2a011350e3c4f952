import HourglassTensor

/// Values and the operations that give them, in the order they were appended.
///
/// Append-only: a node's inputs always stand before it, so the order of appending is an order of computing.
/// The same operation on the same inputs is the same value.
public struct Graph: Sendable {
  /// A value of the graph that made it.
  public struct Value: Hashable, Sendable {
    public let index: Int
  }

  package struct Node: Sendable {
    package let op: Op
    package let inputs: [Value]
    /// Shape of the value; of one row where it is batched.
    package let shape: Shape
    package let isBatched: Bool
    /// Where it comes from, for messages: `encoder[3] .dense(256)`.
    package let label: String
  }

  private struct Key: Hashable, Sendable {
    let op: Op
    let inputs: [Value]
    let shape: Shape
  }

  package private(set) var nodes: [Node] = []
  private var known: [Key: Value] = [:]

  /// The place that nodes appended from now on belong to.
  public var label = ""

  public init() {}

  public func shape(of value: Value) -> Shape { nodes[value.index].shape }
  public func isBatched(_ value: Value) -> Bool { nodes[value.index].isBatched }
  public func label(of value: Value) -> String { nodes[value.index].label }

  /// Appends a node, or finds the one that computes the same.
  mutating func append(_ op: Op, _ inputs: [Value], shape: Shape, batched: Bool) -> Value {
    let key = Key(op: op, inputs: inputs, shape: shape)
    // Two draws from one stream are one draw; whoever wants two names two streams.
    if let value = known[key] { return value }
    let value = Value(index: nodes.count)
    nodes.append(Node(op: op, inputs: inputs, shape: shape, isBatched: batched, label: label))
    known[key] = value
    return value
  }

  /// The number, where the value is a constant.
  func constant(_ value: Value) -> Float? {
    if case .constant(let number) = nodes[value.index].op { number } else { nil }
  }
}
