/// Many rows at once, by several threads.
extension TypedReader {
  /// Fewer bytes than this are read row by row.
  private static var leastBytes: Int { 1024 }
  /// After a row that had to be read with care, the most that are read one by one.
  private static var mostCareful: Int { 4096 }

  /// Reads rows of the window as far as every cell is written as those before it.
  ///
  /// The text is parted at line ends. Where a quoted cell goes over one, the chunk before stops, and what was
  /// read behind it is forgotten: the rows are those that one thread would have read.
  ///
  /// - Returns: false, and nothing read, where the next row has to be looked at by itself.
  mutating func readChunks() throws -> Bool {
    guard !scanner.isBlankSeparated, zip(kinds, arePlain).allSatisfy({ $0 != .number || $1 }) else {
      careful = .max
      return false
    }
    let parts = parts
    guard let last = parts.last else {
      careful = .max
      // A window that ends soon may be followed by others.
      if !window.isLast { careful = 1 }
      return false
    }
    let total = rows + last.firstRow + last.rows
    if total > memory.capacity { try memory.grow(to: total) }
    let lanes = lanes
    let (scanner, rows, comment) = (scanner, rows, comment)
    let (kinds, targets) = (lanes.map(\.kind), UnsafePointer(memory.starts))
    var chunks = parts.map { TypedChunk(scanner, $0.range, row: rows + $0.firstRow, comment: comment) }
    chunks.withUnsafeMutableBufferPointer { chunks in
      let base = chunks.baseAddress
      Workers.forEach(chunks.count, threads: options.threads) { number in
        base?[number].read(lanes, kinds, targets)
      }
    }
    var read = 0
    for chunk in chunks {
      keep(chunk)
      read += chunk.count
      guard chunk.isWhole else {
        chunksAtOnce = 1
        lastCareful = min(max(1, 2 * lastCareful), TypedReader.mostCareful)
        careful = lastCareful
        return read > 0
      }
    }
    lastCareful = 0
    chunksAtOnce = min(2 * chunksAtOnce, 1 << 20)
    return true
  }

  /// The lines of the window from the scanner on, in chunks that end with a line.
  private var parts: [(range: Range<Int>, firstRow: Int, rows: Int)] {
    var parts: [(range: Range<Int>, firstRow: Int, rows: Int)] = []
    let bytes = scanner.bytes
    var (start, row) = (scanner.position, 0)
    // The last cells of a text are read with care: what is read at once may look at bytes behind a cell.
    let limit = scanner.count
    guard limit - start >= TypedReader.leastBytes || limit - start >= options.chunkSize else { return [] }
    while start < limit, parts.count < chunksAtOnce {
      var end = min(start + max(1, options.chunkSize), limit)
      while end > start, bytes[end - 1] != 0x0A { end -= 1 }
      if end == start {
        end = min(start + max(1, options.chunkSize), limit)
        while end < limit, bytes[end - 1] != 0x0A { end += 1 }
        guard bytes[end - 1] == 0x0A else { break }
      }
      var lines = 0
      for place in start..<end { lines &+= bytes[place] == 0x0A ? 1 : 0 }
      parts.append((start..<end, row, lines))
      (start, row) = (end, row + lines)
    }
    return parts
  }

  private var lanes: [TypedLane] {
    kinds.indices.map { column in
      let state = columns[column]
      let kind: TypedLane.Kind =
        switch kinds[column] {
        case .number: .number
        case .time: .time
        case .text: .text
        case .unknown: .unknown
        case .unsettled: .unsettled
        }
      return TypedLane(
        kind: kind, target: memory.starts[column], gap: state.hasGap ? Array(state.form.gap.utf8) : nil,
        pattern: state.times.settledPattern, levels: state.levels)
    }
  }

  /// Takes in what a chunk has found, and goes on behind it.
  private mutating func keep(_ chunk: TypedChunk) {
    for (column, notes) in chunk.notes.enumerated() {
      decimals[column].least = min(decimals[column].least, notes.leastDecimals)
      decimals[column].most = max(decimals[column].most, notes.mostDecimals)
      if notes.isQuoted { areQuoted[column] = true }
      guard kinds[column] == .text, notes.fresh.count > 0 else { continue }
      let places = (0..<notes.fresh.count).map { level in
        notes.fresh.text(level).withUnsafeBufferPointer { columns[column].levels.index(of: $0) }
      }
      memory.replaceFresh(column, rows: rows..<(rows + chunk.count), places)
    }
    rows += chunk.count
    scanner.line += chunk.count
    scanner.position = chunk.position
  }
}
