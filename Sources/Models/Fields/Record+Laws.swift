import HourglassTensor

/// What the decoder's numbers say of each field, one row at a time and in double precision.
extension Record {
  /// The law of one slot, and where its parameters stand among the decoder's numbers; nil of a slot that is
  /// read only. A level that training has not seen is no level of the law.
  public func law(ofSlot place: Int) -> (law: Law, parameters: Range<Int>)? {
    guard let group = groups.first(where: { $0.range.contains(place) }), group.role != .read else {
      return nil
    }
    let each = group.output.count / group.count
    let start = group.output.lowerBound + (place - group.range.lowerBound) * each
    let law: Law
    switch (slots[place].law, slots[place].kind) {
    case (.categorical, .category(let levels)), (.categorical, .ordinal(let levels)):
      law = .categorical(levels: levels)
    default: law = slots[place].law
    }
    return (law, start..<(start + law.parameters))
  }
}
