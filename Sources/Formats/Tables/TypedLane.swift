/// What is known of a column before many of its cells are read at once, and where its values go.
struct TypedLane {
  enum Kind: UInt8 {
    case number, time, text
    /// Gaps so far, or passed over.
    case unknown, unsettled
  }

  let kind: Kind
  /// The value of the first row of the table.
  let target: UnsafeMutableRawPointer
  /// The column's usual word for a missing value; nil where it has not had one.
  let gap: [UInt8]?
  /// How its times are written.
  let pattern: TimePattern?
  /// Texts that came before.
  let levels: LevelTable
}

/// What the cells of a column tell beside their values.
struct TypedNotes {
  var (leastDecimals, mostDecimals) = (Int.max, 0)
  /// Whether a cell stands in quotes that it does not need.
  var isQuoted = false
  /// Texts that the lane does not know: row by row their numbers stand as -2, -3, …
  var fresh = LevelTable()

  init() {}

  /// Takes in the decimals of a number.
  @inline(__always)
  mutating func note(decimals: Int) {
    if decimals < leastDecimals { leastDecimals = decimals }
    if decimals > mostDecimals { mostDecimals = decimals }
  }
}
