/// One value of a sample of a table: which field it belongs to and what it is.
public struct FieldSlot: Hashable, Sendable {
  /// Which part of the field.
  public enum Part: Hashable, Sendable {
    case value
    case sine(TimeCycle)
    case cosine(TimeCycle)
  }

  /// The field's name; of a part of a time also what it is: `when, weekday, sine`.
  public let name: String
  /// The place of the field in ``FieldSchema/fields``.
  public let field: Int
  public let part: Part
  public let kind: FieldKind
  public let role: FieldRole
  /// Of flags, categories and ordinals how many levels there are, without the entry for unseen ones; else 0.
  public let levels: Int
  public let hasGaps: Bool
  /// Of counts: mean and deviation of ln(1 + x).
  public let logMean: Double
  public let logDeviation: Double
  /// What the best constant law costs: see ``FieldCodec/marginal``; 0 of what is read only.
  public let marginal: Double

  /// Whether the encoder reads it.
  public var isRead: Bool { role == .both || role == .in }

  /// Whether the decoder gives it: a time's sine and cosine are read only.
  public var isGiven: Bool { part == .value && (role == .both || role == .out) }

  init(_ field: Field, at place: Int, _ part: Part = .value) {
    self.field = place
    self.part = part
    (kind, role, hasGaps) = (field.kind, field.role, field.hasGaps)
    let codec = field.codec
    levels = field.kind.hasLevels ? codec.levels.count : 0
    (logMean, logDeviation) = (codec.logMean, codec.logDeviation)
    switch part {
    case .value: (name, marginal) = (field.name, codec.marginal)
    case .sine(let cycle): (name, marginal) = ("\(field.name), \(cycle.words), sine", 0)
    case .cosine(let cycle): (name, marginal) = ("\(field.name), \(cycle.words), cosine", 0)
    }
  }

  /// What slots are ordered by: those that a network reads in one go stand together.
  ///
  /// - Parameter version: of the schema; the first knew nothing of gaps, and of the entry for levels that are
  ///   not seen.
  func group(_ version: Int) -> (role: Int, kind: Int, levels: Int, gaps: Int) {
    let ofRole = [FieldRole.both: 0, .in: 1, .out: 2, .aside: 3][role] ?? 3
    let gaps = version > 1 && hasGaps ? 1 : 0
    guard part == .value else { return (ofRole, 1, 0, gaps) }
    switch kind {
    case .number, .positive, .time: return (ofRole, 0, 0, gaps)
    case .count: return (ofRole, 2, 0, gaps)
    case .flag: return (ofRole, 3, 0, gaps)
    case .category: return (ofRole, 4, FieldSlot.powerOfTwo(from: version > 1 ? levels + 1 : levels), gaps)
    case .ordinal: return (ofRole, 5, FieldSlot.powerOfTwo(from: levels), gaps)
    }
  }

  /// The least power of two that is not below the number.
  private static func powerOfTwo(from number: Int) -> Int {
    var power = 1
    while power < number { power *= 2 }
    return power
  }
}
