import HourglassEngine
import HourglassTensor

/// Codes drawn to centres.
///
///     q(k | z) = (1 + ‖z - cₖ‖²)⁻¹ / Σⱼ (1 + ‖z - cⱼ‖²)⁻¹
///
/// Centres are parameters behind those of the autoencoder: `[count, width of the code]`.
///
/// - Source: Xie, Girshick and Farhadi 2016, eq. 1 and 2.
extension Assembly {
  /// Samples in; q of each out, `[count]`.
  public static func clusterShares(_ outline: Outline, centres count: Int, gaps: Bool = false) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let x = assembly.samples(outline)
    let h = assembly.append(outline.encoder, assembly.given(x, outline))
    let code = assembly.code(outline, of: h, isDrawn: false).value
    let nearness = assembly.nearness(outline, of: code, count)
    assembly.results = [assembly.graph.softmax(nearness)]
    return assembly
  }

  /// Samples, their weights and targets in; the objective of the batch and its gradients out.
  ///
  ///     -Σ over samples of weight · Σₖ pₖ log qₖ,   or γ times it + the mean reconstruction loss
  ///
  /// The entropy of the targets, which no parameter moves, is left out.
  ///
  /// - Parameters:
  ///   - gamma: what the clustering term counts beside the reconstruction; nil: it stands alone, and the
  ///     decoder stays as it is.
  /// - Source: Guo et al. 2017 (gamma: IDEC).
  public static func clusters(
    _ outline: Outline, _ architecture: Architecture, centres count: Int, gamma: Float?, gaps: Bool = false
  ) -> Assembly {
    var assembly = Assembly(outline, isTraining: false, gaps: gaps)
    let weights = assembly.graph.input(Slot.sampleWeights, [1])
    let targets = assembly.graph.input(Slot.clusterTargets, [count])
    let terms = assembly.terms(outline, architecture, .use)
    let nearness = assembly.nearness(outline, of: terms.code, count)
    let logShares = assembly.graph.subtract(nearness, assembly.graph.logSumExp(nearness))
    let cost = assembly.graph.multiply(
      assembly.graph.sumLast(assembly.graph.multiply(targets, logShares)), -1)
    let whole =
      gamma.map { assembly.graph.add(assembly.graph.multiply(cost, $0), terms.reconstruction) } ?? cost
    let lowered = assembly.graph.sumBatch(assembly.graph.multiply(whole, weights))
    assembly.results = [lowered]
    let encoder = Set(outline.encoder.flatMap(\.weights).map(\.offset))
    let trained = outline.ownWeights.filter {
      $0.weight.isTrained && (gamma != nil || encoder.contains($0.offset))
    }
    let width = outline.code.count
    var parameters = trained.map { assembly.graph.parameter($0.weight.shape, offset: $0.offset) }
    parameters.append(assembly.graph.parameter([count, width], offset: outline.blockCount))
    let values = assembly.graph.gradient(of: lowered, withRespectTo: parameters)
    assembly.gradients = zip(values, trained.map(\.offset) + [outline.blockCount]).map { ($0, $1) }
    return assembly
  }

  /// -log (1 + ‖z - cₖ‖²) of every centre: `[count]`.
  private mutating func nearness(_ outline: Outline, of code: Graph.Value, _ count: Int) -> Graph.Value {
    let width = outline.code.count
    blockCount = outline.blockCount + count * width
    graph.label = "centres"
    defer { graph.label = "" }
    let z = graph.reshape(code, [width])
    let centres = graph.parameter([count, width], offset: outline.blockCount)
    let overlap = graph.product(z, graph.transpose(centres))
    let ofCode = graph.sumLast(graph.multiply(z, z))
    let ofCentres = graph.reshape(graph.sumLast(graph.multiply(centres, centres)), [count])
    let square = graph.add(graph.add(graph.multiply(overlap, -2), ofCode), ofCentres)
    return graph.multiply(graph.unary(.logarithm, graph.add(square, 1)), -1)
  }
}
