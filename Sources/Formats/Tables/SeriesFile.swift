import HourglassTensor

/// Time series as text: the `.ts` files of the UCR and UEA archives, and UCR's older lines of numbers.
///
/// A `.ts` file has a head of lines that begin with `@`, comments that begin with `#`, and behind `@data` a
/// line a case: its channels between colons, the values of each between commas, `?` where one is missing, at
/// the end the class where the head says there is one. With `@timestamps true` a value is written with its
/// time, `(2007-01-01 00:00:00,241.97)` or `(0.5,241.97)`. In the older form a line is the class, then the
/// values of one channel, blanks between.
///
/// - Source: the format as the aeon toolkit documents it,
///   <https://www.aeon-toolkit.org/en/stable/api_reference/file_specifications/ts.html>.
public struct SeriesFile: Hashable, Sendable {
  /// One series.
  public struct Case: Hashable, Sendable {
    /// `[channels, length]`; NaN where a value is missing.
    public let values: [Float]
    /// The time of each step as it is written, where the file has times.
    public let times: [String]?
    /// The line of the file, from 1.
    public let line: Int
  }

  public let channels: Int
  public let cases: [Case]
  /// The class of each case, where the file has classes, and what they are called.
  public let labels: [Int32]?
  public let classNames: [String]?
  /// Whether a value is missing.
  public let hasGaps: Bool
  /// Whether cases end with a number to be foretold, which is passed over.
  public let hasTargets: Bool

  /// - Parameter gaps: whether values may be missing.
  /// - Throws: ``FormatError`` naming the line for a value that is no number, a case with another number of
  ///   channels or with channels of unequal lengths or at unequal times, a class that the head does not know,
  ///   values with times in a file without and the other way round; for a file without cases.
  public static func read(_ path: String, gaps: Bool = false) throws -> SeriesFile {
    try MappedFile.storage(path).withBytes { try SeriesParser($0, gaps: gaps, place: path).file }
  }

  /// - Parameter name: the file's name, for errors.
  public static func read(bytes: [UInt8], name: String, gaps: Bool = false) throws -> SeriesFile {
    try bytes.withUnsafeBytes { try SeriesParser($0, gaps: gaps, place: name).file }
  }

  /// Values of a line from which on, and lines up to which a class must come twice in the mean, lines of
  /// numbers are likely to be series in the older form.
  private static let fewestValues = 15

  /// Whether lines of numbers look like series in the older form, a class and values, more than like a table:
  /// by the ending `_TRAIN` or `_TEST` that the archive's files have, or by whole numbers in front that come
  /// again and again.
  ///
  /// - Parameters:
  ///   - start: the first bytes of the file.
  ///   - name: the file's, in small letters.
  public static func isLikely(_ start: some Collection<UInt8>, name: String) -> Bool {
    guard begins(start) else { return false }
    if name.hasSuffix("_train.txt") || name.hasSuffix("_test.txt") { return true }
    let lines = start.split { $0 == 0x0A }.map { line in
      line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }.map { [UInt8]($0) }
    }
    // The last line may be cut off.
    let whole = lines.count > 1 ? lines.dropLast() : lines[...]
    let classes = whole.compactMap { $0.first.flatMap(CSVCell.single) }.filter { $0 == $0.rounded() }
    return whole.allSatisfy { $0.count > fewestValues } && classes.count == whole.count
      && 2 * Set(classes).count <= max(2, whole.count)
  }

  /// Whether the first line of a text is three numbers or more with blanks between.
  public static func begins(_ start: some Collection<UInt8>) -> Bool {
    let line = start.prefix { $0 != 0x0A }
    // The last number may be cut off.
    let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
    let whole = line.count < start.count ? words[...] : words.dropLast()
    return whole.count >= 3 && whole.allSatisfy { CSVCell.single([UInt8]($0)) != nil }
  }
}

private struct SeriesParser {
  private let place: String
  private let gaps: Bool
  private var line = 0
  private var isHead = true
  private var isOld = false
  private var classes: [String]?
  private var hasTarget = false
  /// Whether values have times: as the head says, or else the first case.
  private var isTimed: Bool?
  private var channels: Int?
  private var cases: [SeriesFile.Case] = []
  private var found = CSVClasses()
  private var hasGaps = false

