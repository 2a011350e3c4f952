import Hourglass

/// What a training takes by itself of tables with gaps or targets, and wherever fields are hidden.
///
/// Figures: Documentation/defaults.md.
extension Coordinates {
  /// The share of the fields that is hidden while training.
  static let usualHiding: Float = 0.3
  /// Widths of the hidden layers.
  static let hidingLayers = [128, 64]
  /// The code's least width: what is hidden keeps a network from copying, so that the code need not.
  static let hidingLatent = 16
  /// The weight of the weights' squares.
  static let hidingL2: Float = 3e-4

  /// The same with fields hidden, where the samples ask for it and nobody says otherwise: a model of a table
  /// with gaps is to read rows that are not whole, and one of targets is not to lean on single fields. Codes
  /// with a prior keep their bound.
  func hiding(for samples: SampleTraits, isSaid: Bool) -> Coordinates {
    guard !isSaid, corruption.isEmpty, !code.hasPrior, let records = samples.records,
      records.hasGaps || records.records?.schema.fields.contains(where: { $0.role == .out }) == true
    else { return self }
    var copy = self
    copy.corruption = [.fields(rate: Coordinates.usualHiding)]
    return copy
  }
}

extension [Corruption] {
  /// Whether whole fields are hidden.
  var hideFields: Bool { contains { if case .fields = $0 { true } else { false } } }
}
