import HourglassTensor

/// Samples of a person's own that an encoder reads in place of the clean ones.
extension Dataset {
  /// The same positions of what the encoder is to read; nil where that is the samples themselves.
  public var inputs: Dataset? {
    guard let inputSamples else { return nil }
    return replacingContent(by: inputSamples.values).named { _ in inputSamples.origin }
  }

  /// The same samples with what the encoder is to read in place of each: by name where both have names, else
  /// in their order.
  ///
  /// - Throws: ``DataError`` where a sample has no twin, the shapes or types of values differ, or only one of
  ///   the two was made of files.
  public func paired(with inputs: Dataset) throws -> Dataset {
    func require(_ isRight: Bool, _ expected: String, _ found: String, _ remedy: String) throws {
      if !isRight {
        throw DataError(place: inputs.origin, expected: expected, found: found, remedy: remedy)
      }
    }
    try require(
      sampleShape == inputs.sampleShape && element == inputs.element,
      "samples of \(sampleShape) of \(element), as those of \(origin)",
      "\(inputs.sampleShape) of \(inputs.element)", "bring both to one size and kind")
    try require(
      sparse == nil && inputs.sparse == nil && records == nil, "samples of values, not records", "records",
      "hide fields of records instead (--corruption fields)")
    var order = Array(0..<UInt32(count))
    if let names = orderedKeys, let others = inputs.orderedKeys {
      let places = Dictionary(
        others.enumerated().map { ($1, UInt32($0)) }, uniquingKeysWith: { one, _ in one })
      order = try names.map { name in
        guard let place = places[name] else {
          throw DataError(
            place: inputs.origin, expected: "a sample called as each of \(origin)",
            found: "none called \(name)",
            remedy: "give both of a pair the same name, apart from the ending")
        }
        return place
      }
    } else {
      try require(
        inputs.count == count, "\(count) samples, one beside each of \(origin)", "\(inputs.count)",
        "give as many, in the same order")
    }
    // One row a row of the samples: those that do not belong read the first.
    var rowsOfInputs = [UInt32](repeating: 0, count: rowCount)
    for (position, place) in order.enumerated() { rowsOfInputs[row(position)] = place }
    var copy = self
    copy.inputSamples = (inputs.subset(rowsOfInputs).tensor, inputs.origin)
    copy = copy.with(hasGaps: hasGaps || inputs.hasGaps)
    return copy
  }

  /// What a sample is told from others by: its file without the ending, and its part of it.
  private var orderedKeys: [String]? {
    guard let names = orderedNames else { return nil }
    let spans = orderedSpans
    return names.enumerated().map { position, name in
      var bare = name[...]
      if let point = name.lastIndex(of: "."), !name[point...].contains("/") { bare = name[..<point] }
      return "\(bare)" + (spans.map { " \($0[position].series) \($0[position].start)" } ?? "")
    }
  }
}
