import HourglassTensor

/// One rule an op: what the cotangent g of a value y gives to each of its inputs.
extension Graph {
  /// - Returns: inputs with their parts, not yet summed over broadcast axes.
  mutating func contributions(of node: Node, at y: Value, _ g: Value) -> [(Value, Value)] {
    let x = node.inputs.first ?? y
    switch node.op {
    case .input, .parameter, .constant, .table, .scalar, .random, .unary(.sign), .unary(.step), .detach,
      .greatestPlace, .oneHot, .markGreatest:
      return []
    case .unary(let function):
      return [(x, derivative(of: function, x, y, g))]
    case .binary(let function):
      return derivatives(of: function, x, node.inputs[1], y, g)
    case .surprise, .surpriseSlope: return densityRule(node, g)
    case .product: return productRule(node, g)
    case .contraction: return contractionRule(node, full(g, node.shape))
    case .convolution, .convolutionInput, .convolutionWeight, .pickMaximum, .placeMaximum, .resample:
      return imageRule(node, full(g, node.shape))
    case .recurrence, .recurrenceSums: return recurrenceRule(node, y, full(g, node.shape))
    case .innerProducts, .combinations, .pickRows, .placeRows:
      return sequenceRule(node, full(g, node.shape))
    case .sumAxis(let outer, let count):
      return [(x, sumAxisRule(g, outer: outer, count: count, to: x))]
    case .sumLast, .sumRow, .sumBatch:
      return [(x, expandedIfNeeded(g, from: node, to: x))]
    case .softmax:
      // dx = y (g - Σ g y)
      return [(x, multiply(y, subtract(g, sumLast(multiply(g, y)))))]
    case .logSumExp: return [(x, multiply(softmax(x), g))]
    case .reshape:
      return [(x, shape(of: g) == [1] ? g : reshape(g, shape(of: x)))]
    case .expand: return [(x, full(g, node.shape))]
    case .broadcast:
      // Every row gives its part, though all be equal.
      return [(x, broadcast(full(g, node.shape)))]
    case .transpose:
      return [(x, transpose(full(g, node.shape)))]
    case .slice(let from, let count):
      return [(x, padded(full(g, node.shape), from: from, count: count, like: x))]
    case .concatenate:
      return concatenationRule(node, g)
    }
  }

  /// y = x W: dx = g Wᵀ, dW = Σ xᵀ g.
  private mutating func productRule(_ node: Node, _ g: Value) -> [(Value, Value)] {
    let (x, weight) = (node.inputs[0], node.inputs[1])
    let g = full(g, node.shape)
    let toWeight = isBatched(x) ? contraction(x, broadcast(g)) : fixedContraction(x, g)
    return [(x, product(g, transpose(weight))), (weight, toWeight)]
  }

  /// Σ xᵀ g over the lines of two fixed values.
  private mutating func fixedContraction(_ x: Value, _ g: Value) -> Value {
    let (k, n) = (shape(of: x).dimensions.last ?? 1, shape(of: g).dimensions.last ?? 1)
    let lines = shape(of: x).count / k
    return product(transpose(reshape(x, [lines, k])), reshape(g, [lines, n]))
  }

  /// y = xᵀ z: dx = z gᵀ, dz = x g.
  private mutating func contractionRule(_ node: Node, _ g: Value) -> [(Value, Value)] {
    let (x, z) = (node.inputs[0], node.inputs[1])
    return [(x, product(z, transpose(g))), (z, product(x, g))]
  }

  private mutating func sumAxisRule(_ g: Value, outer: Int, count: Int, to x: Value) -> Value {
    let shape = shape(of: x)
    if self.shape(of: g) == [1] { return g }
    let inner = shape.count / outer / count
    return reshape(expand(reshape(g, [outer, 1, inner]), [outer, count, inner]), shape)
  }

  private mutating func concatenationRule(_ node: Node, _ g: Value) -> [(Value, Value)] {
    let whole = full(g, node.shape)
    var from = 0
    return node.inputs.map { part in
      let shape = shape(of: part)
      let count = shape[shape.rank - 1]
      defer { from += count }
      return (part, slice(whole, from: from, count: count))
    }
  }

  /// Zeros before and behind, so that a slice's cotangent has the shape of what it was cut from.
  private mutating func padded(_ g: Value, from: Int, count: Int, like x: Value) -> Value {
    let whole = shape(of: x)
    let last = whole[whole.rank - 1]
    let front = Array(whole.dimensions.dropLast())
    let behind = last - from - count
    var parts = [g]
    if from > 0 { parts.insert(expand(constant(0), Shape(front + [from])), at: 0) }
    if behind > 0 { parts.append(expand(constant(0), Shape(front + [behind]))) }
    if isBatched(g) { parts = parts.map { broadcast($0) } }
    return concatenate(parts)
  }

  private mutating func expandedIfNeeded(_ g: Value, from node: Node, to x: Value) -> Value {
    let shape = shape(of: x)
    // One number a row, or for all rows, is repeated by whoever reads it.
    if self.shape(of: g) == [1] || self.shape(of: g) == shape { return g }
    return expand(g, shape)
  }

  /// A cotangent that was left as one number, written out.
  mutating func full(_ g: Value, _ shape: Shape) -> Value { expand(g, shape) }

  private mutating func derivative(of function: Unary, _ x: Value, _ y: Value, _ g: Value) -> Value {
    switch function {
    case .negate: unary(.negate, g)
    case .absolute: multiply(g, unary(.sign, x))
    // Their derivative is 0 wherever they have one.
    case .sign, .step: constant(0)
    // The factor goes to the cotangent, which is often one number a row.
    case .square: multiply(multiply(g, 2), x)
    case .squareRoot: divide(multiply(g, 0.5), y)
    case .reciprocal: unary(.negate, multiply(g, unary(.square, y)))
    case .exponential: multiply(g, y)
    case .logarithm: divide(g, x)
    case .sine: multiply(g, unary(.cosine, x))
    case .cosine: unary(.negate, multiply(g, unary(.sine, x)))
    // The sign of y is that of x where it matters, and y is kept anyway.
    case .rectifier: multiply(g, unary(.step, y))
    case .sigmoid: multiply(g, multiply(y, subtract(constant(1), y)))
    case .hyperbolicTangent: multiply(g, subtract(constant(1), unary(.square, y)))
    case .softplus: multiply(g, unary(.sigmoid, x))
    // 2/√π e^(-x²)
    case .errorFunction:
      multiply(g, multiply(unary(.exponential, unary(.negate, unary(.square, x))), 1.128_379_2))
    }
  }

  private mutating func derivatives(
    of function: Binary, _ a: Value, _ b: Value, _ y: Value, _ g: Value
  ) -> [(Value, Value)] {
    switch function {
    case .add: return [(a, g), (b, g)]
    case .subtract: return [(a, g), (b, unary(.negate, g))]
    case .multiply: return [(a, multiply(g, b)), (b, multiply(g, a))]
    case .divide:
      let part = divide(g, b)
      return [(a, part), (b, unary(.negate, multiply(part, y)))]
    case .maximum:
      let left = binary(.greater, a, b)
      return [(a, multiply(g, left)), (b, multiply(g, subtract(constant(1), left)))]
    case .minimum:
      let right = binary(.greater, a, b)
      return [(a, multiply(g, subtract(constant(1), right))), (b, multiply(g, right))]
    case .greater: return []
    case .bernoulliLoss:
      return [
        (a, multiply(g, subtract(unary(.sigmoid, a), b))), (b, unary(.negate, multiply(g, a))),
      ]
    }
  }
}
