import HourglassEngine
import HourglassTensor

/// Penalties that look at more than a code.
extension Assembly {
  /// The part of each sample, `[1]` a row; nil for a penalty that is no matter of single samples.
  ///
  /// - Parameter values: terms that the reconstruction of a sample is a mean of.
  mutating func ofSamples(
    _ penalty: Penalty, _ encoded: Encoded, _ outline: Outline, _ values: Float
  ) -> Graph.Value? {
    switch penalty {
    case .weights, .orthogonality, .sparsity: nil
    case .activity(let l1, let l2): Penalty.norms(&graph, encoded.code.value, l1, l2)
    case .contraction(let weight): graph.multiply(squaredJacobian(encoded, outline), weight)
    case .mmd(let weight, let kernel):
      graph.multiply(meanDiscrepancy(encoded.code.value, kernel), weight)
    case .totalCorrelation(let weight):
      totalCorrelation(encoded.code).map { graph.multiply($0, weight / values) }
    }
  }

  /// The part of the batch as a whole, one number; nil for a penalty that is none of it.
  mutating func ofBatch(_ penalty: Penalty, _ encoded: Encoded) -> Graph.Value? {
    guard case .sparsity(let target, let weight) = penalty else { return nil }
    let code = encoded.code.value
    // While training by the samples' shares, else evenly.
    let mean =
      setting.isTraining
      ? graph.sumBatch(graph.multiply(code, graph.input(Slot.sampleWeights, [1])))
      : graph.multiply(graph.sumBatch(code), graph.scalar(Scalar.inverseRows))
    let low = graph.binary(.maximum, mean, graph.constant(1e-6))
    let active = graph.binary(.minimum, low, graph.constant(1 - 1e-6))
    let first = graph.multiply(graph.unary(.logarithm, active), -target)
    let rest = graph.unary(.logarithm, graph.subtract(graph.constant(1), active))
    let entropy = target * target.logarithm + (1 - target) * (1 - target).logarithm
    let each = graph.add(graph.subtract(first, graph.multiply(rest, 1 - target)), entropy)
    return graph.multiply(graph.sumRow(each), weight)
  }

  // MARK: Contraction

  /// ‖∂h / ∂x‖² of each sample: exact for an encoder of dense layers, else an estimate without bias,
  /// ‖vᵀ ∂h / ∂x‖² with v from the standard normal (Hutchinson 1990).
  private mutating func squaredJacobian(_ encoded: Encoded, _ outline: Outline) -> Graph.Value {
    let h = encoded.output
    if outline.condition == nil, outline.encoder.allSatisfy({ $0.layer.isOfSingleValues }) {
      // The sample once for each unit: the gradient of unit j of copy j is row j of the Jacobian.
      let (width, inputs) = (graph.shape(of: h).count, graph.shape(of: encoded.given).count)
      let copies = graph.expand(graph.reshape(encoded.given, [1, inputs]), [width, inputs])
      let units = outline.encoder.filter { !$0.layer.isIdentityOnUse }
      let outputs = append(units, copies)
      let rows = graph.gradient(of: graph.multiply(outputs, graph.identity(width)), withRespectTo: [copies])
      return graph.sumRow(graph.unary(.square, rows[0]))
    }
    let direction = graph.random(.normal, graph.shape(of: h), stream: setting.nextStream())
    let row = graph.gradient(of: graph.multiply(h, direction), withRespectTo: [encoded.given])
    return graph.sumRow(graph.unary(.square, row[0]))
  }

  // MARK: Comparing samples

  /// One value of every sample of the batch below the other, `[rows, width]`; 0 behind the last.
  private mutating func stacked(_ x: Graph.Value) -> Graph.Value {
    let width = graph.shape(of: x).count
    let places = graph.input(Slot.places, [1])
    return graph.placeRows(graph.reshape(x, [1, width]), at: places, rows: rows)
  }

  /// `[rows]`: 1 for each sample of the batch, 0 behind the last.
  private mutating func occupied() -> Graph.Value {
    let one = graph.broadcast(graph.expand(graph.constant(1), [1, 1]))
    let marks = graph.placeRows(one, at: graph.input(Slot.places, [1]), rows: rows)
    return graph.reshape(marks, [rows])
  }