  init(_ bytes: UnsafeRawBufferPointer, gaps: Bool, place: String) throws(FormatError) {
    self.place = place
    self.gaps = gaps
    isOld = SeriesFile.begins(bytes)
    if isOld { isHead = false }
    var position = bytes.startIndex
    while position < bytes.endIndex {
      let end = bytes[position...].firstIndex(of: 0x0A) ?? bytes.endIndex
      line += 1
      try read(Self.trimmed(bytes[position..<end]))
      position = end + 1
    }
  }

  var file: SeriesFile {
    get throws(FormatError) {
      guard let channels, !cases.isEmpty else {
        throw FormatError(
          place: place, expected: isHead ? "a line '@data' and cases behind it" : "at least one case",
          found: "none")
      }
      let labels = classes != nil || isOld ? found.finished() : nil
      return SeriesFile(
        channels: channels, cases: cases, labels: labels?.labels, classNames: labels?.names, hasGaps: hasGaps,
        hasTargets: hasTarget)
    }
  }

  private typealias Bytes = Slice<UnsafeRawBufferPointer>

  private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0D }

  private static func trimmed(_ bytes: Bytes) -> Bytes {
    guard let first = bytes.firstIndex(where: { !isBlank($0) }),
      let last = bytes.lastIndex(where: { !isBlank($0) })
    else { return bytes[bytes.startIndex..<bytes.startIndex] }
    return bytes[first...last]
  }

  private mutating func read(_ text: Bytes) throws(FormatError) {
    guard let first = text.first, first != UInt8(ascii: "#") else { return }
    if isOld {
      try readOldCase(text)
    } else if first == UInt8(ascii: "@") {
      try readHead(text)
    } else if isHead {
      throw fault("a line that begins with @ or #", text, "put @data before the cases")
    } else {
      try readCase(text)
    }
  }

  private mutating func readHead(_ text: Bytes) throws(FormatError) {
    let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    let isTrue = words.count > 1 && words[1].lowercased() == "true"
    switch words[0].lowercased() {
    case "@data": isHead = false
    case "@timestamps": isTimed = isTrue
    case "@classlabel" where isTrue: classes = Array(words.dropFirst(2))
    case "@targetlabel" where isTrue: hasTarget = true
    default: break
    }
  }

  private mutating func readCase(_ text: Bytes) throws(FormatError) {
    let startsWithTime = text.first == UInt8(ascii: "(")
    let isTimed = self.isTimed ?? startsWithTime
    self.isTimed = isTimed
    guard isTimed == startsWithTime else {
      throw isTimed
        ? fault("values with their times, (time,value), as the head or the cases before have them", text, nil)
        : fault("values without times", text, "write @timestamps true in the head")
    }
    var parts = try parts(of: text, isTimed)
    if classes != nil || hasTarget { try readClass(of: &parts, text) }
    var values: [Float] = []
    var length: Int?
    var times: [String]?
    for part in parts {
      let start = values.count
      if isTimed {
        let found = try readTimed(part, into: &values)
        guard found == times ?? found else { throw unequalTimes(times ?? [], found) }
        times = found
      } else {
        for cell in part.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
          values.append(try number(Self.trimmed(cell)))
        }
      }
      guard values.count - start == length ?? (values.count - start) else {
        throw FormatError(
          place: "\(place) line \(line)", expected: "channels of one length",
          found: "\(length ?? 0) and \(values.count - start) values")
      }
      length = values.count - start
    }
    try add(values, times, parts.count)
  }

  /// What stands between the colons; those of a time are none.
  private func parts(of text: Bytes, _ isTimed: Bool) throws(FormatError) -> [Bytes] {
    let colon = UInt8(ascii: ":")
    guard isTimed else { return text.split(separator: colon, omittingEmptySubsequences: false) }
    var parts: [Bytes] = []
    var (start, isInside) = (text.startIndex, false)
    for index in text.indices {
      switch text[index] {
      case UInt8(ascii: "(") where !isInside: isInside = true
      case UInt8(ascii: "("):
        throw fault("a parenthesis that ends before the next begins", text[index...], nil)
      case UInt8(ascii: ")"): isInside = false
      case colon where !isInside:
        parts.append(text[start..<index])
        start = text.index(after: index)
      default: break
      }
    }
    guard !isInside else { throw fault("a parenthesis that ends", text, nil) }
    return parts + [text[start...]]
  }

  private mutating func readClass(of parts: inout [Bytes], _ text: Bytes) throws(FormatError) {
    guard parts.count > 1, let last = parts.popLast() else {
      throw fault("values, a colon and the class", text, nil)
    }
    guard let classes else { return }
    let name = [UInt8](Self.trimmed(last))
    guard !name.isEmpty, classes.isEmpty || classes.contains(String(decoding: name, as: UTF8.self)) else {
      throw fault("a class of the head (\(classes.prefix(9).joined(separator: ", ")))", last, nil)
    }
    guard found.append(name) else { throw fault("at most \(CSVClasses.most) classes", last, nil) }
  }

  /// The times of a channel `(time,value),(time,value)`, whose values are appended.
  private mutating func readTimed(_ part: Bytes, into values: inout [Float]) throws(FormatError) -> [String] {
    var times: [String] = []
    var rest = Self.trimmed(part)
    while !rest.isEmpty {
      let isNext = times.isEmpty || rest.first == UInt8(ascii: ",")
      if !times.isEmpty { rest = Self.trimmed(rest.dropFirst()) }
      guard isNext, rest.first == UInt8(ascii: "("), let end = rest.firstIndex(of: UInt8(ascii: ")")) else {
        throw fault("(time,value) and a comma before the next", rest.isEmpty ? part : rest, nil)
      }
      let pair = rest[rest.index(after: rest.startIndex)..<end]
        .split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map(Self.trimmed)
      guard pair.count == 2, !pair[0].isEmpty else { throw fault("(time,value)", rest[...end], nil) }
      times.append(String(decoding: pair[0], as: UTF8.self))
      values.append(try number(pair[1]))
      rest = Self.trimmed(rest[rest.index(after: end)...])
    }
    guard !times.isEmpty else { throw fault("a channel of (time,value)", part, nil) }
    return times
  }

  private func unequalTimes(_ first: [String], _ found: [String]) -> FormatError {
    let place = zip(first, found).enumerated().first { $0.element.0 != $0.element.1 }
    let words = place.map { "\($0.element.0) and \($0.element.1) at step \($0.offset)" }
    return FormatError(
      place: "\(self.place) line \(line)", expected: "the same times in all channels of a case",
      found: words ?? "\(first.count) and \(found.count) times",
      remedy: "give every channel a value at every time, ? where none is known")
  }

  private mutating func readOldCase(_ text: Bytes) throws(FormatError) {
    let words = text.split(whereSeparator: Self.isBlank)
    guard let name = words.first, words.count > 1 else { throw fault("a class and values", text, nil) }
    // Classes are written 1, 1.0 or 1.0000000e+00.
    let number = try self.number(name)
    let whole = Int(exactly: number.rounded())
    let spelt = whole.flatMap { Float($0) == number ? String($0) : nil } ?? "\(number)"
    guard found.append([UInt8](spelt.utf8)) else {
      throw fault("at most \(CSVClasses.most) classes", name, nil)
    }
    var values: [Float] = []
    for word in words.dropFirst() { values.append(try self.number(word)) }
    try add(values, nil, 1)
  }

  private mutating func add(_ values: [Float], _ times: [String]?, _ count: Int) throws(FormatError) {
    guard count == channels ?? count else {
      throw FormatError(
        place: "\(place) line \(line)", expected: "\(channels ?? 0) channels, as in the cases before",
        found: "\(count)", remedy: "see that every case has the same number of colons")
    }
    channels = count
    cases.append(SeriesFile.Case(values: values, times: times, line: line))
  }

  private mutating func number(_ text: Bytes) throws(FormatError) -> Float {
    let word = [UInt8](text)
    if let value = CSVCell.single(word), value.isFinite { return value }
    guard CSVCell.isGap(word) else { throw fault("a number", text, nil) }
    guard gaps else {
      throw fault("a number", text, "fill the gap, leave out the case, or allow gaps (--gaps)")
    }
    hasGaps = true
    return .nan
  }

  private func fault(_ expected: String, _ found: Bytes, _ remedy: String?) -> FormatError {
    FormatError(
      place: "\(place) line \(line)", expected: expected, found: FormatError.excerpt(found), remedy: remedy)
  }
}
