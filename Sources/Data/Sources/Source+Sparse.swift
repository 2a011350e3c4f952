public import HourglassFormats
import HourglassTensor

/// Sparse tables: Matrix Market files, alone or in the folder that 10x Genomics writes, and SVMlight files.
extension Source {
  /// Which axis of a matrix counts the samples.
  public enum SampleAxis: String, Hashable, Sendable, CaseIterable { case rows, columns }

  /// The file of a sparse table that a name means: one of its own, or `matrix.mtx` in a folder; nil for all
  /// else.
  public static func sparseFile(_ name: String) throws -> String? {
    if name.hasPrefix("builtin:") || StandardStream.isInput(name) { return nil }
    if SourceFolder.isFolder(name) {
      let folder = name.hasSuffix("/") ? name : name + "/"
      return ["matrix.mtx", "matrix.mtx.gz"].map { folder + $0 }.first(where: FileKind.exists)
    }
    guard FileKind.exists(name), case .sparse = try FileKind.of(name) else { return nil }
    return name
  }

  /// Reads a sparse table, a sample a row.
  ///
  /// Which axis of a Matrix Market file counts the samples is told by the files of names beside it:
  /// `barcodes.tsv` has the samples, `genes.tsv` or `features.tsv` the columns. Where there are none, by
  /// the columns that are expected; else rows are samples, and a remark says so. The labels of an SVMlight
  /// file are its last column.
  ///
  /// - Parameters:
  ///   - axis: what a person says; nil: found by looking.
  ///   - expected: the columns of training, for data that a model is to read.
  /// - Throws: `FormatError` for a file that is damaged, or has another size than the files beside it say.
  public static func sparseTable(
    _ path: String, samplesIn axis: SampleAxis? = nil, expected: [String]? = nil
  ) throws -> SparseTable {
    guard FileKind.isMatrixMarket(path) else {
      var options = SVMLight.Options()
      let own = expected?.filter { $0 != SparseTable.labelName && $0.hasPrefix("column ") } ?? []
      if let first = own.first, own.count > 1 || own.count == expected?.count {
        (options.isZeroBased, options.columnCount) = (first == "column 0", own.count)
      }
      let table = try SVMLight.read(path, options).withLabelsAsColumn()
      return axis == .columns ? table.transposed() : table
    }
    let matrix = try MatrixMarket.read(path)
    let beside = try NamesBeside(path, matrix)
    let isTurned: Bool
    if let axis {
      isTurned = axis == .columns
    } else if let found = beside.isTurned {
      isTurned = found
    } else if let expected, expected.count != matrix.columnCount, expected.count == matrix.rowCount {
      isTurned = true
    } else {
      isTurned = false
    }
    let table = isTurned ? matrix.transposed() : matrix
    return table.named(
      columns: beside.features(count: table.columnCount), rows: beside.samples(count: table.rowCount),
      remarks: beside.remark(isTurned: isTurned, isSaid: axis != nil, isKnown: expected != nil, matrix))
  }
}

/// The files of names beside a matrix.
private struct NamesBeside {
  private var featureNames: [String]?
  private var sampleNames: [String]?
  private var featureFile = ""
  /// Whether rows of the matrix are columns of the table; nil where nothing says.
  private(set) var isTurned: Bool?

  init(_ path: String, _ matrix: SparseTable) throws {
    let sizes = [matrix.rowCount, matrix.columnCount]
    let features = try NamesBeside.find(["features", "genes"], path, sizes)
    let samples = try NamesBeside.find(["barcodes"], path, sizes)
    featureNames = features.map { NameFile.names($0.rows) }
    sampleNames = samples.map { NameFile.names($0.rows) }
    featureFile = features?.name ?? samples?.name ?? ""
    if let count = features?.rows.count {
      isTurned = count == matrix.rowCount
    } else if let count = samples?.rows.count {
      isTurned = count != matrix.rowCount
    }
  }

  /// `PREFIXmatrix.mtx.gz` has `PREFIXfeatures.tsv.gz` beside it, each compressed or not; another name, one
  /// of the names alone.
  private static func find(
    _ words: [String], _ path: String, _ sizes: [Int]
  ) throws -> (name: String, rows: [[String]])? {
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let file = path.dropFirst(folder.count)
    let place = file.ranges(of: "matrix.mtx").last
    let prefix = place.map { String(file[..<$0.lowerBound]) } ?? ""
    for word in words {
      for ending in [".tsv", ".tsv.gz"] where FileKind.exists(folder + prefix + word + ending) {
        let name = folder + prefix + word + ending
        let rows = try NameFile.read(name)
        if sizes.contains(rows.count) { return (name, rows) }
        // A file of another matrix may lie in the same folder.
        guard place != nil else { continue }
        throw FormatError(
          place: name, expected: "a line for each of the \(sizes[0]) rows or \(sizes[1]) columns of \(path)",
          found: "\(rows.count) lines", remedy: "give the matrix its own files of names")
      }
    }
    return nil
  }

  func features(count: Int) -> [String]? { featureNames.flatMap { $0.count == count ? $0 : nil } }
  func samples(count: Int) -> [String]? { sampleNames.flatMap { $0.count == count ? $0 : nil } }

  /// What is worth saying of the axis.
  func remark(isTurned: Bool, isSaid: Bool, isKnown: Bool, _ matrix: SparseTable) -> [String] {
    if isSaid || isKnown { return [] }
    let samples = isTurned ? "columns" : "rows"
    let count = isTurned ? matrix.columnCount : matrix.rowCount
    if self.isTurned != nil {
      let name = featureFile.split(separator: "/").last.map(String.init) ?? featureFile
      return ["its \(count) \(samples) for samples, as \(name) beside it says"]
    }
    let other = isTurned ? "rows" : "columns"
    return ["its \(count) \(samples) for samples (--samples-in \(other) turns it)"]
  }
}
