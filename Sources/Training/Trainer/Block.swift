import HourglassTensor

/// Numbers in step with the parameters: moments, averages. Aligned, zero at first.
final class Block {
  let values: UnsafeMutableBufferPointer<Float>

  init(count: Int) {
    let bytes = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Float>.stride, alignment: Storage.alignment)
    let start = bytes.initializeMemory(as: Float.self, repeating: 0, count: max(1, count))
    values = UnsafeMutableBufferPointer(start: start, count: count)
  }

  deinit { UnsafeMutableRawPointer(values.baseAddress)?.deallocate() }

  var pointer: UnsafeMutablePointer<Float>? { values.baseAddress }

  /// A copy of the values.
  var array: [Float] {
    get { Array(values) }
    set { _ = values.update(fromContentsOf: newValue) }
  }
}
