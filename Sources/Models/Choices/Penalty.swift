import HourglassEngine
import HourglassTensor

/// What is added to the loss besides the reconstruction.
public enum Penalty: Hashable, Sendable {
  /// l1 Σ |w| + l2 Σ w² over all matrices; biases are left alone. Tikhonov 1943 (l2), Tibshirani 1996 (l1).
  case weights(l1: Float = 0, l2: Float = 0)
  /// The mean over samples of l1 Σ |z| + l2 Σ z² over the values z of the code: few of them stay active. Ng
  /// 2011 (sparse autoencoder), with the L1 norm in place of his divergence.
  case activity(l1: Float = 0, l2: Float = 0)
  /// weight · Σ over the units of the code of target log(target / a) + (1 - target) log((1 - target) / (1 -
  /// a)), where a is the unit's mean over the batch: each unit is active in the share `target` of the
  /// samples. Of codes in (0, 1). Ng 2011, section 2.
  case sparsity(target: Float = 0.05, weight: Float)
  /// weight · the mean over samples of ‖∂h / ∂x‖², the squared Frobenius norm of the encoder's Jacobian: the
  /// code moves little where the sample does. Rifai et al. 2011. Exact for encoders of dense layers; of
  /// others estimated without bias along one random direction a step.
  case contraction(weight: Float)
  /// weight · the unbiased estimate of MMD² between the codes of a batch and as many draws of the standard
  /// normal. Tolstikhin et al. 2018 (WAE-MMD), Zhao et al. 2019 (InfoVAE).
  case mmd(weight: Float, kernel: Kernel = .inverseMultiquadratic)
  /// weight · TC(z) / n, TC = KL(q(z) ‖ Π q(zⱼ)), of gaussian codes and samples of n values: the dimensions
  /// of the code become independent. Chen et al. 2018 (beta-TCVAE), whose beta is weight + 1.
  case totalCorrelation(weight: Float)
  /// weight · Σ over the encoder's matrices `[inputs, units]` of ‖Wᵀ W - 1‖², or ‖W Wᵀ - 1‖² where units are
  /// more than inputs. Brock et al. 2017.
  case orthogonality(weight: Float)

  /// How alike two codes of d values are.
  public enum Kernel: String, Hashable, Sendable, Codable, CaseIterable {
    /// exp(-‖x - y‖² / (2 d))
    case rbf
    /// Σ over s of C / (C + ‖x - y‖²), C = 2 d s, for s of 0.1, 0.2, 0.5, 1, 2, 5 and 10. Tolstikhin et al.
    /// 2018, section 4.
    case inverseMultiquadratic = "imq"

    static let scales: [Float] = [0.1, 0.2, 0.5, 1, 2, 5, 10]
  }

  /// The part of the weights, one number; nil for a penalty that is no matter of weights.
  func ofWeights(
    _ graph: inout Graph, matrices: [Graph.Value], ofEncoder: [Graph.Value]
  ) -> Graph.Value? {
    var parts: [Graph.Value] = []
    switch self {
    case .weights(let l1, let l2):
      parts = matrices.compactMap { Penalty.norms(&graph, $0, l1, l2) }
    case .orthogonality(let weight):
      parts = ofEncoder.filter { graph.shape(of: $0).rank == 2 }
        .map { graph.multiply(Penalty.distanceFromOrthogonal(&graph, $0), weight) }
    default: return nil
    }
    return graph.sum(parts)
  }

  /// ‖Wᵀ W - 1‖² or ‖W Wᵀ - 1‖², whichever is the smaller matrix.
  private static func distanceFromOrthogonal(_ graph: inout Graph, _ w: Graph.Value) -> Graph.Value {
    let shape = graph.shape(of: w)
    let turned = graph.transpose(w)
    let product = shape[0] >= shape[1] ? graph.product(turned, w) : graph.product(w, turned)
    let size = min(shape[0], shape[1])
    return graph.sumRow(graph.unary(.square, graph.subtract(product, graph.identity(size))))
  }

  /// l1 Σ |x| + l2 Σ x²
  static func norms(_ graph: inout Graph, _ x: Graph.Value, _ l1: Float, _ l2: Float) -> Graph.Value? {
    var sum: Graph.Value?
    if l1 != 0 { sum = graph.multiply(graph.sumRow(graph.unary(.absolute, x)), l1) }
    if l2 != 0 {
      let squares = graph.multiply(graph.sumRow(graph.unary(.square, x)), l2)
      sum = sum.map { graph.add($0, squares) } ?? squares
    }
    return sum
  }

  /// As it is called in the JSON form.
  public var name: String {
    switch self {
    case .weights: "weights"
    case .activity: "activity"
    case .sparsity: "sparsity"
    case .contraction: "contraction"
    case .mmd: "mmd"
    case .totalCorrelation: "totalCorrelation"
    case .orthogonality: "orthogonality"
    }
  }

