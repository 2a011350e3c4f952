import HourglassTensor

extension Dataset {
  /// Makes sure that no value is infinite or, unless gaps are allowed, NaN. Complexity: one pass over
  /// floating-point data, none over integers.
  ///
  /// - Parameter gaps: whether values may be missing.
  /// - Throws: ``DataError`` naming the first row and column at fault, both counted from 0.
  public func checkFinite(gaps: Bool = false) throws {
    _ = try findGaps(allowed: gaps)
  }

  /// The same, and tells whether a value is missing.
  func findGaps(allowed: Bool) throws -> Bool {
    let search = searchNonFinite(stopsAtGap: !allowed)
    guard let fault = search.fault else { return search.hasGaps }
    let isGap = fault.value.isNaN
    throw DataError(
      place: "\(origin) row \(fault.row) \(featureName(fault.feature)) (counted from 0)",
      expected: "a finite number", found: "\(fault.value)",
      remedy: isGap
        ? "fill the gaps (with the column's mean, say), leave out their rows, or allow gaps (--gaps)"
        : "replace it or leave out the row")
  }

  /// The first value that is missing, by its row in ``samples``; nil where none is.
  var firstGap: (row: Int, feature: Int)? {
    let search = searchNonFinite(stopsAtGap: true)
    return search.fault.map { ($0.row, $0.feature) }
  }

  func searchNonFinite(stopsAtGap: Bool) -> NonFiniteSearch {
    var search = NonFiniteSearch(dataset: self, stopsAtGap: stopsAtGap)
    if let sparse {
      search.read(sparse)
    } else if !element.isInteger {
      scan(&search)
    }
    return search
  }
}

/// A pass over the rows for values that are no finite numbers.
struct NonFiniteSearch: Reading {
  let dataset: Dataset
  /// Whether a gap is a fault; else the search only remembers that there is one.
  let stopsAtGap: Bool
  var hasGaps = false
  var fault: (row: Int, feature: Int, value: Double)?

  init(dataset: Dataset, stopsAtGap: Bool) {
    self.dataset = dataset
    self.stopsAtGap = stopsAtGap
  }

  mutating func read<Value: Readable>(_ values: Values<Value>) {
    let width = dataset.sampleShape.count
    for position in 0..<dataset.count {
      let row = dataset.row(position)
      let sample = values.row(row, width: width)
      // Counting a whole row without leaving early lets the loop compile to vector code.
      var finite = 0
      for column in 0..<width { finite &+= sample[column].isFiniteNumber ? 1 : 0 }
      if finite == width { continue }
      for column in 0..<width where !sample[column].isFiniteNumber {
        if sample[column].isGap { hasGaps = true }
        if stopsAtGap || !sample[column].isGap {
          fault = (row, column, sample[column].exact)
          return
        }
      }
    }
  }
}

extension NonFiniteSearch {
  /// The same of rows that name some values alone.
  fileprivate mutating func read(_ sparse: SparseRows) {
    let background = sparse.background?.values.firstIndex { !$0.isFinite }
    for position in 0..<dataset.count {
      let row = dataset.row(position)
      var found = background.map { (column: $0, value: Double.nan) }
      sparse.visit(row) { column, value in
        if !value.isFinite, found == nil { found = (column, Double(value)) }
      }
      guard let found else { continue }
      if found.value.isNaN { hasGaps = true }
      if stopsAtGap || !found.value.isNaN {
        fault = (row, found.column, found.value)
        return
      }
    }
  }
}

extension Element {
  var isInteger: Bool {
    switch self {
    case .uint8, .int8, .uint16, .int16, .int32, .int64: true
    case .float32, .float64: false
    }
  }
}
