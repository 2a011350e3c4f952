/// Bytes that never change once they are shared: a block of memory, or a file mapped into it.
///
/// The one `@unchecked Sendable` of the house. The proof: `pointer` and `count` are constants; the bytes are
/// written only inside `init(count:_:)`, before any other reference exists; afterwards they are
/// reachable only as `UnsafeRawBufferPointer`; `release` runs once, in `deinit`, when no reference is left;
/// `advice` is `@Sendable` and changes when bytes are fetched, never what they are.
public final class Storage: @unchecked Sendable {
  /// Owned blocks begin on a multiple of this: a cache line, and the widest vector register.
  public static let alignment = 64

  /// How bytes are going to be read, for memory that is fetched from a disk as it is touched.
  public enum Access: Sendable {
    /// No order is known.
    case normal
    /// From front to back: fetch ahead, drop behind.
    case sequential
    /// Here and there: fetch only what is touched.
    case random
    /// Before long: begin to fetch these bytes now, without waiting for them.
    case soon
  }

  public let count: Int
  private let pointer: UnsafeRawPointer
  private let advice: (@Sendable (Access, UnsafeRawBufferPointer) -> Void)?
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
    self.advice = nil
    self.release = { pointer, _ in pointer.deallocate() }
  }

  /// Adopts memory that nobody will write to again, and calls `release` when the last user is gone.
  ///
  /// - Parameters:
  ///   - advice: tells the system how some of the bytes are going to be read; nil where that changes nothing.
  ///   - release: gives the memory back (`munmap`, `free`); called exactly once.
  public init(
    adopting bytes: UnsafeRawBufferPointer,
    advice: (@Sendable (Access, UnsafeRawBufferPointer) -> Void)? = nil,
    release: @escaping @Sendable (UnsafeRawPointer, Int) -> Void
  ) {
    guard let address = bytes.baseAddress else {
      preconditionFailure("Storage: adopted memory has no address")
    }
    self.count = bytes.count
    self.pointer = address
    self.advice = advice
    self.release = release
  }

  deinit { release(pointer, count) }

  /// The bytes, valid while the closure runs.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try body(UnsafeRawBufferPointer(start: pointer, count: count))
  }

  /// Whether how the bytes are read is worth telling: they are fetched from a disk, and not all of them fit
  /// in memory at once.
  public var isAdvisable: Bool { advice != nil }

  /// Tells how some of the bytes are going to be read. Nothing happens where that changes nothing.
  ///
  /// - Precondition: the range lies in `0..<count`.
  public func advise(_ access: Access, _ range: Range<Int>) {
    guard let advice else { return }
    precondition(
      range.lowerBound >= 0 && range.upperBound <= count, "Storage of \(count) bytes: has no bytes \(range)")
    if range.isEmpty { return }
    advice(access, UnsafeRawBufferPointer(start: pointer + range.lowerBound, count: range.count))
  }
}
