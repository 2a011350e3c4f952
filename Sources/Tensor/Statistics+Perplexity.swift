extension Statistics {
  /// -Σ p log p of the shares p of counts, in nats; 0 for none.
  public static func entropy(_ counts: some RandomAccessCollection<Double>) -> Double {
    let total = sum(counts)
    guard total > 0 else { return 0 }
    return sum(counts.map { $0 > 0 ? -$0 / total * ($0 / total).logarithm : 0 })
  }

  /// exp of the entropy of counts: of n equal ones n.
  public static func perplexity(_ counts: some RandomAccessCollection<Double>) -> Double {
    entropy(counts).exponential
  }
}
