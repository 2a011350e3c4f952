import HourglassTensor

extension NPZ {
  /// Writes rows of bytes as they come into an archive, as `X`, with other arrays behind them, in bounded
  /// memory.
  ///
  /// - Parameters:
  ///   - next: whole rows, valid until it is called again; none at the end.
  ///   - others: what stands beside them, asked for when all rows are written.
  /// - Throws: what `next` and `others` throw; ``FormatError`` where the archive cannot be written, naming
  ///   it.
  package static func write(
    rowsOf sample: Shape, to archive: String, next: @escaping () throws -> UnsafeRawBufferPointer,
    then others: () throws -> [NamedTensor]
  ) throws {
    try AtomicFile.write(to: archive, compressed: false, synced: false) { writer in
      let values = StreamedArray(name: Table.valuesName, element: .uint8, sample: sample, next: next)
      try ZipWriter.write(values, then: others, &writer)
    }
  }
}
