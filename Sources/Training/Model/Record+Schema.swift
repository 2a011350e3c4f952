import HourglassData
import HourglassModels
import HourglassTensor

extension Record {
  /// The slots of a schema with their laws.
  ///
  /// Numbers have the law of fixed width, whose error is the squared one; beside a prior, where the sum of
  /// all terms is to be a bound in nats and rows are drawn from it, the width is learned.
  ///
  /// A slot's weight is one over what the best constant law of it costs, so that all fields pull alike
  /// whatever they are; of codes that are held to a prior it is one, as the sum in nats is a bound only so.
  ///
  /// - Parameters:
  ///   - training: the records to learn from, of which the first hundred thousand tell what constants cost.
  ///   - code: what the encoder's output will stand for.
  ///   - weights: what a field counts beside the others, by its name; else 1.
  ///   - laws: other laws than the usual ones, by the field's name.
  ///   - tellsGaps: whether the encoder is told of every field when it is missing, as it must be where fields
  ///     are hidden while training.
  /// - Throws: ``ModelError`` at the first value that a field's law cannot hold.
  public init(
    _ schema: FieldSchema, of training: Dataset, code: Code, weights: [String: Float] = [:],
    laws: [String: Law] = [:], tellsGaps: Bool
  ) throws(ModelError) {
    let columns = training.columns(atMost: Record.rowsLookedAt)
    var slots: [Slot] = []
    for (place, slot) in schema.slots.enumerated() {
      let kind = Slot.Kind(slot)
      let field = schema.fields[slot.field].name
      let law = laws[field] ?? (kind == .number && code.hasPrior ? .normal : kind.usualLaw)
      let role: Slot.Role = !slot.isGiven ? .read : slot.isRead ? .both : .out
      let marginal = role == .read ? 1 : try law.cost(of: columns(place), field: field)
      slots.append(
        Slot(
          slot.name, kind, role: role, law: law,
          weight: (weights[field] ?? 1) * (code.hasPrior ? 1 : 1 / marginal), marginal: marginal,
          hasGaps: slot.hasGaps || tellsGaps, source: slot.part == .value ? nil : field))
    }
    self.init(slots)
  }

  private static let rowsLookedAt = 100_000
}

extension Law {
  /// What the best constant law costs a value of a column; 0.02 where it costs less, as a field that is
  /// nearly always the same would outweigh all others.
  fileprivate func cost(of values: [Double], field: String) throws(ModelError) -> Float {
    do {
      guard let found = try marginal(of: values) else { return 1 }
      return Float(max(found.nats, Law.leastCost))
    } catch {
      throw ModelError(
        place: "field '\(field)', \(error.place)", expected: error.expected, found: error.found,
        remedy: error.remedy)
    }
  }

  private static let leastCost = 0.02
}

extension Dataset {
  /// The values of a feature, of the first rows.
  fileprivate func columns(atMost rows: Int) -> (Int) -> [Double] {
    let tensor = tensor(0..<min(count, rows))
    let (values, width) = (tensor.values, sampleShape.count)
    return { place in stride(from: place, to: values.count, by: width).map { Double(values[$0]) } }
  }
}

extension Slot.Kind {
  fileprivate init(_ slot: FieldSlot) {
    switch slot.kind {
    case .number, .positive, .time: self = .number
    case .count: self = .count(mean: Float(slot.logMean), deviation: Float(max(slot.logDeviation, 1e-3)))
    case .flag: self = .flag
    case .category: self = .category(levels: slot.levels)
    case .ordinal: self = .ordinal(levels: slot.levels)
    }
  }
}
