import Synchronization

extension Team {
  /// Calls `body` once with each number below `count`, on all workers, and returns when all calls have.
  ///
  /// A worker takes the next number when it is free, so which one runs which is not to matter: a call writes
  /// only to what belongs to its number, and sums over numbers are taken afterwards, in their order.
  package func forEach(_ count: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      let loop = Loop(count: count, body: body)
      withExtendedLifetime(loop) {
        run(Unmanaged.passUnretained(loop).toOpaque(), participants: max(1, min(self.count, count))) {
          context, _, _ in
          Unmanaged<Loop>.fromOpaque(context).takeUnretainedValue().run()
        }
      }
    }
  }

  /// Calls `body` with consecutive parts of `0..<count` of `size` numbers, the last one shorter, as
  /// ``forEach(_:_:)`` does: the cut does not depend on the number of workers.
  package func forEachPart(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    forEach((count + size - 1) / size) { part in body((part * size)..<min(count, (part + 1) * size)) }
  }

  /// Numbers that are handed out one by one.
  private final class Loop {
    private let next = Atomic<Int>(0)
    private let count: Int
    private let body: (Int) -> Void

    init(count: Int, body: @escaping (Int) -> Void) { (self.count, self.body) = (count, body) }

    func run() {
      while true {
        let number = next.add(1, ordering: .relaxed).oldValue
        if number >= count { return }
        body(number)
      }
    }
  }
}
