public import HourglassTensor

/// Samples of which most values are the same in all: each row holds the others alone.
///
/// Row `r` has the values `values[starts[r] ..< starts[r + 1]]` in the columns that stand at the same
/// places; where it names none stands that of the ``background``.
///
/// - Source: compressed sparse rows, as in Saad 2003, "Iterative Methods for Sparse Linear Systems", 3.4.
public struct SparseRows: Sendable {
  /// `[rows + 1]`, `int64`.
  public let starts: Tensor
  /// `[values]`, `int32`, rising in each row.
  public let columns: Tensor
  /// `[values]`, `float32`; NaN where one is missing.
  public let values: Tensor
  /// `[width]`, `float32`; nil: 0 everywhere.
  public let background: Tensor?
  public let width: Int

  /// - Precondition: the starts rise from 0 to the number of values, columns lie in `0 ..< width`.
  public init(starts: [Int], columns: [Int32], values: [Float], background: [Float]? = nil, width: Int) {
    precondition(
      starts.first == 0 && starts.last == values.count && columns.count == values.count
        && (background?.count ?? width) == width,
      "SparseRows: \(columns.count) columns, \(values.count) values, the last row ends at \(starts.last ?? -1)"
    )
    self.starts = Tensor(starts.map { Int64($0) })
    self.columns = Tensor(columns)
    self.values = Tensor(values)
    self.background = background.map { Tensor($0) }
    self.width = width
  }

  public var count: Int { starts.rows - 1 }

  /// Whether a value is missing.
  var hasGaps: Bool {
    (background?.values ?? []).contains(where: \.isNaN) || values.values.contains(where: \.isNaN)
  }

  /// Where everything lies, for as long as this is kept: the bytes of a tensor never move.
  public var pointers: Pointers? {
    guard let starts = starts.withBytes({ $0.bindMemory(to: Int64.self).baseAddress }),
      let columns = columns.withBytes({ $0.baseAddress }), let values = values.withBytes({ $0.baseAddress })
    else { return nil }
    return Pointers(
      starts: starts, columns: columns.assumingMemoryBound(to: Int32.self),
      values: values.assumingMemoryBound(to: Float.self),
      background: background?.withBytes { $0.baseAddress?.assumingMemoryBound(to: Float.self) })
  }

  /// Where the parts of sparse rows lie.
  public struct Pointers {
    public let starts: UnsafePointer<Int64>
    public let columns: UnsafePointer<Int32>
    public let values: UnsafePointer<Float>
    public let background: UnsafePointer<Float>?
  }

  /// Calls `visit` with each entry of a row.
  package func visit(_ row: Int, _ visit: (_ column: Int, _ value: Float) -> Void) {
    guard let pointers else { return }
    for entry in Int(pointers.starts[row])..<Int(pointers.starts[row + 1]) {
      visit(Int(pointers.columns[entry]), pointers.values[entry])
    }
  }

  /// Some rows with all their values: `[rows.count, width]`, `float32`.
  func tensor(_ rows: some Collection<Int>) -> Tensor {
    Tensor([rows.count, width]) { target in
      for (place, row) in rows.enumerated() {
        write(
          row, into: UnsafeMutableBufferPointer(rebasing: target[(place * width)..<((place + 1) * width)]))
      }
    }
  }

  /// Writes all values of a row.
  func write(_ row: Int, into target: UnsafeMutableBufferPointer<Float>) {
    if let background = pointers?.background {
      _ = target.update(fromContentsOf: UnsafeBufferPointer(start: background, count: width))
    } else {
      target.update(repeating: 0)
    }
    visit(row) { target[$0] = $1 }
  }
}
