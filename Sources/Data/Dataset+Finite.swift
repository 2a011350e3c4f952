import HourglassTensor

extension Dataset {
  /// Makes sure that no value is infinite or NaN. Complexity: one pass over floating-point data, none over
  /// integers.
  ///
  /// - Throws: ``DataError`` naming the first row and column at fault, both counted from 0.
  public func checkFinite() throws {
    var search = NonFiniteSearch(dataset: self)
    samples.read(&search)
    guard let fault = search.found else { return }
    throw DataError(
      place: "\(origin) row \(fault.row) \(featureName(fault.feature)) (counted from 0)",
      expected: "a finite number", found: "\(fault.value)",
      remedy: "remove the rows with gaps, or fill them (with the column's mean, say), before")
  }
}

private struct NonFiniteSearch: Reading {
  let dataset: Dataset
  var found: (row: Int, feature: Int, value: Double)?

  mutating func read<Value: Readable>(_ values: Values<Value>) {
    if Value.self is any FixedWidthInteger.Type { return }
    let width = dataset.sampleShape.count
    for position in 0..<dataset.count {
      let row = dataset.row(position)
      let sample = values.row(row, width: width)
      // Counting a whole row without leaving early lets the loop compile to vector code.
      var finite = 0
      for column in 0..<width { finite &+= sample[column].isFiniteNumber ? 1 : 0 }
      if finite == width { continue }
      for column in 0..<width where !sample[column].isFiniteNumber {
        found = (row, column, sample[column].exact)
        return
      }
    }
  }
}
