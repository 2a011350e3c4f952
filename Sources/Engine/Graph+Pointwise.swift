import HourglassTensor

extension Graph {
  public mutating func unary(_ function: Unary, _ x: Value) -> Value {
    append(.unary(function), [x], shape: shape(of: x), batched: isBatched(x))
  }

  /// left ∘ right. Shapes are aligned at their last axes; an axis of length 1, or one that is missing in front, is repeated.
  public mutating func binary(_ function: Binary, _ left: Value, _ right: Value) -> Value {
    if let simpler = simplified(function, left, right) { return simpler }
    let (a, b) = (shape(of: left), shape(of: right))
    let shape = Graph.broadcast(a, b)
    precondition(shape != nil, "\(function): \(a) and \(b) cannot be broadcast together")
    return append(
      .binary(function), [left, right], shape: shape ?? a, batched: isBatched(left) || isBatched(right))
  }

  /// The shape both are repeated to, or nil where they do not fit.
  static func broadcast(_ a: Shape, _ b: Shape) -> Shape? {
    if a == b { return a }
    if a == [1] { return b }
    if b == [1] { return a }
    let rank = max(a.rank, b.rank)
    let left = Array(repeating: 1, count: rank - a.rank) + a.dimensions
    let right = Array(repeating: 1, count: rank - b.rank) + b.dimensions
    guard zip(left, right).allSatisfy({ $0 == $1 || $0 == 1 || $1 == 1 }) else { return nil }
    return Shape(zip(left, right).map { max($0, $1) })
  }

  /// x + 0, 1 · x and the like, which gradients are full of.
  private mutating func simplified(_ function: Binary, _ left: Value, _ right: Value) -> Value? {
    let (a, b) = (constant(left), constant(right))
    switch function {
    case .add:
      if a == 0 { return right }
      if b == 0 { return left }
    case .subtract:
      if b == 0 { return left }
    case .multiply:
      if a == 1 { return right }
      if b == 1 { return left }
      if a == -1 { return unary(.negate, right) }
      if b == -1 { return unary(.negate, left) }
    case .divide:
      if b == 1 { return left }
    default: break
    }
    if let a, let b {
      switch function {
      case .add: return constant(a + b)
      case .subtract: return constant(a - b)
      case .multiply: return constant(a * b)
      case .divide: return constant(a / b)
      default: break
      }
    }
    return nil
  }

  public mutating func add(_ left: Value, _ right: Value) -> Value { binary(.add, left, right) }
  public mutating func subtract(_ left: Value, _ right: Value) -> Value { binary(.subtract, left, right) }
  public mutating func multiply(_ left: Value, _ right: Value) -> Value { binary(.multiply, left, right) }
  public mutating func divide(_ left: Value, _ right: Value) -> Value { binary(.divide, left, right) }

  public mutating func add(_ left: Value, _ right: Float) -> Value { add(left, constant(right)) }
  public mutating func multiply(_ left: Value, _ right: Float) -> Value { multiply(left, constant(right)) }
}
