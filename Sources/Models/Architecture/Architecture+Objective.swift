/// The two words of a training: the *error* is the reconstruction term of samples as they are, which a model
/// is held against others by; the *objective* is what training lowers.
extension Architecture {
  /// What training adds to the reconstruction term, in words; empty where it adds nothing.
  public var addedTerms: [String] {
    var names: [String] = []
    switch code {
    case .vector: break
    case .gaussian(let numbers):
      if numbers.beta > 0 || numbers.capacity != nil { names.append("KL") }
    case .categorical: names.append("KL")
    case .codebook: names.append("commitment")
    }
    names += penalties.map { $0.words }
    if critic != nil { names.append("critic") }
    names += heads.map { "\($0.law.name) of '\($0.name)'" }
    if let consistency { names.append(consistency.words) }
    return names
  }

  /// Whether the objective of held-out samples is their error: nothing is added, corrupted or drawn.
  public var isObjectiveError: Bool {
    guard code == .vector else { return false }
    return addedTerms.isEmpty && corruption.isEmpty
  }

  /// What the objective is made of: `mse + KL`; `mse of corrupted samples`.
  public var objectiveName: String {
    let term =
      corruption.isEmpty ? reconstruction.name : "\(reconstruction.name) of corrupted samples"
    return ((reconstructionWeight > 0 ? [term] : []) + addedTerms).joined(separator: " + ")
  }
}

extension Penalty {
  /// What it is called beside the reconstruction term.
  fileprivate var words: String {
    switch self {
    case .weights: "weights"
    case .activity: "activity of the code"
    case .sparsity: "sparsity"
    case .contraction: "contraction"
    case .mmd: "MMD"
    case .totalCorrelation: "total correlation"
    case .orthogonality: "orthogonality"
    }
  }
}
