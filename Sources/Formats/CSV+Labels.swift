extension CSV {
  /// Classes in a file of their own: one column, with or without a header. The names of classes at their
  /// numbers, as ``Options/label`` has them.
  ///
  /// - Parameter count: how many there should be: tells a header from a first class, both being text.
  /// - Throws: what ``read(_:_:)`` throws; ``FormatError`` for several columns.
  public static func readLabels(
    _ path: String, separator: Character? = nil, count: Int
  ) throws -> (labels: [Int32], classNames: [String]) {
    var options = Options(separator: separator, label: "1")
    options.isLabels = true
    let found = try labels(path, options)
    if found.labels.count == count { return found }
    options.isHeadless = true
    let headless = try labels(path, options)
    return headless.labels.count == count ? headless : found
  }

  private static func labels(
    _ path: String, _ options: Options
  ) throws -> (labels: [Int32], classNames: [String]) {
    let reader = try FileReader(path, blockSize: TextWindow.blockSize)
    var parser = try CSVParser(
      TextWindow(reader, blockSize: TextWindow.blockSize), options, place: path)
    guard parser.width == 0 else {
      throw FormatError(
        place: path, expected: "one column of classes", found: "\(parser.width + 1) columns",
        remedy: "keep the classes in a file of their own, or give them as a column of the data")
    }
    // A row of labels alone takes no bytes, so nothing ends the reading but the end of the text.
    let block = try Block(capacity: 64, place: path)
    while try parser.readRows(into: block, upTo: Int.max) > 0 {}
    return parser.finishedLabels
  }
}
