import HourglassTensor

/// What samples are that are records: a value a ``Slot``, in the slots' order.
///
/// Slots of one kind that stand side by side are computed together: a thousand columns of numbers take as
/// many steps as one.
public struct Record: Hashable, Sendable {
  public let slots: [Slot]
  /// What counts have in common, where they are parts of one whole.
  public let library: Library?
  let groups: [Group]

  public init(_ slots: [Slot], library: Library? = nil) {
    self.slots = slots
    self.library = library
    groups = Record.groups(of: slots, hasLibrary: library != nil)
  }

  /// Slots side by side that are read and judged in one go.
  struct Group: Hashable, Sendable {
    /// Where they stand among the slots.
    let range: Range<Int>
    let form: Form
    let role: Slot.Role
    /// Of as many levels as any of its slots may have.
    let law: Law
    let hasGaps: Bool
    /// Levels of each with the entry for those never seen, rounded up to a power of two, one for all.
    let padded: Int
    /// Values that the encoder reads; where they begin.
    let reading: Range<Int>
    /// Numbers of the decoder's output; where they begin.
    let output: Range<Int>
    /// Parameters of the laws, which are these numbers where there is no library; where they begin.
    let parameters: Range<Int>
    /// Whether its counts are parts of one whole.
    let isOfLibrary: Bool

    var count: Int { range.count }
    /// Whether levels are looked up among learned vectors.
    var isEmbedded: Bool { form == .category && padded > Record.mostOneHot }
    /// Values of the vector of a level.
    var vector: Int { Record.vector(of: padded) }
  }

  /// The kinds, whatever their numbers.
  enum Form: Hashable, Sendable { case number, count, flag, category, ordinal }

  /// Levels up to which a category is read as one of many at 1; above, each has a learned vector.
  static let mostOneHot = 16

  /// Values of the vector of one of `levels`: 1.6 levels^0.56, at most 50. A rule of thumb of fastai.
  static func vector(of levels: Int) -> Int {
    min(50, Int((1.6 * Double(levels).raised(to: 0.56)).rounded(.up)))
  }

  /// Values of a sample.
  public var count: Int { slots.count }
  /// Values that the encoder reads of a sample.
  public var readCount: Int { groups.last?.reading.upperBound ?? 0 }
  /// Numbers that the decoder ends in.
  public var outputCount: Int { groups.last?.output.upperBound ?? 0 }
  /// Parameters of all laws, which are the decoder's numbers where there is no library.
  public var parameterCount: Int { groups.last?.parameters.upperBound ?? 0 }
  /// Values of these that the decoder is told too.
  public var toldCount: Int { groups.lazy.filter { $0.role == .told }.reduce(0) { $0 + $1.reading.count } }
  /// Slots that the decoder gives.
  public var givenCount: Int { slots.count(where: \.isGiven) }
  /// Whether the encoder is told what is missing.
  public var hasGaps: Bool { slots.contains(where: \.hasGaps) }

  private static func groups(of slots: [Slot], hasLibrary: Bool) -> [Group] {
    var groups: [Group] = []
    var start = 0
    while start < slots.count {
      let first = slots[start]
      let end = slots[start...].firstIndex { !first.stands(with: $0) } ?? slots.count
      groups.append(
        Group(slots[start], start..<end, behind: groups.last, hasLibrary: hasLibrary))
      start = end
    }
    return groups
  }
}

extension Record.Group {
  fileprivate init(_ slot: Slot, _ range: Range<Int>, behind last: Record.Group?, hasLibrary: Bool) {
    (self.range, form, role, law, hasGaps) = (
      range, slot.kind.form, slot.role, slot.law.ofGroup(padded: slot.kind.padded), slot.hasGaps
    )
    padded = slot.kind.padded
    isOfLibrary = hasLibrary && form == .count && role == .both && law.isOfCounts
    let isEmbedded = form == .category && padded > Record.mostOneHot
    let each =
      switch form {
      case .number, .count, .flag: 1
      case .category: isEmbedded ? Record.vector(of: padded) : padded
      case .ordinal: padded
      }
    let read = slot.isRead ? range.count * (each + (hasGaps ? 1 : 0)) : 0
    let given = slot.isGiven ? range.count * law.parameters : 0
    let learned = isOfLibrary ? range.count * law.learnedOfLibrary : 0
    func behind(_ start: Int?, _ count: Int) -> Range<Int> { (start ?? 0)..<((start ?? 0) + count) }
    reading = behind(last?.reading.upperBound, read)
    output = behind(last?.output.upperBound, given - learned)
    parameters = behind(last?.parameters.upperBound, given)
  }
}

extension Slot {
  /// Whether the two are computed in one go.
  fileprivate func stands(with other: Slot) -> Bool {
    kind.form == other.kind.form && role == other.role
      && law.ofGroup(padded: 2) == other.law.ofGroup(padded: 2)
      && hasGaps == other.hasGaps && kind.padded == other.kind.padded
  }
}

extension Slot.Kind {
  var form: Record.Form {
    switch self {
    case .number: .number
    case .count: .count
    case .flag: .flag
    case .category: .category
    case .ordinal: .ordinal
    }
  }

  /// ``entries`` rounded up to a power of two.
  var padded: Int {
    var size = 1
    while size < entries { size *= 2 }
    return size
  }
}
