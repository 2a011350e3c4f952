/// The lines of a text, some at a time, so that a file of any size is read in bounded memory.
final class TextWindow {
  /// Bytes read at once: 1 MiB.
  static let blockSize = 1 << 20
  /// No row has more bytes than this, 256 MiB: an open quote would make the rest of the file one.
  static let longestRow = 1 << 28

  /// Whole lines, and at the end of the text whatever is left.
  private(set) var lines: UnsafeBufferPointer<UInt8>
  /// Nothing comes after these lines.
  private(set) var isLast: Bool
  private let content: ContentReader?
  private let block: Block?

  /// A text in memory, which must outlive the window.
  init(_ text: UnsafeRawBufferPointer) {
    lines = UnsafeBufferPointer(
      start: text.baseAddress?.assumingMemoryBound(to: UInt8.self), count: text.count)
    isLast = true
    content = nil
    block = nil
  }

  /// The beginning of a file's text, taken out of gzip where it is in it.
  ///
  /// - Parameter limit: the most bytes to take out of gzip.
  init(_ reader: FileReader, blockSize: Int = TextWindow.blockSize, limit: Int = Gzip.limit) throws {
    content = try ContentReader(reader, limit: limit)
    block = try Block(capacity: blockSize, place: reader.file.path)
    lines = UnsafeBufferPointer(start: nil, count: 0)
    isLast = false
    try slide(by: 0)
  }

  /// Lets go of the first bytes and reads on: at least one more line, or the end of the text.
  ///
  /// - Returns: false if what is kept is longer than a row may be.
  @discardableResult
  func slide(by count: Int) throws -> Bool {
    precondition(count <= lines.count, "TextWindow.slide: by \(count) of \(lines.count) bytes")
    guard let block, let content, !isLast else {
      lines = UnsafeBufferPointer(rebasing: lines[count...])
      return true
    }
    let known = lines.count - count
    block.base.copyMemory(from: block.base + count, byteCount: block.count - count)
    block.count -= count
    var end = known
    while end == known, !isLast {
      if block.count == block.capacity {
        guard block.capacity < TextWindow.longestRow else { return false }
        try block.grow(to: min(2 * block.capacity, TextWindow.longestRow), place: "text")
      }
      let room = block.room
      let read = try content.read(into: room)
      isLast = read < room.count
      let start = block.count
      block.count += read
      end = isLast ? block.count : lineEnd(after: max(known, start - 1)) ?? known
    }
    lines = UnsafeBufferPointer(start: UnsafePointer(bytes(of: block)), count: end)
    return true
  }

  private func bytes(of block: Block) -> UnsafeMutablePointer<UInt8> {
    block.base.assumingMemoryBound(to: UInt8.self)
  }

  /// The place behind the last line end from `start` on. A carriage return at the very end does not count:
  /// the line feed that belongs to it may come next.
  private func lineEnd(after start: Int) -> Int? {
    guard let block else { return nil }
    let bytes = bytes(of: block)
    var place = block.count
    while place > start {
      let byte = bytes[place - 1]
      if byte == 0x0A || (byte == 0x0D && place < block.count) { return place }
      place -= 1
    }
    return nil
  }
}
