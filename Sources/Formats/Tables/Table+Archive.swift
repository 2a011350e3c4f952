import HourglassTensor

/// A table as arrays in an archive, for a copy that is mapped instead of parsed again.
///
/// `X` holds the numbers; beside it stand `key`, what the copy was made of and how, and as far as there are
/// any, `labels`, `weights`, and the texts `class_names`, `columns`, `taken` and `remarks`; `gaps` is 1 where
/// a value is missing.
/// In Python `numpy.load(file)["X"]` is the table.
extension Table {
  package static let valuesName = "X"
  package static let keyName = "key"

  /// The arrays that stand beside the numbers.
  func attachments(key: String) -> [NamedTensor] {
    var arrays = [
      NamedTensor(name: Table.keyName, tensor: Tensor([UInt8](key.utf8))),
      NamedTensor(name: "gaps", tensor: Tensor([hasGaps ? 1 : 0] as [UInt8])),
    ]
    if let columns { arrays.append(NamedTensor(name: "columns", tensor: Table.encoded(columns))) }
    if let labels { arrays.append(NamedTensor(name: "labels", tensor: Tensor(labels))) }
    if let classNames { arrays.append(NamedTensor(name: "class_names", tensor: Table.encoded(classNames))) }
    if let weights { arrays.append(NamedTensor(name: "weights", tensor: Tensor(weights))) }
    let texts = taken.flatMap { [$0.role.rawValue, $0.name ?? "", $0.number.map(String.init) ?? ""] }
    if !texts.isEmpty { arrays.append(NamedTensor(name: "taken", tensor: Table.encoded(texts))) }
    if !remarks.isEmpty { arrays.append(NamedTensor(name: "remarks", tensor: Table.encoded(remarks))) }
    return arrays
  }

  /// The table in an archive's arrays; nil where they are not those of one.
  package init?(archive arrays: [NamedTensor]) {
    func array(_ name: String) -> Tensor? { arrays.first { $0.name == name }?.tensor }
    guard let values = array(Table.valuesName), values.shape.rank == 2,
      [.float32, .float64].contains(values.element)
    else {
      return nil
    }
    let (rows, width) = (values.shape[0], values.shape[1])
    let columns = array("columns").map(Table.decoded)
    let classNames = array("class_names").map(Table.decoded)
    let labels = array("labels")?.integers.map { $0.flatMap { Int32(exactly: $0) } ?? -1 }
    let weights = array("weights")?.values
    guard let gaps = array("gaps")?.values, gaps.count == 1, columns.map({ $0?.count == width }) ?? true,
      classNames.map({ $0 != nil }) ?? true, labels.map({ $0.count == rows }) ?? true,
      weights.map({ $0.count == rows }) ?? true
    else { return nil }
    let classes = classNames.flatMap(\.self)
    guard labels?.allSatisfy({ (0..<(classes?.count ?? 0)).contains(Int($0)) }) ?? true else { return nil }
    self.init(
      columns: columns.flatMap(\.self), tensor: values, hasGaps: gaps[0] != 0, labels: labels,
      classNames: classes, weights: weights,
      taken: Table.taken(array("taken").flatMap(Table.decoded) ?? []),
      remarks: array("remarks").flatMap(Table.decoded) ?? [])
  }

  /// Columns out of three texts each: what for, name and number.
  private static func taken(_ texts: [String]) -> [TakenColumn] {
    stride(from: 0, to: texts.count / 3 * 3, by: 3).compactMap { start in
      let name = texts[start + 1]
      return TakenColumn.Role(rawValue: texts[start]).map {
        TakenColumn(role: $0, name: name.isEmpty ? nil : name, number: Int(texts[start + 2]))
      }
    }
  }

  /// Texts one after the other, each behind its number of bytes.
  private static func encoded(_ texts: [String]) -> Tensor {
    var bytes: [UInt8] = []
    for text in texts {
      withUnsafeBytes(of: UInt32(text.utf8.count).littleEndian) { bytes.append(contentsOf: $0) }
      bytes.append(contentsOf: text.utf8)
    }
    return Tensor(bytes)
  }

  private static func decoded(_ tensor: Tensor) -> [String]? {
    tensor.withBytes { bytes in
      var texts: [String] = []
      var position = 0
      while position < bytes.count {
        guard let count = bytes.integer(at: position, as: UInt32.self).map(Int.init),
          position + 4 + count <= bytes.count
        else { return nil }
        position += 4
        texts.append(String(decoding: bytes[position..<(position + count)], as: UTF8.self))
        position += count
      }
      return texts
    }
  }
}

extension CSV {
  /// Bytes of values gathered before they are written: 1 MiB.
  private static let pieceSize = 1 << 20

  /// Parses a table of any size into an archive, in bounded memory beside 4 bytes a row for labels and
  /// weights.
  ///
  /// - Parameter key: what the archive is made of and how, stored in it.
  /// - Returns: the checksum of the bytes that were read.
  /// - Throws: ``FormatError`` as ``read(_:_:)`` does, and where the archive cannot be written, naming that.
  package static func convert(
    _ path: String, _ options: Options, to archive: String, key: String, blockSize: Int = TextWindow.blockSize
  ) throws -> ContentChecksum {
    do {
      return try byNeed(options) { options in
        let reader = try FileReader(path, blockSize: blockSize)
        let window = try TextWindow(reader, blockSize: blockSize, limit: Int.max)
        let needsDoublePrecision = try convert(window, options, place: path, to: archive, key: key)
        return (reader.checksum, needsDoublePrecision)
      }
    } catch is IsUTF16 {
      let text = try content(of: path).withUnsafeBytes { CSVText.transcoded($0) }
      try text.withUnsafeBytes { text in
        try byNeed(options) { try ((), convert(TextWindow(text), $0, place: path, to: archive, key: key)) }
      }
      return try ContentChecksum.of(path)
    }
  }

  /// - Returns: whether the columns need double precision.
  private static func convert(
    _ window: TextWindow, _ options: Options, place: String, to archive: String, key: String
  ) throws -> Bool {
    var parser = try CSVParser(window, options, place: place)
    let block = try Block(capacity: CSV.pieceSize + parser.rowSize, place: place)
    let sample: Shape = [parser.width]
    try AtomicFile.write(to: archive, compressed: false, synced: false) { writer in
      let values = StreamedArray(name: Table.valuesName, element: parser.element, sample: sample) {
        block.count = 0
        _ = try parser.readRows(into: block, upTo: CSV.pieceSize)
        return UnsafeRawBufferPointer(start: block.base, count: block.count)
      }
      try ZipWriter.write(
        values,
        then: { try parser.table(Tensor([0, parser.width], [Float]())).attachments(key: key) }, &writer)
    }
    return parser.needsDoublePrecision
  }
}
