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
  ///   - hasLibrary: whether counts are parts of one whole (see `Library`); nil: by what they look like.
  ///   - isMultinomial: whether the sum of a record's counts is given too.
  ///   - tellsGaps: whether the encoder is told of every field when it is missing, as it must be where fields
  ///     are hidden while training.
  /// - Throws: ``ModelError`` at the first value that a field's law cannot hold.
  public init(
    _ schema: FieldSchema, of training: Dataset, code: Code, weights: [String: Float] = [:],
    laws: [String: Law] = [:], hasLibrary: Bool? = nil, isMultinomial: Bool = false, tellsGaps: Bool
  ) throws(ModelError) {
    let columns = training.columns(atMost: Record.rowsLookedAt)
    let fieldSlots = schema.slots
    let slotLaws = fieldSlots.map { slot in
      let kind = Slot.Kind(slot)
      return laws[schema.fields[slot.field].name]
        ?? (kind == .number && code.hasPrior ? .normal : kind.usualLaw)
    }
    let fit = LibraryFit(
      fieldSlots, slotLaws, of: training, asked: hasLibrary, isMultinomial: isMultinomial)
    try Record.checkWhole(fieldSlots, fit)
    let ofLibrary = fit?.costs.compactMap(\.self) ?? []
    // Parts of one whole are one field: none of them is louder than another.
    let common = Float(max(Statistics.mean(ofLibrary) ?? 1, Law.leastCost))
    var slots: [Slot] = []
    for (place, slot) in fieldSlots.enumerated() {
      let field = schema.fields[slot.field].name
      let isCondition = schema.fields[slot.field].role == .in
      let role: Slot.Role = isCondition ? .told : !slot.isGiven ? .read : slot.isRead ? .both : .out
      let part = fit?.costs[place]
      let marginal: Float
      if let part {
        marginal = Float(max(part, Law.leastPart))
      } else {
        marginal = !role.isGiven ? 1 : try slotLaws[place].cost(of: columns(place), field: field)
      }
      slots.append(
        Slot(
          slot.name, part == nil ? Slot.Kind(slot) : .count(mean: 0, deviation: 1), role: role,
          law: slotLaws[place],
          weight: (weights[field] ?? 1) * (code.hasPrior ? 1 : 1 / (part == nil ? marginal : common)),
          marginal: marginal, hasGaps: slot.hasGaps || tellsGaps,
          source: slot.part == .value ? nil : field))
    }
    self.init(slots, library: fit?.library)
  }

  /// A row's counts are parts of its sum, which is not known where one of them is missing.
  private static func checkWhole(_ slots: [FieldSlot], _ fit: LibraryFit?) throws(ModelError) {
    guard let fit, let gap = slots.indices.first(where: { fit.costs[$0] != nil && slots[$0].hasGaps }) else {
      return
    }
    throw ModelError(
      place: "field '\(slots[gap].name)'", expected: "counts without gaps, as they are parts of a row's sum",
      found: "values that are missing", remedy: "fill them, set the column aside, or give --library no")
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

  fileprivate static let leastCost = 0.02
  /// Of a part of a whole, which the others' costs hold in bounds.
  fileprivate static let leastPart = 1e-6
}

extension Dataset {
  /// The values of a feature, of the first rows.
  fileprivate func columns(atMost rows: Int) -> (Int) -> [Double] {
    if let sparse {
      let background = sparse.background?.values
      let columns = sparse.columns(of: (0..<min(count, rows)).map(row))
      return { place in
        var values = [Double](repeating: Double(background?[place] ?? 0), count: min(self.count, rows))
        for (row, value) in columns[place] { values[Int(row)] = Double(value) }
        return values
      }
    }
    let tensor = tensor(0..<min(count, rows))
    let (values, width) = (tensor.values, sampleShape.count)
    return { place in stride(from: place, to: values.count, by: width).map { Double(values[$0]) } }
  }
}

extension SparseRows {
  /// Of each column the rows that name it, by their number among those given, and what they name.
  fileprivate func columns(of rows: [Int]) -> [[(row: Int32, value: Float)]] {
    var columns = [[(row: Int32, value: Float)]](repeating: [], count: width)
    for (number, row) in rows.enumerated() {
      visit(row) { columns[$0].append((Int32(number), $1)) }
    }
    return columns
  }
}

extension Slot.Kind {
  init(_ slot: FieldSlot) {
    switch slot.kind {
    case .number, .positive, .time: self = .number
    case .count: self = .count(mean: Float(slot.logMean), deviation: Float(max(slot.logDeviation, 1e-3)))
    case .flag: self = .flag
    case .category: self = .category(levels: slot.levels)
    case .ordinal: self = .ordinal(levels: slot.levels)
    }
  }
}
