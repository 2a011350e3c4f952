import HourglassTensor

extension CSV {
  /// A column of texts in front of the numbers.
  public struct TextColumn: Sendable {
    public let name: String
    /// The text of a row, counted from 0.
    public let text: @Sendable (Int) -> String

    public init(_ name: String, _ text: @escaping @Sendable (Int) -> String) {
      self.name = name
      self.text = text
    }
  }

  /// Writes one sample a line: the texts that say what it is, then its values in row-major order, each with
  /// as few digits as bring it back.
  ///
  /// Names that end in `.tsv` or `.tsv.gz` get tabs, others commas; names that end in `.gz` are compressed.
  /// NaN and infinity are written `nan`, `inf` and `-inf`.
  ///
  /// - Parameters:
  ///   - columns: what the values are called.
  ///   - texts: the columns in front of them.
  /// - Precondition: there is a name for each value of a sample, or no names; names where there are texts.
  /// - Throws: what ``AtomicFile`` throws.
  public static func write(
    _ tensor: Tensor, columns: [String]? = nil, behind texts: [TextColumn] = [], to path: String
  ) throws {
    let width = tensor.shape.rank == 0 ? 1 : tensor.shape.sample.count
    precondition(
      columns.map { $0.count == width } ?? texts.isEmpty,
      "CSV.write: \(width) values a sample, \(columns?.count ?? 0) names of columns")
    let separator: UInt8 = path.hasSuffix(".tsv") || path.hasSuffix(".tsv.gz") ? 0x09 : 0x2C
    try AtomicFile.write(to: path, compressed: path.hasSuffix(".gz")) { writer in
      if let columns {
        let cells = (texts.map(\.name) + columns).map { quoted($0, separator) }
        try writer.write(cells.joined(separator: separator == 0x09 ? "\t" : ",") + "\n")
      }
      let rows = CSVRows(tensor: tensor, width: width, separator: separator, texts: texts)
      switch tensor.element {
      case .uint8: try rows.write(UInt8.self, &writer)
      case .int8: try rows.write(Int8.self, &writer)
      case .uint16: try rows.write(UInt16.self, &writer)
      case .int16: try rows.write(Int16.self, &writer)
      case .int32: try rows.write(Int32.self, &writer)
      case .int64: try rows.write(Int64.self, &writer)
      case .float32: try rows.write(Float.self, &writer)
      case .float64: try rows.write(Double.self, &writer)
      }
    }
  }

  fileprivate static func quoted(_ name: String, _ separator: UInt8) -> String {
    let special = name.utf8.contains { $0 == separator || $0 == 0x22 || $0 == 0x0A || $0 == 0x0D }
    guard special || name.first == " " || name.last == " " else { return name }
    return "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
      + "\""
  }
}

private struct CSVRows {
  let tensor: Tensor
  let width: Int
  let separator: UInt8
  let texts: [CSV.TextColumn]

  func write<Value: TensorElement & LosslessStringConvertible>(
    _ type: Value.Type, _ writer: inout FileWriter
  ) throws {
    try tensor.withBytes { bytes in
      var line: [UInt8] = []
      for row in 0..<(width == 0 ? 0 : tensor.count / width) {
        line.removeAll(keepingCapacity: true)
        for column in texts {
          line.append(contentsOf: CSV.quoted(column.text(row), separator).utf8)
          line.append(separator)
        }
        for column in 0..<width {
          let offset = (row * width + column) * MemoryLayout<Value>.stride
          append(bytes.loadUnaligned(fromByteOffset: offset, as: type), to: &line)
          line.append(column == width - 1 ? 0x0A : separator)
        }
        try writer.write(line)
      }
    }
  }

  private func append(_ value: some LosslessStringConvertible, to line: inout [UInt8]) {
    line.append(contentsOf: value.description.utf8)
    if line.count > 1, line[line.count - 2] == 0x2E, line[line.count - 1] == 0x30 { line.removeLast(2) }
  }
}
