/// Bytes that never change once they are shared: a block of memory, or a file mapped into it.
///
/// The one `@unchecked Sendable` of the house. The proof: `pointer` and `count` are constants; the bytes are
/// written only inside `init(count:_:)`, before any other reference exists; afterwards they are
/// reachable only as `UnsafeRawBufferPointer`; `release` runs once, in `deinit`, when no reference is left.
public final class Storage: @unchecked Sendable {
  /// Owned blocks begin on a multiple of this: a cache line, and the widest vector register.
  public static let alignment = 64

  public let count: Int
  private let pointer: UnsafeRawPointer
  private let release: @Sendable (UnsafeRawPointer, Int) -> Void

  /// Allocates `count` bytes, zeroed, and lets `fill` write them.
  public init(count: Int, _ fill: (UnsafeMutableRawBufferPointer) throws -> Void) rethrows {
    let block = UnsafeMutableRawPointer.allocate(byteCount: max(count, 1), alignment: Storage.alignment)
    block.initializeMemory(as: UInt8.self, repeating: 0, count: max(count, 1))
    do {
      try fill(UnsafeMutableRawBufferPointer(start: block, count: count))
    } catch {
      block.deallocate()
      throw error
    }
    self.count = count
    self.pointer = UnsafeRawPointer(block)
    self.release = { pointer, _ in pointer.deallocate() }
  }

  /// Adopts memory that nobody will write to again, and calls `release` when the last user is gone.
  ///
  /// - Parameter release: gives the memory back (`munmap`, `free`); called exactly once.
  public init(
    adopting bytes: UnsafeRawBufferPointer, release: @escaping @Sendable (UnsafeRawPointer, Int) -> Void
  ) {
    guard let address = bytes.baseAddress else {
      preconditionFailure("Storage: adopted memory has no address")
    }
    self.count = bytes.count
    self.pointer = address
    self.release = release
  }

  deinit { release(pointer, count) }

  /// The bytes, valid while the closure runs.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: pointer, count: count))
  }
}
