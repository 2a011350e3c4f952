import HourglassTensor

/// What discrete codes are made of: values without a derivative, and numbers of places.
extension Graph {
  /// The same value, whose derivative is taken as 0: sg(x) of van den Oord et al. 2017. It costs nothing.
  public mutating func detach(_ x: Value) -> Value {
    switch nodes[x.index].op {
    case .detach, .constant, .table, .scalar, .random, .greatestPlace, .oneHot: x
    default: append(.detach, [x], shape: shape(of: x), batched: isBatched(x))
    }
  }

  /// The number of the greatest value of the last axis, which stays with length 1; of equals the first, and 0
  /// where one of them is NaN. It has no derivative.
  public mutating func greatestPlace(_ x: Value) -> Value {
    append(.greatestPlace, [x], shape: Graph.lastToOne(shape(of: x)), batched: isBatched(x))
  }

  /// 1 at each place, else 0: places `[…]` → `[…, count]`. A place is rounded to a whole one; what lies
  /// outside is the nearest, and NaN the first. It has no derivative.
  public mutating func oneHot(_ places: Value, count: Int) -> Value {
    precondition(count > 0, "oneHot: \(count) places")
    let result = Shape(shape(of: places).dimensions + [count])
    return append(.oneHot(count: count), [places], shape: result, batched: isBatched(places))
  }
}
