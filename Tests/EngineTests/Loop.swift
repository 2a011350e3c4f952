import HourglassKernels
import HourglassTensor

/// The vector loops called as they are, for tests of single ones.
enum Loop {
  /// One operation of the pointwise chains on whole lists.
  static func apply(
    _ operation: hourglass_operation, _ x: [Float], _ y: [Float] = [], immediate: Float = 0
  ) -> [Float] {
    var result = [Float](repeating: 0, count: x.count)
    chain(
      [step(operation, result: 2, left: 0, right: y.isEmpty ? 0 : 1, immediate: immediate)], count: x.count,
      row: x.count, reading: [x, y.isEmpty ? x : y], writing: &result)
    return result
  }

  static func step(
    _ operation: hourglass_operation, result: UInt16, left: UInt16, right: UInt16, extra: UInt16 = 0,
    immediate: Float = 0
  ) -> hourglass_step {
    hourglass_step(
      operation: UInt16(operation.rawValue), result: result, left: left, right: right, extra: extra,
      immediate: immediate)
  }

  /// A chain that reads two full operands, 0 and 1, and writes a full one, 2.
  static func chain(
    _ steps: [hourglass_step], count: Int, row: Int, reading: [[Float]], writing result: inout [Float]
  ) {
    var (left, right) = (reading[0], reading[1])
    left.withUnsafeMutableBufferPointer { left in
      right.withUnsafeMutableBufferPointer { right in
        result.withUnsafeMutableBufferPointer { result in
          run(steps, [full(left), full(right), full(result)], count: count, row: row)
        }
      }
    }
  }

  static func full(_ buffer: UnsafeMutableBufferPointer<Float>) -> hourglass_operand {
    hourglass_operand(base: buffer.baseAddress, length: 1, pattern: UInt8(HOURGLASS_FULL.rawValue))
  }

  static func run(_ steps: [hourglass_step], _ operands: [hourglass_operand], count: Int, row: Int) {
    let scratch = UnsafeMutableRawPointer.allocate(
      byteCount: Int(HOURGLASS_REGISTERS * (HOURGLASS_TILE + 80)) * 4, alignment: 64)
    defer { scratch.deallocate() }
    hourglass_pointwise(
      steps, Int32(steps.count), operands, Int32(operands.count), Int64(count), Int64(row),
      scratch.assumingMemoryBound(to: Float.self))
  }

  /// `count` numbers in the range, drawn.
  static func draws(_ count: Int, in range: ClosedRange<Float>, seed: UInt64 = 1) -> [Float] {
    let random = Random(seed: seed, stream: .analysis)
    let width = range.upperBound - range.lowerBound
    return (0..<count).map { range.lowerBound + width * random.uniform(position: UInt64($0)) }
  }
}
