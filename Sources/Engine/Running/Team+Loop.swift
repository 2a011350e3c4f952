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
          let loop = Unmanaged<Loop>.fromOpaque(context).takeUnretainedValue()
          return self.take(from: loop.units, loop.body)
        }
      }
    }
  }

  /// Calls `body` with consecutive parts of `0..<count` of `size` numbers, the last one shorter, as
  /// ``forEach(_:_:)`` does: the cut does not depend on the number of workers.
  package func forEachPart(of count: Int, size: Int, _ body: (Range<Int>) -> Void) {
    forEach((count + size - 1) / size) { part in body((part * size)..<min(count, (part + 1) * size)) }
  }

  /// What a job of numbered units does: calls `body` with the numbers that nobody has taken yet, and returns
  /// whether all calls have returned, those of other workers too.
  package func take(from units: Units, _ body: (Int) -> Void) -> Bool {
    var done = 0
    while let number = units.next() {
      body(number)
      done += 1
    }
    guard done > 0 else { return units.isDone }
    let isLast = units.finish(done)
    if isLast { advance() }
    return isLast
  }

  /// Units of work that are handed out one by one, each once.
  package final class Units {
    private let taken = Atomic<Int>(0)
    private let finished = Atomic<Int>(0)
    private var count: Int

    package init(_ count: Int = 0) { self.count = count }

    /// Begins again with so many units; nobody is at work.
    package func reset(_ count: Int) {
      self.count = count
      taken.store(0, ordering: .relaxed)
      finished.store(0, ordering: .relaxed)
    }

    var isDone: Bool { finished.load(ordering: .acquiring) == count }

    fileprivate func next() -> Int? {
      if taken.load(ordering: .relaxed) >= count { return nil }
      let number = taken.add(1, ordering: .relaxed).oldValue
      return number < count ? number : nil
    }

    /// Whether these were the last ones.
    fileprivate func finish(_ done: Int) -> Bool {
      finished.add(done, ordering: .acquiringAndReleasing).newValue == count
    }
  }

  private final class Loop {
    let units: Units
    let body: (Int) -> Void
    init(count: Int, body: @escaping (Int) -> Void) { (units, self.body) = (Units(count), body) }
  }
}
