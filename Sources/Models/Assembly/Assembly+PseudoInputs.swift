import HourglassEngine
import HourglassTensor

/// The prior of pseudo-inputs.
extension Assembly {
  /// The laws that the encoder gives for the pseudo-inputs, as the density of a code reads them: with the
  /// mean m and the variance v of each value, `[width, k]` and `[width, k]` and `[k]`.
  struct PseudoLaws: Sendable {
    /// 1 / v
    var precisions: Graph.Value
    /// m / v
    var places: Graph.Value
    /// Σ m² / v + log v
    var offsets: Graph.Value
  }

  /// The code with the prior p(z) = (1 / k) Σ over j of q(z | uⱼ) in place of the standard normal: Tomczak
  /// and Welling 2018, eq. 9. A code that is no draw has no divergence from it.
  ///
  /// - Parameter pseudoInputs: u, `[k, inputs]`.
  mutating func held(
    _ code: Code.Drawn, to pseudoInputs: Graph.Value, _ numbers: Code.Gaussian, _ outline: Outline
  ) -> Code.Drawn {
    var held = code
    guard let fromNormal = code.logRatio else {
      (held.divergence, held.cost) = (nil, nil)
      return held
    }
    let laws = pseudoLaws ?? laws(of: pseudoInputs, outline)
    pseudoLaws = laws
    graph.label = "prior"
    // -1/2 Σ (z - m)² / v + log v
    let squares = graph.unary(.square, code.value)
    let spread = graph.product(squares, laws.precisions)
    let across = graph.multiply(graph.product(code.value, laws.places), -2)
    let exponents = graph.multiply(graph.add(graph.add(spread, across), laws.offsets), -0.5)
    let logDensity = graph.add(graph.logSumExp(exponents), -Float(numbers.pseudoInputs).logarithm)
    // Both densities without (2π)^(-width / 2), and that of the standard normal is exp(-1/2 Σ z²).
    let ofNormal = graph.multiply(graph.sumRow(squares), -0.5)
    let ratio = graph.add(fromNormal, graph.subtract(ofNormal, logDensity))
    (held.logRatio, held.divergence) = (ratio, ratio)
    held.cost = numbers.cost(&graph, ofWhole: ratio)
    return held
  }

  private mutating func laws(of pseudoInputs: Graph.Value, _ outline: Outline) -> PseudoLaws {
    let given = limited(pseudoInputs, outline)
    let h = append(outline.encoder.filter { !$0.layer.keepsPseudoInputs }, given)
    graph.label = "prior"
    let (count, width) = (graph.shape(of: h)[0], graph.shape(of: h)[1] / 2)
    let mean = graph.slice(h, from: 0, count: width)
    let logVariance = Code.Gaussian.bounded(&graph, graph.slice(h, from: width, count: width))
    let precision = graph.unary(.exponential, graph.unary(.negate, logVariance))
    let place = graph.multiply(mean, precision)
    let offset = graph.add(graph.multiply(mean, place), logVariance)
    return PseudoLaws(
      precisions: graph.transpose(precision), places: graph.transpose(place),
      offsets: graph.reshape(graph.sumLast(offset), [count]))
  }
}

extension Code.Gaussian {
  /// Pseudo-inputs above which the number is taken for a mistake: each step encodes them all.
  static let mostPseudoInputs = 10_000

  func weight(of input: Shape) -> Weight {
    Weight(name: "pseudoInputs", shape: [pseudoInputs, input.count], start: .constant(0))
  }
}

extension Code {
  /// - Throws: ``ModelError`` where the encoder cannot be given pseudo-inputs.
  func checkPseudoInputs(behind encoder: [Outline.Entry], _ condition: Condition?) throws(ModelError) {
    guard pseudoInputs > 0 else { return }
    if condition != nil {
      throw ModelError(
        place: "code gaussian", expected: "no condition beside pseudo-inputs, which are of no class",
        found: "a condition", remedy: "leave one out")
    }
    if let entry = encoder.first(where: { !$0.layer.readsPseudoInputs }) {
      throw ModelError(
        place: "code gaussian", expected: "an encoder of dense layers and activations for pseudo-inputs",
        found: "\(entry.place) \(entry.layer)", remedy: "leave out pseudoInputs, or that layer")
    }
  }
}

extension Layer {
  /// Whether it gives pseudo-inputs, which lie flat, as they are.
  fileprivate var keepsPseudoInputs: Bool {
    switch self {
    case .dropout, .gaussianDropout, .flatten, .reshape: true
    default: false
    }
  }

  fileprivate var readsPseudoInputs: Bool {
    if case .topK = self { return false }
    return keepsPseudoInputs || isOfSingleValues
  }
}

extension Autoencoder {
  /// The same with these samples as the pseudo-inputs of the prior, if it has such and they are all 0 yet.
  ///
  /// - Parameter sample: the values of pseudo-input `number`, on the model's own scale.
  public func placingPseudoInputs(_ sample: (_ number: Int) throws -> [Float]) rethrows -> Autoencoder {
    guard outline.coding.pseudoInputs > 0, let placed = outline.ofCode.first else { return self }
    let (count, width) = (placed.weight.shape[0], placed.weight.shape[1])
    guard block[placed.offset..<(placed.offset + count * width)].allSatisfy({ $0 == 0 }) else { return self }
    var copy = self
    for number in 0..<count {
      let start = placed.offset + number * width
      copy.block.replaceSubrange(start..<(start + width), with: try sample(number))
    }
    return copy
  }

  /// Codes drawn from the laws of pseudo-inputs, each as likely as any other.
  func drawFromPseudoInputs(
    _ count: Int, _ random: Random, _ temperature: Float
  ) throws(ModelError) -> Tensor {
    let placed = outline.ofCode[0]
    let width = placed.weight.shape[1]
    var values: [Float] = []
    values.reserveCapacity(count * width)
    for index in 0..<count {
      let number = random.integer(below: placed.weight.shape[0], step: 1, position: UInt64(index))
      let start = placed.offset + number * width
      values += block[start..<(start + width)]
    }
    let samples = Tensor(outline.input.batch(count), values)
    let seed = UInt64(random.integer(below: 1 << 53, step: 2, position: 0))
    let drawn = try run(.draw, samples, Told(), from: outline.input, to: outline.code, seed: seed, 1)
    if temperature == 1 { return drawn }
    let means = try encode(samples, threads: 1).values
    return Tensor(drawn.shape, zip(means, drawn.values).map { $0 + temperature * ($1 - $0) })
  }
}
