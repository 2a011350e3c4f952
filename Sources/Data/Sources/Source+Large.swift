import HourglassFormats
import HourglassTensor

/// How a person wants data opened.
struct Opening {
  var gaps = false
  var label: String?
  var weight: String?
  /// What is wanted where files leave a choice.
  var options = SourceOptions()
  /// Sources that take more bytes are copied into the cache.
  var smallest = Cache.smallest
  /// Images that take more bytes once they are decoded are.
  var largestLoaded = Memory.available / 2

  func table(_ separator: Character?) -> CSV.Options {
    var table = CSV.Options(separator: separator, gaps: gaps, label: label, weight: weight)
    table.remembered = options.remembered
    table.precision = options.precision
    table.drop = options.drop
    table.header = options.header
    table.decimal = options.decimal
    table.kept = options.kept
    table.expected = options.expected
    table.keepsOthers = options.keepsOthers
    return table
  }

  /// What an earlier table's or archive's column for this was called.
  func remembered(_ role: TakenColumn.Role) -> [String] {
    options.remembered.columns.filter { $0.role == role }.compactMap(\.name)
  }

  /// - Throws: ``DataError`` if a column is asked for: only tables and archives have several.
  func refuseColumns(place: String, holding found: String = "a single array") throws {
    try refuseKept(place: place, holding: found)
    guard let name = label ?? weight else { return }
    throw DataError(
      place: place,
      expected: label == nil
        ? "a table or .npz file to take '\(name)' from"
        : "a file '\(name)' of classes, or a table or .npz file to take '\(name)' from",
      found: found,
      remedy: "leave out the \(label == nil ? "weight" : "label")")
  }
}

extension Opening {
  /// - Throws: ``DataError`` if columns are to be kept or left out: only tables have any.
  func refuseKept(place: String, holding found: String) throws {
    if let name = options.drop.first {
      throw DataError(
        place: place, expected: "a table to leave '\(name)' out of", found: found, remedy: "leave out --drop")
    }
    guard let name = options.kept.first else { return }
    throw DataError(
      place: place, expected: "a table to keep '\(name)' of", found: found, remedy: "leave out what to keep")
  }
}

extension Source {
  /// Text that is compressed is taken to be this many times larger, where the file does not say more.
  private static let textRatio = 4

  /// A table, parsed into memory or, where it is large, mapped from a copy.
  static func table(
    _ path: String, _ options: CSV.Options, _ cache: Cache, _ smallest: Int
  ) throws -> Table {
    if textCount(path) > smallest, options.kept.isEmpty, !options.keepsOthers {
      let (passedOver, slots) = try Source.expectation(path, options)
      let separator = options.separator.map { $0 == "\t" ? "tab" : "\($0)" } ?? "found"
      let reading =
        "csv 4 precision=\(options.precision) separator=\(separator) gaps=\(options.gaps) "
        + "label=\(named(options.label)) weight=\(named(options.weight)) "
        + "drop=\(options.drop.map(named)) header=\(words(options.header)) "
        + "decimal=\(words(options.decimal)) remembered=\(words(options.remembered))"
        + (passedOver.isEmpty ? "" : " without=\(passedOver)")
        + (slots == Array(slots.indices) ? "" : " order=\(slots)")
      let arrays = try cache.arrays(of: path, reading: reading) { file, key in
        try CSV.convert(path, options, to: file, key: key)
      }
      if let table = arrays.flatMap(Table.init(archive:)) { return table }
    }
    return try CSV.read(path, options)
  }

  /// Which columns are passed over, and which value each of the others is, where some are expected.
  private static func expectation(_ path: String, _ options: CSV.Options) throws -> ([String], [Int]) {
    guard options.expected != nil else { return ([], []) }
    let found = try CSV.expectation(path, options)
    return (found.passedOver, found.slots)
  }

  /// Names in quotes, so that no name looks like the absence of one.
  private static func named(_ column: String?) -> String {
    column.map { "'\($0)'" } ?? "none"
  }

  private static func words<Value>(_ choice: Value?) -> String { choice.map { "\($0)" } ?? "found" }

  private static func words(_ remembered: CSV.Options.Remembered) -> String {
    let columns = remembered.columns.map { "\($0.role) \(named($0.name)) \($0.number ?? 0)" }
    return columns.isEmpty ? "none" : columns.joined(separator: ", ") + " beside \(remembered.features)"
  }

  /// Bytes of text in a file, as far as they can be told without reading it all.
  private static func textCount(_ path: String) -> Int {
    let size = FileKind.size(of: path)
    guard let last = size.gzip else { return size.count }
    return max(last, size.count * textRatio)
  }

  /// An array in MNIST's format, mapped where it can be, or from a copy where it is large.
  static func idx(_ path: String, _ cache: Cache, _ smallest: Int) throws -> Tensor {
    if try IDX.loadedCount(path) > smallest {
      let arrays = try cache.arrays(of: path, reading: "idx") { file, key in
        try IDX.convert(path, to: file, key: key)
      }
      if let samples = arrays?.first(where: { $0.name == Table.valuesName }) { return samples.tensor }
    }
    return try IDX.read(path)
  }
}

extension Dataset {
  /// All rows of a tensor, after making sure that every value is finite or, where gaps are allowed, missing.
  init(
    checking samples: Tensor, labels: [Int32]? = nil, weights: [Float]? = nil, gaps: Bool, origin: String
  ) throws {
    let dataset = try Dataset(samples, labels: labels, weights: weights, hasGaps: false, origin: origin)
    self = dataset.with(hasGaps: try dataset.findGaps(allowed: gaps))
  }
}
