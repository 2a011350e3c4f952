import HourglassTensor

extension Graph {
  public mutating func unary(_ function: Unary, _ x: Value) -> Value {
    append(.unary(function), [x], shape: shape(of: x), batched: isBatched(x))
  }

  /// left ∘ right. Shapes are aligned at their last axes; an axis of length 1, or one that is missing in
  /// front, is repeated.
  public mutating func binary(_ function: Binary, _ left: Value, _ right: Value) -> Value {
    if let simpler = simplified(function, left, right) { return simpler }
    let (a, b) = (shape(of: left), shape(of: right))
    guard let shape = Graph.broadcast(a, b) else {
      preconditionFailure("\(function): \(a) and \(b) cannot be broadcast together")
    }
    let batched = isBatched(left) || isBatched(right)
    let inputs = [left, right].map { isReadable($0, under: shape, batched: batched) ? $0 : expand($0, shape) }
    return append(.binary(function), inputs, shape: shape, batched: batched)
  }

  /// Whether a pointwise loop can read the value under a larger shape where it lies: one number; the last
  /// axes, the same in every row; or all axes but the last. Any other repetition is written out before.
  private func isReadable(_ value: Value, under shape: Shape, batched: Bool) -> Bool {
    let found = self.shape(of: value)
    if found.count == 1 || found.count == shape.count { return true }
    let trimmed = found.dimensions.drop { $0 == 1 }
    if !isBatched(value), shape.dimensions.suffix(trimmed.count).elementsEqual(trimmed) { return true }
    return isBatched(value) == batched && found.rank == shape.rank && found.dimensions.last == 1
      && found.dimensions.dropLast().elementsEqual(shape.dimensions.dropLast())
  }

  /// A run of neighbouring axes along which a shape is repeated, and the values before and after it.
  struct Repetition {
    var axes: Range<Int>
    var outer: Int
    var count: Int
    var inner: Int
  }

  /// The runs of axes along which `found` is repeated to `wanted`, in their order.
  static func repetitions(of found: Shape, in wanted: Shape) -> [Repetition] {
    let (small, large) = (aligned(found, to: wanted.rank), wanted.dimensions)
    var runs: [Repetition] = []
    for axis in large.indices where small[axis] != large[axis] {
      if let last = runs.last, small[last.axes.upperBound..<axis].allSatisfy({ $0 == 1 }) {
        runs[runs.count - 1].axes = last.axes.lowerBound..<(axis + 1)
      } else {
        runs.append(Repetition(axes: axis..<(axis + 1), outer: 1, count: 1, inner: 1))
      }
    }
    for number in runs.indices {
      runs[number].outer = small[..<runs[number].axes.lowerBound].reduce(1, *)
      runs[number].count = large[runs[number].axes].reduce(1, *)
      runs[number].inner = small[runs[number].axes.upperBound...].reduce(1, *)
    }
    return runs
  }

  /// The dimensions with ones in front, so that there are `rank` of them.
  static func aligned(_ shape: Shape, to rank: Int) -> [Int] {
    Array(repeating: 1, count: rank - shape.rank) + shape.dimensions
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
