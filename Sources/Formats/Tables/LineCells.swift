import HourglassTensor

/// The cells of one line, of a table or of JSON, taken apart into memory that is used again for the next.
public struct LineCells: Sendable {
  /// The text of all cells, quotes and escapes undone.
  private var bytes: [UInt8] = []
  private var ranges: [Range<Int>] = []
  /// The keys of a JSON object, one a cell; nil where cells have no names.
  public private(set) var names: [String]?
  /// What stands before decimals.
  public var decimal = CSV.DecimalMark.point

  public init() {}

  public var count: Int { ranges.count }

  /// Takes a line of a table apart.
  ///
  /// - Parameter line: without its end.
  /// - Throws: ``FormatError`` for a quote that is not closed.
  public mutating func read(
    table line: UnsafeBufferPointer<UInt8>, separator: UInt8, place: String
  ) throws(FormatError) {
    begin()
    bytes.append(contentsOf: line)
    guard line.contains(0x22) else { return split(line.count, separator) }
    var position = 0
    repeat {
      while position < line.count, line[position] == 0x20, separator != 0x20 { position += 1 }
      if position < line.count, line[position] == 0x22 {
        position = try quoted(line, position + 1, separator, place)
      } else {
        let end = line[position...].firstIndex(of: separator) ?? line.count
        add(trimmed(position..<end))
        position = end
      }
      position += 1
    } while position <= line.count
  }

  private mutating func split(_ count: Int, _ separator: UInt8) {
    var start = 0
    for position in 0...count where position == count || bytes[position] == separator {
      add(trimmed(start..<position))
      start = position + 1
    }
  }

  private mutating func add(_ range: Range<Int>) { ranges.append(range) }

  private mutating func begin() {
    bytes.removeAll(keepingCapacity: true)
    ranges.removeAll(keepingCapacity: true)
    names = nil
  }

  private func trimmed(_ range: Range<Int>) -> Range<Int> {
    var (low, high) = (range.lowerBound, range.upperBound)
    while low < high, bytes[low] == 0x20 || bytes[low] == 0x09 { low += 1 }
    while low < high, bytes[high - 1] == 0x20 || bytes[high - 1] == 0x09 || bytes[high - 1] == 0x0D {
      high -= 1
    }
    return low..<high
  }

  /// Reads a cell in quotes, from behind the first of them.
  ///
  /// - Returns: the place of the separator behind it, or of the line's end.
  private mutating func quoted(
    _ line: UnsafeBufferPointer<UInt8>, _ start: Int, _ separator: UInt8, _ place: String
  ) throws(FormatError) -> Int {
    var position = start
    let begin = bytes.count
    while true {
      guard position < line.count else {
        throw FormatError(
          place: place, expected: "a quote at the end of cell \(ranges.count + 1)", found: "the line's end")
      }
      if line[position] == 0x22 {
        guard position + 1 < line.count, line[position + 1] == 0x22 else { break }
        position += 1
      }
      bytes.append(line[position])
      position += 1
    }
    add(begin..<bytes.count)
    return line[(position + 1)...].firstIndex(of: separator) ?? line.count
  }

  /// Takes an array or an object of JSON apart, of numbers, texts, `true`, `false` and `null`, which is an
  /// empty cell.
  ///
  /// - Throws: ``FormatError`` for what is no JSON, and for values inside of values.
  public mutating func read(json line: UnsafeBufferPointer<UInt8>, place: String) throws {
    begin()
    var reader = JSONReader(UnsafeRawBufferPointer(line), place: place)
    if line.first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
      var names: [String] = []
      try reader.object { key, reader in
        names.append(key)
        try append(reader.scalar())
      }
      self.names = names
    } else {
      try reader.array { reader in try append(reader.scalar()) }
    }
    try reader.end()
  }

  private mutating func append(_ text: [UInt8]) {
    let start = bytes.count
    bytes.append(contentsOf: text)
    add(start..<bytes.count)
  }

  /// Whether a cell holds nothing, or a word that stands for a missing value.
  ///
  /// - Parameter isText: whether the column holds words, of which `none` is one.
  public func isGap(_ cell: Int, isText: Bool = false) -> Bool {
    let range = ranges[cell]
    guard let first = range.first.map({ bytes[$0] }) else { return true }
    if range.count > 5 || (0x30...0x39).contains(first) { return false }
    let text = Array(bytes[range])
    return isText ? CSVCell.isTextGap(text) : CSVCell.isGap(text)
  }

  /// The cell as the nearest `Float`; nil where it is no number.
  public func single(_ cell: Int) -> Float? {
    plain(cell) { bytes, range in
      Decimal.read(bytes, from: range.lowerBound, to: range.upperBound).flatMap {
        $0.end == range.upperBound ? $0.value : nil
      }
    } ?? number(cell)?.single
  }

  /// The cell as the nearest `Double`; nil where it is no number.
  public func double(_ cell: Int) -> Double? {
    plain(cell) { bytes, range in
      Decimal.readDouble(bytes, from: range.lowerBound, to: range.upperBound).flatMap {
        $0.end == range.upperBound ? $0.value : nil
      }
    } ?? number(cell).flatMap { CSVCell.double($0.digits) }
  }

  private func plain<Value>(
    _ cell: Int, _ read: (UnsafePointer<UInt8>, Range<Int>) -> Value?
  ) -> Value? {
    guard decimal == .point, !ranges[cell].isEmpty else { return nil }
    return bytes.withUnsafeBufferPointer { $0.baseAddress.flatMap { read($0, ranges[cell]) } }
  }

  /// What is written otherwise: with a decimal comma, a unit, thousands apart.
  private func number(_ cell: Int) -> CSVNumber? { CSVNumber(Array(bytes[ranges[cell]]), mark: decimal) }

  /// The cell as a time in seconds since 1970-01-01T00:00 on the clock as written; nil for anything else.
  ///
  /// - Parameter pattern: nil: as `2024-02-28`.
  public func time(_ cell: Int, _ pattern: TimePattern?) -> Double? {
    let (range, pattern) = (ranges[cell], pattern ?? .date)
    return bytes.withUnsafeBufferPointer { pattern.read(UnsafeBufferPointer(rebasing: $0[range]))?.seconds }
  }

  public func text(_ cell: Int) -> String { CSVText.string(Array(bytes[ranges[cell]])) }

  /// The cell as it may be shown: in quotes, shortened, without control characters.
  public func excerpt(_ cell: Int) -> String { FormatError.excerpt(bytes[ranges[cell]]) }
}
