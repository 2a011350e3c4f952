/// Whole rows that are read apart from those before them, as far as every cell is written as those before it
/// were: plain numbers, texts, times of the column's pattern and the column's usual gap.
///
/// What is anything else ends the reading before its row, for ``TypedReader`` to look at with care. Chunks of
/// a text may be read at the same time: a chunk writes to its own rows of the lanes, and what it found out
/// beside the values stands in its notes.
struct TypedChunk {
  /// Bytes behind a number that may be looked at.
  static let slack = 48

  let separator: UInt8
  /// What begins a comment, where rows may do.
  let comment: UInt8?
  /// Where the chunk's rows end.
  let end: Int
  /// Where the next row begins.
  private(set) var position: Int
  /// The row of the table that is next, and how many were read.
  private(set) var row: Int
  private(set) var count = 0
  private(set) var notes: [TypedNotes] = []
  private let scanner: CSVScanner
  private let bytes: UnsafePointer<UInt8>

  /// - Parameters:
  ///   - scanner: of the whole text.
  ///   - range: the chunk's bytes; they end with a line.
  ///   - row: the row of the table that the first row is.
  init(_ scanner: CSVScanner, _ range: Range<Int>, row: Int, comment: UInt8?) {
    self.scanner = scanner
    self.comment = comment
    self.row = row
    (bytes, separator) = (scanner.bytes, scanner.separator)
    (position, end) = (range.lowerBound, range.upperBound)
  }

  /// Whether nothing stopped the reading.
  var isWhole: Bool { position == end }

  /// Reads as many rows as can be.
  ///
  /// - Parameters:
  ///   - kinds: of the lanes, by themselves: numbers need nothing else but where they go.
  ///   - targets: where values of the first row go.
  mutating func read(
    _ lanes: [TypedLane], _ kinds: [TypedLane.Kind], _ targets: UnsafePointer<UnsafeMutableRawPointer>
  ) {
    var notes = [TypedNotes](repeating: TypedNotes(), count: lanes.count)
    let width = lanes.count
    lanes.withUnsafeBufferPointer { lanes in
      kinds.withUnsafeBufferPointer { kinds in
        notes.withUnsafeMutableBufferPointer { notes in
          guard let lanes = lanes.baseAddress, let kinds = kinds.baseAddress, let notes = notes.baseAddress
          else { return }
          let columns = Columns(count: width, lanes, kinds, targets, notes)
          while position < end, let next = readRow(columns) {
            position = next
            row &+= 1
            count &+= 1
          }
        }
      }
    }
    self.notes = notes
  }

  /// The columns while their cells are read.
  private struct Columns {
    let count: Int
    let lanes: UnsafePointer<TypedLane>
    let kinds: UnsafePointer<TypedLane.Kind>
    let targets: UnsafePointer<UnsafeMutableRawPointer>
    let notes: UnsafeMutablePointer<TypedNotes>

    init(
      count: Int, _ lanes: UnsafePointer<TypedLane>, _ kinds: UnsafePointer<TypedLane.Kind>,
      _ targets: UnsafePointer<UnsafeMutableRawPointer>, _ notes: UnsafeMutablePointer<TypedNotes>
    ) {
      self.count = count
      (self.lanes, self.kinds, self.targets, self.notes) = (lanes, kinds, targets, notes)
    }
  }

  /// The place behind the row; nil where some cell is not as usual.
  private func readRow(_ columns: Columns) -> Int? {
    var place = position
    let last = columns.count &- 1
    // Blank lines, and spaces in front of who knows what.
    guard bytes[place] > 0x20, bytes[place] != comment else { return nil }
    for column in 0...last {
      guard place &+ TypedChunk.slack <= scanner.count else { return nil }
      let behind: Int
      if columns.kinds[column] == .number, let (value, decimals, length) = ShortDecimal.read(bytes + place),
        isEnd(bytes[place &+ length])
      {
        (columns.targets[column] + row &* 8).storeBytes(of: value, as: Double.self)
        (columns.notes + column).pointee.note(decimals: decimals)
        behind = place &+ length
      } else {
        guard let found = readCell(columns, column, at: place) else { return nil }
        behind = found
      }
      if bytes[behind] == separator {
        guard column < last else { return nil }
        place = behind &+ 1
      } else {
        guard column == last, let next = lineEnd(behind) else { return nil }
        place = next
      }
    }
    return place
  }

  /// The place behind a cell that is no short number.
  @inline(never)
  private func readCell(_ columns: Columns, _ column: Int, at place: Int) -> Int? {
    let (lane, notes) = (columns.lanes + column, columns.notes + column)
    return switch columns.kinds[column] {
    case .number: longNumber(at: place, lane, &notes.pointee)
    case .text: text(at: place, lane, &notes.pointee)
    case .time: time(at: place, lane, &notes.pointee)
    case .unknown: gap(at: place, lane)
    case .unsettled: plainEnd(from: place)
    }
  }

