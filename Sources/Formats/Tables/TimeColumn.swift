/// The times of a column, in however many forms they are written.
struct TimeColumn {
  /// A column in more forms than this holds texts.
  private static let formsAtMost = 8

  private(set) var patterns: [TimePattern] = []
  private var areSwappable: [Bool] = []
  /// The pattern that read the last cell.
  private var current = 0
  /// What a number above 12 says.
  private(set) var order: CSV.DateOrder?
  /// What is taken to stand first where nothing says it.
  private let assumed: CSV.DateOrder
  /// The first cell that may be two days.
  private(set) var ambiguous: (line: Int, text: [UInt8])?
  /// Cells before were read in the other order.
  private(set) var isMisread = false
  /// The distance from Greenwich of the first cell that has one.
  private(set) var offset: Int?
  /// Cells differ in that.
  private(set) var isGreenwich = false

  init(order: CSV.DateOrder? = nil, assumed: CSV.DateOrder? = nil) {
    self.order = order
    self.assumed = order ?? assumed ?? .dayFirst
  }

  /// The time that a cell is; nil for none.
  @inline(__always)
  mutating func read(_ text: UnsafeBufferPointer<UInt8>, line: Int) -> TimePattern.Found? {
    if current < patterns.count, let found = patterns[current].read(text) {
      if order == nil, areSwappable[current] { note(found, current, text, line) }
      return found
    }
    return readOtherwise(text, line: line)
  }

  private mutating func readOtherwise(_ text: UnsafeBufferPointer<UInt8>, line: Int) -> TimePattern.Found? {
    for (place, pattern) in patterns.enumerated() {
      guard let found = pattern.read(text) else { continue }
      current = place
      if areSwappable[place] { note(found, place, text, line) }
      return found
    }
    guard let pattern = pattern(of: text), add(pattern, text), let found = patterns[current].read(text) else {
      return nil
    }
    if areSwappable[current] { note(found, current, text, line) }
    return found
  }

  /// How a cell is written, with day and month as in the rest of the column.
  private mutating func pattern(of text: UnsafeBufferPointer<UInt8>) -> TimePattern? {
    guard let pattern = TimePattern(writing: text) else { return nil }
    guard pattern.isSwappable else { return pattern }
    if pattern.swapped.read(text) != nil {
      return (order ?? assumed) == .dayFirst ? pattern : pattern.swapped
    }
    // One of the numbers is above 12, and decides.
    let found: CSV.DateOrder = if case .day = pattern.parts[0] { .dayFirst } else { .monthFirst }
    if let order { return order == found ? pattern : nil }
    if found != assumed, areSwappable.contains(true) { isMisread = true }
    order = found
    return pattern
  }

  private mutating func note(
    _ found: TimePattern.Found, _ place: Int, _ text: UnsafeBufferPointer<UInt8>, _ line: Int
  ) {
    guard order == nil, found.day != found.month else { return }
    if found.day > 12 {
      order = if case .day = patterns[place].parts[0] { .dayFirst } else { .monthFirst }
    } else if ambiguous == nil {
      ambiguous = (line, Array(text))
    }
  }

  private mutating func add(_ pattern: TimePattern, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    for (place, known) in patterns.enumerated() {
      guard let merged = known.merged(with: pattern), merged.read(text) != nil else { continue }
      patterns[place] = merged
      current = place
      return true
    }
    guard patterns.count < TimeColumn.formsAtMost else { return false }
    patterns.append(pattern)
    areSwappable.append(pattern.isSwappable)
    current = patterns.count - 1
    return true
  }

  /// Takes in a distance from Greenwich.
  ///
  /// - Returns: by how much the cells before are to be moved, where this is the first one to differ.
  mutating func note(offset found: Int) -> Int? {
    guard let offset else {
      offset = found
      return nil
    }
    guard offset != found, !isGreenwich else { return nil }
    isGreenwich = true
    return offset
  }

  /// The pattern of the last cell, where it tells all there is to know of a cell: no distance from Greenwich,
  /// and not perhaps the month in the day's place.
  var settledPattern: TimePattern? {
    guard current < patterns.count, order != nil || !areSwappable[current], offset == nil else { return nil }
    return patterns[current]
  }

  /// What the first cells were written as, with their distance from Greenwich.
  var pattern: TimePattern? {
    var first = patterns.first
    first?.offset = isGreenwich ? 0 : offset ?? 0
    return first
  }
}
