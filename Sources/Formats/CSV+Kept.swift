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

  /// What the columns of a table are called that are passed over where these are expected: read from the head
  /// of the file alone.
  ///
  /// - Throws: what ``read(_:_:)`` throws about the first rows.
  public static func passedOver(_ path: String, _ options: Options) throws -> [String] {
    guard options.expected != nil, !options.keepsOthers else { return [] }
    do {
      let reader = try FileReader(path, blockSize: TextWindow.blockSize)
      let window = try TextWindow(reader, blockSize: TextWindow.blockSize)
      return try CSVParser(window, options, place: path).passedOver
    } catch is IsUTF16 {
      let text = try content(of: path).withUnsafeBytes { CSVText.transcoded($0) }
      return try text.withUnsafeBytes { try CSVParser(TextWindow($0), options, place: path).passedOver }
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
