/// Laws of many slots at once.
extension Law {
  /// The law that holds for all slots of a group, whatever levels each has.
  ///
  /// - Parameter padded: as many levels as the slot with the most has, or more.
  func ofGroup(padded: Int) -> Law {
    switch self {
    case .categorical: .categorical(levels: max(2, padded))
    case .cumulative: .cumulative(levels: max(2, padded))
    default: self
    }
  }
}
