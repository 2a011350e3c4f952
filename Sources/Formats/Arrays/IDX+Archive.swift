import HourglassTensor

extension IDX {
  /// Bytes of memory that reading a file takes: none for a plain one of bytes, which is mapped; otherwise
  /// those of its values, as its header has them.
  ///
  /// - Throws: ``FormatError`` for a file that is missing or no IDX file.
  package static func loadedCount(_ path: String) throws -> Int {
    let reader = try FileReader(path, blockSize: 1 << 12)
    let content = try ContentReader(reader)
    let array = try header(place: path) { try content.read(into: $0) }
    let isMapped = try !reader.isGzip && array.encoding.size == 1
    return isMapped ? 0 : array.byteCount
  }

  /// Writes the array into an archive, as `X`, in bounded memory.
  ///
  /// - Parameter key: what the archive is made of and how, stored in it.
  /// - Returns: the checksum of the bytes that were read.
  /// - Throws: ``FormatError`` as ``read(_:)`` does, and where the archive cannot be written, naming that.
  package static func convert(_ path: String, to archive: String, key: String) throws -> ContentChecksum {
    let reader = try FileReader(path)
    let content = try ContentReader(reader)
    let array = try header(place: path) { try content.read(into: $0) }
    let sample = array.shape.sample
    guard array.shape.rank > 0, sample.count > 0, array.shape[0] > 0 else {
      throw FormatError(place: path, expected: "values", found: "shape \(array.shape)")
    }
    let rowSize = sample.count * array.encoding.size
    let block = try Block(capacity: max(FileReader.blockSize / rowSize, 1) * rowSize, place: path)
    var left = array.byteCount
    let values = StreamedArray(name: Table.valuesName, element: array.encoding.element, sample: sample) {
      let count = min(left, block.capacity)
      let piece = UnsafeMutableRawBufferPointer(start: block.base, count: count)
      let found = try content.read(into: piece)
      guard found == count else { throw wrongSize(array, array.byteCount - left + found, path) }
      left -= count
      swap(piece, size: array.encoding.size)
      return UnsafeRawBufferPointer(piece)
    }
    try AtomicFile.write(to: archive, compressed: false, synced: false) { writer in
      let key = NamedTensor(name: Table.keyName, tensor: Tensor([UInt8](key.utf8)))
      try ZipWriter.write(
        values,
        then: {
          try checkEnd(array, place: path) { try content.read(into: $0) }
          return [key]
        }, &writer)
    }
    return reader.checksum
  }

  /// Big-endian values to the machine's own order.
  private static func swap(_ bytes: UnsafeMutableRawBufferPointer, size: Int) {
    guard size > 1, !StoredArray.hostIsBigEndian else { return }
    for value in stride(from: 0, to: bytes.count, by: size) {
      var piece = UnsafeMutableRawBufferPointer(rebasing: bytes[value..<(value + size)])
      piece.reverse()
    }
  }
}
