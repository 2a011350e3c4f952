import HourglassTensor
import Synchronization
import Testing

@Suite struct StorageTests {
  private final class Counter: Sendable {
    let released = Atomic<Int>(0)
  }

  @Test func givesAdoptedMemoryBackOnceWhenTheLastUserIsGone() {
    let counter = Counter()
    let block = UnsafeMutableRawPointer.allocate(byteCount: 32, alignment: 64)
    block.initializeMemory(as: UInt8.self, repeating: 9, count: 32)
    var tensor: Tensor? = Tensor(
      [4, 8], .uint8,
      in: Storage(adopting: UnsafeRawBufferPointer(start: block, count: 32)) { pointer, count in
        #expect(count == 32)
        pointer.deallocate()
        counter.released.add(1, ordering: .relaxed)
      })
    var part = tensor.map { $0[1..<3] }
    #expect(part?.values == Array(repeating: 9, count: 16))
    tensor = nil
    #expect(counter.released.load(ordering: .relaxed) == 0, "rows still use the bytes")
    #expect(part?.values.count == 16)
    part = nil
    #expect(counter.released.load(ordering: .relaxed) == 1)
  }

  @Test func ownedBlocksAreAlignedAndZeroed() {
    for count in [0, 1, 63, 1000] {
      let storage = Storage(count: count) { #expect($0.allSatisfy { $0 == 0 }) }
      #expect(storage.count == count)
      storage.withBytes {
        #expect($0.count == count)
        #expect(Int(bitPattern: $0.baseAddress) % Storage.alignment == 0)
      }
    }
  }

  private struct Refusal: Error {}

  @Test func passesOnTheErrorOfFill() {
    #expect(throws: Refusal.self) { try Storage(count: 8) { _ in throw Refusal() } }
  }
}
