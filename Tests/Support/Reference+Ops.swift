import HourglassEngine
import HourglassTensor

extension Reference {
  /// One row of an op that is neither a leaf nor pointwise.
  func shaped(_ node: Graph.Node, _ row: Int) -> [Double] {
    let x = input(node, 0, row)
    let shape = inputShape(node)
    let last = shape.dimensions.last ?? 1
    let lines = stride(from: 0, to: x.count, by: last).map { Array(x[$0..<($0 + last)]) }
    switch node.op {
    case .product: return product(lines, node, row)
    case .transpose: return (0..<last).flatMap { column in lines.map { $0[column] } }
    case .sumLast: return lines.map(sum)
    case .sumRow: return [sum(x)]
    case .sumAxis(let outer, let count):
      let inner = x.count / outer / count
      return (0..<(outer * inner)).map { place in
        sum((0..<count).map { x[(place / inner * count + $0) * inner + place % inner] })
      }
    case .softmax: return lines.flatMap(softmax)
    case .logSumExp: return lines.map(logSumExp)
    case .markGreatest(let count):
      return lines.flatMap { line in
        line.indices.map { i in
          let before = line.indices.filter { line[$0] > line[i] || (line[$0] == line[i] && $0 < i) }
          return before.count < count ? 1 : 0
        }
      }
    case .greatestPlace: return lines.map { line in Double(line.firstIndex(of: line.max() ?? 0) ?? 0) }
    case .oneHot(let count):
      return x.flatMap { place -> [Double] in
        let chosen = place.isNaN ? 0 : min(max(place.rounded(), 0), Double(count - 1))
        return (0..<count).map { Double($0) == chosen ? 1.0 : 0.0 }
      }
    case .slice(let from, let count): return lines.flatMap { $0[from..<(from + count)] }
    case .concatenate: return concatenation(node, row)
    case .convolution, .convolutionInput, .pickMaximum, .placeMaximum, .resample: return image(node, row)
    case .recurrence, .recurrenceSums: return recurrence(node, row)
    case .innerProducts, .combinations, .pickRows: return sequence(node, row)
    default: preconditionFailure("Reference: \(node.op)")
    }
  }

  private func product(_ lines: [[Double]], _ node: Graph.Node, _ row: Int) -> [Double] {
    let weight = input(node, 1, row)
    let (rows, columns) = (inputShape(node, 1)[0], inputShape(node, 1)[1])
    return lines.flatMap { line in
      (0..<columns).map { k in sum((0..<rows).map { line[$0] * weight[$0 * columns + k] }) }
    }
  }

  func contraction(_ node: Graph.Node) -> [Double] {
    let (k, n) = (node.shape[0], node.shape[1])
    var result = [Double](repeating: 0, count: k * n)
    for row in 0..<conditions.rows {
      let (x, y) = (input(node, 0, row), input(node, 1, row))
      for line in 0..<(x.count / k) {
        for i in 0..<k {
          for j in 0..<n { result[i * n + j] += x[line * k + i] * y[line * n + j] }
        }
      }
    }
    return result
  }

  func sumBatch(_ node: Graph.Node) -> [Double] {
    (0..<node.shape.count).map { place in sum((0..<conditions.rows).map { input(node, 0, $0)[place] }) }
  }

  private func concatenation(_ node: Graph.Node, _ row: Int) -> [Double] {
    let whole = node.shape.dimensions.last ?? 1
    return (0..<(node.shape.count / whole)).flatMap { line in
      node.inputs.indices.flatMap { number in
        let last = inputShape(node, number).dimensions.last ?? 1
        return Array(input(node, number, row)[(line * last)..<((line + 1) * last)])
      }
    }
  }

  private func sum(_ values: [Double]) -> Double { values.reduce(0, +) }

  private func softmax(_ line: [Double]) -> [Double] {
    let maximum = line.reduce(-.infinity, Double.maximum)
    let exponentials = line.map { ($0 - maximum).exponential }
    return exponentials.map { $0 / sum(exponentials) }
  }

  private func logSumExp(_ line: [Double]) -> Double {
    let maximum = line.reduce(-.infinity, Double.maximum)
    return maximum + sum(line.map { ($0 - maximum).exponential }).logarithm
  }
}

extension Unary {
  /// The definition, in `Double`.
  public func value(_ x: Double) -> Double {
    switch self {
    case .negate: -x
    case .absolute: abs(x)
    case .sign: x > 0 ? 1 : (x < 0 ? -1 : x)
    case .step: x > 0 ? 1 : (x <= 0 ? 0 : x)
    case .square: x * x
    case .squareRoot: x.squareRoot()
    case .reciprocal: 1 / x
    case .exponential: x.exponential
    case .logarithm: x.logarithm
    case .sine: x.sine
    case .cosine: x.cosine
    case .rectifier: x < 0 ? 0 : x
    case .sigmoid: x >= 0 ? 1 / (1 + (-x).exponential) : x.exponential / (1 + x.exponential)
    case .hyperbolicTangent: x.hyperbolicTangent
    case .softplus: Unary.softplus(x)
    case .errorFunction: x.errorFunction
    }
  }

  static func softplus(_ x: Double) -> Double {
    x > 0 ? x + (-x).exponential.logarithmOfOnePlus : x.exponential.logarithmOfOnePlus
  }

  /// Where it is not differentiable, 0 is the place: the distance from it, or nil for a smooth function.
  public func distanceFromKink(_ x: Double) -> Double? {
    switch self {
    case .absolute, .sign, .step, .rectifier: abs(x)
    default: nil
    }
  }
}

extension Binary {
  /// The definition, in `Double`.
  public func value(_ x: Double, _ y: Double) -> Double {
    switch self {
    case .add: x + y
    case .subtract: x - y
    case .multiply: x * y
    case .divide: x / y
    case .maximum: x.isNaN || y.isNaN ? .nan : (x > y ? x : y)
    case .minimum: x.isNaN || y.isNaN ? .nan : (x < y ? x : y)
    case .greater: x > y ? 1 : 0
    case .bernoulliLoss: Unary.softplus(x) - x * y
    }
  }

  /// As for ``Unary/distanceFromKink(_:)``.
  public func distanceFromKink(_ x: Double, _ y: Double) -> Double? {
    switch self {
    case .maximum, .minimum, .greater: abs(x - y)
    default: nil
    }
  }
}

extension Double {
  /// log(1 + x) without loss where x is small: the series where the logarithm would round x away.
  fileprivate var logarithmOfOnePlus: Double {
    let whole = 1 + self
    // Kahan's form: exact in 1 + x, corrected by what the sum rounded.
    return whole == 1 ? self : whole.logarithm * self / (whole - 1)
  }
}
