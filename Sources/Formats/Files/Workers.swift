import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Threads that live for one call and share its work: files are decoded on all processors at once.
package enum Workers {
  /// The processors of this machine that the process may use.
  package static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Calls `body` once with each number below `count` and returns when all calls have.
  ///
  /// A thread takes the next number when it is free, so that one that the system holds up delays no other.
  /// Which thread has which number is not to matter: a call writes only to what belongs to its number.
  package static func forEach(_ count: Int, threads: Int, _ body: (Int) -> Void) {
    forEach(count, threads: threads, keeping: {}, { _, number in body(number) })
  }

  /// As above, with something that each thread makes for itself and keeps for all its calls.
  package static func forEach<Own>(
    _ count: Int, threads: Int, keeping make: () -> Own, _ body: (inout Own, Int) -> Void
  ) {
    withoutActuallyEscaping(make) { make in
      withoutActuallyEscaping(body) { body in
        let queue = Queue(count: count) { next in
          var own = make()
          while let number = next() { body(&own, number) }
        }
        let others = max(1, min(threads, count)) - 1
        var started: [pthread_t] = []
        for _ in 0..<others {
          let context = Unmanaged.passRetained(queue)
          var thread = pthread_t()
          if pthread_create(&thread, nil, threadBody, context.toOpaque()) == 0 {
            started.append(thread)
          } else {
            // Where the system gives no thread, the others do its work.
            context.release()
          }
        }
        queue.run()
        for thread in started { pthread_join(thread, nil) }
      }
    }
  }

  /// What a function of each element is, in their order, found out on all processors at once.
  package static func map<Element, Result>(
    _ elements: [Element], _ function: (Element) -> Result
  ) -> [Result] {
    [Result](unsafeUninitializedCapacity: elements.count) { results, count in
      let target = results.baseAddress
      forEach(elements.count, threads: processors) { number in
        (target.map { $0 + number })?.initialize(to: function(elements[number]))
      }
      count = elements.count
    }
  }

  /// Numbers that are handed out one by one.
  private final class Queue {
    private let next = Atomic<Int>(0)
    private let count: Int
    private let body: (_ next: () -> Int?) -> Void

    init(count: Int, _ body: @escaping (_ next: () -> Int?) -> Void) {
      (self.count, self.body) = (count, body)
    }

    func run() {
      body {
        let number = next.add(1, ordering: .relaxed).oldValue
        return number < count ? number : nil
      }
    }
  }

  #if canImport(Darwin)
    private static let threadBody: @convention(c) (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? = {
      run($0)
    }
  #else
    private static let threadBody: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = {
      $0.flatMap(run)
    }
  #endif

  private static func run(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    Unmanaged<Queue>.fromOpaque(context).takeRetainedValue().run()
    return nil
  }
}
