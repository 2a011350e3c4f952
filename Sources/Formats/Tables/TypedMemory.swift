/// The values of a typed table while it is read: for each column one block, of `Double` or, of texts, the
/// numbers of their levels.
final class TypedMemory {
  private var blocks: [Block] = []
  /// The beginnings of the blocks.
  private(set) var starts: UnsafeMutablePointer<UnsafeMutableRawPointer>
  private let sizes: [Int]
  private let place: String
  /// Rows there is room for.
  private(set) var capacity = 256

  /// - Parameter sizes: bytes of a value, by column.
  init(sizes: [Int], place: String) throws {
    self.sizes = sizes
    self.place = place
    starts = .allocate(capacity: max(1, sizes.count))
    blocks = try sizes.map { try Block(capacity: $0 * 256, place: place) }
    for (column, block) in blocks.enumerated() { (starts + column).initialize(to: block.base) }
  }

  deinit { starts.deallocate() }

  /// Makes room for twice as many rows, or more.
  ///
  /// - Parameter rows: how many there must be room for.
  func grow(to rows: Int = 0) throws {
    repeat { capacity *= 2 } while capacity < rows
    for (column, block) in blocks.enumerated() {
      try block.grow(to: capacity * sizes[column], place: place)
      starts[column] = block.base
    }
  }

  @inline(__always)
  func set(_ value: Double, _ column: Int, _ row: Int) {
    (starts[column] + row &* 8).storeBytes(of: value, as: Double.self)
  }

  @inline(__always)
  func set(_ level: Int32, _ column: Int, _ row: Int) {
    (starts[column] + row &* 4).storeBytes(of: level, as: Int32.self)
  }

  /// Moves the first values of a column.
  func add(_ shift: Double, _ column: Int, rows: Int) {
    for row in 0..<rows {
      let value = (starts[column] + row * 8).load(as: Double.self)
      set(value + shift, column, row)
    }
  }

  /// Gives levels -2, -3, … of some rows their places.
  func replaceFresh(_ column: Int, rows: Range<Int>, _ places: [Int32]) {
    for row in rows {
      let level = (starts[column] + row &* 4).load(as: Int32.self)
      if level < -1 { set(places[Int(-2 - level)], column, row) }
    }
  }

  /// The values of a column, whose room is let go of.
  func take<Value>(_ column: Int, rows: Int, as type: Value.Type) -> [Value] {
    let values = UnsafeRawBufferPointer(start: starts[column], count: rows * MemoryLayout<Value>.stride)
    let array = [Value](unsafeUninitializedCapacity: rows) { target, count in
      UnsafeMutableRawBufferPointer(target).copyMemory(from: values)
      count = rows
    }
    blocks[column].discard()
    return array
  }
}
