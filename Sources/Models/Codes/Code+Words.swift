extension Code {
  /// What it is in the field's words: `normal distribution, beta 1`.
  public var words: String {
    switch self {
    case .vector: "plain values"
    case .gaussian(let numbers):
      "normal distribution, beta \(numbers.beta)"
        + (numbers.pseudoInputs > 0 ? ", prior of \(numbers.pseudoInputs) learned samples" : "")
    case .codebook(let numbers):
      (numbers.books == 1 ? "codebook" : "\(numbers.books) codebooks")
        + " of \(numbers.entries) entries of \(numbers.width) value\(numbers.width == 1 ? "" : "s")"
    case .categorical(let numbers): "\(numbers.variables) variables of \(numbers.classes) classes"
    }
  }
}