  /// Whether it looks at the samples of a batch together, so that the batch must be there as a whole.
  public var comparesSamples: Bool {
    switch self {
    case .weights, .activity, .contraction, .orthogonality: false
    case .sparsity, .mmd, .totalCorrelation: true
    }
  }
}

extension Penalty {
  /// - Throws: ``ModelError`` for a number out of its range, or a code or an encoder that it makes no sense
  ///   of.
  func check(_ code: Code, _ encoder: [Outline.Entry]) throws(ModelError) {
    for (what, value) in numbers where !(value >= 0 && value.isFinite) {
      throw refusal("\(what) of at least 0", "\(value)")
    }
    switch self {
    case .weights, .activity, .orthogonality: break
    case .sparsity(let target, _):
      guard target > 0, target < 1 else { throw refusal("a target above 0 and below 1", "\(target)") }
      let last = encoder.last { !$0.layer.isIdentityOnUse }?.layer
      guard last == .sigmoid, code == .vector else {
        throw refusal(
          "a vector code of values in (0, 1)", "an encoder that ends in \(last.map { "\($0)" } ?? "nothing")",
          "end the encoder with .sigmoid, or use activity")
      }
    case .contraction:
      guard code == .vector else {
        throw refusal("a vector code, whose Jacobian it is", "\(code)", "use the code .vector")
      }
      if let entry = encoder.first(where: { $0.layer.hasRecurrence }) {
        throw refusal(
          "an encoder that can be differentiated twice", "\(entry.place) \(entry.layer)",
          "use .attention or .conv in its place")
      }
    case .mmd:
      guard !code.isDiscrete, code.pseudoInputs == 0 else {
        throw refusal("a code that can lie near a normal distribution", "\(code)", "use .vector or .gaussian")
      }
    case .totalCorrelation:
      guard case .gaussian = code else {
        throw refusal("a gaussian code, whose density it needs", "\(code)", "use the code .gaussian")
      }
    }
  }

  private func refusal(_ expected: String, _ found: String, _ remedy: String? = nil) -> ModelError {
    ModelError(place: "penalty \(name)", expected: expected, found: found, remedy: remedy)
  }

  private var numbers: [(String, Float)] {
    switch self {
    case .weights(let l1, let l2), .activity(let l1, let l2): [("l1", l1), ("l2", l2)]
    case .sparsity(_, let weight), .contraction(let weight), .mmd(let weight, _),
      .totalCorrelation(let weight), .orthogonality(let weight):
      [("a weight", weight)]
    }
  }
}

extension Penalty: Codable {
  public init(from decoder: any Decoder) throws {
    let (name, values) = try Tagged.open(decoder, "a penalty")
    switch name {
    case "weights", "activity":
      try values.allow("l1", "l2")
      let (l1, l2): (Float, Float) = (try values.optional("l1") ?? 0, try values.optional("l2") ?? 0)
      self = name == "weights" ? .weights(l1: l1, l2: l2) : .activity(l1: l1, l2: l2)
    case "sparsity":
      try values.allow("target", "weight")
      self = .sparsity(
        target: try values.optional("target") ?? 0.05, weight: try values.required("weight"))
    case "mmd":
      try values.allow("weight", "kernel")
      self = .mmd(
        weight: try values.required("weight"),
        kernel: try values.optional("kernel") ?? .inverseMultiquadratic)
    case "contraction", "totalCorrelation", "orthogonality":
      try values.allow("weight")
      let weight: Float = try values.required("weight")
      self =
        switch name {
        case "contraction": .contraction(weight: weight)
        case "totalCorrelation": .totalCorrelation(weight: weight)
        default: .orthogonality(weight: weight)
        }
    default:
      throw values.unknown(
        name,
        of: ["weights", "activity", "sparsity", "contraction", "mmd", "totalCorrelation", "orthogonality"])
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var tagged = Tagged.Writer(encoder)
    try tagged.write(name) { container in
      switch self {
      case .weights(let l1, let l2), .activity(let l1, let l2):
        if l1 != 0 { try container.encode(l1, forKey: "l1") }
        if l2 != 0 { try container.encode(l2, forKey: "l2") }
      case .sparsity(let target, let weight):
        try container.encode(target, forKey: "target")
        try container.encode(weight, forKey: "weight")
      case .mmd(let weight, let kernel):
        try container.encode(weight, forKey: "weight")
        try container.encode(kernel, forKey: "kernel")
      case .contraction(let weight), .totalCorrelation(let weight), .orthogonality(let weight):
        try container.encode(weight, forKey: "weight")
      }
    }
  }
}