  /// Of each sample its share in the unbiased estimate of MMD² between codes z and draws p of the standard
  /// normal: Gretton et al. 2012, eq. 3, with n samples of each.
  ///
  ///     Σ over j ≠ i of (k(zᵢ, zⱼ) + k(pᵢ, pⱼ)) / (n - 1) - 2 Σ over j of k(zᵢ, pⱼ) / n
  ///
  /// Of one sample there is no such estimate: it is 0.
  private mutating func meanDiscrepancy(_ code: Graph.Value, _ kernel: Penalty.Kernel) -> Graph.Value {
    let width = graph.shape(of: code).count
    let z = graph.reshape(code, [width])
    let prior = graph.random(.normal, [width], stream: setting.nextStream())
    let (codes, draws) = (stacked(z), stacked(prior))
    let mask = occupied()
    let share = graph.scalar(Scalar.inverseRows)
    let apart = graph.subtract(graph.constant(1), share)
    let rest = graph.binary(.maximum, apart, graph.constant(1e-6))
    let areSeveral = graph.binary(.greater, apart, graph.constant(1e-6))
    let others = graph.divide(share, rest)
    func sum(_ x: Graph.Value, _ y: Graph.Value) -> Graph.Value {
      let values = kernel.values(&graph, squaredDistances(x, y), width: width)
      return graph.sumRow(graph.multiply(values, mask))
    }
    let ofCodes = graph.add(sum(z, codes), -kernel.atZero)
    let ofPrior = graph.add(sum(prior, draws), -kernel.atZero)
    let across = graph.multiply(sum(z, draws), share)
    let whole = graph.subtract(
      graph.multiply(graph.add(ofCodes, ofPrior), others), graph.multiply(across, 2))
    return graph.multiply(whole, areSeveral)
  }

  /// ‖x - yⱼ‖² for each row j of y: `[rows]`.
  private mutating func squaredDistances(_ x: Graph.Value, _ y: Graph.Value) -> Graph.Value {
    let squares = graph.reshape(graph.sumLast(graph.unary(.square, y)), [rows])
    let own = graph.sumRow(graph.unary(.square, x))
    let products = graph.multiply(graph.product(x, graph.transpose(y)), -2)
    let whole = graph.add(graph.add(products, squares), own)
    return graph.binary(.maximum, whole, graph.constant(0))
  }

  /// Of each sample log q(z) - Σ over j of log q(zⱼ), where q is the mean of the batch's laws: Chen et al.
  /// 2018, eq. 4, with the batch in place of the data. Nil for a code that is no law.
  private mutating func totalCorrelation(_ code: Code.Drawn) -> Graph.Value? {
    guard let law = code.law else { return nil }
    let width = graph.shape(of: code.value).count
    let means = graph.transpose(stacked(law.mean))
    let logVariances = graph.transpose(stacked(law.logVariance))
    let z = graph.expand(graph.reshape(code.value, [width, 1]), [width, rows])
    let distance = graph.unary(.square, graph.subtract(z, means))
    let precision = graph.unary(.exponential, graph.unary(.negate, logVariances))
    let exponent = graph.add(graph.multiply(distance, precision), logVariances)
    let densities = graph.multiply(graph.add(exponent, (2 * Float.pi).logarithm), -0.5)
    // Places without a sample have no density.
    let absent = graph.multiply(graph.add(occupied(), -1), 1e30)
    let together = graph.logSumExp(graph.add(graph.sumFront(densities, to: [rows]), absent))
    let apart = graph.sumRow(graph.logSumExp(graph.add(densities, absent)))
    let logShare = graph.unary(.logarithm, graph.scalar(Scalar.inverseRows))
    return graph.subtract(
      graph.add(together, logShare), graph.add(apart, graph.multiply(logShare, Float(width))))
  }
}

extension Penalty.Kernel {
  /// k of squared distances d between codes of `width` values.
  fileprivate func values(_ graph: inout Graph, _ d: Graph.Value, width: Int) -> Graph.Value {
    switch self {
    case .rbf: return graph.unary(.exponential, graph.multiply(d, -1 / (2 * Float(width))))
    case .inverseMultiquadratic:
      var sum: Graph.Value?
      for scale in Penalty.Kernel.scales {
        let size = 2 * Float(width) * scale
        let part = graph.multiply(graph.unary(.reciprocal, graph.add(d, size)), size)
        sum = sum.map { graph.add($0, part) } ?? part
      }
      return sum ?? d
    }
  }

  /// k(x, x)
  fileprivate var atZero: Float {
    switch self {
    case .rbf: 1
    case .inverseMultiquadratic: Float(Penalty.Kernel.scales.count)
    }
  }
}
