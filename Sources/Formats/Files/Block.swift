import HourglassTensor

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Memory being filled, to become a ``Storage`` when it is full.
///
/// A large block takes pages only as they are written and grows without being copied, so reserving what a
/// file claims to hold costs nothing until the file proves it.
final class Block {
  private(set) var base: UnsafeMutableRawPointer
  private(set) var capacity: Int
  /// Bytes filled so far.
  var count = 0
  /// The memory belongs to a ``Storage`` now.
  private var isGivenAway = false

  /// - Throws: ``FormatError`` if the system refuses the memory.
  init(capacity: Int, place: String) throws {
    guard let base = malloc(max(capacity, 1)) else { throw FormatError.memory(place, capacity) }
    self.base = base
    self.capacity = max(capacity, 1)
  }

  deinit {
    if !isGivenAway { free(base) }
  }

  /// The bytes not filled yet.
  var room: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: base + count, count: capacity - count)
  }

  /// Makes room for `needed` bytes in all, at least doubling.
  func grow(to needed: Int, place: String) throws {
    guard needed > capacity else { return }
    let target = max(needed, capacity < Int.max / 2 ? capacity * 2 : needed)
    guard let moved = realloc(base, target) else { throw FormatError.memory(place, target) }
    base = moved
    capacity = target
  }

  /// Lets go of the memory, which is not to be looked at any more.
  func discard() {
    guard !isGivenAway else { return }
    isGivenAway = true
    free(base)
  }

  /// The filled bytes, without the room that was not needed.
  ///
  /// - Precondition: called once, after which nothing is written any more.
  func storage() -> Storage {
    precondition(!isGivenAway, "Block.storage: called twice")
    isGivenAway = true
    let start = realloc(base, max(count, 1)) ?? base
    return Storage(adopting: UnsafeRawBufferPointer(start: start, count: count)) { pointer, _ in
      release(pointer)
    }
  }
}

private func release(_ pointer: UnsafeRawPointer) { free(UnsafeMutableRawPointer(mutating: pointer)) }
