extension CSV {
  /// A column of a table as it stands: one text a row, without quotes and spaces around it.
  public struct KeptColumn: Hashable, Sendable {
    public let name: String
    public let texts: [String]

    public init(name: String, texts: [String]) {
      self.name = name
      self.texts = texts
    }
  }

  /// How a table is read where some columns are expected: what all are called, and those which are passed
  /// over, and which value each column of numbers is; read from the head of the file alone.
  ///
  /// - Throws: what ``read(_:_:)`` throws about the first rows.
  public static func expectation(
    _ path: String, _ options: Options
  ) throws -> (names: [String]?, passedOver: [String], slots: [Int]) {
    func found(_ parser: CSVParser) -> ([String]?, [String], [Int]) {
      (parser.names, parser.passedOver, parser.slots)
    }
    do {
      let reader = try FileReader(path, blockSize: TextWindow.blockSize)
      let window = try TextWindow(reader, blockSize: TextWindow.blockSize)
      return found(try CSVParser(window, options, place: path))
    } catch is IsUTF16 {
      let text = try content(of: path).withUnsafeBytes { CSVText.transcoded($0) }
      return try text.withUnsafeBytes { found(try CSVParser(TextWindow($0), options, place: path)) }
    }
  }
}

/// The texts of some columns, row by row.
struct KeptColumns {
  /// Their places in the table, from 0, in the order asked for, and their names.
  private let wanted: [(place: Int, name: String)]
  /// The places in the order of the table, each once.
  let places: [Int]
  private var texts: [[String]]

  init(_ wanted: [(place: Int, name: String)] = []) {
    self.wanted = wanted
    places = Set(wanted.map(\.place)).sorted()
    texts = Array(repeating: [], count: places.count)
  }

  /// Takes the texts of the row that begins here, which is whole.
  mutating func append(rowAt start: CSVScanner) {
    guard let last = places.last else { return }
    var scanner = start
    var index = 0
    for column in 0...last {
      let text = scanner.cell()?.text ?? []
      guard places[index] == column else { continue }
      texts[index].append(CSVText.string(text))
      index += 1
    }
  }

  /// The columns in the order asked for.
  var columns: [CSV.KeptColumn] {
    wanted.map { column in
      CSV.KeptColumn(
        name: column.name, texts: places.firstIndex(of: column.place).map { texts[$0] } ?? [])
    }
  }
}

extension CSVParser {
  /// Where each value of a row goes so that all stand in the order in which they are expected; nil where
  /// others are expected, or a name stands twice.
  var expectedOrder: [Int]? {
    guard let expected = options.expected, let names else { return nil }
    let found = roles.indices.filter { roles[$0] == .feature }.map { names[$0] }
    guard found.count == expected.count, found != expected else { return nil }
    let places = Dictionary(expected.enumerated().map { ($1, $0) }) { first, _ in first }
    let slots = found.compactMap { places[$0] }
    return Set(slots).count == expected.count ? slots : nil
  }

  /// Passes over columns that are none of the expected ones, and those that are only kept.
  mutating func passOverUnexpected(_ kept: [Int], _ options: CSV.Options) {
    if let expected = options.expected, let header = names, Set(expected).isSubset(of: header) {
      let names = Set(expected)
      for place in roles.indices where roles[place] == .feature && !names.contains(header[place]) {
        roles[place] = .passedOver
        if !kept.contains(place) { passedOver.append(header[place]) }
      }
      guard options.keepsOthers else { return }
      let others = roles.indices.filter { roles[$0] == .passedOver }
      self.kept = KeptColumns(others.map { ($0, header[$0]) })
      passedOver = []
      return
    }
    // Without names there are as many values as the model has, or the kept columns are beside them.
    let features = options.remembered.features
    guard features > 0, roles.count(where: { $0 == .feature }) > features else { return }
    for place in kept where roles[place] == .feature { roles[place] = .passedOver }
  }
}
