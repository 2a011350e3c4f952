import HourglassTensor

/// What the decoder's numbers say of each field, one row at a time and in double precision.
extension Record {
  /// The law of one slot, and where its parameters stand among those of all laws; nil of a slot that is
  /// read only. A level that training has not seen is no level of the law.
  public func law(ofSlot place: Int) -> (law: Law, parameters: [Int])? {
    guard let group = groups.first(where: { $0.range.contains(place) }), group.role.isGiven else {
      return nil
    }
    let each = group.parameters.count / group.count
    let number = place - group.range.lowerBound
    let law: Law
    switch (slots[place].law, slots[place].kind) {
    case (.categorical, .category(let levels)), (.categorical, .ordinal(let levels)):
      law = .categorical(levels: levels)
    default: law = slots[place].law
    }
    let start = group.parameters.lowerBound
    let places = (0..<law.parameters).map { parameter in
      start + (group.isOfLibrary ? parameter * group.count + number : number * each + parameter)
    }
    return (law, places)
  }
}
