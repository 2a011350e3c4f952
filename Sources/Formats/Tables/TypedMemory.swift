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

  /// Makes room for twice as many rows.
  func grow() throws {
    capacity *= 2
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

  /// The values of a column.
  func take<Value>(_ column: Int, rows: Int, as type: Value.Type) -> [Value] {
    let values = UnsafeRawBufferPointer(start: starts[column], count: rows * MemoryLayout<Value>.stride)
    let array = [Value](unsafeUninitializedCapacity: rows) { target, count in
      UnsafeMutableRawBufferPointer(target).copyMemory(from: values)
      count = rows
    }
    return array
  }
}
