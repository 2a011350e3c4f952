import HourglassTensor

extension CSV {
  /// Classes in a file of their own: one column, with or without a header. The names of classes at their
  /// numbers, as ``Options/label`` has them.
  ///
  /// - Parameters:
  ///   - count: how many there should be: tells a header from a first class, both being text.
  ///   - header: whether the first row is a header; nil to find out by the count.
  /// - Returns: also what was taken for what, where the count had to tell.
  /// - Throws: what ``read(_:_:)`` throws; ``FormatError`` for several columns.
  public static func readLabels(
    _ path: String, separator: Character? = nil, count: Int, header: Bool? = nil
  ) throws -> (labels: [Int32], classNames: [String], remarks: [String]) {
    var options = Options(separator: separator, label: "1")
    options.isLabels = true
    options.header = header
    let found = try labels(path, options)
    if header != nil { return (found.labels, found.classNames, []) }
    guard let name = found.header else { return (found.labels, found.classNames, []) }
    if found.labels.count == count {
      return (found.labels, found.classNames, ["line 1, \(FormatError.excerpt(name.utf8)), for a header"])
    }
    options.header = false
    let headless = try labels(path, options)
    guard headless.labels.count == count else { return (found.labels, found.classNames, []) }
    return (
      headless.labels, headless.classNames,
      ["line 1, \(FormatError.excerpt(name.utf8)), for a class, as there are as many lines as samples"]
    )
  }

  private static func labels(
    _ path: String, _ options: Options
  ) throws -> (labels: [Int32], classNames: [String], header: String?) {
    do {
      let reader = try FileReader(path, blockSize: TextWindow.blockSize)
      return try labels(TextWindow(reader, blockSize: TextWindow.blockSize), options, path)
    } catch is IsUTF16 {
      let text = try content(of: path).withUnsafeBytes { CSVText.transcoded($0) }
      return try text.withUnsafeBytes { try labels(TextWindow($0), options, path) }
    }
  }

  private static func labels(
    _ window: TextWindow, _ options: Options, _ path: String
  ) throws -> (labels: [Int32], classNames: [String], header: String?) {
    var parser = try CSVParser(window, options, place: path)
    guard parser.width == 0 else {
      throw FormatError(
        place: path, expected: "one column of classes", found: "\(parser.width + 1) columns",
        remedy: "keep the classes in a file of their own, or give them as a column of the data")
    }
    // A row of labels alone takes no bytes, so nothing ends the reading but the end of the text.
    let block = try Block(capacity: 64, place: path)
    while try parser.readRows(into: block, upTo: Int.max) > 0 {}
    let (labels, names) = parser.finishedLabels
    return (labels, names, parser.header?.first)
  }
}