  /// The place behind a line feed, alone or after a carriage return.
  @inline(__always)
  private func lineEnd(_ place: Int) -> Int? {
    if bytes[place] == 0x0A { return place &+ 1 }
    guard bytes[place] == 0x0D, place &+ 1 < scanner.count, bytes[place &+ 1] == 0x0A else { return nil }
    return place &+ 2
  }

  @inline(__always)
  private func isEnd(_ byte: UInt8) -> Bool { byte == separator || byte == 0x0A || byte == 0x0D }

  // MARK: - Cells

  /// A number of more digits, in quotes or with an exponent, or a gap.
  @inline(never)
  private func longNumber(at place: Int, _ lane: UnsafePointer<TypedLane>, _ notes: inout TypedNotes) -> Int?
  {
    var probe = scanner
    probe.position = place
    guard let number = probe.typedNumber() else { return gap(at: place, lane) }
    (lane.pointee.target + row &* 8).storeBytes(of: number.value, as: Double.self)
    notes.note(decimals: number.decimals)
    if number.isQuoted { notes.isQuoted = true }
    return number.terminator == .end ? nil : behind(probe, number.terminator)
  }

  /// The place of what ended a cell.
  private func behind(_ probe: CSVScanner, _ terminator: CSVScanner.Terminator) -> Int {
    let isPair =
      terminator == .line && bytes[probe.position &- 1] == 0x0A && bytes[probe.position &- 2] == 0x0D
    return probe.position &- (isPair ? 2 : 1)
  }

  /// The column's usual gap.
  private func gap(at place: Int, _ lane: UnsafePointer<TypedLane>) -> Int? {
    guard let gap = lane.pointee.gap, place &+ gap.count < scanner.count, isEnd(bytes[place &+ gap.count])
    else {
      return nil
    }
    for (offset, byte) in gap.enumerated() where bytes[place &+ offset] != byte { return nil }
    (lane.pointee.target + row &* 8).storeBytes(of: .nan, as: Double.self)
    return place &+ gap.count
  }

  private func time(at place: Int, _ lane: UnsafePointer<TypedLane>, _ notes: inout TypedNotes) -> Int? {
    guard let (text, isQuoted, end) = span(at: place), let pattern = lane.pointee.pattern else { return nil }
    guard let time = pattern.read(text), time.offset == nil else {
      return isQuoted ? nil : gap(at: place, lane)
    }
    if isQuoted, !notes.isQuoted { notes.isQuoted = isOptional(text) }
    (lane.pointee.target + row &* 8).storeBytes(of: time.seconds, as: Double.self)
    return end
  }

  @inline(__always)
  private func text(at place: Int, _ lane: UnsafePointer<TypedLane>, _ notes: inout TypedNotes) -> Int? {
    guard let (text, isQuoted, end) = span(at: place) else { return nil }
    let hash = LevelTable.hash(text)
    let level = lane.pointee.levels.known(text, hash) ?? (-2 &- notes.fresh.index(of: text, hash))
    (lane.pointee.target + row &* 4).storeBytes(of: level, as: Int32.self)
    if isQuoted, !notes.isQuoted { notes.isQuoted = isOptional(text) }
    return end
  }

  /// The bytes of a cell on one line without a quote within it and spaces around it, and the place behind the
  /// cell.
  @inline(__always)
  private func span(at place: Int) -> (text: UnsafeBufferPointer<UInt8>, isQuoted: Bool, end: Int)? {
    var start = place
    let isQuoted = bytes[place] == 0x22
    let behind: Int
    if isQuoted {
      start &+= 1
      var closing = start
      while closing < end, bytes[closing] != 0x22, bytes[closing] != 0x0A { closing &+= 1 }
      guard closing < end, bytes[closing] == 0x22, isEnd(bytes[closing &+ 1]) else { return nil }
      behind = closing &+ 1
      return (UnsafeBufferPointer(start: bytes + start, count: closing &- start), true, behind)
    }
    guard let stop = plainEnd(from: place) else { return nil }
    return (UnsafeBufferPointer(start: bytes + start, count: stop &- start), false, stop)
  }

  /// The place behind a cell that is not quoted, and has no spaces around it.
  @inline(__always)
  private func plainEnd(from place: Int) -> Int? {
    var stop = place
    // The chunk ends with a line.
    while !isEnd(bytes[stop]) { stop &+= 1 }
    guard stop > place else { return stop }
    guard bytes[place] != 0x22, !scanner.isSpace(bytes[place]), !scanner.isSpace(bytes[stop &- 1]) else {
      return nil
    }
    return stop
  }

  private func isOptional(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    TypedReader.isQuoteOptional(text, separator: separator)
  }
}
