extension Architecture {
  /// Whether new samples come of decoding draws from the law that codes are held to, the standard normal or
  /// that of a discrete code: by what they cost, by a penalty or by a critic, or because the decoder is
  /// trained on such draws.
  public var hasPrior: Bool {
    code.hasPrior || critic != nil
      || penalties.contains { if case .mmd = $0 { true } else { false } }
  }
}

extension Architecture {
  /// Whether values of the code are meant to be 0 or near it for most samples.
  public var isSparse: Bool {
    let isPenalised = penalties.contains {
      switch $0 {
      case .activity, .sparsity: true
      case .weights, .contraction, .mmd, .totalCorrelation, .orthogonality: false
      }
    }
    return isPenalised || encoder.contains { if case .topK = $0 { true } else { false } }
  }
}
